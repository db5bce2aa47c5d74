//! Which redirects are followed: those within the origin that was asked, to an address that asks the same question.

use url::Url;

/// Redirects that one request follows.
const MAX_REDIRECTS: usize = 5;

/// The parameters that decide what a list holds, in every spelling that a server may know.
const QUESTION: &[&str] = &[
    "limit",
    "offset",
    "after",
    "before",
    "order",
    "filter",
    "include_fields",
    "exclude_fields",
    "includeFields",
    "excludeFields",
];

/// Why a redirect is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFollowed {
    /// It has no `Location`, or one that is no address.
    Nowhere,
    /// It leads to this other origin, which must not see the token.
    OtherOrigin(String),
    /// It drops or changes this parameter: the rows would answer another question.
    OtherQuestion(String),
    /// There were too many of them.
    Loop,
}

/// Whether the request for `asked` may go on at `target` after so many redirects, this one included.
pub fn check(asked: &Url, target: &Url, redirects: usize) -> Result<(), NotFollowed> {
    if asked.origin() != target.origin() {
        return Err(NotFollowed::OtherOrigin(target.origin().ascii_serialization()));
    }
    let names = asked.query_pairs().map(|(name, _)| name.into_owned());
    let decisive = QUESTION.iter().map(|name| (*name).to_owned());
    if let Some(name) = names.chain(decisive).find(|name| values(asked, name) != values(target, name)) {
        return Err(NotFollowed::OtherQuestion(name));
    }
    if redirects > MAX_REDIRECTS { Err(NotFollowed::Loop) } else { Ok(()) }
}

/// Why the redirect from `at` to `location` was not followed, `asked` being where the request began.
pub fn refusal(asked: &Url, at: &Url, location: Option<&str>) -> NotFollowed {
    let Some(target) = location.and_then(|location| at.join(location).ok()) else { return NotFollowed::Nowhere };
    check(asked, &target, MAX_REDIRECTS).err().unwrap_or(NotFollowed::Loop)
}

fn values(url: &Url, name: &str) -> Vec<String> {
    url.query_pairs().filter(|(known, _)| known == name).map(|(_, value)| value.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_followed_only_within_the_origin_and_with_the_same_question() {
        let asked = "https://host/core/v2/partners?limit=10&offset=0&filter=status%20eq%20%22a%22";
        let drops = |name: &str| Err(NotFollowed::OtherQuestion(name.to_owned()));
        for (target, expected) in [
            ("https://host/partners/?limit=10&offset=0&filter=status+eq+%22a%22", Ok(())),
            ("https://host/x?filter=status%20eq%20%22a%22&offset=0&limit=10&session=1#top", Ok(())),
            ("https://host/core/v2/partners/", drops("limit")),
            ("https://host/x?limit=10&offset=0", drops("filter")),
            ("https://host/x?limit=10&offset=0&filter=status+eq+%22A%22", drops("filter")),
            ("https://host/x?limit=10&limit=1&offset=0&filter=status+eq+%22a%22", drops("limit")),
            ("https://host/x?limit=10&offset=0&filter=status+eq+%22a%22&order=name", drops("order")),
            ("https://host/x?limit=10&offset=0&filter=status+eq+%22a%22&include_fields=name", drops("include_fields")),
            ("http://host/partners", Err(NotFollowed::OtherOrigin("http://host".to_owned()))),
            ("https://host:8443/partners", Err(NotFollowed::OtherOrigin("https://host:8443".to_owned()))),
        ] {
            let (asked, target) = (asked.parse().expect("a URL"), target.parse().expect("a URL"));
            assert_eq!(check(&asked, &target, 1), expected, "{target}");
        }
        let plain: Url = "https://host/partners/1".parse().expect("a URL");
        assert_eq!(check(&plain, &plain, MAX_REDIRECTS + 1), Err(NotFollowed::Loop));
        assert_eq!(refusal(&plain, &plain, None), NotFollowed::Nowhere);
        assert_eq!(refusal(&plain, &plain, Some("http://[")), NotFollowed::Nowhere);
    }
}
