//! The proxy on the way to an address, as the environment names it, or else the settings of Windows and macOS.
//!
//! The one answer given here is what the HTTP client uses and what messages name. Variables are chosen as curl chooses
//! them, except that one that cannot be used is an error: a request that was meant to go through a proxy never goes
//! around it.

use std::ffi::OsString;
use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::error::{Failure, Kind};

/// What the HTTP library can speak to a proxy. It would go around one with another scheme.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// The next step where a proxy asks for a password.
pub const WITH_CREDENTIALS: &str = "SCHEME://USER:PASSWORD@HOST:PORT, special characters percent-encoded";

/// A proxy, and what names it. Shown without user name and password.
pub struct Proxy {
    pub url: Url,
    /// The variable that names it, or what stands for the system's settings.
    pub source: &'static str,
}

impl Proxy {
    /// The proxy through which a request to `target` goes, if any.
    pub fn on_the_way_to(target: &Url, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<Self>, Failure> {
        // An empty variable is an unset one.
        let set = |name: &&'static str| variable(name).filter(|value| !value.is_empty()).map(|value| (*name, value));
        // Lower case first, as in curl. A CGI server puts the `Proxy` header of its visitor into HTTP_PROXY.
        let of_scheme: &[&str] = match target.scheme() {
            "https" => &["https_proxy", "HTTPS_PROXY"],
            _ if variable("REQUEST_METHOD").is_some() => &["http_proxy"],
            _ => &["http_proxy", "HTTP_PROXY"],
        };
        let mut names = of_scheme.iter().chain(&["all_proxy", "ALL_PROXY"]);
        let Some((source, value)) = names.find_map(set) else { return Ok(None) };
        let excepted = ["no_proxy", "NO_PROXY"].iter().find_map(set).unwrap_or_default().1;
        if is_excepted(target, &excepted.to_string_lossy()) {
            return Ok(None);
        }
        let unusable = || {
            Failure::new(
                Kind::Config,
                format!("the proxy in {source} cannot be used: it is not the URL of an HTTP or SOCKS proxy"),
            )
            .hint(format!("set {source} to http://HOST:PORT or socks5h://HOST:PORT, or unset it"))
        };
        let url = value.to_str().and_then(parse).ok_or_else(unusable)?;
        Ok(Some(Self { url, source }))
    }

    /// The proxy of the system's settings, which Windows and macOS have.
    pub fn of_the_system(target: &Url) -> Option<Self> {
        let proxy = Matcher::from_system().intercept(&target.as_str().parse().ok()?)?;
        Some(Self { url: parse(&proxy.uri().to_string())?, source: "the system's settings" })
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}://{}", self.url.scheme(), self.url.host_str().unwrap_or_default())?;
        self.url.port_or_known_default().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Reads `[SCHEME://][USER[:PASSWORD]@]HOST[:PORT]`.
fn parse(value: &str) -> Option<Url> {
    let value = if value.contains("://") { value } else { &format!("http://{value}") };
    let url = Url::parse(value).ok()?;
    let is_whole = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let is_host = url.host_str().is_some_and(|host| !host.is_empty() && !host.contains(['"', '\'']));
    (is_whole && is_host && SCHEMES.contains(&url.scheme())).then_some(url)
}

/// Whether a list of hosts, separated by commas or blanks, has the target's. `*.name` stands for `name`.
fn is_excepted(target: &Url, list: &str) -> bool {
    let entries: Vec<_> = list.split(|c: char| c == ',' || c.is_whitespace()).collect();
    // The matcher takes it for names alone.
    if entries.contains(&"*") {
        return true;
    }
    let plain: Vec<_> =
        entries.iter().map(|entry| entry.trim_start_matches(['*', '[']).trim_end_matches(['.', ']'])).collect();
    let matcher = Matcher::builder().all("http://proxy").no(plain.join(",")).build();
    target.as_str().parse().is_ok_and(|target| matcher.intercept(&target).is_none())
}

#[cfg(test)]
mod tests;
