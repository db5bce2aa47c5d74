//! The address of a request: path and query string, percent-encoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::error::{Failure, Kind};
use crate::values::BaseUrl;

use super::query::{FieldSelection, PageRequest};

/// The longest address that the HTTP library sends.
const MAX_LENGTH: usize = u16::MAX as usize - 1;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a page is asked for.
pub fn of_page(base: &BaseUrl, request: &PageRequest) -> Url {
    let mut url = base.join(&["partners"]);
    url.set_query(Some(&query_string(&request.parameters())));
    url
}

/// Where a single one is asked for.
pub fn of_one(base: &BaseUrl, sid: &str, fields: &FieldSelection) -> Url {
    let mut url = base.join(&["partners", sid]);
    if let Some(parameter) = fields.parameter() {
        url.set_query(Some(&query_string(&[parameter])));
    }
    url
}

/// Where the API says whose token it was given.
pub fn of_whoami(base: &BaseUrl) -> Url {
    base.join(&["oauth", "whoami"])
}

/// Refuses an address that does not fit into a request line.
pub fn check_length(url: &Url) -> Result<(), Failure> {
    let length = url.as_str().len();
    if length <= MAX_LENGTH {
        return Ok(());
    }
    let message = format!("the request is too long: {length} bytes, at most {MAX_LENGTH} fit");
    Err(Failure::new(Kind::Usage, message).hint("shorten the filter, the list of fields or the ID"))
}

/// The command line that makes the same request with curl, in bash, zsh and fish; the token is left to the shell.
pub fn as_curl(url: &str) -> String {
    // The query is percent-encoded to the last quote; a path may hold one.
    let url = url.replace('\'', "%27");
    // Without -g, curl takes brackets and braces for a pattern that stands for several addresses.
    format!("curl -g --compressed -H 'Accept: application/json' -H \"Authorization: Bearer $CARRIERX_TOKEN\" '{url}'")
}

/// The query string with every value percent-encoded as a whole, blanks as `%20`.
fn query_string(parameters: &[(&str, String)]) -> String {
    let pairs = parameters.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, RESERVED)));
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_percent_encoded_as_a_whole() {
        let filter = r#"name like "%a&b+c=d é" and x eq '1/2'"#;
        let query = query_string(&[("limit", "1".to_owned()), ("filter", filter.to_owned())]);
        assert_eq!(query, "limit=1&filter=name%20like%20%22%25a%26b%2Bc%3Dd%20%C3%A9%22%20and%20x%20eq%20%271%2F2%27");
    }

    #[test]
    fn an_address_that_is_too_long_is_not_sent() {
        for (length, fits) in [(MAX_LENGTH, true), (MAX_LENGTH + 1, false)] {
            let address = format!("https://host/{}", "x".repeat(length - "https://host/".len()));
            assert_eq!(check_length(&Url::parse(&address).expect("a URL")).is_ok(), fits);
        }
    }

    #[test]
    fn a_curl_command_is_one_line_whose_quotes_hold() {
        let base: BaseUrl = "https://host/it's".parse().expect("a URL");
        let command = as_curl(of_one(&base, "a b", &FieldSelection::Everything).as_str());
        assert!(command.ends_with(" 'https://host/it%27s/partners/a%20b'"), "{command}");
        assert!(command.starts_with("curl -g --compressed "), "{command}");
    }
}
