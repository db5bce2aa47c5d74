//! What is said, and which status ends the run, when something goes wrong.

mod common;

use std::net::TcpListener;

use common::{Api, TOKEN, carrierx, last_page, list_sandbox, stderr};

/// Message and hint, and nothing else, on stderr.
fn assert_report(report: &str, parts: &[&str]) {
    assert!(report.starts_with("error: "), "{report}");
    assert!(report.contains("\nhint: "), "{report}");
    parts.iter().for_each(|part| assert!(report.contains(part), "no {part:?} in {report}"));
    assert!(!report.contains(TOKEN), "{report}");
}

#[test]
fn every_refusal_has_its_status_and_the_servers_own_words() {
    for (status, code, parts) in [
        (400, 6, &["rejected", "(400)"][..]),
        (401, 4, &["refused the token", "from CARRIERX_TOKEN", "Security Tokens"]),
        (403, 5, &["forbade", "partners.read", "partners.manage"]),
        (404, 6, &["not found", "base URL"]),
        (409, 6, &["(409)"]),
        (422, 6, &["rejected", "(422)"]),
        (429, 7, &["fewer requests"]),
        (500, 8, &["failed", "(500)"]),
        (503, 8, &["failed", "(503)"]),
    ] {
        let api = Api::new();
        let body = format!(r#"{{"errors":[{{"message":"own words, {TOKEN}\u001b[31m"}}]}}"#);
        api.answer(&[], status, "application/json", body);
        let list = api.list(&["--order", "none"]).code(code).stdout("");
        assert_report(&stderr(&list), parts);
        assert_report(&stderr(&list), &["own words, (redacted)\\u{1b}[31m", "partners cannot be listed"]);
    }
}

#[test]
fn an_answer_that_is_no_page_is_a_fault_of_the_server() {
    for (kind, body, part) in [
        ("application/json", "{}", "no `items`"),
        ("application/json", "[1", "expected a page object"),
        ("application/json", r#"{"items":[5]}"#, "not a partner object"),
        ("text/html", "<html>log in</html>", "text/html"),
        ("text/plain", "hello", "text/plain"),
        ("application/json", "", "EOF"),
    ] {
        let api = Api::new();
        api.answer(&[], 200, kind, body);
        let list = api.list(&[]).code(8).stdout("");
        assert_report(&stderr(&list), &[part]);
    }
}

#[test]
fn nobody_listening_is_a_network_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let list = carrierx(&["partners", "list", "--base-url", &url]).env("CARRIERX_TOKEN", TOKEN).assert().code(9);
    assert_report(&stderr(&list), &["Connection refused", &url]);
}

#[test]
fn a_server_that_never_answers_is_given_up_after_the_time_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let arguments = ["partners", "list", "--timeout", "50ms", "--base-url", &url];
    let list = carrierx(&arguments).env("CARRIERX_TOKEN", TOKEN).assert().code(9);
    assert_report(&stderr(&list), &["within 50ms", "--timeout"]);
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
fn a_redirect_to_another_origin_is_not_followed_and_its_host_named() {
    let (api, elsewhere) = (Api::new(), Api::new());
    let trap = elsewhere.page(&[], last_page(&[]));
    let target = elsewhere.base_url().replace("127.0.0.1", "localhost") + "/partners";
    api.redirect(&target);
    let list = api.list(&[]).code(8).stdout("");
    assert_report(&stderr(&list), &["redirects to http://localhost:"]);
    trap.assert_calls(0);
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
        assert!(stderr(&list).starts_with("error: "), "{arguments:?}: {}", stderr(&list));
    }
    carrierx(&["--sandbox", "partners", "list", "--base-url", "http://127.0.0.1:1"]).assert().code(2);
    carrierx(&["partners", "lits"]).assert().code(2);
}
