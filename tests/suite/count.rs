//! `carrierx partners count`: one number, told by the API or counted to the last partner.

use crate::common::{Api, carrierx, last_page, page_of, stderr};

fn count(api: &Api, arguments: &[&str]) -> assert_cmd::assert::Assert {
    api.carrierx(&[&["partners", "count"], arguments].concat()).assert()
}

#[test]
fn the_total_is_asked_for_with_one_row_and_never_more() {
    let api = Api::new();
    let page = api.page(&[("limit", "1"), ("include_fields", "partner_sid")], page_of(0, 1, 12345));
    count(&api, &[]).success().stdout("12345\n").stderr("");
    page.assert_calls(1);
}

#[test]
fn without_a_total_the_partners_are_counted_page_by_page() {
    let api = Api::new();
    let page = |offset: u64, sids: &[&str], more: bool| {
        let items: Vec<_> = sids.iter().map(|sid| format!(r#"{{"partner_sid":"{sid}"}}"#)).collect();
        let body = format!(r#"{{"items":[{}],"has_more":{more},"total":null}}"#, items.join(","));
        (offset.to_string(), body)
    };
    for (limit, (offset, body)) in
        [("1", page(0, &["a"], true)), ("1000", page(0, &["a", "b"], true)), ("1000", page(2, &["c"], false))]
    {
        api.page(&[("limit", limit), ("offset", &offset)], body);
    }
    count(&api, &[]).success().stdout("3\n").stderr("");
}

#[test]
fn filters_are_checked_and_sent_as_with_a_list() {
    let api = Api::new();
    let page = api.page(&[("filter", "status eq active and balance lt 10")], last_page(&[]));
    count(&api, &["-f", "status eq active", "-f", "balance lt 10"]).success().stdout("0\n");
    page.assert_calls(1);
    assert!(stderr(&count(&api, &["-f", "status = active"]).code(2)).contains("use `eq`"));
    carrierx(&["partners", "count", "--sandbox", "-q"]).assert().success().stdout("250\n");
}

#[test]
fn a_count_that_cannot_be_finished_is_no_number() {
    let api = Api::new();
    api.page(&[("limit", "1")], r#"{"items":[{"partner_sid":"a"}],"has_more":true}"#);
    api.page(&[("limit", "1000"), ("offset", "0")], r#"{"items":[{"partner_sid":"a"}],"has_more":true}"#);
    api.answer(&[("limit", "1000"), ("offset", "1")], 500, "application/json", "{}");
    let failed = count(&api, &["--retries", "0"]).code(8).stdout("");
    assert!(stderr(&failed).contains("partners cannot be counted"), "{}", stderr(&failed));
}

#[test]
fn a_total_that_its_own_page_contradicts_is_not_believed() {
    let rows = r#""items":[{"partner_sid":"a"},{"partner_sid":"b"},{"partner_sid":"c"}]"#;
    for first in [
        r#"{"items":[{"partner_sid":"a"},{"partner_sid":"b"}],"total":1}"#,
        r#"{"items":[{"partner_sid":"a"}],"total":0}"#,
        r#"{"items":[{"partner_sid":"a"}],"total":9,"has_more":false}"#,
        r#"{"items":[{"partner_sid":"a"}],"total":1,"has_more":true}"#,
        r#"{"items":[{"partner_sid":"a"}],"total":9,"has_more":true,"offset":1}"#,
        r#"{"items":[{"partner_sid":"a"}],"total":9,"has_more":true,"count":2}"#,
        r#"{"items":[{"partner_sid":"a"}],"total":9,"has_more":true,"errors":["x"]}"#,
        r#"{"items":[],"total":9,"has_more":false}"#,
        r#"{"items":[{"partner_sid":"a"}],"total":-1,"has_more":true}"#,
    ] {
        let api = Api::new();
        api.page(&[("limit", "1")], first);
        api.page(&[("limit", "1000")], format!(r#"{{{rows},"total":3,"has_more":false}}"#));
        count(&api, &[]).success().stdout("3\n").stderr("");
    }
    // What came may be more than a total that stays wrong, and is never fewer.
    for (total, status, number) in [("1", 0, "3\n"), ("9", 10, "")] {
        let api = Api::new();
        api.page(&[], format!(r#"{{{rows},"total":{total},"has_more":false}}"#));
        let counted = count(&api, &[]).code(status).stdout(number);
        assert!(stderr(&counted).contains(&format!("the API reported {total} partner")), "{}", stderr(&counted));
    }
}

#[test]
fn an_odd_total_is_a_warning_and_the_count_is_right() {
    for (total, warning) in [
        (r#""12""#, "warning: the API sent `total` as \"12\" instead of a whole number\n"),
        ("12.0", "warning: the API sent `total` as 12.0 instead of a whole number\n"),
    ] {
        let api = Api::new();
        let page = page_of(0, 1, 12).replace(r#""total":12"#, &format!(r#""total":{total}"#));
        api.page(&[("limit", "1")], page);
        count(&api, &[]).success().stdout("12\n").stderr(warning);
    }
}

#[test]
fn a_filter_that_the_api_ignores_is_a_warning() {
    let api = Api::new();
    let page = last_page(&[r#"{"partner_sid":"a","status":"active"}"#]);
    let page = api.page(&[("include_fields", "partner_sid,status")], page);
    let counted = count(&api, &["-f", "status eq suspended"]).success().stdout("1\n");
    assert!(stderr(&counted).contains("the API seems to ignore the condition `status eq suspended`"));
    page.assert_calls(1);
}
