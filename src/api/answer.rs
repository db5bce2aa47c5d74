//! What an answer of the server means: a body to read, or an error that keeps the server's own words.

use std::time::Duration;

use reqwest::{StatusCode, Url};

use super::credentials::Credentials;
use super::error::{Document, Error, Refusal};
use super::page::{self, Malformed, Page};
use super::redirect::NotFollowed;
use super::server_message::{is_html, shortened};
use super::{redirect, server_message};

/// An answer, as it came.
#[derive(Debug)]
pub struct Answer {
    /// The address that was asked.
    pub asked: Url,
    /// The address that answered, after redirects.
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
    /// Whether the body came to its end. That of an error may not have: what its status says holds without it.
    pub is_whole: bool,
}

impl Answer {
    /// The page in the answer.
    pub fn into_page(self, credentials: &Credentials) -> Result<Page, Error> {
        self.read(credentials, Document::Page, Page::parse)
    }

    /// The single object in the answer, as the text that came; none if the API says that there is none.
    pub fn into_partner(self, credentials: &Credentials) -> Result<Option<String>, Error> {
        if self.status == StatusCode::NOT_FOUND && self.may_be_the_apis_own() {
            return Ok(None);
        }
        self.read(credentials, Document::Partner, page::parse_partner).map(Some)
    }

    /// Whether a refusal may be the API's own, and not that of another server at a wrong address.
    fn may_be_the_apis_own(&self) -> bool {
        let body = self.body.trim_ascii_start();
        !self.is_html() && (!self.is_whole || body.is_empty() || body.starts_with(b"{"))
    }

    fn read<T>(
        self,
        credentials: &Credentials,
        expected: Document,
        parse: impl FnOnce(Vec<u8>) -> Result<T, Malformed>,
    ) -> Result<T, Error> {
        if self.status != StatusCode::OK {
            return Err(self.refusal(credentials));
        }
        let is_html = self.is_html();
        let url = redacted_url(&self.asked, credentials);
        let content_type = self.content_type;
        parse(self.body).map_err(|problem| {
            let content_type = content_type.map(|kind| shortened(&credentials.token.redact(&kind)));
            if is_html {
                // Only once it is known to be no JSON: a server may call that by any name.
                return Error::Html { url, content_type };
            }
            // It may repeat a value of any length.
            let problem = Malformed(shortened(&credentials.token.redact(&problem.0)));
            Error::Malformed { url, expected, content_type, problem }
        })
    }

    /// What a status other than 200 stands for.
    fn refusal(&self, credentials: &Credentials) -> Error {
        let url = redacted_url(&self.asked, credentials);
        let status = self.status.as_u16();
        if self.status.is_redirection() {
            let problem = match redirect::refusal(&self.asked, &self.url, self.location.as_deref()) {
                NotFollowed::OtherOrigin(origin) => NotFollowed::OtherOrigin(credentials.token.redact(&origin)),
                problem => problem,
            };
            return Error::Redirect { url, status, problem };
        }
        // What is cut might be the token, so it is hidden first.
        let text = String::from_utf8_lossy(&self.body);
        let words = server_message::of(&text, self.is_whole).map(|words| shortened(&credentials.token.redact(&words)));
        Error::Refused(Refusal {
            url,
            status,
            words,
            retry_after: self.retry_after,
            is_from_a_gateway: matches!(status, 401 | 403) && self.is_from_a_gateway(),
            token_source: credentials.source.clone(),
        })
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
}

/// The address that was asked, without its query: what was asked for may be the token itself.
pub fn redacted_url(url: &Url, credentials: &Credentials) -> String {
    let mut url = url.clone();
    url.set_query(None);
    credentials.token.redact(url.as_str())
}

#[cfg(test)]
mod tests;
