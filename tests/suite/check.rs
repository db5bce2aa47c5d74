//! `carrierx partners check`: the status and the first line that monitoring systems read, and the rows for people.

use crate::common::{Api, carrierx, last_page, stderr, stdout};
use assert_cmd::assert::Assert;

fn partner(number: u32, rest: &str) -> String {
    format!(r#"{{"partner_sid":"{number}","display_id":"CX{number}","name":"n{number}",{rest}}}"#)
}

fn spending(number: u32, spent: &str, limit: &str) -> String {
    partner(number, &format!(r#""daily_spent_amount":{spent},"daily_spending_limit":{limit},"balance":"-1.50""#))
}

fn api(partners: &[String]) -> Api {
    let api = Api::new();
    api.page(&[], last_page(&partners.iter().map(String::as_str).collect::<Vec<_>>()));
    api
}

/// The check of these partners.
fn check(partners: &[String], arguments: &[&str]) -> Assert {
    api(partners).carrierx(&[&["partners", "check"], arguments].concat()).assert()
}

fn mixed() -> Vec<String> {
    vec![
        spending(1, r#""80""#, r#""100""#),
        spending(2, r#""10""#, "null"),
        spending(3, r#""97.20""#, "100.00"),
        spending(4, r#""79.99""#, r#""100""#),
        spending(5, r#""150""#, r#""100""#),
    ]
}

#[test]
fn only_what_is_needed_is_asked_for() {
    let api = Api::new();
    let fields = "partner_sid,display_id,name,company_name,daily_spent_amount,daily_spending_limit,balance,status";
    let page = api.page(&[("include_fields", fields), ("filter", "status eq active")], last_page(&[]));
    api.carrierx(&["partners", "check", "--allow-none", "-f", "status eq active"]).assert().success();
    page.assert_calls(1);
}

#[test]
fn the_first_line_has_counts_alone_and_the_worst_partner_follows() {
    check(&mixed(), &[]).code(2).stderr("").stdout(
        "\
CARRIERX CRITICAL - 2 critical, 1 warning of 5 | critical=2 warning=1 checked=5
level     display_id  name  reason  used                balance   spent   limit
critical  CX5         n5    spend   ██████████ 150.00%    -1.50  150     100
critical  CX3         n3    spend   █████████░  97.20%    -1.50   97.20  100.00
warning   CX1         n1    spend   ████████░░  80.00%    -1.50   80     100
",
    );
}

#[test]
fn the_status_is_that_of_the_worst_partner() {
    let first = |assert: Assert| stdout(&assert).lines().next().map(str::to_owned);
    for (partners, arguments, status, word) in [
        (&mixed()[1..2], &[][..], 0, "OK"),
        (&mixed()[..2], &[], 1, "WARNING"),
        (&mixed()[..2], &["--crit", "80"], 2, "CRITICAL"),
        (&mixed()[..2], &["--warn", "80.01"], 0, "OK"),
        (&mixed()[..2], &["--min-balance", "-1.50"], 1, "WARNING"),
        (&mixed()[..2], &["--min-balance", "-1.49"], 2, "CRITICAL"),
        (&[], &["--allow-none"], 0, "OK"),
        (&[], &[], 3, "UNKNOWN"),
    ] {
        let line = first(check(partners, arguments).code(status)).expect("a line");
        assert!(line.starts_with(&format!("CARRIERX {word} - ")), "{arguments:?}: {line}");
    }
}

#[test]
fn bars_can_be_plain_and_the_header_left_out() {
    let seen = stdout(&check(&mixed(), &["--ascii", "--no-header"]).code(2));
    assert!(seen.contains("CX5  n5  spend  [##########] 150.00%"), "{seen}");
    assert!(seen.contains("CX1  n1  spend  [########--]  80.00%"), "{seen}");
    assert!(seen.is_ascii() && !seen.contains("level"), "{seen}");
}

#[test]
fn other_formats_have_the_rows_alone_with_amounts_as_they_came() {
    check(&mixed()[..3], &["-o", "jsonl"]).code(2).stderr("").stdout(
        "{\"level\":\"critical\",\"reason\":\"spend\",\"partner_sid\":\"3\",\"display_id\":\"CX3\",\"name\":\"n3\",\
         \"used_percent\":97.20,\"daily_spent_amount\":\"97.20\",\"daily_spending_limit\":100.00,\"balance\":\"-1.50\"}\n\
         {\"level\":\"warning\",\"reason\":\"spend\",\"partner_sid\":\"1\",\"display_id\":\"CX1\",\"name\":\"n1\",\
         \"used_percent\":80.00,\"daily_spent_amount\":\"80\",\"daily_spending_limit\":\"100\",\"balance\":\"-1.50\"}\n",
    );
    check(&mixed()[1..2], &["-o", "json"]).code(0).stdout("[]\n");
    let low = check(&mixed()[1..2], &["-o", "csv", "--no-header", "--min-balance", "0"]).code(2);
    low.stdout("critical,balance,2,CX2,n2,,10,,-1.50\n");
}

#[test]
fn a_partner_that_comes_twice_is_told_once() {
    let twice = [mixed()[2].clone(), mixed()[2].clone()];
    let told = check(&twice, &["--no-header"]).code(2);
    assert_eq!(stdout(&told).lines().count(), 2);
    assert!(stdout(&told).contains("1 critical, 0 warning of 1 |"), "{}", stdout(&told));
}

#[test]
fn quiet_says_nothing_when_all_is_well_and_all_else_as_ever() {
    check(&mixed()[1..2], &["--quiet"]).code(0).stdout("").stderr("");
    let told = check(&mixed(), &["--quiet"]).code(2);
    assert_eq!(stdout(&told).lines().count(), 5);
    check(&mixed()[1..2], &["--quiet", "-o", "csv", "--no-header"]).code(0).stdout("");
    check(&mixed()[1..2], &["--quiet", "-o", "json"]).code(0).stdout("[]\n");
}

#[test]
fn a_name_cannot_begin_performance_data_or_drive_the_terminal() {
    let hostile =
        [partner(1, r#""name":"x | critical=0\u001b[2J\n","daily_spent_amount":"9","daily_spending_limit":"9""#)];
    let seen = stdout(&check(&hostile, &[]).code(2));
    assert_eq!(seen.matches('|').count(), 1, "{seen}");
    assert!(!seen.contains('\u{1b}') && seen.lines().count() == 3, "{seen}");
}

#[test]
fn whoever_cannot_be_judged_is_no_good_news() {
    let unreadable = spending(7, "\"n/a\"", "\"100\"");
    let alone = check(&[unreadable.clone(), mixed()[1].clone()], &[]).code(3);
    assert!(stdout(&alone).starts_with("CARRIERX UNKNOWN - ") && stdout(&alone).lines().count() == 1);
    assert!(
        stderr(&alone).contains("a missing or invalid amount: CX7")
            && stderr(&alone).contains("1 partner could not be judged")
    );
    assert!(stdout(&alone).contains("1 partner could not be judged"), "{}", stdout(&alone));
    let beside_worse = check(&[unreadable, mixed()[0].clone()], &[]).code(1);
    assert!(
        stdout(&beside_worse)
            .contains("0 critical, 1 warning of 1, 1 not judged | critical=0 warning=1 checked=1 unjudged=1\n"),
        "{}",
        stdout(&beside_worse)
    );
    assert!(stderr(&beside_worse).contains("warning: 1 partner has a missing or invalid amount: CX7"));
}

#[test]
fn every_error_is_unknown_with_one_line_on_stdout_and_the_report_on_stderr() {
    for (arguments, words) in [
        (&["--nonsense"][..], "unexpected argument '--nonsense'"),
        (&["--warn"], "a value is required for '--warn"),
        (&["--warn", "x"], "write a percentage such as 80"),
        (&["--warn", "90", "--crit", "80"], "--warn 90 is above --crit 80"),
        (&["--min-balance", "1,5"], "is not an amount"),
        (&["-f", "balance < 5"], "is not an operator"),
        (&["--config", "/nowhere.toml"], "/nowhere.toml"),
        (&["--base-url", "http://127.0.0.1:9", "--retries", "0"], "refused"),
    ] {
        let unknown =
            carrierx(&[&["partners", "check"], arguments].concat()).env("CARRIERX_TOKEN", "t").assert().code(3);
        let line = stdout(&unknown);
        assert!(line.starts_with("CARRIERX UNKNOWN - ") && line.contains(words), "{arguments:?}: {line}");
        assert!(line.lines().count() == 1 && !line.contains('|'), "{arguments:?}: {line}");
        let report = stderr(&unknown);
        assert!(report.starts_with("error: partners cannot be checked: "), "{arguments:?}: {report}");
    }
}

#[test]
fn the_words_of_the_api_are_in_no_first_line() {
    for (status, kind) in [
        (401, "refused the token (401)"),
        (403, "lacks the scope (403)"),
        (422, "rejected the request (422)"),
        (500, "failed (500)"),
    ] {
        let api = Api::new();
        api.answer(&[], status, "application/json", r#"{"errors":[{"message":"OK - evil"}]}"#);
        let unknown = api.carrierx(&["partners", "check", "--retries", "0"]).assert().code(3);
        let line = stdout(&unknown);
        assert!(line.contains(kind) && !line.contains("evil"), "{status}: {line}");
        assert!(stderr(&unknown).contains("evil"), "{status}: {}", stderr(&unknown));
    }
}

#[test]
fn nothing_is_on_stdout_of_another_format_when_nothing_is_known() {
    for (environment, arguments) in [
        ("", &["-o", "json", "--nonsense"][..]),
        ("csv", &["--nonsense"]),
        ("json", &["--warn", "99"]),
        ("", &["-ojson", "--warn", "99"]),
    ] {
        let command = &[&["partners", "check"], arguments].concat();
        carrierx(command).env("CARRIERX_OUTPUT", environment).assert().code(3).stdout("");
    }
    let json =
        carrierx(&["partners", "check", "-o", "json", "--warn", "99", "--error-format", "json"]).assert().code(3);
    assert!(stderr(&json).contains(r#""kind":"usage","exit":3"#), "{}", stderr(&json));
}

#[test]
fn a_list_that_may_be_incomplete_is_unknown_unless_something_critical_is_known() {
    let [warning, well, critical] = [0, 1, 2].map(|index| mixed()[index].clone());
    for (partners, rest, status, words) in [
        (&[&well][..], (r#""total":1"#, r#""total":99"#), 3, "the API reported 99 partners but only 1 arrived"),
        (&[&warning], (r#""total":1"#, r#""total":99"#), 3, "the API reported 99 partners but only 1 arrived"),
        (&[&critical], (r#""total":1"#, r#""total":99"#), 2, "the API reported 99 partners but only 1 arrived"),
        (&[&warning, &warning], ("", ""), 3, "1 partner was returned twice"),
        (&[&well], (r#""offset":0"#, r#""offset":7"#), 3, "with the page at offset 7"),
        (&[&well], (r#""count":1"#, r#""count":2"#), 3, "reports 2 partners but holds 1"),
        (&[&well], (r#""count":1"#, r#""count":1,"errors":["evil"]"#), 3, "came with errors"),
        (&[&well], (r#""partner_sid""#, r#""sid""#), 3, "without a SID"),
    ] {
        let api = Api::new();
        let page = last_page(&partners.iter().map(|partner| partner.as_str()).collect::<Vec<_>>());
        api.page(&[], page.replace(rest.0, rest.1));
        let check = api.carrierx(&["partners", "check", "--quiet"]).assert().code(status);
        assert!(stderr(&check).contains(words), "{words}: {}", stderr(&check));
        let line = stdout(&check);
        assert_eq!(line.starts_with("CARRIERX UNKNOWN - "), status == 3, "{words}: {line}");
        assert!(!line.contains("evil"), "{line}");
    }
}

#[test]
fn partners_without_the_field_that_is_judged_are_not_judged() {
    for body in ["{}", r#"{"daily_spent_amount":"5","balance":"1"}"#, r#"{"daily_limit":"5","daily_spent_amount":"9"}"#]
    {
        let partners = (0..3).map(|number| body.replacen('{', &format!(r#"{{"partner_sid":"{number}","x":0,"#), 1));
        let partners: Vec<_> = partners.map(|partner| partner.replace(",}", "}")).collect();
        let blind = check(&partners, &[]).code(3);
        assert_eq!(stdout(&blind), "CARRIERX UNKNOWN - 3 partners could not be judged\n", "{body}");
    }
}

#[test]
fn a_filter_that_the_api_ignores_is_no_good_news() {
    let partner = spending(1, r#""5""#, "null").replace("{", r#"{"status":"active","#);
    let ignored = check(&[partner], &["-f", "status eq suspended"]).code(3);
    assert!(stderr(&ignored).contains("the API seems to ignore the condition `status eq suspended`"));
}

#[test]
fn help_is_no_error() {
    let help = carrierx(&["partners", "check", "--help"]).assert().success();
    assert!(stdout(&help).starts_with("Report partners near a limit"));
}
