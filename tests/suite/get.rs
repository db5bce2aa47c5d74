//! `carrierx partners get`: single partners by SID, display ID or login.

use std::fs;

use crate::common::{Api, TOKEN, carrierx, last_page, list_sandbox, stderr, stdout};
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
    let bodies = [
        format!(r#"{{"partner_sid":"{}"}}"#, SID.to_uppercase()),
        r#"{"display_id":"CX12"}"#.to_owned(),
        r#"{"login":"Me and status eq 'x'"}"#.to_owned(),
    ];
    let by_sid = api.partner(SID, 200, &bodies[0]);
    let by_display_id = api.page(&[("filter", "display_id eq CX12"), ("limit", "2")], last_page(&[&bodies[1]]));
    let by_login = api.page(&[("filter", "login eq \"me and status eq 'x'\"")], last_page(&[&bodies[2]]));
    let list = get(&api, &[SID, "cx12", "me and status eq 'x'", "-o", "jsonl"]);
    list.success().stdout(format!("{}\n", bodies.join("\n")));
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
    assert_eq!(first(&[SID]), "display_id CX32345679");
    assert_eq!(first(&[SID, "-F", "login,balance"]), "login ivory0000");
    assert_eq!(first(&[SID, "-o", "table", "-F", "login"]), "login");
    assert_eq!(first(&[SID, "CX15650613", "-F", "login,zip"]), "login zip");
    assert_eq!(first(&[SID, "-o", "json"]), "{");
    assert_eq!(first(&[SID, "CX15650613", "-o", "json"]), "[");
    assert_eq!(first(&["-", "-o", "json"]), "[]");
    let record = stdout(&get_sandbox(&[SID], "").success());
    assert_eq!(record.lines().filter(|line| !line.is_empty()).count(), 31, "{record}");
}

#[test]
fn a_record_has_the_fields_in_the_order_in_which_people_look_for_them_unless_they_are_chosen() {
    let record = |arguments: &[&str]| {
        let shown = stdout(&get_sandbox(&[&[SID], arguments].concat(), "").success());
        let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        shown.lines().map(name).collect::<Vec<_>>().join(" ")
    };
    let all = record(&[]);
    assert!(all.starts_with("display_id company_name name login status balance payment_type "), "{all}");
    assert!(all.contains(" daily_spent_amount owner_email ") && all.contains(" phonenumber address1 "), "{all}");
    assert!(all.contains(" country_code date_created partner_sid parent_sid available_scopes "), "{all}");
    assert!(record(&["-F", "+callbacks.sms"]).ends_with(" transformations callbacks.sms"));
    assert!(record(&["-X", "balance"]).contains(" status payment_type "));
    assert_eq!(record(&["-F", "zip,balance,name"]), "zip balance name");
}

#[test]
fn those_that_do_not_exist_are_named_and_the_others_shown_in_the_order_asked() {
    let arguments = ["nobody", "CX32345679", "CX1", SID, "-F", "display_id", "-o", "csv"];
    let shown = get_sandbox(&arguments, "").code(6).stdout("display_id\nCX32345679\nCX32345679\n");
    assert!(stderr(&shown).contains("has the ID 'nobody', 'CX1'\nhint: "), "{}", stderr(&shown));
    let digits = stderr(&get_sandbox(&["15650613"], "").code(6));
    assert!(digits.contains("hint: if it is a display ID, use CX15650613; "), "{digits}");
    let api = Api::new();
    api.partner(SID, 404, "{}");
    assert!(stderr(&get(&api, &[SID]).code(6).stdout("")).contains(SID));
}

#[test]
fn another_partner_than_the_one_asked_for_is_the_servers_fault_wherever_its_id_stands() {
    let api = Api::new();
    let other = r#"{"partner_sid":"1","display_id":"CX1","login":"root"}"#;
    api.page(&[], last_page(&[other, r#"{"partner_sid":"2","display_id":"CX2","login":"b"}"#]));
    api.partner(SID, 200, other);
    for (id, came) in [("CX9", "'CX1'"), ("somebody", "'root'"), (SID, "'1'")] {
        for arguments in [
            vec![id],
            vec!["CX1", id, "CX2"],
            vec![id, "-F", "zip"],
            vec![id, "-X", "login,display_id,partner_sid", "-o", "json"],
            vec!["CX1", "CX2", id, "-o", "csv"],
        ] {
            let wrong = stderr(&get(&api, &arguments).code(8));
            assert!(wrong.contains(came) && wrong.contains(&format!("'{id}'")), "{arguments:?}: {wrong}");
        }
        let piped = api.carrierx(&["partners", "get", "-"]).write_stdin(format!("CX1\n{id}\n")).assert().code(8);
        assert!(stderr(&piped).contains(came), "{}", stderr(&piped));
        let tree = api.carrierx(&["partners", "tree", "--root", id]).assert().code(8).stdout("");
        assert!(stderr(&tree).contains(came) && stderr(&tree).contains(id), "{}", stderr(&tree));
    }
}

#[test]
fn what_is_no_partner_is_never_shown_as_one() {
    for (body, says) in [
        (r#"{"errors":[{"message":"nope"}]}"#, "nope"),
        (r#"{"items":[{"display_id":"CX1"}],"total":1}"#, "without a partner_sid"),
        ("{}", "without a partner_sid"),
        (r#"{"partner_sid":null}"#, "without a partner_sid"),
        (r#"{"partner":{}}"#, "without a partner_sid"),
    ] {
        let api = Api::new();
        api.partner(SID, 200, body);
        for command in [["get", SID].as_slice(), &["get", SID, "-o", "json"], &["tree", "--root", SID]] {
            let shown = api.carrierx(&[&["partners"], command].concat()).assert().code(8).stdout("");
            assert!(stderr(&shown).contains(says) && stderr(&shown).contains(SID), "{body}: {}", stderr(&shown));
        }
    }
    let api = Api::new();
    api.page(&[], r#"{"errors":[{"message":"nope"}],"items":[]}"#);
    assert!(stderr(&get(&api, &["CX1"]).code(8).stdout("")).contains("nope"));
}

#[test]
fn a_field_that_does_not_exist_is_noticed_by_the_first_partner() {
    let api = Api::new();
    let first = api.page(&[("filter", "display_id eq CX1")], last_page(&[r#"{"display_id":"CX1"}"#]));
    let second = api.page(&[("filter", "display_id eq CX2")], last_page(&[r#"{"display_id":"CX2"}"#]));
    let mut command = api.carrierx(&["partners", "get", "CX1", "CX2", "-F", "balanse"]);
    command.env("CARRIERX_PARALLEL", "1").assert().code(2).stdout("");
    first.assert_calls(1);
    second.assert_calls(0);
}

#[test]
fn an_ambiguous_login_names_those_who_have_it() {
    let api = Api::new();
    let twins = [r#"{"partner_sid":"one","login":"a"}"#, r#"{"partner_sid":"two","login":"A"}"#];
    api.page(&[("limit", "2")], last_page(&twins));
    let shown = stderr(&get(&api, &["a", "-F", "zip"]).code(8).stdout(""));
    assert!(shown.contains("'one', 'two'") && shown.contains("hint: use the SID of one of them"), "{shown}");
}

#[test]
fn a_sid_that_is_no_uuid_is_asked_for_when_nobody_has_such_a_login() {
    let sid = "b9Ua99icuAdvDvv2kvlNaPzMLDXwuEYJ";
    let partner = format!(r#"{{"partner_sid":"{sid}"}}"#);
    for (name, status, answer) in [
        ("an empty page", 200, last_page(&[])),
        ("a filter that is ignored", 200, last_page(&[r#"{"login":"root"}"#])),
        ("a filter that is refused", 400, "{}".to_owned()),
    ] {
        let api = Api::new();
        api.answer(&[], status, "application/json", answer);
        let by_sid = api.partner(sid, 200, &partner);
        let shown = api.carrierx(&["partners", "get", "-", "-o", "jsonl"]).write_stdin(format!("{sid}\n")).assert();
        assert_eq!(stdout(&shown), format!("{partner}\n"), "{name}: {}", stderr(&shown));
        by_sid.assert_calls(1);
    }
    for status in [400, 404, 422] {
        let api = Api::new();
        api.page(&[], last_page(&[]));
        let by_sid = api.partner(sid, status, "{}");
        let shown = stderr(&get(&api, &[sid]).code(6).stdout(""));
        assert!(shown.contains("no partner visible"), "{status}: {shown}");
        by_sid.assert_calls(1);
        let short = api.partner("somebody", 200, &partner);
        get(&api, &["somebody"]).code(6);
        short.assert_calls(0);
    }
}

#[test]
fn a_wrong_base_url_is_no_missing_partner() {
    for (kind, body, is_missing) in [
        ("application/json", r#"{"errors":[{"message":"Cannot find item by SID"}]}"#, true),
        ("application/json", "", true),
        ("text/html", "<html>", false),
        ("text/html", "", false),
        ("text/plain", "404 page not found", false),
        ("application/json", "[]", false),
    ] {
        let api = Api::new();
        api.partner_as(SID, 404, kind, body);
        for command in [["get", SID].as_slice(), &["tree", "--root", SID]] {
            let shown = stderr(&api.carrierx(&[&["partners"], command].concat()).assert().code(6).stdout(""));
            assert_eq!(shown.contains("no partner visible"), is_missing, "{kind} {body}: {shown}");
            assert!(shown.lines().last().is_some_and(|hint| hint.contains("base URL")), "{kind} {body}: {shown}");
        }
    }
}

#[test]
fn what_came_is_shown_when_a_later_id_fails() {
    let api = Api::new();
    let partner = |number: u32| format!(r#"{{"display_id":"CX{number}","login":"x"}}"#);
    for number in [1, 2, 4] {
        let filter = format!("display_id eq CX{number}");
        api.page(&[("filter", &filter)], last_page(&[&partner(number)]));
    }
    api.answer(&[("filter", "display_id eq CX3")], 403, "application/json", "{}");
    api.page(&[("filter", "display_id eq CX5")], last_page(&[]));
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml").display().to_string();
    let rows = |numbers: &[u32]| numbers.iter().map(|number| partner(*number)).collect::<Vec<_>>();
    for (parallel, came) in [("1", vec![1, 2]), ("2", vec![1, 2, 4]), ("16", vec![1, 2, 4])] {
        fs::write(&config, format!("parallel = {parallel}\n")).expect("a file");
        let get = |format: &str, fields: &str| {
            let arguments = ["CX1", "CX2", "CX3", "CX4", "CX5", "--config", &config, "-F", fields, "-o", format];
            get(&api, &arguments).code(5)
        };
        let lines = |start: &str| {
            let lines = came.iter().map(|number| format!("CX{number}\n"));
            [format!("{start}\n")].into_iter().chain(lines).collect::<String>()
        };
        assert_eq!(stdout(&get("table", "display_id")), lines("display_id"), "{parallel}");
        assert_eq!(stdout(&get("csv", "display_id")), lines("display_id"), "{parallel}");
        assert_eq!(stdout(&get("jsonl", "display_id,login")), format!("{}\n", rows(&came).join("\n")), "{parallel}");
        let json = get("json", "display_id");
        assert!(!stdout(&json).trim_end().ends_with(']'), "{}", stdout(&json));
        let said = stderr(&json);
        assert!(said.contains("cannot show the partner 'CX3'"), "{said}");
        assert_eq!(said.contains("not requested"), parallel != "16", "{said}");
        assert_eq!(said.contains("'CX5'"), parallel == "16", "{said}");
    }
}

#[test]
fn an_id_given_twice_is_shown_once() {
    let upper = SID.to_uppercase();
    let arguments = [SID, "CX32345679", &upper, "cx32345679", "-", "-F", "display_id", "-o", "csv"];
    let stdin = format!("\u{feff}CX32345679\r\n{SID}\nCX15650613\n");
    get_sandbox(&arguments, &stdin).success().stdout("display_id\nCX32345679\nCX32345679\nCX15650613\n");
}

#[test]
fn no_id_is_repeated_whole_that_nobody_reads() {
    let long = "a b".repeat(10_000);
    for id in [long.clone(), "x".repeat(30_000), format!("{long}\\"), "\u{1b}[2J\u{202e}".repeat(1000)] {
        let stdin = format!("{id}\n{id}x\n");
        for format in ["text", "json"] {
            let shown = carrierx(&["partners", "get", "--sandbox", "-", "--error-format", format]);
            let shown = { shown }.write_stdin(stdin.clone()).assert().failure().stdout("");
            let said = stderr(&shown);
            assert!(said.len() < 5000 && !said.contains(['\u{1b}', '\u{202e}']), "{} bytes: {said:.300}", said.len());
        }
    }
}

#[test]
fn a_refusal_is_no_missing_partner() {
    let api = Api::new();
    api.partner(SID, 403, "{}");
    let refused = get(&api, &[SID]).code(5).stdout("");
    assert!(stderr(&refused).contains("cannot show") && stderr(&refused).contains("partners.read"));
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

#[test]
fn the_token_given_as_an_id_is_never_repeated() {
    let other = last_page(&[&format!(r#"{{"login":"not {TOKEN}","partner_sid":"1"}}"#)]);
    let ambiguous = last_page(&[
        &format!(r#"{{"login":"{TOKEN}","partner_sid":"{TOKEN}"}}"#),
        &format!(r#"{{"login":"{TOKEN}","partner_sid":"2"}}"#),
    ]);
    for (body, status) in [(last_page(&[]), 6), (other, 8), (ambiguous, 8), ("no JSON".to_owned(), 8)] {
        let api = Api::new();
        api.page(&[], body);
        for arguments in [&["partners", "get", TOKEN][..], &["partners", "tree", "--root", TOKEN]] {
            let report = stderr(&api.carrierx(arguments).assert().code(status));
            assert!(report.contains("'(redacted)'") && !report.contains(TOKEN), "{arguments:?}: {report}");
        }
    }
    let report = stderr(&get(&Api::new(), &[&format!(r"a\{TOKEN}")]).code(2));
    assert!(report.contains(r"'a\(redacted)' is not a partner ID"), "{report}");
}

#[cfg(unix)]
#[cfg(target_os = "linux")]
#[test]
fn a_record_on_a_terminal_fits_its_screen_and_a_pipe_has_everything() {
    for columns in [60, 80, 120] {
        let shown = crate::common::in_terminal(&[], columns, "partners get CX32345679 --sandbox --color never -q");
        assert!(shown.lines().count() <= 23, "{} lines: {shown}", shown.lines().count());
        assert!(shown.lines().all(|line| line.chars().count() <= usize::from(columns)), "{shown}");
        for part in
            ["27010.42", "partner_sid   be128456-3098-4564-b0d1-67dbceee265f", " 26: accesscontrol.manage", "not set  "]
        {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
    let chosen =
        crate::common::in_terminal(&[], 80, "partners get CX32345679 --sandbox --color never -q -F address2,name");
    assert_eq!(chosen, "address2  -\nname      Yara Garner\n");
    let piped = stdout(&get_sandbox(&["CX32345679"], "").success());
    assert!(piped.contains("address2              -\n"), "{piped}");
}

#[test]
fn one_partner_in_markdown_is_a_row_for_each_field() {
    let facts = stdout(&get_sandbox(&["CX32345679", "-o", "markdown"], "").success());
    assert!(facts.starts_with("| field | value |\n| --- | --- |\n| display_id | CX32345679 |\n"), "{facts}");
    assert_eq!(facts.lines().count(), 33, "{facts}");
}
