//! What an answer of the server means: a body to read, or an error that keeps the server's own words.

use std::time::Duration;

use reqwest::{StatusCode, Url};

use crate::error::{Exchange, Failure, Kind};

use super::buffers::Share;
use super::failures::{SERVER_ERROR, SOMETHING_BETWEEN, invalid};
use super::page::{self, Page};
use super::retry;
use super::server_message::{self, is_html, shortened};

/// A response as it was received.
#[derive(Debug)]
pub struct Answer {
    /// The requested address.
    pub url: Url,
    pub status: StatusCode,
    /// The `Content-Type`, if there was one.
    pub content_type: Option<String>,
    /// The scheme of the `WWW-Authenticate`, if there was one.
    pub challenge: Option<String>,
    /// Where a redirect would lead.
    pub location: Option<String>,
    /// How long the server asks to wait before another request.
    pub retry_after: Option<Duration>,
    /// The body after decompression; of an error no more than its beginning.
    pub body: Vec<u8>,
    /// What the body holds of the memory for all of them.
    pub share: Option<Share>,
    /// Whether the body came to its end. That of an error may not have: what its status says holds without it.
    pub is_whole: bool,
}

impl Answer {
    /// The page in the answer to a request with the token from `token_source`.
    pub fn into_page(mut self, token_source: &str) -> Result<Page, Failure> {
        let share = self.share.take();
        Ok(self.read(token_source, "a page of partners", Page::parse)?.holding(share))
    }

    /// The single object in the response as the original text; none if the API says that it does not exist.
    pub fn into_partner(self, token_source: &str) -> Result<Option<String>, Failure> {
        if self.status == StatusCode::NOT_FOUND && self.may_be_the_apis_own() {
            return Ok(None);
        }
        self.read(token_source, "a partner", page::parse_partner).map(Some)
    }

    /// Whether a refusal may be the API's own, and not that of another server at a wrong address.
    fn may_be_the_apis_own(&self) -> bool {
        let body = self.body.trim_ascii_start();
        !self.is_html() && (!self.is_whole || body.is_empty() || body.starts_with(b"{"))
    }

    fn read<T>(
        self,
        token_source: &str,
        expected: &str,
        parse: impl FnOnce(Vec<u8>) -> Result<T, String>,
    ) -> Result<T, Failure> {
        if self.status != StatusCode::OK {
            return Err(self.refusal(token_source));
        }
        let is_html = self.is_html();
        let url = without_query(&self.url);
        parse(self.body).map_err(|problem| {
            let kind = shortened(self.content_type.as_deref().unwrap_or("missing"));
            if is_html {
                // Only once it is known to be no JSON: a server may call that by any name.
                let message = format!("{url}: the response is HTML ({kind}), not JSON");
                return invalid(message, SOMETHING_BETWEEN);
            }
            // It may repeat a value of any length.
            let message = format!("{url}: the response is not {expected}: {}", shortened(&problem));
            invalid(message, format!("check the base URL; the content type of the response is {kind}"))
        })
    }

    /// What a status other than 200 means.
    fn refusal(&self, token_source: &str) -> Failure {
        let status = self.status.as_u16();
        let is_from_a_gateway = matches!(status, 401 | 403) && self.is_from_a_gateway();
        let (kind, what, hint) = self.meaning(is_from_a_gateway);
        let hint = match kind {
            Kind::Auth if !is_from_a_gateway => format!("the token came from {token_source}; {hint}"),
            _ => hint.to_owned(),
        };
        let words = server_message::of(&String::from_utf8_lossy(&self.body), self.is_whole);
        let words = words.map_or_else(String::new, |words| format!(": {}", shortened(&words)));
        Failure::new(kind, format!("{} {what} ({status}){words}", without_query(&self.url))).hint(hint).of(Exchange {
            status: Some(status),
            is_retryable: retry::is_retryable(status),
            retry_after: self.retry_after,
            is_from_a_gateway,
        })
    }

    /// The kind of a refusal, what it means of the address that was asked, and the next step.
    fn meaning(&self, is_from_a_gateway: bool) -> (Kind, String, &'static str) {
        let (kind, what, hint) = match self.status.as_u16() {
            401 if is_from_a_gateway => (Kind::Auth, "is behind a gateway that requires its own login", NOT_THE_API),
            403 if is_from_a_gateway => (Kind::Forbidden, "is behind a gateway that refused the request", NOT_THE_API),
            301..=303 | 307 | 308 => {
                let hint = "set the base URL to that of the API; redirects are not followed";
                return (Kind::Server, self.redirected(), hint);
            }
            401 => (Kind::Auth, "refused the token", "create a new one in the portal under Account > Security Tokens"),
            403 => (Kind::Forbidden, "denied access", "use a token with the scope partners.read or partners.manage"),
            404 => (Kind::Rejected, "was not found", "check the base URL"),
            407 => (Kind::Network, "is behind a proxy that requires authentication", SET_PROXY),
            408 | 409 | 425 => (Kind::Rejected, "rejected the request", "try again later"),
            429 => (Kind::RateLimited, "is rate-limiting requests", "wait a while, then run the command again"),
            400..500 => (
                Kind::Rejected,
                "rejected the request",
                "check the filter, the order and the fields; see `carrierx help filters`",
            ),
            500..600 => (Kind::Server, "failed", SERVER_ERROR),
            _ => (Kind::Server, "returned an unexpected status", SOMETHING_BETWEEN),
        };
        (kind, what.to_owned(), hint)
    }

    /// Where a redirect leads, without the query, which repeats the question.
    fn redirected(&self) -> String {
        let target = self.location.as_deref().and_then(|location| self.url.join(location).ok());
        target.map_or_else(
            || "redirects without a Location".to_owned(),
            |url| format!("redirects to {}", shortened(&without_query(&url))),
        )
    }

    /// Whether the body is a web page. JSON never is, whatever the content type says.
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
}

/// The next step where a proxy answers that it wants a password.
const SET_PROXY: &str = "set HTTPS_PROXY to SCHEME://USER:PASSWORD@HOST:PORT, special characters percent-encoded";

/// The next step where something before the API refuses, which says nothing about the token.
const NOT_THE_API: &str = "check the base URL, and any VPN, proxy or gateway in front of the API; this response did not come \
                           from the API and says nothing about the token";

/// The address without its query: what was asked for is in the message already, or too long for it.
pub fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

#[cfg(test)]
mod tests;
