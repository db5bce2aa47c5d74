//! The words for each error of the API: what its kind is, what failed and why, and what to do.

use std::fmt;

use crate::api::address::Part;
use crate::api::error::{Document, Error, Mismatch, NoResponse, Refusal, Route};
use crate::api::proxy;
use crate::api::redirect::NotFollowed;
use crate::api::tls::FileProblem;
use crate::output::message::quoted;

use super::{Failure, Kind, tls};

/// The next step when it is not the API that answers.
const SOMETHING_BETWEEN: &str = "check the base URL; a proxy or login page may be answering in place of the API";

/// The next step when the server does what it should not.
const SERVER_ERROR: &str = "server error; try again later";

/// The form of a variable that names a proxy with credentials.
const WITH_CREDENTIALS: &str = "SCHEME://USER:PASSWORD@HOST:PORT, special characters percent-encoded";

/// The error in words.
pub fn words(error: &Error) -> Failure {
    match error {
        Error::Setup(cause) => Failure::new(Kind::Other, format!("cannot set up the HTTP client: {cause}"))
            .hint("check the system's limits on threads and memory"),
        Error::UnsendableToken => {
            Failure::new(Kind::Config, "the token is not valid: it has a character that no HTTP header can have")
                .hint("copy the token again from the portal, Account > Security Tokens, without anything around it")
        }
        Error::Proxy { variable, problem } => {
            let message = format!("the proxy in {variable} cannot be used: {}", proxy_problem(*problem));
            Failure::new(Kind::Config, message)
                .hint(format!("set {variable} to http://HOST:PORT or socks5h://HOST:PORT, or unset it"))
        }
        Error::Authorities { path, problem } => {
            let problem: &dyn fmt::Display = match problem {
                FileProblem::Unreadable(error) => error,
                FileProblem::CutOff => &"the file is truncated",
                FileProblem::NoCertificate => &"there is no certificate in the file",
                FileProblem::Malformed => &"a certificate in it is malformed",
            };
            let message = format!("the CA certificates in {} cannot be used: {problem}", path.display());
            Failure::new(Kind::Config, message)
                .hint("name a PEM file, which has -----BEGIN CERTIFICATE----- in it, with --ca-file or `ca_file`")
        }
        Error::RequestTooLong { part, length, max } => too_long(*part, *length, *max),
        Error::NoTimeLeft { url } => Failure::new(Kind::Network, format!("no time left for a request to {url}")),
        Error::NoResponse { route, problem } => no_response(route, problem),
        Error::UnknownEncoding { url, encoding } => {
            let message = format!("the response from {url} is encoded as {encoding}, which was not asked for");
            Failure::new(Kind::Server, message)
                .hint("check the base URL and the proxy, which may be changing responses")
        }
        Error::TooLarge { url, max } => {
            Failure::new(Kind::Server, format!("the response from {url} is larger than {} MiB", max >> 20))
                .hint("ask for fewer partners or fields at a time")
        }
        Error::Refused(refusal) => refused(refusal),
        Error::Redirect { url, problem, .. } => {
            let hint = match problem {
                NotFollowed::OtherQuestion(_) => "set the base URL to where the redirect leads",
                _ => SOMETHING_BETWEEN,
            };
            Failure::new(Kind::Server, format!("{url}: {}", not_followed(problem))).hint(hint)
        }
        Error::Html { url, content_type } => {
            let kind = content_type.as_deref().unwrap_or("no content type");
            Failure::new(Kind::Server, format!("{url}: the response is HTML ({kind}), not JSON"))
                .hint(SOMETHING_BETWEEN)
        }
        Error::Malformed { url, expected, content_type, problem } => {
            let expected = match expected {
                Document::Page => "a page of partners",
                Document::Partner => "a partner",
            };
            let message = format!("{url}: the response is not {expected}: {problem}");
            let kind = content_type.as_deref().unwrap_or("missing");
            Failure::new(Kind::Server, message)
                .hint(format!("check the base URL; the content type of the response is {kind}"))
        }
        Error::Mismatch { field, wanted, came } => mismatch(field, &quoted(wanted), came),
        Error::ErrorsInSuccess { words } => {
            Failure::new(Kind::Server, format!("the API reported errors with status 200: {}", quoted(words)))
                .hint("try again later")
        }
        Error::Unanswerable(problem) => Failure::new(Kind::Usage, problem.clone())
            .hint("fix the filter or the order; `carrierx help filters` has what they may be"),
        Error::NoProgress { offset } => {
            let message = format!("the server keeps returning the same partners (page at offset {offset})");
            Failure::new(Kind::Server, message).hint(SERVER_ERROR)
        }
        Error::Lost => Failure::new(Kind::Other, "a request ended without a result").hint("run the command again"),
        Error::Repeated { attempts, last } => {
            let failure = words(last);
            Failure { message: format!("{}, after {attempts} attempts", failure.message), ..failure }
        }
        Error::LongWait { wait, last } => Failure { kind: Kind::RateLimited, ..words(last) }
            .hint(format!("wait {} seconds, as the server asks, then try again", wait.as_secs())),
        Error::OutOfTime { deadline, last } => {
            let message = format!("not finished within --max-time {deadline}: {}", words(last).message);
            Failure::new(Kind::Network, message).hint(MORE_TIME)
        }
    }
}

/// The next step after the deadline of the command.
pub const MORE_TIME: &str = "allow more time with --max-time";

fn no_response(route: &Route, problem: &NoResponse) -> Failure {
    let Route { url, proxy } = route;
    let (to, variable) = match proxy {
        Some(proxy) => (format!("{url} through the proxy {proxy}"), Some(proxy.variable())),
        None => (url.clone(), None),
    };
    let check = || match variable {
        Some(variable) => format!("check the proxy in {variable}, and the network behind it"),
        None => "check the network, the proxy settings and the base URL".to_owned(),
    };
    let (message, hint) = match problem {
        NoResponse::TimedOut { limit } => {
            let after = limit.map_or_else(String::new, |limit| format!(" after {limit}"));
            let hint = "allow more time with --timeout, or check the network";
            (format!("request to {to} timed out{after}"), hint.to_owned())
        }
        NoResponse::Failed { cause } => (format!("request to {to} failed: {cause}"), check()),
        NoResponse::Tls(problem) => {
            let (problem, hint) = tls::words(problem);
            (format!("request to {to} failed: {problem}"), hint)
        }
        NoResponse::ProxyAuthentication => (
            format!("request to {to} failed: the proxy requires authentication (407)"),
            format!("set {} to {WITH_CREDENTIALS}", variable.unwrap_or("HTTPS_PROXY")),
        ),
        NoResponse::ProxyRefused => (
            format!("request to {to} failed: the proxy refused to connect"),
            "ask the proxy's administrator to allow this host, or list it in NO_PROXY to bypass the proxy".to_owned(),
        ),
        NoResponse::CutOff { cause } => (format!("the response from {to} was cut off: {cause}"), check()),
        NoResponse::Undecodable { cause } => {
            (format!("the response from {to} could not be decompressed: {cause}"), check())
        }
    };
    Failure::new(Kind::Network, message).hint(hint)
}

/// A status other than 200.
fn refused(refusal: &Refusal) -> Failure {
    let Refusal { url, status, words, is_from_a_gateway, token_source, .. } = refusal;
    let words = words.as_ref().map_or_else(String::new, |words| format!(": {words}"));
    let failure = |kind, what: &str| Failure::new(kind, format!("{url} {what} ({status}){words}"));
    match status {
        401 | 403 if *is_from_a_gateway => {
            let what = if *status == 401 { "asks for a login of its own" } else { "refused the request" };
            failure(Kind::Server, &format!("is behind a gateway that {what}")).hint(
                "check the base URL, and any VPN, proxy or gateway before the API; this response did not come from the \
                 API and says nothing about the token",
            )
        }
        401 => failure(Kind::Auth, "refused the token").hint(format!(
            "the token came from {token_source}; create a new one in the portal under Account > Security Tokens"
        )),
        403 => failure(Kind::Forbidden, "denied access")
            .hint("use a token with the scope partners.read or partners.manage"),
        407 => failure(Kind::Network, "is behind a proxy that requires authentication")
            .hint(format!("set HTTPS_PROXY to {WITH_CREDENTIALS}")),
        429 => Failure::new(Kind::RateLimited, format!("{url}: the API is rate-limiting requests (429){words}"))
            .hint("wait a while, then run the command again"),
        404 => failure(Kind::Rejected, "was not found").hint("check the base URL"),
        408 | 409 | 425 => failure(Kind::Rejected, "rejected the request").hint("try again later"),
        400..500 => failure(Kind::Rejected, "rejected the request").hint("fix the request; retrying will not help"),
        500..600 => failure(Kind::Server, "failed").hint(SERVER_ERROR),
        _ => failure(Kind::Server, "answered with an unexpected status").hint(SOMETHING_BETWEEN),
    }
}

fn mismatch(field: &str, wanted: &str, came: &Mismatch) -> Failure {
    let ignored = "check the base URL; if it is right, the server or a proxy ignores what it is asked for";
    let (message, hint) = match came {
        Mismatch::Other(text) => {
            let other = quoted(text);
            (format!("the API returned the partner with the {field} {other} instead of {wanted}"), ignored)
        }
        Mismatch::Nameless => (format!("the API returned a partner without a {field} instead of {wanted}"), ignored),
        Mismatch::Page => (format!("the API returned a page instead of the partner {wanted}"), ignored),
        Mismatch::Several { found, more } => {
            let name =
                |id: &Option<String>| id.as_ref().map_or_else(|| "one without a SID".to_owned(), |id| quoted(id));
            let found = found.iter().map(name).collect::<Vec<_>>().join(", ");
            let more = if *more { ", and more" } else { "" };
            let message = format!("the API returned several partners with the {field} {wanted}: {found}{more}");
            (message, "ask for one of them by its SID")
        }
        Mismatch::Nothing => {
            let message = format!("the API reported a partner with the {field} {wanted} but returned none");
            (message, "run the command again")
        }
    };
    Failure::new(Kind::Server, message).hint(hint)
}

fn too_long(part: Part, length: usize, max: usize) -> Failure {
    let (kind, what, hint) = match part {
        Part::Path => (Kind::Usage, "the ID or the base URL", "shorten it"),
        Part::Filter => (Kind::Usage, "the filter", "shorten it, or split it over several commands"),
        Part::Fields => (Kind::Usage, "the list of fields", "name fewer fields"),
        Part::Order => (Kind::Usage, "the order", "shorten it"),
        Part::Cursor => (Kind::Server, "the server's cursor", SERVER_ERROR),
    };
    let message = format!("{what} is too long: the request would have {length} bytes, at most {max} fit");
    Failure::new(kind, message).hint(hint)
}

fn not_followed(problem: &NotFollowed) -> String {
    match problem {
        NotFollowed::Nowhere => "redirect without a usable Location header".to_owned(),
        NotFollowed::OtherOrigin(origin) => format!("redirects to {origin}, where the token must not be sent"),
        NotFollowed::OtherQuestion(name) => format!("redirects to an address that drops or changes `{name}`"),
        NotFollowed::Loop => "redirect loop".to_owned(),
    }
}

fn proxy_problem(problem: proxy::Problem) -> &'static str {
    match problem {
        proxy::Problem::NotUtf8 => "it is not UTF-8",
        proxy::Problem::Blanks => "it contains blanks or control characters",
        proxy::Problem::NoSlashes => "a scheme must be followed by `://`",
        proxy::Problem::UnknownScheme => "its scheme is not http, https, socks4, socks4a, socks5 or socks5h",
        proxy::Problem::Unencoded => "a `/`, `?` or `#` in a user name or password must be percent-encoded",
        proxy::Problem::BadPort => "its port is not a number from 1 to 65535",
        proxy::Problem::BadHost => "it names no valid host",
        proxy::Problem::BadUser => "its user name and password cannot be used",
    }
}

/// The message alone, for warnings.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&words(self).message)
    }
}
