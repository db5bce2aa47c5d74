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
