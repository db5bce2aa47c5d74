use std::sync::LazyLock;

use serde_json::Value;
use url::form_urlencoded;

use super::*;
use crate::source::sandbox;

static SERVICE: LazyLock<Service> = LazyLock::new(|| Service::new(sandbox::partners(250)));

const URL: &str = "http://127.0.0.1:1234/core/v2/partners";

fn parameters(query: &str) -> Parameters<'_> {
    Parameters(form_urlencoded::parse(query.as_bytes()).collect())
}

fn ask(query: &str) -> Result<String, String> {
    SERVICE.page(&parameters(query), URL)
}

fn page(query: &str) -> Value {
    serde_json::from_str(&ask(query).expect(query)).expect("a page is JSON")
}

fn values(query: &str, field: &str) -> Vec<String> {
    let page = page(query);
    let items = page["items"].as_array().expect("items").iter();
    items.map(|item| item[field].as_str().unwrap_or("null").to_owned()).collect()
}

fn sids(query: &str) -> Vec<String> {
    values(query, "partner_sid")
}

#[test]
fn a_page_has_its_keys_in_the_documented_order() {
    let page = page("");
    let keys: Vec<_> = page.as_object().expect("a page").keys().collect();
    assert_eq!(keys, ["count", "has_more", "items", "limit", "offset", "pagination", "total"]);
    assert_eq!((&page["count"], &page["limit"], &page["offset"]), (&json!(10), &json!(10), &json!(0)));
    assert_eq!((&page["has_more"], &page["total"]), (&json!(true), &json!(250)));
}

#[test]
fn the_next_page_is_an_absolute_address_that_keeps_the_other_parameters() {
    let page = page("offset=20&filter=status%20eq+active&limit=5");
    let next = "http://127.0.0.1:1234/core/v2/partners?filter=status+eq+active&limit=5&offset=25";
    assert_eq!(page["pagination"], json!({"next": next}));
}

#[test]
fn pages_give_every_partner_once() {
    let all = sids("limit=1000");
    assert_eq!(all.len(), 250);
    for start in ["limit=70", "limit=70&order=date_created", "limit=1000"] {
        assert_eq!(followed(start), all, "{start}");
    }
    for order in ["balance desc", "shuffle", "date_created desc", "company_name"] {
        assert_eq!(followed(&format!("limit=33&order={order}")), sids(&format!("limit=1000&order={order}")), "{order}");
    }
}

/// The SIDs of all pages, from one to the next.
fn followed(query: &str) -> Vec<String> {
    let mut all = sids(query);
    if let Some(next) = page(query)["pagination"]["next"].as_str() {
        let (url, query) = next.split_once('?').expect("a query");
        assert_eq!(url, "http://127.0.0.1:1234/core/v2/partners");
        all.extend(followed(query));
    }
    all
}

#[test]
fn the_last_page_has_no_next() {
    let last = page("offset=240&limit=10");
    assert_eq!((&last["pagination"], &last["has_more"], &last["count"]), (&json!({}), &json!(false), &json!(10)));
}

#[test]
fn beyond_the_end_there_is_an_empty_page() {
    for offset in ["250", "1000", "99999999999999999999999999"] {
        let page = page(&format!("offset={offset}"));
        assert_eq!((&page["items"], &page["pagination"], &page["total"]), (&json!([]), &json!({}), &json!(250)));
    }
}

#[test]
fn a_limit_above_1000_is_served_as_1000() {
    for limit in ["1001", "99999999999999999999999999"] {
        assert_eq!(page(&format!("limit={limit}"))["limit"], json!(1000));
    }
}

#[test]
fn a_query_that_makes_no_sense_is_a_bad_request() {
    for query in [
        "limit=0",
        "limit=-1",
        "limit=",
        "limit=ten",
        "limit=1.5",
        "offset=-1",
        "offset=x",
        "order=balance+up",
        "filter=",
        "filter=balance+nearby+10",
        "filter=balance+%3C+10",
        "filter=%FF",
    ] {
        assert!(ask(query).is_err(), "{query}");
    }
    assert_eq!(ask("filter=status+has+x"), Err("unknown operator: has".to_owned()));
    assert_eq!(ask("filter=balance+%3D+1"), Err("`=` is not an operator of the filter language".to_owned()));
}

#[test]
fn a_filter_narrows_the_list_and_its_total() {
    let low = page("filter=balance lt 10&limit=100");
    assert_eq!(low["count"], low["total"]);
    let count = low["count"].as_u64().expect("a count");
    assert!((10..=20).contains(&count), "{count}");
    assert_eq!(values("filter=login eq example", "display_id"), ["CX15650613"]);
    assert_eq!(page("filter=login eq nobody")["items"], json!([]));
}

#[test]
fn an_order_holds_over_the_whole_list() {
    let newest = values("order=date_created desc&limit=1000", "date_created");
    assert!(newest.is_sorted_by(|a, b| a > b));
    let names = values("order=company_name asc&limit=1000", "company_name");
    let (nulls, names): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name == "null");
    assert!(names.is_sorted() && !nulls.is_empty());
    assert_eq!(values("order=company_name desc&limit=1", "company_name"), names[names.len() - 1..]);
}

#[test]
fn shuffling_gives_another_order_that_is_always_the_same() {
    assert_ne!(sids("order=shuffle&limit=1000"), sids("limit=1000"));
    assert_eq!(sids("order=shuffle&limit=1000"), sids("order=shuffle&limit=1000"));
}

#[test]
fn fields_are_selected_in_lists_and_single_partners() {
    let of_one = |query| SERVICE.partner("6bace9c5-3eef-4f75-8f48-fb98e04408be", &parameters(query));
    assert_eq!(of_one("include_fields=login,balance").as_deref(), Some(r#"{"balance":"4.4","login":"example"}"#));
    assert_eq!(of_one("").as_deref(), Some(SERVICE.partners.get(214)));
    assert_eq!(SERVICE.partner("nobody", &parameters("")), None);
    let page = page("filter=login+eq+example&include_fields=login,balance");
    assert_eq!(page["items"], json!([{"balance": "4.4", "login": "example"}]));
    let page = self::page("exclude_fields=available_scopes&limit=1");
    assert_eq!(page["items"][0].as_object().map(|item| item.len()), Some(30));
}

#[test]
fn the_token_belongs_to_the_partner_above_all_others() {
    let owner = raw::lookup(SERVICE.partners.get(0), [SID]).map(raw::text).expect("a SID");
    assert_eq!(SERVICE.whoami(), Some(json!({"partner_sid": owner}).to_string()));
}

#[test]
fn an_untouched_page_is_made_of_the_stored_texts() {
    let texts: Vec<_> = SERVICE.partners.iter().take(3).collect();
    let page = ask("limit=3").expect("a page");
    assert!(page.contains(&format!(r#""items":[{}],"limit":3,"#, texts.join(","))));
}

#[test]
fn a_list_is_arranged_once_for_all_its_pages() {
    let service = Service::new([r#"{"login":"b"}"#, r#"{"login":"a"}"#].iter().collect());
    let listing = |filter, order| service.listing(filter, order).expect("a list");
    let (first, again) = (listing(None, Some("login")), listing(None, Some("login")));
    assert_eq!(*first, [1, 0]);
    assert!(Arc::ptr_eq(&first, &again));
    assert_eq!(*listing(Some("login eq b"), Some("login")), [0]);
    assert_eq!(*listing(None, Some("login desc")), [0, 1]);
    assert_eq!(*listing(None, None), [0, 1]);
}

#[test]
fn fields_that_no_partner_has_are_named() {
    let service = Service::new([r#"{"login":"b","x":1}"#, r#"{"attributes":{}}"#].iter().collect());
    for (filter, order, expected) in [
        (Some("status ne active and login eq b"), None, &["status"][..]),
        (Some("attributes.none.x eq 1 and x eq 1"), Some("balance desc"), &["balance"]),
        (Some("balanse lt 1"), Some("login.x"), &["balanse"]),
    ] {
        assert_eq!(service.missing(filter, order), expected, "{filter:?} {order:?}");
    }
    assert!(Service::new(List::new()).missing(Some("status eq x"), None).is_empty());
}

#[test]
fn fields_are_included_and_excluded_by_paths() {
    let partner = r#"{"acls":[{"in":1,"x":1},{"x":2}],"balance":"4.40","callbacks":{"sms":"a","app":{"x":"b","y":"c"}},"zip":null}"#;
    for (query, expected) in [
        ("", partner),
        ("include_fields=&exclude_fields= , ", partner),
        ("exclude_fields=nothing,balance.cents", partner),
        ("include_fields=nothing", "{}"),
        ("include_fields=zip, balance,nothing,zip.code", r#"{"balance":"4.40","zip":null}"#),
        ("include_fields=callbacks.app.y,callbacks.sms", r#"{"callbacks":{"sms":"a","app":{"y":"c"}}}"#),
        ("include_fields=callbacks.sms,callbacks", r#"{"callbacks":{"sms":"a","app":{"x":"b","y":"c"}}}"#),
        ("include_fields=acls.in", r#"{"acls":[{"in":1},{}]}"#),
        ("exclude_fields=acls.x,callbacks,zip", r#"{"acls":[{"in":1},{}],"balance":"4.40"}"#),
        ("include_fields=callbacks,zip&exclude_fields=callbacks.app", r#"{"callbacks":{"sms":"a"},"zip":null}"#),
    ] {
        assert_eq!(parameters(query).selected(partner), expected, "{query}");
    }
}
