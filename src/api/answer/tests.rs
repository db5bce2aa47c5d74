use super::*;
use crate::api::server_message::MAX_CHARACTERS;

impl Answer {
    /// An answer from there that says nothing.
    pub fn to(url: Url) -> Self {
        let (content_type, challenge, location, retry_after) = (None, None, None, None);
        let (status, body, share, is_whole) = (StatusCode::OK, Vec::new(), None, true);
        Self { url, status, content_type, challenge, location, retry_after, body, share, is_whole }
    }
}

fn answer(status: u16, content_type: &str, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).expect("a status"),
        content_type: Some(content_type.to_owned()),
        body: body.into(),
        ..Answer::to("https://host/partners?limit=1".parse().expect("a URL"))
    }
}

fn failure(answer: Answer) -> Failure {
    answer.into_page("the test").expect_err("a failure")
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
        assert_eq!((failure.status(), failure.kind), (Some(status), kind), "{failure}");
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
    for (refused, kind, words) in [
        (answer(401, "text/html", "<html><body>Sign in"), Kind::Auth, "its own login (401): Sign in"),
        (answer(403, "text/html", ""), Kind::Forbidden, "refused the request (403)"),
        (answer(403, "text/plain", "<!DOCTYPE html><title>Blocked</title>"), Kind::Forbidden, "(403): Blocked"),
        (basic(401), Kind::Auth, "(401): Unauthorized"),
    ] {
        let failure = failure(refused);
        let told = format!("{failure} {:?}", failure.hint);
        assert!(failure.kind == kind && told.contains("gateway") && told.contains(words), "{told}");
        assert!(!told.contains("refused the token") && !told.contains("scope"), "{told}");
    }
    let json = failure(answer(401, "text/html", r#"{"message":"expired"}"#));
    assert!(json.kind == Kind::Auth && json.message.contains("refused the token (401): expired"), "{json}");
    let bearer = Answer { challenge: Some("Bearer".to_owned()), ..answer(401, "text/plain", "no") };
    assert!(failure(bearer).message.contains("refused the token"));
}

#[test]
fn a_rejection_in_html_keeps_its_words() {
    let body = "<html><head><title>400</title></head><body><center>No required SSL certificate was sent</center>";
    let failure = failure(answer(400, "text/html", body));
    assert!(failure.message.ends_with("(400): 400 No required SSL certificate was sent"), "{failure}");
}

#[test]
fn json_is_a_page_whatever_the_content_type_calls_it() {
    for (kind, body) in
        [("text/html", r#"{"items":[]}"#), ("text/html", "\u{feff} {\"items\":[]}"), ("x/y", "\u{feff}{\"items\":[]}")]
    {
        assert!(answer(200, kind, body).into_page("the test").expect("a page").is_empty());
    }
}

#[test]
fn long_words_are_cut() {
    let long = failure(answer(500, "text/plain", &"é".repeat(5000)));
    assert!(long.message.chars().count() < MAX_CHARACTERS + 100);
    let wrong = failure(answer(200, "application/json", &format!(r#"{{"items":"{}"}}"#, "x".repeat(100_000))));
    assert!(wrong.message.len() < MAX_CHARACTERS + 200, "{}", wrong.message.len());
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
fn a_redirect_is_named_and_not_followed() {
    for (location, words) in [
        (Some("https://evil.example.com/x?y"), "redirects to https://evil.example.com/x (302)"),
        (Some("/partners"), "redirects to https://host/partners (302)"),
        (Some("http://["), "redirects without a Location (302)"),
        (None, "redirects without a Location (302)"),
    ] {
        let moved = Answer { location: location.map(str::to_owned), ..answer(302, "text/html", "") };
        assert_eq!(failure(moved).message, format!("https://host/partners {words}"));
    }
}
