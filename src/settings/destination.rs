//! Where a token may be sent: only where its owner intended.

use super::Origin;

/// Whether a token from the one source may be sent to a base URL from the other; `is_selected` if somebody selected the
/// profile, rather than `default_profile`.
///
/// A stored token belongs to the address stored with it; a variable that a folder or script set must not redirect it. A
/// token from a variable does not belong to the address of a profile that was not selected.
pub fn may_be_sent(token: &Origin, url: &Origin, is_selected: bool) -> bool {
    match (token, url) {
        (_, Origin::Option(_) | Origin::Default) => true,
        (Origin::File { of_profile: token, .. }, Origin::File { of_profile: url, .. }) => token == url,
        (Origin::File { .. }, Origin::Environment(_)) => false,
        (_, Origin::File { of_profile: true, .. }) => is_selected,
        (_, Origin::File { .. } | Origin::Environment(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_only_where_its_owner_meant_it_to_go() {
        let [profile, top] = [true, false].map(|of_profile| Origin::File { path: "c".into(), line: 1, of_profile });
        let variable = Origin::Environment("CARRIERX_TOKEN");
        for (url, is_selected, allowed) in [
            (Origin::Option("--base-url"), true, [true, true, true]),
            (Origin::Environment("CARRIERX_BASE_URL"), true, [true, false, false]),
            (profile.clone(), true, [true, true, false]),
            (profile.clone(), false, [false, true, false]),
            (top.clone(), true, [true, false, true]),
            (Origin::Default, false, [true, true, true]),
        ] {
            let sent = [&variable, &profile, &top].map(|token| may_be_sent(token, &url, is_selected));
            assert_eq!(sent, allowed, "{url:?} {is_selected}");
        }
    }
}
