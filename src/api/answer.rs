//! What an answer of the server means: a body to read, or a failure in its own words.

use std::time::Duration;

use reqwest::{StatusCode, Url};

use crate::error::{Failure, Kind};

use super::credentials::Credentials;
use super::page::{self, Page};
use super::redirect::Refused;
use super::words::{is_html, shortened};
use super::{redirect, retry, words};

/// An answer, as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The address that was asked.
    pub(crate) asked: Url,
    /// The address that answered, after redirects.
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    /// The `Content-Type`, if there was one.
    pub(crate) content_type: Option<String>,
    /// The scheme of the `WWW-Authenticate`, if there was one.
    pub(crate) challenge: Option<String>,
    /// Where a redirect would lead.
    pub(crate) location: Option<String>,
    /// How long the server asks to wait before another request.
    pub(crate) retry_after: Option<Duration>,
    /// The body after decompression; of an error no more than its beginning.
    pub(crate) body: Vec<u8>,
    /// Whether the body came to its end. That of an error may not have: what its status says holds without it.
    pub(crate) is_whole: bool,
}

impl Answer {
    /// The page in the answer.
    ///
    /// # Errors
    /// What the status says, or what is wrong with the body. The token is in none of it, even if the answer holds it.
    pub(crate) fn into_page(self, credentials: &Credentials) -> Result<Page, Failure> {
        self.read(credentials, "a page of partners", Page::parse)
    }

    /// The single object in the answer, as the text that came; none if the API says that there is none.
    ///
    /// # Errors
    /// As with a page.
    pub(crate) fn into_partner(self, credentials: &Credentials) -> Result<Option<String>, Failure> {
        if self.status == StatusCode::NOT_FOUND && self.may_be_the_apis_own() {
            return Ok(None);
        }
        self.read(credentials, "a partner", page::parse_partner).map(Some)
    }

    /// Whether a refusal may be the API's own, and not that of another server at a wrong address.
    fn may_be_the_apis_own(&self) -> bool {
        let body = self.body.trim_ascii_start();
        !self.is_html() && (!self.is_whole || body.is_empty() || body.starts_with(b"{"))
    }

    fn read<T>(
        self,
        credentials: &Credentials,
        what: &str,
        parse: impl FnOnce(Vec<u8>) -> Result<T, String>,
    ) -> Result<T, Failure> {
        if self.status != StatusCode::OK {
            return Err(self.refusal(credentials));
        }
        // Only looked at once it is known to be no JSON: a server may call that by any name.
        let html = self.is_html().then(|| self.not_json(credentials));
        let (from, content_type) = (self.from(credentials), self.content_type);
        parse(self.body).map_err(|problem| {
            if let Some(html) = html {
                return html;
            }
            // The problem may repeat a value of any length.
            let problem = shortened(&credentials.token.redact(&problem));
            let failure = broken_promise(&from, &format!("the response is not {what}: {problem}"));
            let kind =
                content_type.map_or_else(|| "missing".to_owned(), |kind| shortened(&credentials.token.redact(&kind)));
            let hint = format!("its content type is {kind}; check the base URL");
            Failure { status: Some(200), ..failure }.hint(hint)
        })
    }

    /// The address that was asked, without its query. Our own words are never searched for the token, as a short one may
    /// be part of them; what others wrote is.
    fn from(&self, credentials: &Credentials) -> String {
        credentials.token.redact(&without_query(&self.asked))
    }

    /// The failure that a status other than 200 stands for.
    fn refusal(&self, credentials: &Credentials) -> Failure {
        let status = self.status.as_u16();
        let from = self.from(credentials);
        // What is cut might be the token, so it is hidden first.
        let text = String::from_utf8_lossy(&self.body);
        let words = words::of(&text, self.is_whole)
            .map_or(String::new(), |words| format!(": {}", shortened(&credentials.token.redact(&words))));
        let told = |kind, what: &str| Failure {
            status: Some(status),
            retryable: retry::is_retryable(status),
            retry_after: self.retry_after,
            ..Failure::new(kind, format!("{from} {what} ({status}){words}"))
        };
        match status {
            401 | 403 if self.is_from_a_gateway() => {
                let what = if status == 401 { "asks for a login of its own" } else { "refused the request" };
                told(Kind::Server, &format!("is behind a gateway that {what}")).hint(
                    "this response did not come from the API and says nothing about the token; check the base URL, and \
                     any VPN, proxy or gateway before the API",
                )
            }
            401 => told(Kind::Auth, "refused the token").hint(format!(
                "the token came from {}; make a new one in the portal under Account > Security Tokens",
                credentials.source
            )),
            403 => told(Kind::Forbidden, "forbade the request")
                .hint("use a token with the scope partners.read or partners.manage"),
            407 => told(Kind::Network, "is behind a proxy that requires authentication")
                .hint("set HTTPS_PROXY to SCHEME://USER:PASSWORD@HOST:PORT, special characters percent-encoded"),
            429 => Failure {
                message: format!("{from}: the API is rate-limiting requests ({status}){words}"),
                ..told(Kind::RateLimited, "")
            }
            .hint("wait a while, then repeat the command"),
            404 => told(Kind::Rejected, "was not found").hint("check the base URL"),
            408 | 409 | 425 => told(Kind::Rejected, "rejected the request").hint("try again later"),
            400..500 => told(Kind::Rejected, "rejected the request").hint("fix the request; retrying will not help"),
            500..600 => told(Kind::Server, "failed").hint("server error; try again later"),
            300..400 => self.redirect(credentials),
            _ => told(Kind::Server, "answered with an unexpected status").hint(SOMETHING_BETWEEN),
        }
    }

    /// A redirect that was not followed.
    fn redirect(&self, credentials: &Credentials) -> Failure {
        let refused = match redirect::refusal(&self.asked, &self.url, self.location.as_deref()) {
            Refused::OtherOrigin(origin) => Refused::OtherOrigin(credentials.token.redact(&origin)),
            refused => refused,
        };
        let message = format!("{}: {}", self.from(credentials), shortened(&refused.to_string()));
        let hint = match refused {
            Refused::OtherQuestion(_) => "set the base URL to where the redirect leads",
            _ => SOMETHING_BETWEEN,
        };
        Failure { status: Some(self.status.as_u16()), ..Failure::new(Kind::Server, message) }.hint(hint)
    }

    /// Whether the body is a page for a browser. JSON is none, whatever the content type calls it.
    fn is_html(&self) -> bool {
        // All that is looked at is how it begins.
        let beginning = String::from_utf8_lossy(&self.body[..self.body.len().min(1024)]);
        let is_json = beginning.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
        let kind = self.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        !is_json && (kind.contains("html") || is_html(&beginning))
    }

    /// Whether a refusal comes from something before the API, which knows neither tokens nor scopes.
    fn is_from_a_gateway(&self) -> bool {
        let scheme = self.challenge.as_deref().unwrap_or_default().to_ascii_lowercase();
        self.is_html() || matches!(&*scheme, "basic" | "digest" | "negotiate" | "ntlm")
    }

    fn not_json(&self, credentials: &Credentials) -> Failure {
        let kind = self.content_type.as_deref().map(|kind| credentials.token.redact(kind));
        let kind = shortened(kind.as_deref().unwrap_or("of no type"));
        let failure = broken_promise(&self.from(credentials), &format!("the response is HTML ({kind}), not JSON"));
        Failure { status: Some(self.status.as_u16()), ..failure }.hint(SOMETHING_BETWEEN)
    }
}

/// The next step when it is not the API that answers.
const SOMETHING_BETWEEN: &str = "a proxy or login page may be answering in its place; check the base URL";

/// The address without what was asked there.
pub(crate) fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

fn broken_promise(from: &str, problem: &str) -> Failure {
    Failure::new(Kind::Server, format!("{from}: {problem}"))
}

#[cfg(test)]
mod tests;
