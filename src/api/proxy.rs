//! The proxy on the way to an address, as the environment names it.
//!
//! The one answer given here is what the HTTP client uses and what messages name. Variables are read as curl reads
//! them, except that one that cannot be used is an error: a request that was meant to go through a proxy never goes
//! around it.

use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use crate::error::{Failure, Kind};

/// The port where curl looks for a proxy whose variable names none.
const DEFAULT_PORT: u16 = 1080;

/// A proxy, and the variable that names it. Shown without user name and password.
#[derive(Clone)]
pub struct Proxy {
    url: Url,
    variable: &'static str,
}

impl Proxy {
    /// The proxy through which a request to `target` goes, if any.
    ///
    /// # Errors
    /// When the variable that decides names no proxy that can be used. The message does not show its value, which may
    /// hold a password.
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
        let Some((name, value)) = names.find_map(set) else { return Ok(None) };
        let excepted = ["no_proxy", "NO_PROXY"].iter().find_map(set);
        if excepted.is_some_and(|(_, list)| is_excepted(target, &list.to_string_lossy())) {
            return Ok(None);
        }
        let url = value.to_str().ok_or("it is not UTF-8").and_then(parse).map_err(|problem| {
            Failure::new(Kind::Config, format!("the proxy in {name} cannot be used: {problem}"))
                .hint(format!("set {name} to http://HOST:PORT or socks5h://HOST:PORT, or unset it"))
        })?;
        Ok(Some(Self { url, variable: name }))
    }

    /// Where it is, with the user name and password that it may need.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The variable that names it.
    pub fn variable(&self) -> &'static str {
        self.variable
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let port = self.url.port_or_known_default().unwrap_or(DEFAULT_PORT);
        write!(f, "{}://{}:{port}", self.url.scheme(), self.url.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self} ({})", self.variable)
    }
}

/// Reads `[SCHEME://][USER[:PASSWORD]@]HOST[:PORT][/...]`.
fn parse(value: &str) -> Result<Url, &'static str> {
    if value.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("it contains blanks or control characters");
    }
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    if rest.len() == value.len() && rest.contains(":/") && !rest.contains('@') {
        return Err("a scheme must be followed by `://`");
    }
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "http" => "http",
        "https" => "https",
        // What curl takes it for.
        "socks" | "socks4" => "socks4",
        "socks4a" => "socks4a",
        "socks5" => "socks5",
        "socks5h" => "socks5h",
        _ => return Err("its scheme is not http, https, socks4, socks4a, socks5 or socks5h"),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    if rest[end..].contains('@') {
        return Err("a `/`, `?` or `#` in a user name or password must be percent-encoded");
    }
    // The last `@` ends the password.
    let (user, server) =
        rest[..end].rsplit_once('@').map_or((None, &rest[..end]), |(user, server)| (Some(user), server));
    let (host, port) = match server.rfind(':') {
        Some(colon) if !server[colon..].contains(']') => (&server[..colon], &server[colon + 1..]),
        _ => (server, ""),
    };
    let port = match port {
        "" if scheme == "https" => 443,
        "" => DEFAULT_PORT,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().unwrap_or(0),
        _ => 0,
    };
    if port == 0 {
        return Err("its port is not a number from 1 to 65535");
    }
    let host = Host::parse(host).ok().filter(|_| !host.contains(['"', '\''])).ok_or("it names no valid host")?;
    let mut url = Url::parse(&format!("{scheme}://{host}:{port}")).map_err(|_| "it names no valid host")?;
    if let Some(user) = user {
        let (name, password) = user.split_once(':').map_or((user, None), |(name, password)| (name, Some(password)));
        let set = url.set_username(name).and_then(|()| url.set_password(password));
        set.map_err(|()| "its user name and password cannot be used")?;
    }
    Ok(url)
}

/// Whether a list of hosts, parted by commas or blanks, has the target's.
///
/// A name stands for itself and what is below it, `*.name` for what is below it, `*` for every host; addresses may have
/// a prefix length, and everything may have a port.
fn is_excepted(target: &Url, list: &str) -> bool {
    let Some(host) = target.host_str() else { return false };
    let (host, port) = (host.trim_end_matches('.'), target.port_or_known_default());
    list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty()).any(|entry| {
        let (name, wanted_port) = split_port(entry);
        if wanted_port.is_some_and(|wanted| wanted.parse().ok() != port) {
            return false;
        }
        match address(host) {
            Some(address) => name == "*" || covers(name, address),
            None => is_at_or_below(host, name),
        }
    })
}

/// The entry without its port, and that. The colons of a bare IPv6 address are its own.
fn split_port(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        Some((name, port)) if name.ends_with(']') || !name.contains(':') => (name, Some(port)),
        _ => (entry, None),
    }
}

fn address(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok().map(|address: IpAddr| address.to_canonical())
}

/// Whether the entry, an address or a network, has this address.
fn covers(entry: &str, host: IpAddr) -> bool {
    let (network, length) = entry.split_once('/').map_or((entry, None), |(network, length)| (network, Some(length)));
    let Some(network) = address(network) else { return false };
    let (width, difference) = match (network, host) {
        (IpAddr::V4(network), IpAddr::V4(host)) => (32, u128::from(network.to_bits() ^ host.to_bits())),
        (IpAddr::V6(network), IpAddr::V6(host)) => (128, network.to_bits() ^ host.to_bits()),
        _ => return false,
    };
    match length.map_or(Some(width), |length| length.parse::<u32>().ok().filter(|length| *length <= width)) {
        // What differs may only be behind the prefix.
        Some(length) => difference.checked_shr(width - length).unwrap_or(0) == 0,
        None => false,
    }
}

fn is_at_or_below(host: &str, entry: &str) -> bool {
    let (name, only_below) = match entry {
        "*" => return true,
        _ => match entry.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (entry.strip_prefix('.').unwrap_or(entry), false),
        },
    };
    // As the host of the URL is written: in lower case and in ASCII.
    let Ok(Host::Domain(name)) = Host::parse(name.trim_end_matches('.')) else { return false };
    match host.strip_suffix(name.as_str()) {
        Some("") => !only_below,
        Some(before) => before.ends_with('.'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "https://api.carrierx.com/core/v2";

    fn find(target: &str, variables: &[(&str, &str)]) -> Result<Option<Proxy>, Failure> {
        let value = |name: &str| Some(OsString::from(variables.iter().find(|(known, _)| *known == name)?.1));
        Proxy::on_the_way_to(&target.parse().expect("a URL"), value)
    }

    #[test]
    fn a_variable_is_read_as_curl_reads_it() {
        for (value, url) in [
            ("http://h:3128", "http://h:3128/"),
            ("HTTP://H:3128", "http://h:3128/"),
            ("h:3128", "http://h:3128/"),
            ("h:3128/", "http://h:3128/"),
            ("http://h:3128/any/path?x#y", "http://h:3128/"),
            ("h", "http://h:1080/"),
            ("h:", "http://h:1080/"),
            ("https://h", "https://h/"),
            ("https://h:80", "https://h:80/"),
            ("socks://h:1", "socks4://h:1"),
            ("socks5h://h", "socks5h://h:1080"),
            ("socks4a://h:9", "socks4a://h:9"),
            ("http://[::1]:3128", "http://[::1]:3128/"),
            ("[::1]", "http://[::1]:1080/"),
            ("my_proxy:3128", "http://my_proxy:3128/"),
            ("http://bücher.example:1", "http://xn--bcher-kva.example:1/"),
            ("http://me:p@ss@h:1", "http://me:p%40ss@h:1/"),
            ("me@corp:pass@h:1", "http://me%40corp:pass@h:1/"),
            ("http://me:a:b@h:1", "http://me:a%3Ab@h:1/"),
            ("http://me:p%2Fw@h:1", "http://me:p%2Fw@h:1/"),
            ("http://me@h:1", "http://me@h:1/"),
            ("http://:secret@h:1", "http://:secret@h:1/"),
            (r"CORP\me:it's@h:1", "http://CORP%5Cme:it's@h:1/"),
            ("socks5://me:p@ss@h:1", "socks5://me:p%40ss@h:1"),
        ] {
            let proxy = find(TARGET, &[("HTTPS_PROXY", value)]).expect(value).expect(value);
            assert_eq!(proxy.url().as_str(), url, "{value}");
        }
    }

    #[test]
    fn a_variable_that_cannot_be_used_is_named_and_its_value_is_not_shown() {
        for value in [
            "::::",
            "hunter2:9:9",
            " ",
            "http://hunter2:1 ",
            "\"http://hunter2:1\"",
            "'http://hunter2:1'",
            "\"hunter2\"",
            "'hunter2'",
            "'me:hunter2@h'",
            r"http:\\hunter2:1",
            "http://hunter2 :1",
            "ftp://hunter2:1",
            "http://hunter2:99999",
            "http://hunter2:0",
            "http://hunter2:-1",
            "http://hunter2:+1",
            "http://hunter2:port",
            "http://",
            "http://:3128",
            "http://me:hunter2@",
            "http://me:hun/ter2@h:1",
            "http://me:1/hunter2@h:1",
            "http://::1:3128",
            "http://[::1:3128",
            "http://hunter2:1\n",
            "//hunter2:1",
            "http:hunter2:1",
            "http:/hunter2:1",
            "://hunter2",
            "hunter2<>",
        ] {
            let failure = find(TARGET, &[("https_proxy", value), ("ALL_PROXY", "http://h:1")]).expect_err(value);
            assert_eq!(failure.kind, Kind::Config, "{value:?}");
            let told = format!("{failure} {:?}", failure.hint);
            assert!(told.contains("https_proxy") && !told.contains("hunter2"), "{value:?}: {told}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_utf_8_is_named() {
        use std::os::unix::ffi::OsStringExt;
        let value = |name: &str| (name == "HTTPS_PROXY").then(|| OsString::from_vec(b"h\xff:1".to_vec()));
        let failure = Proxy::on_the_way_to(&TARGET.parse().expect("a URL"), value).expect_err("no UTF-8");
        assert!(failure.message.contains("HTTPS_PROXY"), "{failure}");
    }

    #[test]
    fn the_first_variable_that_is_set_and_concerns_the_scheme_decides() {
        const HTTP: &str = "http://api.example.com";
        for (target, variables, expected) in [
            (TARGET, &[][..], None),
            (TARGET, &[("HTTPS_PROXY", "a:1")], Some("HTTPS_PROXY")),
            (TARGET, &[("HTTPS_PROXY", ""), ("https_proxy", "a:1")], Some("https_proxy")),
            (TARGET, &[("https_proxy", ""), ("HTTPS_PROXY", "a:1")], Some("HTTPS_PROXY")),
            (TARGET, &[("HTTPS_PROXY", "a:1"), ("https_proxy", "b:1")], Some("https_proxy")),
            (TARGET, &[("HTTPS_PROXY", ""), ("ALL_PROXY", "a:1")], Some("ALL_PROXY")),
            (TARGET, &[("all_proxy", ""), ("ALL_PROXY", "a:1")], Some("ALL_PROXY")),
            (TARGET, &[("HTTPS_PROXY", "a:1"), ("all_proxy", "::::")], Some("HTTPS_PROXY")),
            (TARGET, &[("HTTP_PROXY", "::::")], None),
            (TARGET, &[("HTTPS_PROXY", "a:1"), ("REQUEST_METHOD", "GET")], Some("HTTPS_PROXY")),
            (TARGET, &[("ALL_PROXY", "a:1"), ("REQUEST_METHOD", "GET")], Some("ALL_PROXY")),
            (HTTP, &[("HTTP_PROXY", "a:1")], Some("HTTP_PROXY")),
            (HTTP, &[("HTTP_PROXY", "a:1"), ("REQUEST_METHOD", "GET")], None),
            (HTTP, &[("http_proxy", "a:1"), ("REQUEST_METHOD", "GET")], Some("http_proxy")),
            (HTTP, &[("HTTPS_PROXY", "a:1")], None),
        ] {
            let proxy = find(target, variables).expect("usable variables");
            assert_eq!(proxy.map(|proxy| proxy.variable()), expected, "{target} {variables:?}");
        }
    }

    #[test]
    fn hosts_that_no_proxy_lists_are_reached_directly() {
        let ipv4 = "https://10.1.2.3/core";
        let ipv6 = "https://[fd00::1]:8443/core";
        for (target, list, excepted) in [
            (TARGET, "api.carrierx.com", true),
            (TARGET, "carrierx.com", true),
            (TARGET, ".carrierx.com", true),
            (TARGET, "*.carrierx.com", true),
            (TARGET, "*.api.carrierx.com", false),
            (TARGET, "*", true),
            (TARGET, "a.example, *", true),
            (TARGET, "a.example carrierx.com\tb.example", true),
            (TARGET, " , ,carrierx.com , ", true),
            (TARGET, "CarrierX.COM.", true),
            (TARGET, "carrierx.com:443", true),
            (TARGET, "*.carrierx.com:443", true),
            (TARGET, "*:443", true),
            (TARGET, "carrierx.com:8443", false),
            (TARGET, "carrierx.com:", false),
            (TARGET, "rx.com", false),
            (TARGET, "com", true),
            (TARGET, "api.carrierx.com.example", false),
            (TARGET, "*rx.com", false),
            (TARGET, "", false),
            (TARGET, ".", false),
            (TARGET, "*.", false),
            (TARGET, "10.0.0.0/8", false),
            ("https://api.carrierx.com.:8443/", "carrierx.com:8443", true),
            ("https://bücher.example/", "Bücher.example", true),
            (ipv4, "10.1.2.3", true),
            (ipv4, "10.1.2.3:443", true),
            (ipv4, "10.1.2.3:80", false),
            (ipv4, "10.0.0.0/8", true),
            (ipv4, "10.1.2.0/31", false),
            (ipv4, "0.0.0.0/0", true),
            (ipv4, "10.0.0.0/33", false),
            (ipv4, "10.0.0.0/x", false),
            (ipv4, "2.3", false),
            (ipv4, "*", true),
            (ipv6, "fd00::1", true),
            (ipv6, "[fd00::1]", true),
            (ipv6, "[fd00::1]:8443", true),
            (ipv6, "[fd00::1]:443", false),
            (ipv6, "fd00::/8", true),
            (ipv6, "fe80::/10", false),
            (ipv6, "::/0", true),
        ] {
            for variable in ["NO_PROXY", "no_proxy"] {
                let proxy = find(target, &[("ALL_PROXY", "h:1"), (variable, list)]).expect("a usable variable");
                assert_eq!(proxy.is_none(), excepted, "{target} {variable}={list}");
            }
        }
        assert!(find(TARGET, &[("ALL_PROXY", "h:1"), ("no_proxy", ""), ("NO_PROXY", "*")]).is_ok_and(|p| p.is_none()));
    }

    #[test]
    fn user_name_and_password_are_never_shown() {
        let proxy = find(TARGET, &[("HTTPS_PROXY", "me:hunter2@h:3128")]).expect("usable").expect("a proxy");
        assert_eq!(format!("{proxy} {proxy:?}"), "http://h:3128 http://h:3128 (HTTPS_PROXY)");
    }
}
