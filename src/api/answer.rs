//! What an answer of the server means: a body to read, or a failure in its own words.

use std::time::Duration;

use reqwest::{StatusCode, Url};
use serde_json::Value;

use crate::error::{Failure, Kind};

use super::credentials::Credentials;
use super::page::{self, Page};

/// The most of a server's own words that a message repeats, in characters.
const MAX_WORDS: usize = 400;

/// A whole answer, as it came.
#[derive(Debug)]
pub struct Answer {
    /// The address that was asked, without its query.
    pub from: String,
    /// The HTTP status.
    pub status: StatusCode,
    /// The `Content-Type`, if there was one.
    pub content_type: Option<String>,
    /// Where a redirect would lead.
    pub location: Option<String>,
    /// How long the server asks to wait before another request.
    pub retry_after: Option<Duration>,
    /// The body after decompression.
    pub body: Vec<u8>,
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
        !self.is_html() && (body.is_empty() || body.starts_with(b"{"))
    }

    fn read<T>(
        self,
        credentials: &Credentials,
        what: &str,
        parse: impl FnOnce(Vec<u8>) -> Result<T, String>,
    ) -> Result<T, Failure> {
        if self.status != StatusCode::OK {
            return Err(redacted(self.refusal(credentials), credentials));
        }
        if self.is_html() {
            return Err(redacted(self.not_json(), credentials));
        }
        let (from, content_type) = (self.from, self.content_type);
        parse(self.body).map_err(|problem| {
            // The problem may repeat a value of any length.
            let problem = shortened(&credentials.token.redact(&problem));
            let failure = broken_promise(&from, &format!("the answer is not {what}: {problem}"));
            let kind = content_type.unwrap_or_else(|| "not named".to_owned());
            let hint = format!("its content type is {kind}; look whether the base URL is that of the API");
            redacted(Failure { status: Some(200), ..failure }.hint(hint), credentials)
        })
    }

    /// The failure that a status other than 200 stands for.
    fn refusal(&self, credentials: &Credentials) -> Failure {
        let status = self.status.as_u16();
        // What is cut might be the token, so it is hidden first.
        let words =
            self.words().map_or(String::new(), |words| format!(": {}", shortened(&credentials.token.redact(&words))));
        let from = &self.from;
        let told = |kind, what: &str| Failure {
            status: Some(status),
            retryable: matches!(status, 429 | 500 | 502..=504),
            retry_after: self.retry_after,
            ..Failure::new(kind, format!("{from} {what} ({status}){words}"))
        };
        match status {
            401 => told(Kind::Auth, "refused the token").hint(format!(
                "the token came from {}; make a new one in the portal under Account > Security Tokens",
                credentials.source
            )),
            403 => told(Kind::Forbidden, "forbade the request")
                .hint("use a token with the scope partners.read or partners.manage"),
            407 => told(Kind::Network, "is behind a proxy that wants to know who asks")
                .hint("give the proxy's user name and password in HTTPS_PROXY, as http://USER:PASSWORD@HOST:PORT"),
            429 => told(Kind::RateLimited, "wants fewer requests").hint("wait a while, then repeat the command"),
            404 => told(Kind::Rejected, "was not found").hint("look whether the base URL is right"),
            400..500 => {
                told(Kind::Rejected, "rejected the request").hint("mend the request; repeating it does not help")
            }
            500..600 => told(Kind::Server, "failed").hint("a fault of the server; try again later"),
            300..400 => self.redirect(),
            _ => told(Kind::Server, "answered with a status that the API does not promise")
                .hint("a proxy may stand in the way; look whether the base URL is right"),
        }
    }

    /// A redirect that was not followed: it leads to another origin, nowhere, or in circles.
    fn redirect(&self) -> Failure {
        let asked = Url::parse(&self.from).ok();
        let target = asked.as_ref().zip(self.location.as_ref()).and_then(|(asked, target)| asked.join(target).ok());
        let what = match target {
            None => "redirects to nowhere".to_owned(),
            Some(target) if asked.is_some_and(|asked| asked.origin() == target.origin()) => {
                "redirects again and again".to_owned()
            }
            Some(target) => {
                format!("redirects to {}, where the token must not go", target.origin().ascii_serialization())
            }
        };
        Failure { status: Some(self.status.as_u16()), ..Failure::new(Kind::Server, format!("{} {what}", self.from)) }
            .hint("a proxy or a login page may stand in the way; look whether the base URL is right")
    }

    fn is_html(&self) -> bool {
        self.content_type.as_ref().is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
    }

    fn not_json(&self) -> Failure {
        let kind = self.content_type.as_deref().unwrap_or_default();
        let failure = broken_promise(&self.from, &format!("the answer is {kind}, not JSON"));
        Failure { status: Some(self.status.as_u16()), ..failure }
            .hint("a proxy or a login page may stand in the way; look whether the base URL is right")
    }

    /// What the server says of its refusal, as far as it can be read.
    fn words(&self) -> Option<String> {
        if self.is_html() {
            return None;
        }
        let text = String::from_utf8_lossy(&self.body);
        let words = serde_json::from_str(&text).map_or_else(|_| text.trim().to_owned(), |value| words_in(&value));
        (!words.is_empty()).then_some(words)
    }
}

/// The failure with the token hidden wherever the server may have put it.
fn redacted(failure: Failure, credentials: &Credentials) -> Failure {
    let redact = |text: String| credentials.token.redact(&text);
    Failure { message: redact(failure.message), hint: failure.hint.map(redact), ..failure }
}

fn broken_promise(from: &str, problem: &str) -> Failure {
    Failure::new(Kind::Server, format!("{from}: {problem}"))
}

/// The messages in an error body; failing those, the body itself.
fn words_in(body: &Value) -> String {
    let message = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(object) => ["message", "error_description", "error", "detail", "title"]
            .iter()
            .find_map(|key| object.get(*key)?.as_str().map(str::to_owned)),
        _ => None,
    };
    let listed = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    let messages: Vec<String> = listed.filter_map(message).collect();
    if !messages.is_empty() {
        return messages.join("; ");
    }
    message(body).or_else(|| message(body.get("error")?)).unwrap_or_else(|| body.to_string())
}

fn shortened(words: &str) -> String {
    match words.char_indices().nth(MAX_WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        Answer {
            from: "https://host/partners".to_owned(),
            status: StatusCode::from_u16(status).expect("a status"),
            content_type: Some(content_type.to_owned()),
            location: None,
            retry_after: None,
            body: body.into(),
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
    fn the_servers_own_words_are_told_in_whatever_shape_they_come() {
        for (body, words) in [
            (r#"{"errors":[{"message":"Bad order","code":7},{"message":"Bad filter"}]}"#, ": Bad order; Bad filter"),
            (r#"{"errors":["plain"]}"#, ": plain"),
            (r#"{"message":"Bad Request"}"#, ": Bad Request"),
            (r#"{"error":{"message":"inner"}}"#, ": inner"),
            (r#"{"odd":1}"#, r#": {"odd":1}"#),
            ("plain text\n", ": plain text"),
            ("", ""),
        ] {
            let failure = failure(answer(422, "application/json", body));
            assert_eq!(failure.message, format!("https://host/partners rejected the request (422){words}"));
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
        assert!(page.message.contains("text/html; charset=utf-8"), "{page}");
        assert!(page.hint.as_deref().is_some_and(|hint| hint.contains("proxy")));
        assert!(!failure(answer(502, "text/html", "<html>")).message.contains('<'));
    }

    #[test]
    fn a_redirect_tells_why_it_is_not_followed() {
        let moved = |location: Option<&str>| {
            failure(Answer { location: location.map(str::to_owned), ..answer(302, "text/html", "") }).message
        };
        assert!(
            moved(Some("https://evil.example.com/x")).contains("to https://evil.example.com, where the token must")
        );
        assert!(moved(Some("http://host/partners")).contains("to http://host, where the token must not go"));
        assert!(moved(Some("/partners")).ends_with("redirects again and again"));
        assert!(moved(None).ends_with("redirects to nowhere"));
    }
}
