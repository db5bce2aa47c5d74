//! `carrierx partners get`: single partners by SID, display ID or login.

use crate::common::{Api, carrierx, last_page, list_sandbox, stderr, stdout};
use assert_cmd::assert::Assert;

const SID: &str = "be128456-3098-4564-b0d1-67dbceee265f";

fn get(api: &Api, arguments: &[&str]) -> Assert {
    api.carrierx(&[&["partners", "get"], arguments].concat()).assert()
}

fn get_sandbox(arguments: &[&str], stdin: &str) -> Assert {
    carrierx(&[&["partners", "get", "--sandbox"], arguments].concat()).write_stdin(stdin).assert()
}

#[test]
fn the_form_of_the_id_says_what_is_asked_for() {
    let api = Api::new();
    let by_sid = api.partner(SID, 200, r#"{"login":"a"}"#);
    let by_display_id = api.page(&[("filter", "display_id eq CX12"), ("limit", "1")], last_page(&[r#"{"login":"b"}"#]));
    let by_login = api.page(&[("filter", "login eq \"me and status eq 'x'\"")], last_page(&[r#"{"login":"c"}"#]));
    let list = get(&api, &[SID, "CX12", "me and status eq 'x'", "-o", "jsonl"]);
    list.success().stdout("{\"login\":\"a\"}\n{\"login\":\"b\"}\n{\"login\":\"c\"}\n");
    [by_sid, by_display_id, by_login].iter().for_each(|mock| mock.assert_calls(1));
}

#[test]
fn a_login_cannot_add_a_condition() {
    let api = Api::new();
    let any = api.page(&[], last_page(&["{}"]));
    for login in [r"a\", "a\"b'c", ""] {
        get(&api, &[login]).code(2).stdout("");
    }
    any.assert_calls(0);
}

#[test]
fn one_partner_is_a_record_and_several_are_a_table_unless_a_format_is_set() {
    let first = |arguments: &[&str]| {
        let shown = stdout(&get_sandbox(arguments, "").success());
        shown.lines().next().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default()
    };
    assert!(first(&[SID]).starts_with("acls [{"));
    assert_eq!(first(&[SID, "-F", "login,balance"]), "login ivory0000");
    assert_eq!(first(&[SID, "-o", "table", "-F", "login"]), "login");
    assert_eq!(first(&[SID, SID, "-F", "login,zip"]), "login zip");
    assert_eq!(first(&[SID, "-o", "json"]), "{");
    assert_eq!(first(&[SID, SID, "-o", "json"]), "[");
    assert_eq!(first(&["-", "-o", "json"]), "[]");
    let record = stdout(&get_sandbox(&[SID], "").success());
    assert_eq!(record.lines().count(), 31, "{record}");
}

#[test]
fn those_that_do_not_exist_are_named_and_the_others_shown_in_the_order_asked() {
    let arguments = ["nobody", "CX32345679", "CX1", SID, "-F", "display_id", "-o", "csv"];
    let shown = get_sandbox(&arguments, "").code(6).stdout("display_id\nCX32345679\nCX32345679\n");
    assert!(stderr(&shown).contains("`nobody`, `CX1`\nhint: "), "{}", stderr(&shown));
    let api = Api::new();
    api.partner(SID, 404, "{}");
    assert!(stderr(&get(&api, &[SID]).code(6).stdout("")).contains(SID));
}

#[test]
fn a_refusal_is_no_missing_partner() {
    let api = Api::new();
    api.partner(SID, 403, "{}");
    let refused = get(&api, &[SID]).code(5).stdout("");
    assert!(stderr(&refused).contains("cannot be shown") && stderr(&refused).contains("partners.read"));
}

#[test]
fn a_list_of_sids_ends_in_get_and_no_ids_are_no_partners() {
    let sids = list_sandbox(&["-f", "balance lt 10", "-F", "partner_sid", "--no-header", "-o", "tsv"]).success();
    let low = list_sandbox(&["-f", "balance lt 10", "-o", "csv"]).success();
    let got = get_sandbox(&["-", "-o", "csv"], &stdout(&sids)).success();
    assert_eq!(stdout(&got), stdout(&low));
    assert!(stdout(&got).lines().count() > 5);
    get_sandbox(&["-", "-o", "csv", "-F", "login"], "\n  \n").success().stdout("login\n");
}

#[test]
fn fields_mean_the_same_as_in_a_list() {
    get_sandbox(&[SID, "-F", "login,attributes.billing.cycle", "-o", "jsonl"], "")
        .success()
        .stdout("{\"login\":\"ivory0000\",\"attributes.billing.cycle\":\"monthly\"}\n");
    assert!(!stdout(&get_sandbox(&[SID, "-X", "acls"], "").success()).contains("\nacls "));
    assert!(stderr(&get_sandbox(&[SID, "-F", "logn"], "").code(2)).contains("did you mean `login`?"));
}
