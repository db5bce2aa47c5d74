//! `carrierx partners count`: one number, told by the API or counted to the last partner.

use crate::common::{Api, carrierx, last_page, page_of, stderr, stdout};

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
        [("1", page(0, &["a"], true)), ("1000", page(0, &["a", "b"], true)), ("1000", page(1, &["b", "c"], false))]
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
    api.page(
        &[("limit", "1000"), ("offset", "0")],
        r#"{"items":[{"partner_sid":"a"},{"partner_sid":"b"}],"has_more":true}"#,
    );
    api.answer(&[("limit", "1000"), ("offset", "1")], 500, "application/json", "{}");
    let failed = count(&api, &["--retries", "0"]).code(8).stdout("");
    assert!(stderr(&failed).contains("cannot count partners"), "{}", stderr(&failed));
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
    for total in ["1", "9"] {
        let api = Api::new();
        api.page(&[], format!(r#"{{{rows},"total":{total},"has_more":false}}"#));
        let counted = count(&api, &[]).code(10).stdout("");
        assert!(stderr(&counted).contains(&format!("the API reported {total} partner")), "{}", stderr(&counted));
    }
}

#[test]
fn a_count_whose_filter_the_api_ignores_is_no_number() {
    let api = Api::new();
    let page = last_page(&[r#"{"partner_sid":"a","status":"active"}"#]);
    let page = api.page(&[("include_fields", "partner_sid,status")], page);
    let counted = count(&api, &["-f", "status eq suspended"]).code(10).stdout("");
    assert!(stderr(&counted).contains("the API seems to ignore the condition `status eq suspended`"));
    page.assert_calls(2);
}

/// `count` on the sandbox, without notes.
fn totals(arguments: &[&str]) -> assert_cmd::assert::Assert {
    carrierx(&[&["partners", "count", "--sandbox", "-q"], arguments].concat()).assert()
}

#[test]
fn totals_stand_by_group_with_the_greatest_sum_first_and_all_of_them_last() {
    let rows = stdout(&totals(&["--by", "status", "--sum", "balance", "-o", "csv"]).success());
    let expected = "status,partners,balance_sum\nactive,224,975553.5199001\nunverified,15,66378.595\n\
                    suspended,9,21095.17\nclosed,2,10343.52\n";
    assert_eq!(rows, expected);
    let table = stdout(&totals(&["--by", "status", "--sum", "balance"]).success());
    let words: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[0], ["status", "partners", "balance_sum"]);
    assert_eq!(words.last().expect("a total"), &["total", "250", "1073370.8049001"]);
    let one = stdout(&totals(&["--sum", "balance,charge_at", "-o", "jsonl"]).success());
    assert!(one.starts_with(r#"{"partners":250,"balance_sum":"1073370.8049001","charge_at_sum":""#), "{one}");
}

#[test]
fn the_groups_of_every_scalar_field_add_up_to_all_partners() {
    let fields = stdout(&carrierx(&["partners", "fields", "-o", "csv"]).assert().success());
    let scalar = |line: &str| {
        let mut cells = line.split(',');
        let (name, kind) = (cells.next()?, cells.next()?);
        (!matches!(kind, "object" | "list of texts" | "list of objects")).then(|| name.to_owned())
    };
    for field in fields.lines().skip(1).filter_map(scalar).chain(["callbacks.sms".to_owned()]) {
        let rows = stdout(&totals(&["--by", &field, "-o", "jsonl"]).success());
        let partners = rows.lines().map(|row| {
            let number = row.rsplit_once(':').map(|(_, number)| number.trim_end_matches('}'));
            number.and_then(|number| number.parse::<u64>().ok()).expect(row)
        });
        assert_eq!(partners.sum::<u64>(), 250, "{field}");
    }
}

#[test]
fn fields_that_cannot_be_grouped_by_or_summed_up_are_refused_before_anything_is_sent() {
    let api = Api::new();
    for (arguments, said) in [
        (&["--by", "acls"][..], "cannot group by `acls`: it is an object or an array"),
        (&["--by", "attributes"], "cannot group by `attributes`: it is an object or an array"),
        (&["--by", "status:year"], "cannot group by `status:year`: status is not a timestamp\nhint: use --by status\n"),
        (&["--by", "date_created:week"], "`:week` is not :year, :month or :day"),
        (&["--sum", "name"], "cannot sum `name`: it is not a decimal field\nhint: the decimal fields are balance, "),
        (&["--sum", "balnce"], "hint: did you mean `balance`?"),
        (&["--sum", "callbacks.sms"], "cannot sum `callbacks.sms`: it is not a decimal field"),
    ] {
        let report = stderr(&count(&api, arguments).code(2).stdout(""));
        assert!(report.contains(said), "{arguments:?}: {report}");
    }
}

#[test]
fn an_unknown_field_and_a_value_that_is_an_object_are_usage_errors() {
    let api = Api::new();
    api.page(&[], last_page(&[r#"{"partner_sid":"a","new":{"x":1}}"#, r#"{"partner_sid":"b","new":2}"#]));
    let report = stderr(&count(&api, &["--by", "balanse"]).code(2).stdout(""));
    assert!(report.contains("`balanse` in --by is not a field") && report.contains("`balance`"), "{report}");
    let report = stderr(&count(&api, &["--by", "new"]).code(2).stdout(""));
    assert!(report.contains("cannot group by `new`: it is an object or an array"), "{report}");
    let groups = count(&api, &["--by", "new.x", "-o", "jsonl"]).success();
    assert_eq!(stdout(&groups), "{\"new.x\":null,\"partners\":1}\n{\"new.x\":1,\"partners\":1}\n");
}

#[test]
fn a_field_that_nobody_has_is_no_zero_and_an_unknown_one_ends_at_the_first_page() {
    let api = Api::new();
    api.page(&[("offset", "0")], r#"{"items":[{"partner_sid":"a","status":"x"}],"has_more":true,"total":2}"#);
    let report = stderr(&count(&api, &["--by", "balanse"]).code(2).stdout(""));
    assert!(report.contains("did you mean `balance`?"), "{report}");
    let api = Api::new();
    api.page(&[], last_page(&[r#"{"partner_sid":"a","status":"x"}"#, r#"{"partner_sid":"b","balance":null}"#]));
    let sum = count(&api, &["--sum", "balance", "-o", "csv"]).success();
    assert_eq!(stdout(&sum), "partners,balance_sum\n2,\n");
    assert_eq!(stderr(&sum), "warning: no partner has a value in `balance`\n");
    let by = count(&api, &["--by", "payment_type", "-o", "csv"]).success();
    assert_eq!(stderr(&by), "warning: no partner has a value in `payment_type`\n");
}

#[test]
fn groups_of_times_stand_in_the_order_of_time() {
    let rows = stdout(&totals(&["--by", "date_created:year", "--sum", "balance", "-o", "csv"]).success());
    let years: Vec<_> = rows.lines().skip(1).map(|row| row.split(',').next()).collect();
    assert!(years.len() > 2 && years.is_sorted(), "{years:?}");
}

#[test]
fn an_amount_that_cannot_be_added_is_marked_counted_and_named() {
    let api = Api::new();
    api.page(
        &[],
        last_page(&[
            r#"{"partner_sid":"a","display_id":"CX1","status":"active","balance":"0.10"}"#,
            r#"{"partner_sid":"b","display_id":"CX2","status":"active","balance":"much"}"#,
            r#"{"partner_sid":"c","display_id":"CX3","status":"closed","balance":null}"#,
        ]),
    );
    let by_status = ["--by", "status", "--sum", "balance"];
    let table = count(&api, &by_status).success();
    let lines: Vec<String> =
        stdout(&table).lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["status partners balance_sum left_out", "active 2 0.10* 1", "closed 1 0 0", "total 3 0.10* 1"]);
    assert_eq!(stderr(&table), "warning: 1 amount was left out of the sums (not a decimal, or too many digits): CX2\n");
    let csv = count(&api, &[&by_status[..], &["-o", "csv"]].concat()).success();
    assert_eq!(stdout(&csv), "status,partners,balance_sum,left_out\nactive,2,0.10,1\nclosed,1,0,0\n");
}

#[test]
fn totals_of_a_list_that_is_not_whole_are_not_printed() {
    let api = Api::new();
    let rows = r#""items":[{"partner_sid":"a","status":"x"},{"partner_sid":"a","status":"x"}]"#;
    for page in
        [format!(r#"{{{rows},"has_more":false,"total":2}}"#), format!(r#"{{{rows},"has_more":false,"total":9}}"#)]
    {
        api.page(&[], page);
        let failed = count(&api, &["--by", "status"]).code(10).stdout("");
        assert!(stderr(&failed).contains("cannot count partners"), "{}", stderr(&failed));
    }
}

#[test]
fn totals_of_nobody_have_a_header_and_a_sum_without_groups_has_a_row() {
    let nobody = ["-f", "login eq nobody-here"];
    totals(&[&nobody[..], &["--by", "status"]].concat()).success().stdout("");
    totals(&[&nobody[..], &["--by", "status", "-o", "csv"]].concat()).success().stdout("status,partners\n");
    totals(&[&nobody[..], &["--sum", "balance", "-o", "csv"]].concat()).success().stdout("partners,balance_sum\n0,0\n");
}

#[test]
fn a_field_may_be_grouped_by_more_than_once_and_summed_up_too() {
    let api = Api::new();
    let partner = r#"{"partner_sid":"a","date_created":"2024-05-20T18:32:37.000Z","balance":"4.40"}"#;
    api.page(&[], last_page(&[partner]));
    let csv = |arguments: &[&str]| stdout(&count(&api, &[arguments, &["-o", "csv"]].concat()).success());
    let by_date = csv(&["--by", "date_created:year,date_created:month,date_created"]);
    assert_eq!(by_date.lines().nth(1), Some("2024,2024-05,2024-05-20T18:32:37.000Z,1"));
    assert_eq!(csv(&["--by", "balance", "--sum", "balance"]), "balance,partners,balance_sum\n4.40,1,4.40\n");
}

#[test]
fn a_field_that_comes_late_after_any_number_of_others_is_no_unknown_one() {
    let api = Api::new();
    let keys = (0..1200).map(|n| format!(r#""k{n}":1"#)).collect::<Vec<_>>().join(",");
    let wide = format!(r#"{{"partner_sid":"a",{keys}}}"#);
    api.page(&[], last_page(&[&wide, r#"{"partner_sid":"b","late":"x"}"#]));
    let groups = count(&api, &["--by", "late", "-o", "csv"]).success();
    assert_eq!(stdout(&groups), "late,partners\n,1\nx,1\n");
}
