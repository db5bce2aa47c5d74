//! What an answer of the server means: a body to read, or a failure in its own words.

use reqwest::StatusCode;
use serde_json::Value;

use crate::error::{Failure, Kind};

use super::credentials::Credentials;
use super::page::Page;

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
    /// The body after decompression.
    pub body: Vec<u8>,
}

impl Answer {
    /// The page in the answer.
    ///
    /// # Errors
    /// What the status says, or what is wrong with the body.
    pub fn into_page(self, credentials: &Credentials) -> Result<Page, Failure> {
        if self.status != StatusCode::OK {
            return Err(self.refusal(credentials));
        }
        if self.is_html() {
            return Err(self.not_json());
        }
        let (from, content_type) = (self.from, self.content_type);
        Page::parse(self.body).map_err(|problem| {
            let problem = credentials.token.redact(&problem);
            let failure = broken_promise(&from, &format!("the answer is not a page of partners: {problem}"));
            let kind = content_type.unwrap_or_else(|| "not named".to_owned());
            Failure { status: Some(200), ..failure }
                .hint(format!("its content type is {kind}; look whether the base URL is that of the API"))
        })
    }

    /// The failure that a status other than 200 stands for.
    fn refusal(&self, credentials: &Credentials) -> Failure {
        let status = self.status.as_u16();
        let words = self.words().map_or(String::new(), |words| format!(": {}", credentials.token.redact(&words)));
        let from = &self.from;
        let told = |kind, what: &str| Failure {
            status: Some(status),
            ..Failure::new(kind, format!("{from} {what} ({status}){words}"))
        };
        match status {
            401 => told(Kind::Auth, "refused the token").hint(format!(
                "the token came from {}; make a new one in the portal under Account > Security Tokens",
                credentials.source
            )),
            403 => told(Kind::Forbidden, "forbade the request")
                .hint("the token's partner needs the scope partners.read or partners.manage"),
            429 => told(Kind::RateLimited, "wants fewer requests").hint("wait a while, then repeat the command"),
            404 => told(Kind::Rejected, "was not found").hint("look whether the base URL is right"),
            400..500 => {
                told(Kind::Rejected, "rejected the request").hint("mend the request; repeating it does not help")
            }
            500..600 => told(Kind::Server, "failed").hint("a fault of the server; try again later"),
            300..400 => self.redirect(),
            _ => told(Kind::Server, "answered with a status that the API does not promise"),
        }
    }

    fn redirect(&self) -> Failure {
        let target =
            self.location.as_deref().and_then(|location| reqwest::Url::parse(&self.from).ok()?.join(location).ok());
        let to = target.as_ref().and_then(|url| url.host_str()).unwrap_or("nowhere");
        let message = format!("{} redirects to {to}, where the token must not go", self.from);
        Failure { status: Some(self.status.as_u16()), ..Failure::new(Kind::Server, message) }
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
        (!words.is_empty()).then(|| shortened(&words))
    }
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
    fn a_redirect_names_the_host_that_the_token_must_not_go_to() {
        let moved = Answer { location: Some("https://evil.example.com/x".to_owned()), ..answer(302, "text/html", "") };
        assert!(failure(moved).message.contains("evil.example.com"));
    }
}
