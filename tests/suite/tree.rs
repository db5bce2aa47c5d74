//! `carrierx partners tree`: who belongs to whom, and what each branch sums up to.

use std::time::Duration;

use crate::common::scripted::{Scripted, Step};
use crate::common::{Api, TOKEN, carrierx, last_page, stderr, stdout};
use assert_cmd::assert::Assert;
use serde_json::Value;

const FIELDS: &str = "partner_sid,parent_sid,display_id,status,balance,daily_spent_amount,name,company_name";

fn partner(sid: &str, parent: &str, rest: &str) -> String {
    let parent = if parent.is_empty() { "null".to_owned() } else { format!("\"{parent}\"") };
    format!(r#"{{"partner_sid":"{sid}","parent_sid":{parent},"display_id":"CX{sid}","status":"active",{rest}}}"#)
}

/// Two roots, one of them with a parent that is not visible, and three levels below it.
fn family() -> [String; 5] {
    [
        partner("1", "0", r#""name":"Top","balance":"10.50","daily_spent_amount":1"#),
        partner("4", "2", r#""name":null,"company_name":"Leaf, Inc.","balance":null,"daily_spent_amount":"0""#),
        partner("3", "1", r#""name":"beta","balance":"-3","daily_spent_amount":"2.25""#),
        partner("2", "1", r#""name":"Al","company_name":"Alpha","balance":0.125,"daily_spent_amount":"0.00""#),
        partner("5", "", r#""name":"Alone","balance":"7","daily_spent_amount":"0""#),
    ]
}

fn page(partners: &[String]) -> String {
    last_page(&partners.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The tree of these partners.
fn tree(partners: &[String], arguments: &[&str]) -> Assert {
    let api = Api::new();
    api.page(&[("include_fields", FIELDS)], page(partners));
    api.carrierx(&[&["partners", "tree"], arguments].concat()).assert()
}

#[test]
fn a_tree_is_drawn_with_lines_names_in_order_and_sums_of_branches() {
    tree(&family(), &[]).success().stderr("").stdout(
        "\
partner             display_id  status  balance  spent  balance_sum  spent_sum  below
Alone               CX5         active    7       0
↑ Top               CX1         active   10.50    1           7.625       3.25      3
├── Alpha           CX2         active    0.125   0.00        0.125       0.00      1
│   └── Leaf, Inc.  CX4         active    -       0
└── beta            CX3         active   -3       2.25
",
    );
}

#[test]
fn the_header_can_be_left_out_and_levels_cut_without_a_loss_to_the_sums() {
    tree(&family(), &["--no-header", "--depth", "1"]).success().stderr("").stdout(
        "\
Alone      CX5  active   7      0
↑ Top      CX1  active  10.50   1     7.625  3.25  3
├── Alpha  CX2  active   0.125  0.00  0.125  0.00  1
└── beta   CX3  active  -3      2.25
",
    );
}

#[test]
fn rows_have_depth_path_and_the_sums() {
    tree(&family(), &["-o", "csv"]).success().stderr("").stdout(
        "\
depth,path,partner_sid,parent_sid,parent_visible,display_id,partner,status,balance,daily_spent_amount,below,balance_sum,daily_spent_sum,left_out
0,CX5,5,,,CX5,Alone,active,7,0,0,7,0,0
0,CX1,1,0,false,CX1,Top,active,10.50,1,3,7.625,3.25,0
1,CX1/CX2,2,1,true,CX2,Alpha,active,0.125,0.00,1,0.125,0.00,0
2,CX1/CX2/CX4,4,2,true,CX4,\"Leaf, Inc.\",active,,0,0,0,0,0
1,CX1/CX3,3,1,true,CX3,beta,active,-3,2.25,0,-3,2.25,0
",
    );
}

#[test]
fn json_has_the_children_within_their_parents_and_sums_as_strings() {
    let json = stdout(&tree(&family(), &["-o", "json"]).success());
    let roots: Value = serde_json::from_str(&json).expect("JSON");
    let names = |partners: &Value| {
        let names = partners.as_array().expect("an array").iter().map(|partner| partner["partner"].clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&roots), ["Alone", "Top"]);
    let top = &roots[1];
    assert_eq!(names(&top["children"]), ["Alpha", "beta"]);
    assert_eq!((&top["below"], &top["balance_sum"], &top["balance"]), (&3.into(), &"7.625".into(), &"10.50".into()));
    // What the API sent as a number stays one.
    assert!(json.contains("\"balance\": 0.125,"), "{json}");
}

#[test]
fn no_partners_are_an_empty_result_in_every_format() {
    for (format, expected) in [("table", ""), ("json", "[]\n"), ("jsonl", "")] {
        tree(&[], &["-o", format]).success().stdout(expected).stderr("");
    }
    for (format, header) in [("csv", "depth,path,"), ("tsv", "depth\tpath\t")] {
        let rows = stdout(&tree(&[], &["-o", format]).success());
        assert!(rows.starts_with(header) && rows.lines().count() == 1, "{rows}");
    }
}

#[test]
fn a_filter_keeps_who_is_above_a_match_in_parentheses_and_counts_the_matches_alone() {
    let api = Api::new();
    let matching = api.page(&[("filter", "balance lt 0"), ("include_fields", "partner_sid")], page(&family()[2..3]));
    api.page(&[("include_fields", FIELDS)], page(&family()));
    let drawn = api.carrierx(&["partners", "tree", "-f", "balance lt 0"]).assert().success().stderr("");
    drawn.stdout(
        "\
partner   display_id  status  balance  spent  balance_sum  spent_sum  below
↑ (Top)   CX1         active    10.50   1              -3       2.25      1
└── beta  CX3         active    -3      2.25
",
    );
    let rows = api.carrierx(&["partners", "tree", "-f", "balance lt 0", "-o", "jsonl"]).assert().success();
    let matches: Vec<_> = stdout(&rows).lines().map(|row| row.contains("\"matches\":true")).collect();
    assert_eq!(matches, [false, true]);
    matching.assert_calls(2);
}

#[test]
fn a_root_is_found_by_sid_display_id_or_login_and_everything_else_left_out() {
    let api = Api::new();
    const SID: &str = "be128456-3098-4564-b0d1-67dbceee265f";
    let family = family().map(|partner| partner.replace("\"2\"", &format!("\"{SID}\"")));
    let alpha = &family[3].replacen('{', r#"{"login":"alpha","#, 1);
    api.page(&[("filter", "display_id eq CX2")], page(std::slice::from_ref(alpha)));
    api.page(&[("filter", "login eq \"alpha\"")], page(std::slice::from_ref(alpha)));
    api.page(&[("filter", "login eq \"nobody\"")], page(&[]));
    api.page(&[("include_fields", FIELDS)], page(&family));
    api.partner(SID, 200, alpha);
    for root in [SID, "CX2", "alpha"] {
        let drawn = api.carrierx(&["partners", "tree", "--no-header", "--root", root]).assert();
        drawn.success().stderr("").stdout(
            "\
Alpha           CX2  active  0.125  0.00  0.125  0.00  1
└── Leaf, Inc.  CX4  active  -      0
",
        );
    }
    let report = stderr(&api.carrierx(&["partners", "tree", "--root", "nobody"]).assert().code(6).stdout(""));
    assert!(report.contains("'nobody'") && report.contains("hint: "), "{report}");
    api.carrierx(&["partners", "tree", "--root", "a\\b"]).assert().code(2).stdout("");
}

#[test]
fn a_loop_is_told_once_and_everyone_in_it_shown_once() {
    let partners =
        [partner("1", "3", r#""name":"a""#), partner("2", "1", r#""name":"b""#), partner("3", "2", r#""name":"c""#)];
    let drawn = tree(&partners, &["--no-header"]).success();
    let seen = stdout(&drawn);
    assert_eq!(
        seen.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with("CX"))).collect::<Vec<_>>(),
        ["CX1", "CX2", "CX3"]
    );
    assert_eq!(stderr(&drawn), "warning: parents form a cycle, broken above CX1: CX1, CX3, CX2\n");
}

#[test]
fn an_amount_that_cannot_be_summed_exactly_is_told_left_out_and_its_sums_marked() {
    let partners = [
        partner("1", "", r#""name":"a","balance":"1.10""#),
        partner("2", "1", r#""name":"b","balance":"0.123456789""#),
        partner("3", "1", r#""name":"c","balance":"2.20""#),
    ];
    let drawn = tree(&partners, &["--no-header"]).success();
    assert_eq!(stderr(&drawn), "warning: 1 amount was left out of the sums (not a decimal, or too many digits): CX2\n");
    let lines = stdout(&drawn);
    assert!(lines.starts_with("a") && lines.lines().next().is_some_and(|line| line.contains(" 3.30* ")), "{lines}");
    assert!(lines.contains(" 0.123456789 "), "{lines}");
}

#[test]
fn a_tree_that_misses_partners_is_not_drawn() {
    let api = Api::new();
    api.page(&[("offset", "0")], r#"{"items":[{"partner_sid":"a"},{"partner_sid":"b"}],"has_more":true,"total":3}"#);
    api.answer(&[("offset", "1")], 500, "application/json", "{}");
    let failed = api.carrierx(&["partners", "tree", "--retries", "0"]).assert().code(8).stdout("");
    assert!(stderr(&failed).contains("cannot draw the tree"), "{}", stderr(&failed));
}

#[test]
fn a_tree_of_partners_that_cannot_be_told_apart_is_drawn_and_not_complete() {
    let drawn = tree(&[r#"{"name":"a"}"#.to_owned()], &["--no-header"]).code(10);
    assert!(stdout(&drawn).starts_with("a  -"), "{}", stdout(&drawn));
    assert!(stderr(&drawn).contains("partners may be missing from the tree: "), "{}", stderr(&drawn));
}

#[test]
fn names_of_strangers_are_escaped_in_the_drawing() {
    let partners = [partner("1", "", r#""name":"\u001b[2J\u202e""#)];
    assert!(stdout(&tree(&partners, &[]).success()).contains("\\u{1b}[2J\\u{202e}  CX1"));
}

#[cfg(target_os = "linux")]
#[test]
fn every_name_is_seen_on_a_terminal_of_45_columns_or_more() {
    for columns in [45, 60, 80, 90, 120] {
        let drawn = crate::common::in_terminal(&[], columns, "partners tree --sandbox -q --color never");
        assert_eq!(drawn.lines().count(), 251, "{columns}");
        for line in drawn.lines().skip(1) {
            let name = line.split("  CX").next().unwrap_or_default().trim_start_matches(['│', '├', '└', '─', ' ', '↑']);
            assert!(name.chars().filter(|c| c.is_alphanumeric()).count() >= 3, "{columns}: {line}");
        }
    }
}

#[test]
fn a_chain_of_five_thousand_partners_is_drawn_and_too_deep_for_json() {
    let link = |number: u32| {
        let parent = number.checked_sub(1).map_or("null".to_owned(), |parent| format!("\"{parent}\""));
        format!(r#"{{"partner_sid":"{number}","parent_sid":{parent},"display_id":"CX{number}","balance":"0.01"}}"#)
    };
    let items = (0..5_000).map(link).collect::<Vec<_>>().join(",");
    let page = format!(r#"{{"items":[{items}],"has_more":false}}"#);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", page.len());
    let server = Scripted::start(vec![vec![Step::Send((head + &page).into_bytes())]]);
    let tree = |arguments: &[&str]| {
        let mut command = carrierx(&[&["partners", "tree", "--base-url", server.base_url()], arguments].concat());
        command.env("CARRIERX_TOKEN", TOKEN).timeout(Duration::from_secs(120)).assert()
    };
    let drawn = stdout(&tree(&["--no-header"]).success());
    let mut lines = drawn.lines();
    assert!(lines.next().is_some_and(|root| root.contains("CX0 ") && root.ends_with("  50.00  0  4999")));
    assert!(lines.last().is_some_and(|leaf| leaf.starts_with("[4999] └── -") && leaf.contains("CX4999")));
    let report = stderr(&tree(&["-o", "json"]).code(1).stdout(""));
    assert!(report.contains("4999 levels deep") && report.contains("use --depth 100"), "{report}");
    tree(&["-o", "csv"]).code(1).stdout("");
    let shallow = stdout(&tree(&["-o", "json", "--depth", "100"]).success());
    assert_eq!(shallow.matches("\"children\"").count(), 101);
}
