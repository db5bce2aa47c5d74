//! `partners list`: what is asked of the API, how often, and how a list ends.

use crate::common::{Api, TOKEN, carrierx, last_page, list_sandbox, page_of, stderr, stdout};

#[test]
fn a_plain_list_is_one_request_for_the_first_hundred_oldest_first() {
    let api = Api::new();
    let page = api.page(&[("limit", "100"), ("offset", "0"), ("order", "date_created asc")], last_page(&[]));
    api.list(&["-o", "json"]).success().stdout("[]\n").stderr("");
    page.assert_calls(1);
}

#[test]
fn a_table_has_the_default_columns_then_the_added_ones() {
    let table = |arguments: &[&str]| stdout(&list_sandbox(&[&["-l", "1"], arguments].concat()).success().stderr(""));
    let header = |arguments: &[&str]| {
        table(arguments).lines().next().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let default = "display_id company_name name status balance payment_type";
    for (arguments, expected) in [
        (&["-F", "+zip,+login"][..], format!("{default} zip login")),
        (&["-F", "+zip", "-F", "+name", "--order", "login"], format!("{default} zip")),
        (&["-X", "company_name,acls"], default.replace("company_name ", "")),
        (&["-F", "name", "--order", "zip"], "name".to_owned()),
        (&["-F", "+zip,name"], "zip name".to_owned()),
    ] {
        assert_eq!(header(arguments).as_deref(), Some(&*expected), "{arguments:?}");
    }
    let whole = table(&["-o", "json"]);
    assert_eq!(table(&["-o", "json", "-F", "+callbacks.sms"]), whole);
}

#[test]
fn a_table_asks_for_its_columns_only_and_a_file_format_for_everything() {
    let api = Api::new();
    let columns = "display_id,company_name,name,status,balance,payment_type,partner_sid";
    let table = api.page(&[("include_fields", columns)], last_page(&[]));
    let everything = api.page_without("include_fields", &last_page(&[]));
    api.list(&[]).success().stdout("");
    api.list(&["-o", "csv"]).success();
    table.assert_calls(1);
    everything.assert_calls(1);
}

#[test]
fn every_value_arrives_as_typed() {
    let api = Api::new();
    let filter = r#"company_name like "%a&b=c+d #é/?%" and name eq 'x y'"#;
    let page =
        api.page(&[("filter", filter), ("order", "balance desc"), ("exclude_fields", "acls,zip")], last_page(&[]));
    api.list(&["-o", "json", "-f", filter, "--order", "balance:desc", "-X", "acls", "-X", "zip"]).success();
    page.assert_calls(1);
}

#[test]
fn several_filters_are_joined_by_and_and_a_raw_one_is_sent_unchecked() {
    let api = Api::new();
    let joined = api.page(&[("filter", "status eq active and balance lt 10")], last_page(&[]));
    let raw = api.page(&[("filter", "(status = active) or x")], last_page(&[]));
    api.list(&["-f", "status eq active", "-f", "balance lt 10"]).success();
    api.list(&["--raw-filter", "(status = active) or x"]).success();
    joined.assert_calls(1);
    raw.assert_calls(1);
}

#[test]
fn order_none_leaves_the_order_to_the_server() {
    let api = Api::new();
    let page = api.page_without("order", &last_page(&[]));
    api.list(&["--order", "none"]).success();
    page.assert_calls(1);
}

#[test]
fn limit_counts_rows_over_pages_and_never_asks_for_one_page_more() {
    let api = Api::new();
    let first = api.page(&[("limit", "2"), ("offset", "0")], page_of(0, 2, 9));
    let second = api.page(&[("limit", "3"), ("offset", "1")], page_of(1, 3, 9));
    let third = api.page(&[("limit", "2"), ("offset", "3")], page_of(3, 2, 9));
    let list = api.list(&["-o", "tsv", "-F", "display_id", "--no-header", "--limit", "5", "--page-size", "2"]);
    list.success().stdout("CX0\nCX1\nCX2\nCX3\nCX4\n").stderr("");
    [first, second, third].iter().for_each(|page| page.assert_calls(1));
}

#[test]
fn all_takes_every_page_and_begins_at_the_offset() {
    let api = Api::new();
    let first = api.page(&[("limit", "1000"), ("offset", "3")], page_of(3, 4, 9));
    let second = api.page(&[("limit", "1000"), ("offset", "6")], page_of(6, 3, 9));
    let list = api.list(&["-o", "tsv", "-F", "display_id", "--all", "--offset", "3"]).success().stderr("");
    assert_eq!(stdout(&list).lines().count(), 7);
    first.assert_calls(1);
    second.assert_calls(1);
}

#[test]
fn a_cursor_takes_the_place_of_the_offset_and_its_host_is_never_asked() {
    let api = Api::new();
    let next =
        r#"{"items":[{}],"has_more":true,"pagination":{"next":"https://evil.example.com/x?after=c%2B1&filter=y"}}"#;
    let first = api.page(&[("offset", "0"), ("limit", "1000")], next);
    let second = api.page(&[("after", "c+1"), ("limit", "1000"), ("order", "date_created asc")], last_page(&["{}"]));
    api.list(&["--all", "-o", "jsonl"]).success().stdout("{}\n{}\n");
    first.assert_calls(1);
    second.assert_calls(1);
}

#[test]
fn items_and_has_more_alone_make_a_whole_list() {
    let api = Api::new();
    let (one, two) = (r#"{"partner_sid":"a"}"#, r#"{"partner_sid":"b"}"#);
    let first = api.page(&[("limit", "1")], format!(r#"{{"items":[{one}],"has_more":true}}"#));
    let second = api.page(&[("limit", "2")], format!(r#"{{"items":[{one},{two}],"has_more":false}}"#));
    let list = api.list(&["--all", "-o", "jsonl", "--page-size", "1"]);
    list.success().stdout(format!("{one}\n{two}\n")).stderr("");
    first.assert_calls(1);
    second.assert_calls(1);
}

#[test]
fn a_list_cut_by_the_default_limit_is_a_warning_in_every_format_which_quiet_keeps() {
    let api = Api::new();
    api.page(&[("limit", "100")], page_of(0, 100, 1234));
    for format in ["table", "json", "jsonl", "csv", "tsv"] {
        let list = api.list(&["-o", format]).success();
        assert_eq!(stderr(&list), "warning: 100 of 1234 partners listed; add --all, or --limit N\n", "{format}");
    }
    let quiet = api.list(&["--quiet"]).success();
    assert_eq!(stderr(&quiet), "warning: 100 of 1234 partners listed; add --all, or --limit N\n");
}

#[test]
fn a_list_cut_by_an_explicit_limit_says_nothing_to_a_pipe() {
    let api = Api::new();
    api.page(&[("limit", "2")], page_of(0, 2, 9));
    api.list(&["-l", "2"]).success().stderr("");
}

#[test]
fn a_cut_list_of_unknown_length_does_not_invent_a_total() {
    let api = Api::new();
    let items: Vec<_> = (0..100).map(|n| format!(r#"{{"partner_sid":"s{n}"}}"#)).collect();
    let items = items.join(",");
    api.page(&[("limit", "100")], format!(r#"{{"items":[{items}],"has_more":true,"total":null}}"#));
    let list = api.list(&["-o", "jsonl"]).success();
    assert_eq!(stderr(&list), "warning: 100 partners listed, and there are more; add --all, or --limit N\n");
}

#[test]
fn a_refused_default_order_is_left_out_with_a_warning() {
    let api = Api::new();
    let refused = api.answer(&[("order", "date_created asc")], 422, "application/json", r#"{"errors":[]}"#);
    let accepted = api.page_without("order", &last_page(&["{}"]));
    let list = api.list(&["-o", "jsonl"]).success().stdout("{}\n");
    assert!(stderr(&list).starts_with("warning: the API refused the order date_created:asc"), "{}", stderr(&list));
    refused.assert_calls(1);
    accepted.assert_calls(1);
}

#[test]
fn a_refused_order_that_was_asked_for_is_an_error() {
    let api = Api::new();
    let refused = api.answer(&[("order", "date_created asc")], 400, "application/json", r#"{"message":"bad order"}"#);
    let list = api.list(&["--order", "date_created:asc"]).code(6);
    assert!(stderr(&list).contains("bad order"));
    refused.assert_calls(1);
}

#[test]
fn a_failing_page_leaves_the_rows_before_it_and_says_where_to_go_on() {
    let api = Api::new();
    api.page(&[("offset", "10")], page_of(10, 2, 50));
    let failing = api.answer(&[("offset", "11")], 500, "application/json", "{}");
    let list = api.list(&["-o", "json", "-F", "display_id", "--all", "--offset", "10", "--retries", "0"]).code(8);
    assert!(!stdout(&list).trim_end().ends_with(']'), "the array is closed: {}", stdout(&list));
    assert!(stdout(&list).contains("CX11"));
    assert!(stderr(&list).contains("after 2 partners") && stderr(&list).contains("--offset 12"), "{}", stderr(&list));
    let table = api.list(&["--all", "--offset", "10", "--retries", "0"]).code(8);
    assert!(stdout(&table).contains("CX11"), "the rows that came are shown");
    failing.assert_calls(2);
}

#[test]
fn a_server_that_ignores_field_selection_changes_nothing() {
    let api = Api::new();
    let partner = r#"{"zip":"1","new":{"a":1},"name":"x","callbacks":{"sms":"u","x":"v"},"balance":4.40}"#;
    api.page(&[], last_page(&[partner]));
    api.list(&["-o", "jsonl", "-F", "balance,callbacks.sms,name", "-F", "city"])
        .success()
        .stdout("{\"balance\":4.40,\"callbacks.sms\":\"u\",\"name\":\"x\",\"city\":null}\n");
    api.list(&["-o", "jsonl", "-X", "zip,callbacks.sms,new"])
        .success()
        .stdout("{\"name\":\"x\",\"callbacks\":{\"x\":\"v\"},\"balance\":4.40}\n");
    api.list(&["-o", "csv", "-F", "name,balance"]).success().stdout("name,balance\nx,4.40\n");
}

#[test]
fn an_unknown_field_is_an_error_before_anything_is_printed() {
    for option in ["-F", "-X"] {
        let list = list_sandbox(&["-o", "csv", option, "name,balanse"]).code(2).stdout("");
        assert!(stderr(&list).contains("did you mean `balance`?"), "{}", stderr(&list));
    }
}

#[test]
fn an_unknown_field_is_an_error_before_a_second_page_is_asked_for() {
    for command in [&["list", "--all", "-F", "nmae"][..], &["count", "--by", "nmae"], &["count", "--by", "status,nmae"]]
    {
        let api = Api::new();
        let any = api.page(&[], page_of(0, 1000, 100_000));
        let refused = api.carrierx(&[&["partners"], command].concat()).assert().code(2).stdout("");
        assert!(stderr(&refused).contains("did you mean `name`?"), "{}", stderr(&refused));
        any.assert_calls(1);
    }
}

#[test]
fn a_filter_that_will_hardly_mean_what_was_meant_is_a_warning_of_every_command() {
    for command in [&["list"][..], &["count"], &["tree"], &["check", "--allow-none"], &["find", "a"]] {
        let filtered = carrierx(&[&["partners"], command, &["--sandbox", "-f", "status eq Active"]].concat()).assert();
        let said = stderr(&filtered);
        assert!(said.starts_with("warning: the filter compares `status` with `Active`, "), "{command:?}: {said}");
        assert!(said.lines().next().is_some_and(|line| line.ends_with("; write `status eq active`")), "{said}");
    }
}

#[test]
fn the_hint_of_a_rejected_question_names_the_remedy() {
    for status in [400, 422] {
        let api = Api::new();
        api.answer(&[], status, "application/json", "{}");
        for (arguments, hint) in [
            (&["-f", "country_code eq usa"][..], "; write `country_code eq USA`"),
            (&["-f", "name contains acme"], "; write `name like \"%acme%\"`"),
            (&["-f", "balance between 1 and 5"], "; write `balance ge 1 and balance le 5`"),
            (&["--order", "zip:asc"], "unable to order by `zip`; use --order none"),
            (&["-f", "status eq active"], "see `carrierx help filters`"),
        ] {
            let said = stderr(&api.list(arguments).code(6));
            assert!(said.trim_end().ends_with(hint), "{arguments:?}: {said}");
        }
    }
}

#[test]
fn an_undocumented_field_that_partners_have_is_listed() {
    let api = Api::new();
    api.page_without("include_fields", &last_page(&[r#"{"new_key":{"x":7}}"#]));
    api.list(&["-o", "csv", "-F", "new_key.x"]).success().stdout("new_key.x\n7\n");
}

#[test]
fn a_key_that_first_comes_on_a_later_page_is_left_out_of_csv_with_one_warning() {
    let api = Api::new();
    let rows = [r#"{"partner_sid":"a"}"#, r#"{"late":1,"partner_sid":"b"}"#, r#"{"late":2,"partner_sid":"c"}"#];
    api.page(&[("limit", "1")], format!(r#"{{"items":[{}],"has_more":true}}"#, rows[0]));
    api.page(&[("limit", "2")], format!(r#"{{"items":[{}],"has_more":false}}"#, rows.join(",")));
    let csv = api.list(&["--all", "-o", "csv", "--page-size", "1"]).success();
    assert!(!stdout(&csv).contains("late"));
    assert_eq!(stderr(&csv).matches("warning").count(), 1);
    assert!(stderr(&csv).contains("'late'"), "{}", stderr(&csv));
    let jsonl = api.list(&["--all", "-o", "jsonl", "--page-size", "1"]);
    jsonl.success().stdout(rows.map(|row| format!("{row}\n")).concat()).stderr("");
}

#[test]
fn of_an_option_given_twice_the_last_holds_and_lists_of_fields_and_filters_add_up() {
    let list = list_sandbox(&["-l", "3", "-o", "csv", "-o", "jsonl", "-F", "name", "-F", "login", "-l", "1"]);
    assert_eq!(stdout(&list.success()).matches("\"login\":").count(), 1);
}

#[test]
fn verbose_tells_of_every_attempt_in_one_line_and_never_the_token() {
    let api = Api::new();
    api.answer_once(503);
    let partner = r#"{"partner_sid":"a"}"#;
    api.page(&[], last_page(&[partner]));
    let filter = format!("name eq {TOKEN}");
    let list = api.list(&["-v", "-o", "jsonl", "-f", &filter]).success().stdout(format!("{partner}\n"));
    let told = stderr(&list);
    let lines: Vec<&str> = told.lines().collect();
    let [first, second] = lines[..] else { panic!("not two lines: {told}") };
    let address = format!("GET {}/partners?limit=100&", api.base_url());
    assert!(
        first.starts_with(&address) && first.contains(": 503, 2 bytes, ") && first.ends_with(" ms, attempt 1"),
        "{told}"
    );
    assert!(second.starts_with(&address) && second.contains(": 200, ") && second.ends_with(" ms, attempt 2"), "{told}");
    assert!(told.contains("filter=name%20eq%20(redacted)") && !told.contains(TOKEN), "{told}");
}

#[test]
fn a_dry_run_does_not_show_the_token_that_a_filter_has() {
    let mut list = carrierx(&["partners", "list", "--dry-run", "-f", "name eq 'a+b/c='"]);
    let shown = stdout(&list.env("CARRIERX_TOKEN", "a+b/c=").assert().success());
    assert!(shown.contains("filter=name%20eq%20%27(redacted)%27"), "{shown}");
}
