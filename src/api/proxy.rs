//! The proxy on the way to an address, as the environment names it.
//!
//! The one answer given here is what the HTTP client uses and what messages name. Variables are read as curl reads
//! them, except that one that cannot be used is an error: a request that was meant to go through a proxy never goes
//! around it.

use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::error::Error;

/// The port where curl looks for a proxy whose variable names none.
const DEFAULT_PORT: u16 = 1080;

/// A proxy, and the variable that names it. Shown without user name and password.
#[derive(Clone)]
pub struct Proxy {
    url: Url,
    variable: &'static str,
}

/// Why a variable names no proxy that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    NotUtf8,
    /// It has blanks or control characters in it.
    Blanks,
    /// A scheme comes without `://`.
    NoSlashes,
    UnknownScheme,
    /// The user name or password has a character in it that ends them.
    Unencoded,
    BadPort,
    BadHost,
    /// The user name and password have no place in a URL of this kind.
    BadUser,
}

impl Proxy {
    /// The proxy through which a request to `target` goes, if any.
    pub fn on_the_way_to(target: &Url, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<Self>, Error> {
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
        let url = value.to_str().ok_or(Problem::NotUtf8).and_then(parse);
        let url = url.map_err(|problem| Error::Proxy { variable: name, problem })?;
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
fn parse(value: &str) -> Result<Url, Problem> {
    if value.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(Problem::Blanks);
    }
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    if rest.len() == value.len() && rest.contains(":/") && !rest.contains('@') {
        return Err(Problem::NoSlashes);
    }
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "http" => "http",
        "https" => "https",
        // What curl takes it for.
        "socks" | "socks4" => "socks4",
        "socks4a" => "socks4a",
        "socks5" => "socks5",
        "socks5h" => "socks5h",
        _ => return Err(Problem::UnknownScheme),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    if rest[end..].contains('@') {
        return Err(Problem::Unencoded);
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
        return Err(Problem::BadPort);
    }
    let host = Host::parse(host).ok().filter(|_| !host.contains(['"', '\''])).ok_or(Problem::BadHost)?;
    let mut url = Url::parse(&format!("{scheme}://{host}:{port}")).map_err(|_| Problem::BadHost)?;
    if let Some(user) = user {
        let (name, password) = user.split_once(':').map_or((user, None), |(name, password)| (name, Some(password)));
        let set = url.set_username(name).and_then(|()| url.set_password(password));
        set.map_err(|()| Problem::BadUser)?;
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
mod tests;
