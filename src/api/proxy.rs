//! The proxy that stands between this machine and the API, if the environment names one.

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

/// The proxy through which a request to this address goes, without the user name and password that it may take.
///
/// It is found as the HTTP library finds it: by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
pub fn on_the_way_to(url: &Url) -> Option<String> {
    let proxy = Matcher::from_system().intercept(&url.as_str().parse().ok()?)?;
    let (uri, port) = (proxy.uri(), proxy.uri().port_u16());
    let port = port.map_or(String::new(), |port| format!(":{port}"));
    Some(format!("{}://{}{port}", uri.scheme_str()?, uri.host()?))
}
