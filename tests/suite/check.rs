//! `carrierx partners check`: the status and the first line that monitoring systems read, and the rows for people.

use std::fs;

use crate::common::{Api, carrierx, last_page, stderr, stdout};
use assert_cmd::assert::Assert;
use tempfile::TempDir;

fn partner(number: u32, rest: &str) -> String {
    format!(r#"{{"partner_sid":"{number}","display_id":"CX{number}","name":"n{number}",{rest}}}"#)
}

fn spending(number: u32, spent: &str, limit: &str) -> String {
    partner(
        number,
        &format!(
            r#""daily_spent_amount":{spent},"daily_spending_limit":{limit},"balance":"-1.50","spending_limit":null"#
        ),
    )
}

fn api(partners: &[String]) -> Api {
    let api = Api::new();
    api.page(&[], last_page(&partners.iter().map(String::as_str).collect::<Vec<_>>()));
    api
}

thread_local! {
    /// The server of this test's checks. A state is about one address, and another test could take that of a server
    /// that is given back between two checks.
    static SERVER: Api = Api::new();
}

/// The check of these partners, at one address in all of a test.
fn check(partners: &[String], arguments: &[&str]) -> Assert {
    SERVER.with(|server| {
        let mut page = server.page(&[], last_page(&partners.iter().map(String::as_str).collect::<Vec<_>>()));
        let checked = server.carrierx(&[&["partners", "check"], arguments].concat()).assert();
        page.delete();
        checked
    })
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
    let fields = "partner_sid,display_id,name,company_name,daily_spent_amount,daily_spending_limit,balance,\
                  spending_limit,charge_at,payment_type,status";
    let page = api.page(&[("include_fields", fields), ("filter", "status eq active")], last_page(&[]));
    api.carrierx(&["partners", "check", "--allow-none", "-f", "status eq active"]).assert().success();
    page.assert_calls(1);
}

#[test]
fn the_first_line_has_counts_and_the_worst_partner_and_rows_follow() {
    let shown = stdout(&check(&mixed(), &[]).code(2).stderr(""));
    let (first, rows) = shown.split_once('\n').expect("lines");
    let (counts, time) = first.rsplit_once(" time=").expect("a time");
    assert_eq!(
        counts,
        "CARRIERX CRITICAL - 2 critical, 1 warning of 5, worst CX5 150% | critical=2;;0;0 warning=1;0;;0 checked=5;;;0 \
         unjudged=0;;;0"
    );
    let seconds = time.strip_suffix("s;;;0").expect("seconds");
    assert!(seconds.parse::<f64>().is_ok_and(|seconds| (0.0..60.0).contains(&seconds)), "{time}");
    assert_eq!(
        rows,
        "\
level     display_id  partner  reason              used %  balance   spent   limit
critical  CX5         n5       spend   ██████████  150.00    -1.50  150     100
critical  CX3         n3       spend   █████████░   97.20    -1.50   97.20  100.00
warning   CX1         n1       spend   ████████░░   80.00    -1.50   80     100
"
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
        (&mixed()[1..2], &["--warn-balance", "0", "--crit-balance", "-1.50"], 1, "WARNING"),
        (&mixed()[..2], &["-w", "80.01"], 0, "OK"),
        (&mixed()[..2], &["-c80"], 2, "CRITICAL"),
        (&[], &["--allow-none"], 0, "OK"),
        (&[], &[], 3, "UNKNOWN"),
    ] {
        let line = first(check(partners, arguments).code(status)).expect("a line");
        assert!(line.starts_with(&format!("CARRIERX {word} - ")), "{arguments:?}: {line}");
    }
}

#[test]
fn a_narrow_table_leaves_out_the_bar_and_then_what_made_no_row() {
    let columns = |width: &str| {
        let mut check = carrierx(&["partners", "check", "--sandbox"]);
        let checked = check.env("COLUMNS", width).assert().code(2);
        (stdout(&checked).lines().nth(1).unwrap_or_default().to_owned(), stderr(&checked))
    };
    let (header, notes) = columns("200");
    assert!(header.ends_with("reason              used %   balance    spent    limit") && notes.is_empty(), "{header}");
    let (header, notes) = columns("80");
    assert!(header.ends_with("reason  used %   balance    spent    limit") && notes.is_empty(), "{header} {notes}");
    let (header, notes) = columns("60");
    assert!(header.ends_with("reason  used %   balance"), "{header}");
    assert_eq!(notes, "note: no room for columns spent, limit (use -o csv)\n");
}

#[test]
fn a_bar_shows_the_share_and_the_header_can_be_left_out() {
    let seen = stdout(&check(&mixed(), &["--no-header"]).code(2));
    assert!(seen.contains("CX5  n5  spend  ██████████  150.00"), "{seen}");
    assert!(seen.contains("CX1  n1  spend  ████████░░   80.00") && !seen.contains("level"), "{seen}");
}

#[test]
fn other_formats_have_the_rows_alone_with_amounts_as_they_came() {
    check(&mixed()[..3], &["-o", "jsonl"]).code(2).stderr("").stdout(
        "{\"level\":\"critical\",\"partner_sid\":\"3\",\"display_id\":\"CX3\",\"partner\":\"n3\",\"reason\":\"spend\",\
         \"used_percent\":97.20,\"balance\":\"-1.50\",\"daily_spent_amount\":\"97.20\",\"daily_spending_limit\":100.00,\
         \"owed_percent\":null,\"spending_limit\":null,\"charge_at\":null}\n\
         {\"level\":\"warning\",\"partner_sid\":\"1\",\"display_id\":\"CX1\",\"partner\":\"n1\",\"reason\":\"spend\",\
         \"used_percent\":80.00,\"balance\":\"-1.50\",\"daily_spent_amount\":\"80\",\"daily_spending_limit\":\"100\",\
         \"owed_percent\":null,\"spending_limit\":null,\"charge_at\":null}\n",
    );
    check(&mixed()[1..2], &["-o", "json"]).code(0).stdout("[]\n");
    let low = check(&mixed()[1..2], &["-o", "csv", "--no-header", "--min-balance", "0"]).code(2);
    low.stdout("critical,2,CX2,n2,balance,,-1.50,10,,,,\n");
}

#[test]
fn a_partner_that_comes_twice_is_told_once() {
    let twice = [mixed()[2].clone(), mixed()[2].clone()];
    let told = check(&twice, &["--no-header"]).code(2);
    assert_eq!(stdout(&told).lines().count(), 2);
    assert!(stdout(&told).contains("1 critical, 0 warning of 1, worst CX3 97% |"), "{}", stdout(&told));
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
    let hostile = [partner(
        1,
        r#""name":"x | critical=0\u001b[2J\n","daily_spent_amount":"9","daily_spending_limit":"9","spending_limit":null"#,
    )];
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
        stdout(&beside_worse).contains(
            "0 critical, 1 warning of 1, 1 not judged, worst CX1 80% | critical=0;;0;0 warning=1;0;;0 checked=1;;;0 unjudged=1;;;0 "
        ),
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
        (&["--warn", "90", "--crit", "80"], "--warn (90) must not exceed --crit (80)"),
        (&["-w", "90", "-c", "80"], "--warn (90) must not exceed --crit (80)"),
        (&["-c", "-5"], "write a percentage such as 80"),
        (&["--min-balance", "1,5"], "write an amount such as 12.50"),
        (&["--warn-balance", "NaN"], "write an amount such as 12.50"),
        (
            &["--warn-balance", "1", "--crit-balance", "1.01"],
            "--warn-balance (1) must not be below --crit-balance (1.01)",
        ),
        (&["--force"], "--to"),
        (&["--state", "/tmp", "--sandbox"], "the state file /tmp"),
        (&["--state", "/nowhere/at/all", "--sandbox"], "cannot write the state file /nowhere/at/all"),
        (&["-f", "balance < 5"], "is not an operator"),
        (&["--config", "/nowhere.toml"], "/nowhere.toml"),
        (&["--base-url", "http://127.0.0.1:9", "--retries", "0"], "no response from the API"),
    ] {
        let unknown =
            carrierx(&[&["partners", "check"], arguments].concat()).env("CARRIERX_TOKEN", "t").assert().code(3);
        let line = stdout(&unknown);
        assert!(line.starts_with("CARRIERX UNKNOWN - ") && line.contains(words), "{arguments:?}: {line}");
        assert!(line.lines().count() == 1 && !line.contains('|'), "{arguments:?}: {line}");
        let report = stderr(&unknown);
        assert!(report.starts_with("error: cannot check partners: "), "{arguments:?}: {report}");
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
fn the_words_of_the_api_are_in_no_first_line_after_the_deadline() {
    for status in [429, 500, 503] {
        let api = Api::new();
        api.answer(&[], status, "application/json", r#"{"errors":[{"message":"OK - evil"}]}"#);
        let late = api.carrierx(&["partners", "check", "--retries", "9", "--max-time", "400ms"]).assert().code(3);
        let line = stdout(&late);
        assert!(line.starts_with("CARRIERX UNKNOWN - ") && !line.contains("evil"), "{status}: {line}");
    }
}

#[test]
fn the_first_line_names_the_worst_by_a_documented_display_id_alone() {
    let rest = r#""daily_spending_limit":null,"spending_limit":null,"balance":"-20.50""#;
    for (id, worst) in [
        ("CX47160493", ", worst CX47160493 balance -20.50 |"),
        ("CX1 critical=9", " of 1 |"),
        ("OK", " of 1 |"),
        ("CX", " of 1 |"),
        ("CX\u{661}", " of 1 |"),
        ("CX123456789012345678901", " of 1 |"),
    ] {
        let partner = format!(r#"{{"partner_sid":"s","display_id":"{id}",{rest}}}"#);
        let seen = stdout(&check(&[partner], &["--crit-balance", "0"]).code(2));
        assert!(seen.lines().next().is_some_and(|line| line.contains(worst)), "{id}: {seen}");
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
        (&[&well], (r#""offset":0"#, r#""offset":7"#), 3, "claims to be the page at offset 7"),
        (&[&well], (r#""count":1"#, r#""count":2"#), 3, "reports 2 partners but has 1"),
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
    for body in
        ["{}", r#"{"daily_spent_amount":"5","spending_limit":null}"#, r#"{"daily_limit":"5","daily_spent_amount":"9"}"#]
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

/// A directory, and a path in it as an option's value.
fn file_in(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().expect("UTF-8").to_owned()
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
}

/// The check of sample data.
fn check_sandbox(arguments: &[&str]) -> Assert {
    carrierx(&[&["partners", "check", "--sandbox"], arguments].concat()).assert()
}

#[test]
fn fifteen_prepay_partners_of_the_sample_data_wait_for_their_charge() {
    let prepay = ["-f", "payment_type eq prepay", "--recharge"];
    let shown = stdout(&check_sandbox(&[&prepay[..], &["-o", "jsonl"]].concat()).code(2));
    let waiting: Vec<_> = shown.lines().filter(|row| row.contains("recharge")).collect();
    assert_eq!(waiting.len(), 15, "{shown}");
    let alone = r#""reason":"recharge","#;
    assert!(waiting.iter().any(|row| row.contains(alone) && !row.contains(r#""charge_at":null"#)), "{shown}");
    let table = stdout(&check_sandbox(&prepay).code(2));
    let mut lines = table.lines();
    assert!(lines.next().is_some_and(|line| line.contains(" of 170, worst CX")), "{table}");
    assert!(lines.next().is_some_and(|header| header.ends_with(" charge_at")), "{table}");
}

#[test]
fn a_debt_has_its_share_and_its_limit_in_a_table() {
    let debt = partner(1, r#""daily_spending_limit":null,"balance":"-95.00","spending_limit":"100""#);
    let shown = stdout(&check(&[debt], &[]).code(2));
    let [_, header, row] = shown.lines().collect::<Vec<_>>()[..] else { panic!("{shown}") };
    assert!(header.ends_with("owed %  spending_limit") && row.contains("owed    █████████░"), "{shown}");
    assert!(row.contains("95.00") && row.trim_end().ends_with("100"), "{shown}");
    assert!(shown.contains(", worst CX1 95% |"), "{shown}");
}

#[test]
fn partners_are_called_by_company_and_by_name_where_there_is_none() {
    let named = |number, company: &str| {
        let rest = r#""daily_spent_amount":"9","daily_spending_limit":"9","spending_limit":null"#;
        partner(number, &format!(r#""company_name":{company},{rest}"#))
    };
    let partners = [named(1, "\"Acme\""), named(2, "null"), named(3, "\"\"")];
    let names = |shown: String| -> Vec<String> {
        shown.lines().map(|row| row.split(',').nth(3).unwrap_or_default().to_owned()).collect()
    };
    let csv = check(&partners, &["-o", "csv", "--no-header"]).code(2);
    assert_eq!(names(stdout(&csv)), ["Acme", "n2", "n3"]);
    assert!(stdout(&check(&partners, &[]).code(2)).contains("CX1         Acme     spend"));
}

#[test]
fn a_run_with_a_state_prints_what_changed_and_the_status_of_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = file_in(&folder, "state");
    let well = |number| spending(number, "1", "100");
    let warned = |number| spending(number, "85", "100");
    let critical = |number| spending(number, "99", "100");
    for (partners, status, rows) in [
        (vec![well(1), warned(2)], 1, &["new,warning,2"][..]),
        (vec![well(1), warned(2)], 1, &[]),
        (vec![critical(1), critical(2)], 2, &["new,critical,1", "worse,critical,2"]),
        (vec![critical(1), warned(2)], 2, &["better,warning,2"]),
        (vec![well(1), warned(2)], 1, &["recovered,ok,1"]),
        (vec![well(1)], 0, &["gone,,2"]),
        (vec![well(1)], 0, &[]),
    ] {
        let quiet = check(&partners, &["--state", &state, "--quiet", "-o", "csv", "--no-header"]).code(status);
        let shown = stdout(&quiet.stderr(""));
        let shown: Vec<_> = shown
            .lines()
            .map(|row| row.split(',').collect::<Vec<_>>())
            .map(|cells| [cells[0], cells[1], cells[2]].join(","))
            .collect();
        assert_eq!(shown, rows, "{partners:?}");
    }
}

#[test]
fn the_same_run_twice_is_silent_the_second_time_and_has_the_same_status() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = file_in(&folder, "state");
    let first = check_sandbox(&["--state", &state, "--quiet"]).code(2).stderr("");
    assert_eq!(stdout(&first).lines().count(), 11);
    let remembered = fs::read(&state).expect("a state");
    check_sandbox(&["--state", &state, "--quiet"]).code(2).stdout("").stderr("");
    let heard = stdout(&check_sandbox(&["--state", &state]).code(2));
    assert!(heard.starts_with("CARRIERX CRITICAL - 4 critical, 5 warning of 250, worst CX"), "{heard}");
    assert_eq!(heard.lines().count(), 1);
    assert_eq!(fs::read(&state).expect("a state"), remembered);
    assert_eq!(names_in(&folder), ["state"]);
}

#[cfg(unix)]
#[test]
fn a_state_is_private_from_the_first_run_on() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let state = file_in(&folder, "state");
    let mode = || fs::metadata(&state).expect("a state").permissions().mode() & 0o777;
    check_sandbox(&["--state", &state]).code(2);
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&state, fs::Permissions::from_mode(0o644)).expect("a mode");
    check_sandbox(&["--state", &state]).code(2);
    assert_eq!(mode(), 0o600);
}

#[test]
fn a_run_about_something_else_starts_over_with_a_warning() {
    for other in [
        &["--warn", "79"][..],
        &["--crit", "96"],
        &["--crit-balance", "0"],
        &["--warn-balance", "0"],
        &["--recharge"],
        &["-f", "status ne closed"],
        &["--base-url"],
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let state = file_in(&folder, "state");
        let (api, other_api) = (api(&mixed()), api(&mixed()));
        let run = |api: &Api, arguments: &[&str]| {
            let arguments = [&["partners", "check", "-o", "csv", "--no-header", "--state", &state], arguments].concat();
            api.carrierx(&arguments).assert()
        };
        let rows = |run: &Assert| stdout(run).lines().filter(|row| row.starts_with("new,")).count();
        assert_eq!(rows(&run(&api, &["--crit-balance=-5"]).code(2).stderr("")), 3);
        assert_eq!(rows(&run(&api, &["--crit-balance=-5.00"]).code(2).stderr("")), 0);
        let changed = if other == ["--base-url"] { run(&other_api, &[]) } else { run(&api, other) };
        assert!(rows(&changed) >= 3, "{other:?}: {}", stdout(&changed));
        assert!(stderr(&changed).contains("starting over"), "{other:?}: {}", stderr(&changed));
    }
    // Another spelling of the same thresholds is the same run.
    let folder = tempfile::tempdir().expect("a folder");
    let state = file_in(&folder, "state");
    for spelling in [["-w", "80", "--min-balance", "-5"], ["--warn", "80.00%", "--crit-balance", "-5"]] {
        check_sandbox(&[&["--state", &state, "-q"], &spelling[..]].concat()).stderr("");
    }
    check_sandbox(&["--state", &state, "-q", "--crit-balance=-5"]).code(2).stdout("").stderr("");
}

#[test]
fn an_unknown_result_leaves_the_state_and_the_file_as_they_were() {
    let folder = tempfile::tempdir().expect("a folder");
    let (state, file) = (file_in(&folder, "state"), file_in(&folder, "rows.csv"));
    let options = ["--state", &state, "--to", &file, "--force", "-f", "status ne x"];
    check(&mixed(), &options).code(2).stdout("").stderr("");
    let before = [fs::read(&state).expect("a state"), fs::read(&file).expect("rows")];
    let failing = Api::new();
    failing.answer(&[], 500, "application/json", "{}");
    let broken = failing.carrierx(&[&["partners", "check", "--retries", "0"], &options[..]].concat()).assert();
    for unknown in [broken, check(&[], &options), check(&[spending(1, "\"n/a\"", "1")], &options)] {
        assert!(stdout(&unknown.code(3)).starts_with("CARRIERX UNKNOWN - "));
    }
    assert_eq!([fs::read(&state).expect("a state"), fs::read(&file).expect("rows")], before);
    assert_eq!(names_in(&folder).len(), 2);
}

#[test]
fn a_state_that_cannot_be_used_is_unknown_and_stays_whole() {
    let state = r#"{"basis":"x","partners":{}}"#;
    for content in [
        String::new(),
        state.replace("basis", "base"),
        state.replace("{}", r#"{"a":{"level":"bad","display_id":"x"}}"#),
        state.replace("{}", ""),
        format!("{state} x"),
        "[]".to_owned(),
        "\u{0}\u{1}".to_owned(),
        "[".repeat(200_000),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let state = file_in(&folder, "state");
        fs::write(&state, &content).expect("a file");
        let unknown = check_sandbox(&["--state", &state]).code(3);
        assert!(stdout(&unknown).starts_with("CARRIERX UNKNOWN - cannot use the state file "), "{}", stdout(&unknown));
        let report = stderr(&unknown);
        assert!(report.contains("not a state file, or damaged") && report.contains("start over"), "{report}");
        assert_eq!(fs::read_to_string(&state).expect("a file"), content);
        assert_eq!(names_in(&folder).len(), 1);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_of_ones_own_is_no_state() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let (pipe, large, open, foreign, link, rows) =
        ["pipe", "large", "open", "foreign", "link", "rows"].map(|name| file_in(&folder, name)).into();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
    fs::File::create(&large).and_then(|file| file.set_len(65 << 20)).expect("a file");
    fs::write(&open, "{}").expect("a file");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o666)).expect("a mode");
    let mut cases = vec![
        (folder.path().to_str().expect("UTF-8"), "is a directory"),
        (&pipe, "not a regular file"),
        ("/dev/null", "not a regular file"),
        ("/dev/zero", "not a regular file"),
        (&large, "larger than 65536 KiB"),
        (&open, "others can write to it"),
    ];
    fs::write(&foreign, "{}").expect("a file");
    match std::os::unix::fs::chown(&foreign, Some(12345), None) {
        Ok(()) => cases.push((&foreign, "it belongs to another user")),
        Err(_) => crate::common::skip("only root can give a file away"),
    }
    for (state, problem) in cases {
        let unknown = check_sandbox(&["--state", state]).code(3);
        let line = stdout(&unknown);
        assert!(line.starts_with("CARRIERX UNKNOWN - ") && line.lines().count() == 1, "{state}: {line}");
        assert!(line.to_lowercase().contains(&problem.to_lowercase()), "{state}: {line}");
    }
    // A link is followed, and never replaced.
    symlink("rows", &link).expect("a link");
    check_sandbox(&["--state", &link]).code(2);
    assert!(fs::symlink_metadata(&link).is_ok_and(|metadata| metadata.is_symlink()) && fs::metadata(&rows).is_ok());
}

#[test]
fn a_state_never_goes_where_the_rows_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = file_in(&folder, "rows.csv");
    let refused =
        check_sandbox(&["--state", &file, "--to", &format!("{}/./rows.csv", folder.path().display())]).code(3);
    assert!(stderr(&refused).contains("--state is the same file as --to"), "{}", stderr(&refused));
    assert!(names_in(&folder).is_empty());
    let refused = check_sandbox(&["--state", &file, "-o", "prometheus"]).code(3).stdout("");
    assert!(stderr(&refused).contains("--state cannot be used with -o prometheus"), "{}", stderr(&refused));
}

#[test]
fn rows_go_to_a_file_in_every_format_and_nothing_to_stdout() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, options, beginning) in [
        ("a.csv", &[][..], "level,partner_sid,"),
        ("a.tsv", &[], "level\tpartner_sid\t"),
        ("a.json", &[], "[\n"),
        ("a.jsonl", &[], "{\"level\":\"critical\","),
        ("a.txt", &[], "CARRIERX CRITICAL - 4 critical"),
        ("a.prom", &["-o", "prometheus"], "# HELP carrierx_"),
        ("a.csv", &["-o", "table"], "CARRIERX CRITICAL - 4 critical"),
    ] {
        let file = file_in(&folder, name);
        check_sandbox(&[&["--to", &file, "--force"], options].concat()).code(2).stdout("").stderr("");
        assert!(fs::read_to_string(&file).expect("a file").starts_with(beginning), "{name}");
        let kept = check_sandbox(&[&["--to", &file], options].concat()).code(3);
        assert!(stderr(&kept).contains("already exists"), "{}", stderr(&kept));
    }
    let refused = check_sandbox(&["--to", &file_in(&folder, "a.prom2")]).code(3);
    assert!(stderr(&refused).contains("has no known extension"), "{}", stderr(&refused));
}

#[test]
fn a_full_disk_is_unknown() {
    let full = check_sandbox(&["--to", "/dev/full", "-o", "prometheus"]).code(3).stdout("");
    assert!(stderr(&full).contains("cannot write /dev/full: No space left"), "{}", stderr(&full));
}

#[cfg(target_os = "linux")]
#[test]
fn a_state_on_a_full_disk_stays_whole() {
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let script = format!(
        "mount -t tmpfs -o size=8k tmpfs /mnt && cd /mnt && umask 077 && \
         {program} partners check --sandbox --state state > /tmp/$$.out; \
         cp state /tmp/$$.state && {program} partners check --sandbox -w 1 --state state; echo $?; \
         cmp state /tmp/$$.state && rm /tmp/$$.state && ls -A"
    );
    let mut shell = assert_cmd::Command::new("unshare");
    shell
        .env_clear()
        .envs(crate::common::clean_room())
        .env("PATH", "/usr/bin:/bin:/usr/sbin")
        .env("HOME", "/nonexistent");
    let ran = shell.timeout(std::time::Duration::from_secs(60)).args(["-m", "sh", "-c", &script]).assert();
    if !stdout(&ran).contains('3') && stderr(&ran).contains("unshare") {
        return crate::common::skip(&stderr(&ran));
    }
    let shown = stdout(&ran);
    assert!(stderr(&ran).contains("cannot write the state file state: No space left"), "{shown}{}", stderr(&ran));
    assert!(shown.starts_with("CARRIERX UNKNOWN - ") && shown.ends_with("\n3\nstate\n"), "{shown}");
}

#[test]
fn metrics_are_a_format_of_check_alone() {
    for arguments in [
        &["partners", "list", "--sandbox", "-o", "prometheus"][..],
        &["partners", "count", "--sandbox", "-o", "Prometheus"],
        &["-o", "prometheus", "partners", "tree", "--sandbox"],
        &["auth", "status", "-o", "prometheus"],
        &["config", "show", "-o", "prometheus"],
    ] {
        let refused = carrierx(arguments).assert().code(2).stdout("");
        assert!(stderr(&refused).contains("only for `partners check`\nhint: "), "{}", stderr(&refused));
    }
    let configured =
        carrierx(&["partners", "check"]).env("CARRIERX_OUTPUT", "prometheus").env("CARRIERX_TOKEN", "t").assert();
    assert!(stderr(&configured.code(3)).contains("`partners check -o prometheus`"));
}

#[test]
fn metrics_have_every_partner_once_with_the_digits_of_the_api() {
    let partners = [
        r#"{"partner_sid":"1","display_id":"CX1","name":"x","daily_spent_amount":"97.20","daily_spending_limit":100.00,"balance":"-1.50","spending_limit":null,"charge_at":"5.00","payment_type":"prepay"}"#,
        r#"{"partner_sid":"2","display_id":"CX2","name":"x","daily_spent_amount":"n/a","daily_spending_limit":"1","balance":12345678901234567890123,"spending_limit":"NaN","charge_at":"1e999"}"#,
    ]
    .map(str::to_owned);
    let shown = stdout(&check(&partners, &["-o", "prometheus", "--quiet", "--name", "a\"b"]).code(2));
    let (time, samples): (Vec<_>, Vec<_>) = shown
        .lines()
        .filter(|line| !line.starts_with('#'))
        .partition(|line| line.starts_with(r#"carrierx_check_time_seconds{check="a\"b"} "#));
    assert!(time.len() == 1 && time[0].rsplit(' ').next().is_some_and(|time| time.parse::<u64>().is_ok()), "{time:?}");
    assert_eq!(
        samples,
        [
            r#"carrierx_check_partners{check="a\"b",level="ok"} 0"#,
            r#"carrierx_check_partners{check="a\"b",level="warning"} 0"#,
            r#"carrierx_check_partners{check="a\"b",level="critical"} 1"#,
            r#"carrierx_check_partners{check="a\"b",level="unjudged"} 1"#,
            r#"carrierx_partner_level{check="a\"b",partner_sid="1",display_id="CX1"} 2"#,
            r#"carrierx_partner_balance{check="a\"b",partner_sid="1",display_id="CX1"} -1.50"#,
            r#"carrierx_partner_balance{check="a\"b",partner_sid="2",display_id="CX2"} 12345678901234567890123"#,
            r#"carrierx_partner_daily_spent_amount{check="a\"b",partner_sid="1",display_id="CX1"} 97.20"#,
            r#"carrierx_partner_daily_spending_limit{check="a\"b",partner_sid="1",display_id="CX1"} 100.00"#,
            r#"carrierx_partner_daily_spending_limit{check="a\"b",partner_sid="2",display_id="CX2"} 1"#,
            r#"carrierx_partner_charge_at{check="a\"b",partner_sid="1",display_id="CX1"} 5.00"#,
        ]
    );
    check(&[], &["-o", "prometheus"]).code(3).stdout("");
}

#[test]
fn the_metrics_of_two_checks_share_no_series() {
    let series = |arguments: &[&str]| -> Vec<String> {
        let options = [&["-o", "prometheus"], arguments].concat();
        let shown = stdout(&check_sandbox(&options).code(2));
        let series = shown.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
        series.map(|(series, _)| series.to_owned()).collect()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let config = file_in(&folder, "config.toml");
    fs::write(&config, "[profiles.west]\n").expect("a configuration");
    let profile = ["--config", &config, "--profile", "west"];
    let (all, of_profile) = (series(&[]), series(&profile));
    let of_both = series(&[&profile[..], &["-f", "status eq active"]].concat());
    for (series, label) in [
        (&all, r#"check="partners""#),
        (&of_profile, r#"check="west""#),
        (&of_both, r#"check="west status eq active""#),
        (&series(&["--name", "night"]), r#"check="night""#),
    ] {
        assert!(series.len() > 250 && series.iter().all(|series| series.contains(label)), "{label}: {series:.3?}");
    }
}

#[test]
fn saved_lists_of_different_days_can_be_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = file_in(&folder, "state");
    for (day, spent, status, rows) in
        [("monday", "10", 0, ""), ("tuesday", "85", 1, "new,warning"), ("wednesday", "10", 0, "recovered,ok")]
    {
        let list = file_in(&folder, &format!("{day}.jsonl"));
        fs::write(&list, spending(1, spent, "100") + "\n").expect("a list");
        let options = ["partners", "check", "--from", &list, "--state", &state, "-q", "-o", "csv", "--no-header"];
        let shown = stdout(&carrierx(&options).assert().code(status).stderr(""));
        assert!(shown.starts_with(rows) && shown.is_empty() == rows.is_empty(), "{day}: {shown}");
    }
}

#[cfg(unix)]
#[test]
fn where_both_streams_are_one_the_words_of_unknown_are_said_once() {
    let seen = crate::common::shell("carrierx partners check --warn 9 --crit 8 2>&1 || true");
    let first = "CARRIERX UNKNOWN - --warn (9) must not exceed --crit (8)\nhint: ";
    assert!(seen.starts_with(first) && seen.lines().count() == 2, "{seen}");
}
