use super::*;
use crate::api::server_message::MAX_WORDS;
use crate::error::{Failure, Kind};

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

fn error(answer: Answer) -> Error {
    let credentials = Credentials { token: "s3cr3t".parse().expect("a token"), source: "the test".to_owned() };
    answer.into_page(&credentials).expect_err("an error")
}

/// The error in words.
fn failure(answer: Answer) -> Failure {
    crate::error::failure_of(&error(answer))
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
        let error = error(answer(status, "application/json", ""));
        assert_eq!(error.status(), Some(status), "{error}");
        assert_eq!(crate::error::failure_of(&error).kind, kind, "{status}");
    }
}

#[test]
fn the_servers_own_words_are_reported() {
    for (body, words) in [(r#"{"errors":[{"message":"Bad order"}]}"#, ": Bad order"), ("plain\n", ": plain"), ("", "")]
    {
        let failure = failure(answer(422, "application/json", body));
        assert_eq!(failure.message, format!("https://host/partners rejected the request (422){words}"));
    }
}

#[test]
fn a_status_counts_without_its_body_and_half_a_token_is_not_repeated() {
    for (status, kind) in [(401, Kind::Auth), (403, Kind::Forbidden), (404, Kind::Rejected), (429, Kind::RateLimited)] {
        for body in ["", "{", "bad token s3c", r#"{"message":"bad token s3c"#] {
            let cut = failure(Answer { is_whole: false, ..answer(status, "application/json", body) });
            assert_eq!(cut.kind, kind);
            assert!(!cut.message.contains("s3c"), "{cut}");
        }
    }
}

#[test]
fn a_gateway_that_refuses_is_named_and_neither_token_nor_scope_is_blamed() {
    let basic = |status| Answer { challenge: Some("Basic".to_owned()), ..answer(status, "text/plain", "Unauthorized") };
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
    for (kind, body) in
        [("text/html", r#"{"items":[]}"#), ("text/html", "\u{feff} {\"items\":[]}"), ("x/y", "\u{feff}{\"items\":[]}")]
    {
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
        (Some("https://evil.example.com/x"), "redirects to https://evil.example.com, where the token must not be sent"),
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
        let message = answer.into_page(&credentials).expect_err("an error").to_string();
        assert!(message.contains(" refused the token (401): "), "{message}");
        assert!(message.contains("(redacted)!"), "{message}");
    }
}
