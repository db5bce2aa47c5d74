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
pub struct Answer {
    /// The address that was asked.
    pub asked: Url,
    /// The address that answered, after redirects.
    pub url: Url,
    /// The HTTP status.
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
    ///
    /// # Errors
    /// What the status says, or what is wrong with the body. The token is in none of it, even if the answer holds it.
    pub fn into_page(self, credentials: &Credentials) -> Result<Page, Failure> {
        self.read(credentials, "a page of partners", Page::parse)
    }

    /// The single object in the answer, as the text that came; none if the API says that there is none.
    ///
    /// # Errors
    /// As with a page.
    pub fn into_partner(self, credentials: &Credentials) -> Result<Option<String>, Failure> {
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
pub fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

fn broken_promise(from: &str, problem: &str) -> Failure {
    Failure::new(Kind::Server, format!("{from}: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::words::MAX_WORDS;

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        let asked: Url = "https://host/partners?limit=1".parse().expect("a URL");
        Answer {
            url: asked.clone(),
            asked,
            status: StatusCode::from_u16(status).expect("a status"),
            content_type: Some(content_type.to_owned()),
            challenge: None,
            location: None,
            retry_after: None,
            body: body.into(),
            is_whole: true,
        }
    }

    fn failure(answer: Answer) -> Failure {
        let credentials = Credentials { token: "s3cr3t".parse().expect("a token"), source: "the test".to_owned() };
        answer.into_page(&credentials).expect_err("a failure")
    }

    #[test]
    fn every_status_has_its_kind() {
        for (status, kind) in [
            (400, Kind::Rejected),
            (401, Kind::Auth),
            (403, Kind::Forbidden),
            (404, Kind::Rejected),
            (407, Kind::Network),
            (409, Kind::Rejected),
            (415, Kind::Rejected),
            (422, Kind::Rejected),
            (429, Kind::RateLimited),
            (500, Kind::Server),
            (503, Kind::Server),
            (302, Kind::Server),
            (204, Kind::Server),
        ] {
            let failure = failure(answer(status, "application/json", ""));
            assert_eq!((failure.kind, failure.status), (kind, Some(status)), "{failure}");
        }
    }

    #[test]
    fn the_servers_own_words_are_reported() {
        for (body, words) in
            [(r#"{"errors":[{"message":"Bad order"}]}"#, ": Bad order"), ("plain\n", ": plain"), ("", "")]
        {
            let failure = failure(answer(422, "application/json", body));
            assert_eq!(failure.message, format!("https://host/partners rejected the request (422){words}"));
        }
    }

    #[test]
    fn a_status_counts_without_its_body_and_half_a_token_is_not_repeated() {
        for (status, kind) in
            [(401, Kind::Auth), (403, Kind::Forbidden), (404, Kind::Rejected), (429, Kind::RateLimited)]
        {
            for body in ["", "{", "bad token s3c", r#"{"message":"bad token s3c"#] {
                let cut = failure(Answer { is_whole: false, ..answer(status, "application/json", body) });
                assert_eq!((cut.kind, cut.status), (kind, Some(status)));
                assert!(!cut.message.contains("s3c"), "{cut}");
            }
        }
    }

    #[test]
    fn a_gateway_that_refuses_is_named_and_neither_token_nor_scope_is_blamed() {
        let basic =
            |status| Answer { challenge: Some("Basic".to_owned()), ..answer(status, "text/plain", "Unauthorized") };
        for (refused, words) in [
            (answer(401, "text/html", "<html><body>Sign in"), "a login of its own (401): Sign in"),
            (answer(403, "text/html", ""), "refused the request (403)"),
            (answer(403, "text/plain", "<!DOCTYPE html><title>Blocked</title>"), "(403): Blocked"),
            (basic(401), "(401): Unauthorized"),
        ] {
            let failure = failure(refused);
            let told = format!("{failure} {:?}", failure.hint);
            assert!(failure.kind == Kind::Server && told.contains("gateway") && told.contains(words), "{told}");
            assert!(!told.contains("refused the token") && !told.contains("scope"), "{told}");
        }
        let json = failure(answer(401, "text/html", r#"{"message":"expired"}"#));
        assert!(json.kind == Kind::Auth && json.message.contains("refused the token (401): expired"), "{json}");
        let bearer = Answer { challenge: Some("Bearer".to_owned()), ..answer(401, "text/plain", "no") };
        assert_eq!(failure(bearer).kind, Kind::Auth);
    }

    #[test]
    fn a_rejection_in_html_keeps_its_words() {
        let body = "<html><head><title>400</title></head><body><center>No required SSL certificate was sent</center>";
        let failure = failure(answer(400, "text/html", body));
        assert!(failure.message.ends_with("(400): No required SSL certificate was sent"), "{failure}");
    }

    #[test]
    fn json_is_a_page_whatever_the_content_type_calls_it() {
        let credentials = Credentials { token: "s3cr3t".parse().expect("a token"), source: "the test".to_owned() };
        for (kind, body) in [
            ("text/html", r#"{"items":[]}"#),
            ("text/html", "\u{feff} {\"items\":[]}"),
            ("x/y", "\u{feff}{\"items\":[]}"),
        ] {
            assert!(answer(200, kind, body).into_page(&credentials).expect("a page").is_empty());
        }
    }

    #[test]
    fn long_words_are_cut_and_the_token_in_them_is_hidden() {
        let long = failure(answer(500, "text/plain", &"é".repeat(5000)));
        assert!(long.message.chars().count() < MAX_WORDS + 100);
        let telling = failure(answer(401, "application/json", r#"{"message":"bad token s3cr3t"}"#));
        assert!(telling.message.ends_with("bad token (redacted)"), "{telling}");
        let wrong = failure(answer(200, "application/json", &format!(r#"{{"items":"{}"}}"#, "x".repeat(100_000))));
        assert!(wrong.message.len() < MAX_WORDS + 200, "{}", wrong.message.len());
    }

    #[test]
    fn no_part_of_the_token_is_told_wherever_the_server_puts_it() {
        let moved = |location: &str| Answer { location: Some(location.to_owned()), ..answer(302, "text/html", "") };
        for failure in (0..10)
            .map(|shift| answer(400, "text/plain", &format!("{}s3cr3t", "x".repeat(MAX_WORDS - shift))))
            .chain([
                answer(200, "text/html; t=s3cr3t", ""),
                answer(200, "text/plain; t=s3cr3t", ""),
                answer(200, "application/json", r#"{"items":"s3cr3t"}"#),
                moved("https://S3CR3T.example.com/"),
                moved("/partners?s3cr3t=1"),
            ])
            .map(failure)
        {
            let told = format!("{} {}", failure.message, failure.hint.unwrap_or_default()).to_lowercase();
            assert!(!told.contains("s3cr"), "{told}");
        }
    }

    #[test]
    fn a_refused_token_says_where_it_came_from() {
        let failure = failure(answer(401, "application/json", "{}"));
        assert!(failure.hint.as_deref().is_some_and(|hint| hint.contains("from the test")));
    }

    #[test]
    fn html_is_named_and_a_proxy_suspected() {
        let page = failure(answer(200, "text/html; charset=utf-8", "<html>"));
        assert_eq!(page.kind, Kind::Server);
        assert!(page.message.contains("HTML (text/html; charset=utf-8), not JSON"), "{page}");
        assert!(page.hint.as_deref().is_some_and(|hint| hint.contains("proxy")));
        assert!(!failure(answer(502, "text/html", "<html>")).message.contains('<'));
    }

    #[test]
    fn a_redirect_says_why_it_is_not_followed() {
        let moved = |location: Option<&str>| {
            failure(Answer { location: location.map(str::to_owned), ..answer(302, "text/html", "") }).message
        };
        for (location, words) in [
            (
                Some("https://evil.example.com/x"),
                "redirects to https://evil.example.com, where the token must not be sent",
            ),
            (Some("http://host/partners"), "redirects to http://host, where the token must not be sent"),
            (Some("/partners"), "redirects to an address that drops or changes `limit`"),
            (Some("/partners?limit=1"), "redirect loop"),
            (None, "redirect without a usable Location header"),
        ] {
            assert_eq!(moved(location), format!("https://host/partners: {words}"));
        }
    }

    #[test]
    fn words_of_our_own_are_not_searched_for_the_token() {
        for token in ["tok", "e", "refused", "html"] {
            let credentials = Credentials { token: token.parse().expect("a token"), source: "the test".to_owned() };
            let answer = answer(401, "application/json", &format!(r#"{{"errors":["bad {token}!"]}}"#));
            let failure = answer.into_page(&credentials).expect_err("a failure");
            assert!(failure.message.contains(" refused the token (401): "), "{failure}");
            assert!(failure.message.contains("(redacted)!"), "{failure}");
        }
    }
}
