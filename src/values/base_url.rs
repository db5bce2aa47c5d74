//! Where the API is, and whether a token may be sent there.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// The address that every request's path is added to, such as `https://api.carrierx.com/core/v2`.
///
/// It is https, or http to a loopback address, so that a token put on a request to it is never readable on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// The address of one thing below the base, `path` being given in segments that are percent-encoded here.
    pub fn join(&self, path: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// The host, with its port unless that is the usual one.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether the host is this machine itself.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl FromStr for BaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text.trim()).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => "it is not a URL: `https://` is missing".to_owned(),
            _ => format!("it is not a URL: {error}"),
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it has a user name or password, which the API does not use".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it has a query or a fragment".to_owned());
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => Err("tokens are sent only over https, or over http to localhost".to_owned()),
            scheme => Err(format!("its scheme is `{scheme}`, not https")),
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_accepted_anywhere_and_http_on_loopback_alone() {
        for good in
            ["https://api.carrierx.com/core/v2", "http://127.0.0.1:8080", "http://LOCALHOST/x", "http://[::1]:1/"]
        {
            assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
        }
        for bad in [
            "http://api.carrierx.com/core/v2",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
            "ftp://127.0.0.1",
            "api.carrierx.com",
            "",
        ] {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_refused_address_does_not_show_its_password() {
        let problem = "https://me:hunter2@api.carrierx.com".parse::<BaseUrl>().expect_err("a password");
        assert!(!problem.contains("hunter2"), "{problem}");
    }

    #[test]
    fn paths_are_added_below_the_base_and_percent_encoded() {
        for base in ["https://host/core/v2", "https://host/core/v2/"] {
            let base: BaseUrl = base.parse().expect(base);
            assert_eq!(base.join(&["partners", "a/b?c"]).as_str(), "https://host/core/v2/partners/a%2Fb%3Fc");
            assert_eq!(base.to_string(), "https://host/core/v2");
        }
    }
}
