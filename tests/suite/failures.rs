//! Which status ends the run when something goes wrong, and what is tried again. The words are in [`super::reports`].

use std::io::{Read, Write};
use std::net::TcpListener;

use crate::common::{Api, TOKEN, carrierx, last_page, list_sandbox, page_of, stderr, stdout};
use assert_cmd::assert::Assert;

/// Message and hint, and nothing else, on stderr.
fn assert_report(report: &str, parts: &[&str]) {
    assert!(report.starts_with("error: "), "{report}");
    assert!(report.contains("\nhint: "), "{report}");
    parts.iter().for_each(|part| assert!(report.contains(part), "no {part:?} in {report}"));
    assert!(!report.contains(TOKEN), "{report}");
}

#[test]
fn every_refusal_has_its_status_and_the_servers_own_words() {
    for (status, code) in [(400, 6), (401, 4), (403, 5), (404, 6), (409, 6), (422, 6), (429, 7), (500, 8), (503, 8)] {
        let api = Api::new();
        let body = format!(r#"{{"errors":[{{"message":"own words, {TOKEN}\u001b[31m"}}]}}"#);
        api.answer(&[], status, "application/json", body);
        let list = api.list(&["--order", "none", "--retries", "0"]).code(code).stdout("");
        assert_report(&stderr(&list), &["own words, (redacted)\\u{1b}[31m", "cannot list partners"]);
    }
}

#[test]
fn loopback_is_never_sent_to_a_proxy() {
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", proxy.local_addr().expect("an address"));
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let list = carrierx(&["partners", "list", "--sandbox", "-q", "--timeout", "20s"]).env(variable, &url).assert();
        list.success();
    }
    let api = Api::new();
    api.page(&[], last_page(&[]));
    let mut command = api.carrierx(&["partners", "list", "--timeout", "20s"]);
    command.env("http_proxy", &url).env("all_proxy", &url).assert().success();
}

#[test]
fn a_redirect_is_not_followed_and_its_target_named() {
    for target in ["http://127.0.0.1:1/elsewhere?x=1", "/elsewhere", "/core/v2/partners?limit=100&offset=0"] {
        let api = Api::new();
        api.redirect(target);
        let trap = api.answer(&[("x", "1")], 200, "application/json", last_page(&[]));
        let list = api.list(&[]).code(8).stdout("");
        assert_report(&stderr(&list), &["/partners redirects to http://127.0.0.1:", "(302)", "base URL"]);
        trap.assert_calls(0);
    }
}

#[test]
fn the_token_is_in_no_message_wherever_it_was_typed() {
    let api = Api::new();
    api.answer(&[], 400, "application/json", format!(r#"{{"message":"no {TOKEN}"}}"#));
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let encoded = TOKEN.replace('-', "%2D");
    let (receipt, long) = (path("receipt.json"), format!("{}{TOKEN}", "x".repeat(190)));
    for words in [
        &["partners", "list", "-f", TOKEN][..],
        &["partners", "list", "-f", &format!("{TOKEN} = 1")],
        &["partners", "list", "-f", &format!("name eq {encoded}"), "--receipt", &receipt],
        &["partners", "list", "-f", &format!("name eq {TOKEN}"), "-v"],
        &["partners", "list", "-f", &format!("name eq '{long}'")],
        &["partners", "list", "-F", TOKEN, "--sandbox"],
        &["partners", "list", "--order", TOKEN],
        &["partners", "list", "--order", &format!("name:{TOKEN}")],
        &["partners", "list", "--profile", TOKEN],
        &["partners", "list", "--from", TOKEN],
        &["partners", "list", "--to", TOKEN],
        &["partners", "list", "--at", TOKEN],
        &["partners", "list", "--ca-file", TOKEN],
        &["partners", "list", "--config", TOKEN],
        &["partners", "list", "--base-url", &format!("http://127.0.0.1:1/{encoded}"), "--retries", "0"],
        &["partners", "list", "--limit", TOKEN],
        &["partners", TOKEN],
        &["partners", "get", TOKEN],
        &["partners", "get", &long],
        &["partners", "find", TOKEN],
        &["partners", "tree", "--root", TOKEN],
        &["partners", "diff", TOKEN],
        &["partners", "check", "-f", TOKEN],
        &["partners", "check", "--state", &path(TOKEN), "-f", &format!("x eq {TOKEN}")],
        &["partners", "history", TOKEN],
    ] {
        for format in ["text", "json"] {
            let run = api.carrierx(&[words, &["--error-format", format]].concat()).assert();
            let said = stderr(&run) + &stdout(&run);
            let half = said.contains(&TOKEN[..10]);
            assert!(!said.contains(TOKEN) && !said.contains(&encoded) && !half, "{words:?}: {said}");
        }
    }
    let receipt = std::fs::read_to_string(receipt).expect("a receipt");
    assert!(receipt.contains("(redacted)") && !receipt.contains(&encoded), "{receipt}");
}

#[test]
fn a_mistake_in_a_filter_is_shown_at_its_place_and_nothing_is_sent() {
    let api = Api::new();
    let any = api.page(&[], last_page(&[]));
    let list = api.list(&["-f", "status = active and balance lt 10"]).code(2).stdout("");
    assert_eq!(
        stderr(&list),
        "error: `=` is not an operator of the filter language\n  |\n  | status = active and balance lt 10\n  |        ^ use `eq`\n"
    );
    any.assert_calls(0);
}

#[test]
fn a_filter_on_an_unknown_field_is_sent_with_a_warning() {
    let api = Api::new();
    let page = api.page(&[("filter", "balanse lt 10")], last_page(&[]));
    let list = api.list(&["-f", "balanse lt 10"]).success();
    assert!(stderr(&list).contains("did you mean `balance`?"));
    page.assert_calls(1);
}

#[test]
fn bad_options_are_usage_errors() {
    for arguments in [
        &["--limit", "0"][..],
        &["--limit", "-1"],
        &["--limit", "x"],
        &["--limit", "5", "--all"],
        &["--page-size", "1001"],
        &["--page-size", "0"],
        &["--fields", "name,,zip"],
        &["--fields", ""],
        &["--fields", "name", "--exclude-fields", "zip"],
        &["--filter", "status eq active", "--raw-filter", "x"],
        &["--filter", ""],
        &["--order", "name:up"],
        &["--timeout", "0"],
        &["--output", "xml"],
        &["--base-url", "http://127.0.0.1:1"],
        &["--no-such-option"],
    ] {
        let list = list_sandbox(arguments).code(2).stdout("");
        let report = stderr(&list);
        assert!(report.starts_with("error: "), "{arguments:?}: {report}");
        assert!(report.contains("\nhint: ") || report.contains("\n  | ^"), "no next step for {arguments:?}: {report}");
    }
    carrierx(&["--sandbox", "partners", "list", "--base-url", "http://127.0.0.1:1"]).assert().code(2);
    carrierx(&["partners", "lits"]).assert().code(2);
}

/// The object on the last line of stderr, and everything before it.
fn error_object(list: &Assert) -> (serde_json::Value, String) {
    let report = stderr(list);
    let (before, line) = report.trim_end_matches('\n').rsplit_once('\n').unwrap_or(("", report.trim_end()));
    let object: serde_json::Value = serde_json::from_str(line).expect(line);
    (object["error"].clone(), before.to_owned())
}

#[test]
fn in_json_an_error_is_one_object_on_the_last_line() {
    let api = Api::new();
    api.answer(&[], 403, "application/json", r#"{"message":"no \u001b[2J"}"#);
    let list = api.list(&["--error-format", "json", "-f", "nonsense eq 1"]).code(5).stdout("");
    let (error, before) = error_object(&list);
    assert!(before.starts_with("warning: "), "{before}");
    assert_eq!((&error["kind"], &error["exit"], &error["status"]), (&"forbidden".into(), &5.into(), &403.into()));
    assert!(error["message"].as_str().is_some_and(|message| message.contains("no \u{1b}[2J")), "{error}");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("partners.read")), "{error}");
    assert_eq!((error.get("rows"), error["retryable"].as_bool()), (None, Some(false)));
}

#[test]
fn in_json_usage_errors_are_objects_too() {
    for arguments in [
        &["partners", "lits", "--error-format", "json"][..],
        &["partners", "list", "--error-format=json", "--limit", "0"],
        &["partners", "list", "--error-format=json", "--no-such-option"],
        &["--error-format", "json", "partners", "list", "-f", "a = b"],
        &["--error-format", "json", "partners"],
        &["--error-format", "json"],
    ] {
        let (error, before) = error_object(&carrierx(arguments).assert().code(2).stdout(""));
        assert_eq!((error["kind"].as_str(), error["exit"].as_u64(), &*before), (Some("usage"), Some(2), ""), "{error}");
        assert!(error["hint"].is_string(), "{error}");
    }
}

#[test]
fn in_json_a_list_that_broke_off_tells_its_rows_and_where_to_go_on() {
    let api = Api::new();
    api.page(&[("offset", "5")], page_of(5, 2, 9));
    api.answer(&[("offset", "6")], 500, "application/json", "{}");
    let arguments = ["--offset", "5", "--all", "-o", "jsonl", "--retries", "0", "--error-format", "json"];
    let list = api.list(&arguments).code(8);
    let (error, _) = error_object(&list);
    assert_eq!((error["rows"].as_u64(), error["next_offset"].as_u64()), (Some(2), Some(7)), "{error}");
    assert_eq!((error["status"].as_u64(), error["retryable"].as_bool()), (Some(500), Some(true)), "{error}");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("all.jsonl");
    let list = api.list(&[&arguments[..], &["--to", file.to_str().expect("UTF-8")]].concat()).code(8);
    let (error, _) = error_object(&list);
    assert_eq!((error.get("rows"), error.get("next_offset"), file.exists()), (None, None, false), "{error}");
}

#[test]
fn what_may_succeed_another_time_is_tried_again() {
    for status in [408, 409, 425, 429, 500, 502, 503, 504, 520, 527] {
        let api = Api::new();
        let failing = api.answer_once(status);
        let page = api.page(&[], last_page(&[r#"{"partner_sid":"a"}"#]));
        api.list(&["-o", "jsonl"]).success().stdout("{\"partner_sid\":\"a\"}\n").stderr("");
        failing.assert_calls(1);
        page.assert_calls(1);
    }
}

#[test]
fn what_cannot_succeed_another_time_is_not_tried_again() {
    for (status, body) in
        [(400, "{}"), (401, "{}"), (403, "{}"), (404, "{}"), (422, "{}"), (501, "{}"), (200, "no JSON")]
    {
        let api = Api::new();
        let failing = api.answer(&[], status, "application/json", body);
        api.list(&["--order", "none"]).failure();
        failing.assert_calls(1);
    }
}

#[test]
fn attempts_that_all_fail_are_counted_in_the_message() {
    let api = Api::new();
    let failing = api.answer(&[], 503, "application/json", "{}");
    let list = api.list(&["--retries", "2"]).code(8);
    assert!(stderr(&list).contains("after 3 attempts"), "{}", stderr(&list));
    failing.assert_calls(3);
}

#[test]
fn a_connection_that_breaks_before_or_within_an_answer_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let body = last_page(&["{}"]);
        let whole = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        let cut = &whole[..whole.len() - 5];
        for answer in ["", "HTTP/1.1 200", cut, &whole] {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).expect("a request") > 0);
            stream.write_all(answer.as_bytes()).expect("an answer");
        }
    });
    let mut command = carrierx(&["partners", "list", "-o", "jsonl", "--base-url", &url]);
    command.env("CARRIERX_TOKEN", TOKEN).assert().success().stdout("{}\n");
    server.join().expect("four connections");
}

#[test]
fn a_server_that_asks_for_a_long_wait_ends_the_run_and_its_wish_is_told() {
    let api = Api::new();
    let failing = api.answer_with_retry_after(503, "3600");
    let list = api.list(&[]).code(7);
    assert_report(&stderr(&list), &["retry after 3600 seconds"]);
    failing.assert_calls(1);
}

#[test]
fn a_wait_of_more_than_a_second_is_said() {
    let api = Api::new();
    let failing = api.answer_with_retry_after(429, "2");
    let list = api.list(&["--retries", "1"]).code(7);
    assert!(stderr(&list).starts_with("note: the API returned 429; retrying in 2 seconds\n"), "{}", stderr(&list));
    failing.assert_calls(2);
}
