//! `partners snapshot` and `partners history`, and `--at` and `partners diff` with moments of that history.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use assert_cmd::assert::Assert;
use rusqlite::Connection;
use serde_json::Value;

use crate::common::{Api, TOKEN, carrierx, last_page, side_by_side, stderr, stdout};

const ANN: &str = r#"{"partner_sid":"a","parent_sid":null,"display_id":"CX1","login":"ann","name":"Ann","status":"active","balance":"4.40","daily_spending_limit":"500","available_scopes":["x"],"callbacks":{"sms":null}}"#;
const BOB: &str = r#"{"partner_sid":"b","parent_sid":"a","display_id":"CX2","login":"bob","name":"Bob","status":"active","balance":"1.0"}"#;

/// The parent as it is later, in what people see and in what they do not.
const ANN_LATER: &str = r#"{"partner_sid":"a","parent_sid":null,"display_id":"CX1","login":"ann","name":"Ann","status":"active","balance":"3.30","daily_spending_limit":"2000.00","available_scopes":["x","y"],"callbacks":{"sms":"https://x"},"zip":null}"#;

/// A directory for a history and whatever is tried on it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Assert {
        self.command(arguments).assert()
    }

    fn command(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = carrierx(arguments);
        command.current_dir(self.0.path()).env("CARRIERX_HISTORY", "past.db");
        command
    }

    /// Takes a snapshot of the partners of a test's own API.
    fn look(&self, api: &Api, partners: &[&str]) -> Assert {
        let mut page = api.page(&[], last_page(partners));
        let snapshot = self.snapshot(api, &[]);
        page.delete();
        snapshot
    }

    fn snapshot(&self, api: &Api, arguments: &[&str]) -> Assert {
        let mut command = api.carrierx(&[&["partners", "snapshot"], arguments].concat());
        command.current_dir(self.0.path()).env("CARRIERX_HISTORY", "past.db").assert()
    }

    /// The history as any program sees it.
    fn database(&self) -> Connection {
        Connection::open(self.path("past.db")).expect("a database")
    }

    fn snapshots(&self) -> u32 {
        self.database().query_row("SELECT count(*) FROM snapshots", [], |row| row.get(0)).expect("a count")
    }
}

/// A history of two snapshots of a test's own API.
fn two_snapshots() -> (Home, Api) {
    let (home, api) = (Home::new(), Api::new());
    home.look(&api, &[ANN, BOB]).success();
    let second = home.look(&api, &[ANN_LATER]).success().stdout("");
    let note = stderr(&second);
    assert!(note.starts_with("note: saved 1 partner: 0 added, 1 removed, 1 changed since 20"), "{note}");
    (home, api)
}

/// The output without the moments, which differ from run to run.
fn without_moments(output: &str) -> String {
    let lines = output.lines().map(|line| match line.find("Z ").or_else(|| line.find("Z,")) {
        Some(end) if line.starts_with("20") => line[end + 1..].trim_start_matches([' ', ',']).to_owned(),
        _ => line.to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}

#[test]
fn history_shows_what_changed_from_snapshot_to_snapshot() {
    let (home, _api) = two_snapshots();
    let all = home.run(&["partners", "history"]).success();
    assert_eq!(
        without_moments(&stdout(&all)).lines().skip(1).collect::<Vec<_>>().join("\n"),
        "changed  CX1         Ann      daily_spending_limit  500  2000.00\n\
         changed  CX1         Ann      available_scopes      -    +y\n\
         changed  CX1         Ann      callbacks.sms         -    https://x\n\
         gone     CX2         Bob      -                     -    -"
    );
    let note = stderr(&all);
    assert!(note.starts_with("note: 4 changes of 2 partners in 2 snapshots from 20"), "{note}");
    assert!(
        note.ends_with("; 1 change of balance and daily_spent_amount not shown (--amounts shows them)\n"),
        "{note}"
    );
    let one = home.run(&["partners", "history", "cx1", "-F", "daily_spending_limit,status"]).success();
    assert_eq!(
        without_moments(&stdout(&one)),
        "moment                change   field                 old  new\nchanged  daily_spending_limit  500  2000.00\n"
    );
}

#[test]
fn history_has_every_format_fields_and_amounts() {
    let (home, api) = two_snapshots();
    let csv = home.run(&["partners", "history", "ann", "--amounts", "-X", "available_scopes,callbacks", "-o", "csv"]);
    assert_eq!(
        without_moments(&stdout(&csv.success())),
        "moment,change,partner_sid,display_id,partner,field,old,new,delta\n\
         changed,a,CX1,Ann,balance,4.40,3.30,-1.10\nchanged,a,CX1,Ann,daily_spending_limit,500,2000.00,1500.00\n"
    );
    let lines = stdout(&home.run(&["partners", "history", "-F", "balance,callbacks.sms", "-o", "jsonl"]).success());
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(rows.iter().all(|row| row["moment"].as_str().is_some_and(|moment| moment.ends_with('Z'))));
    let rows = rows.into_iter().map(|mut row| {
        row.as_object_mut().expect("an object").shift_remove("moment");
        row.to_string()
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            r#"{"change":"changed","partner_sid":"a","display_id":"CX1","partner":"Ann","fields":{"balance":{"old":"4.40","new":"3.30","delta":"-1.10"},"callbacks.sms":{"old":null,"new":"https://x"}}}"#,
            r#"{"change":"gone","partner_sid":"b","display_id":"CX2","partner":"Bob"}"#,
        ]
    );
    let array = stdout(&home.run(&["partners", "history", "-o", "json"]).success());
    assert!(serde_json::from_str::<Vec<Value>>(&array).is_ok_and(|rows| rows.len() == 2), "{array}");
    home.run(&["partners", "history", "--to", "out.csv"]).success().stdout("");
    assert!(fs::read_to_string(home.path("out.csv")).expect("a file").starts_with("moment,change,"));
    // A field is known if any of the snapshots has it, whatever became of it.
    home.run(&["partners", "history", "-F", "nonsense"]).code(2).stdout("");
    home.run(&["partners", "history", "-F", "risk"]).code(2).stdout("");
    home.look(&api, &[&ANN_LATER.replace("\"zip\"", "\"risk\"")]).success();
    home.look(&api, &[ANN_LATER]).success();
    let risk = stdout(&home.run(&["partners", "history", "-F", "risk.level", "-o", "csv"]).success());
    assert_eq!(risk.lines().count(), 2, "{risk}");
    home.run(&["partners", "history", "-F", "risk", "--until", "2020-01-01"]).code(2);
}

#[test]
fn ids_come_from_stdin_and_those_never_seen_are_named_at_the_end() {
    let (home, _api) = two_snapshots();
    let asked = |ids: &str, arguments: &[&str]| {
        let mut command = carrierx(&[&["partners", "history", "-o", "csv", "--no-header"], arguments].concat());
        command.current_dir(home.0.path()).env("CARRIERX_HISTORY", "past.db").write_stdin(ids).assert()
    };
    assert_eq!(stdout(&asked("bob\nCX2\n", &["-"]).success()).lines().count(), 1);
    asked("", &["-"]).success().stdout("");
    let some = asked("", &["b", "nobody", "CX9"]).code(6);
    assert_eq!(stdout(&some).lines().count(), 1);
    assert!(stderr(&some).contains("error: no snapshot in past.db has a partner with the ID 'nobody', 'CX9'\nhint: "));
    asked("", &["nobody"]).code(6).stdout("");
}

#[test]
fn a_snapshot_answers_as_the_list_that_it_saved() {
    let (home, api) = (Home::new(), Api::new());
    for (name, partners) in [("one.jsonl", &[ANN, BOB][..]), ("two.jsonl", &[ANN_LATER])] {
        home.look(&api, partners).success();
        fs::write(home.path(name), partners.join("\n") + "\n").expect("a list");
        for command in [
            &["list", "--all", "-o", "jsonl"][..],
            &["list", "-f", "balance lt 2", "-o", "csv"],
            &["get", "CX1", "-o", "json"],
            &["find", "ann", "-o", "tsv"],
            &["count", "--sum", "balance"],
            &["tree"],
            &["check", "--min-balance", "2", "-o", "csv"],
        ] {
            let run = |source: &[&str]| home.run(&[&["partners"], command, source].concat());
            let (past, saved) = (run(&["--at", "last"]), run(&["--from", name]));
            assert_eq!(stdout(&past), stdout(&saved), "{name} {command:?}");
            assert_eq!(past.get_output().status, saved.get_output().status, "{name} {command:?}");
        }
    }
    let count = home.run(&["partners", "count", "--at", "last"]).success();
    assert!(stderr(&count).starts_with("note: as of 20") && stderr(&count).ends_with("Z: 1 partner\n"));
    let nobody = home.run(&["partners", "get", "bob", "--at", "last"]).code(6);
    assert!(stderr(&nobody).contains("no partner in the history at last has the ID 'bob'"), "{}", stderr(&nobody));
}

#[test]
fn moments_are_compared_with_one_another_and_with_the_api() {
    let home = Home::new();
    let run = |line: &str| home.run(&line.split(' ').collect::<Vec<_>>());
    let two = run("partners diff 7d last --sandbox --amounts -o csv").success();
    assert!(stdout(&two).lines().count() > 100);
    assert!(stderr(&two).starts_with("note: 7d: as of 20"), "{}", stderr(&two));
    for (diff, said) in [
        ("partners diff last last --sandbox", "warning: both lists are the snapshot of 20"),
        ("partners diff last 2d --sandbox", "warning: NEW is older than OLD: the snapshot of 20"),
    ] {
        let shown = run(diff).success();
        assert!(stderr(&shown).contains(said), "{}", stderr(&shown));
    }
    run("partners snapshot --sandbox").success();
    run("partners diff last --sandbox --exit-code -q").success().stdout("").stderr("");
    run("partners diff 2d --sandbox --amounts --exit-code").code(11);
    run("partners diff last --at last --exit-code").success();
    // A filter is for both: of those who do not match nobody is gone.
    let filtered = ["partners", "diff", "last", "--sandbox", "-f", "status eq active", "--exit-code"];
    home.run(&filtered).success().stdout("");
    run("partners list --sandbox --all --to last.jsonl").success();
    run("partners diff last last.jsonl --exit-code").success();
    // A name with a slash or a known ending is a file, whatever else it could be.
    fs::copy(home.path("last.jsonl"), home.path("7d")).expect("a copy");
    run("partners diff ./7d last --exit-code").success();
    run("partners diff 7d last").code(2);
    for (line, message) in [
        ("partners diff last last --at last", "NEW and --at cannot be used together"),
        ("partners list --at last --from last.jsonl", "--from and --at cannot be used together"),
        ("partners list --at last --base-url https://x", "--at and --base-url cannot be used together"),
        ("partners list --at last --dry-run", "--dry-run has nothing to show: the history at last needs no request"),
        ("partners list --at yesterday", "write `last`, an age such as 24h"),
        ("partners history --at last", "--at cannot be used with this command"),
        ("partners history --from last.jsonl", "--from cannot be used with this command"),
        ("partners snapshot --at last", "--at cannot be used with this command"),
        ("partners fields --at last", "--at cannot be used with this command"),
        ("sandbox serve --at last", "--at cannot be used with this command"),
        ("partners history --sandbox --since 1d --until 2d", "no snapshot was taken between --since 1d and --until 2d"),
    ] {
        let refused = run(line).code(2).stdout("");
        assert!(stderr(&refused).contains(message), "{line}: {}", stderr(&refused));
    }
}

#[test]
fn before_the_first_snapshot_is_a_mistake_that_names_it_and_no_file_a_matter_of_configuration() {
    let home = Home::new();
    home.run(&["partners", "snapshot", "--sandbox"]).success();
    for command in ["list --at 2020-01-01", "diff 2020-01-01 last", "history --until 2020-01"] {
        let refused = home.run(&["partners"].into_iter().chain(command.split(' ')).collect::<Vec<_>>()).code(2);
        let report = stderr(&refused);
        assert!(report.contains("has no snapshot at or before 2020-01"), "{command}: {report}");
        assert!(report.contains("\nhint: its first snapshot is from 20"), "{command}: {report}");
    }
    let diff = stderr(&home.run(&["partners", "diff", "10y", "last", "--sandbox"]).code(2));
    assert!(diff.starts_with("error: the sample history has no snapshot"), "{diff}");
    let since = home.run(&["partners", "history", "--sandbox", "--since", "1h"]).success().stdout("");
    assert!(
        stderr(&since).starts_with("note: no snapshot in that period; the latest is from 20"),
        "{}",
        stderr(&since)
    );
    for command in ["list --at last", "history", "diff last", "snapshot --sandbox"] {
        let words: Vec<_> = ["partners"].into_iter().chain(command.split(' ')).collect();
        let refused = carrierx(&words).current_dir(home.0.path()).assert().code(3);
        let report = stderr(&refused);
        assert!(report.contains("no history file is set\nhint: set one with --history FILE"), "{report}");
        if !command.starts_with("snapshot") {
            let refused = carrierx(&[&words[..], &["--history", "none"]].concat()).current_dir(home.0.path()).assert();
            assert!(stderr(&refused.code(2)).contains("there is no history in none yet"), "{command}");
        }
    }
    fs::write(home.path("config.toml"), "[profiles.p]\nhistory = 'past.db'\n").expect("a file");
    let mut command =
        carrierx(&["partners", "count", "--at", "last", "-q", "--config", "config.toml", "--profile", "p"]);
    command.current_dir(home.0.path()).assert().success().stdout("250\n").stderr("");
    // What no shell expands.
    let mut command = carrierx(&["partners", "count", "--at", "last", "-q", "--history=~/past.db"]);
    command.env("HOME", home.0.path()).env("USERPROFILE", home.0.path()).assert().success().stdout("250\n");
}

#[test]
fn what_is_not_proven_whole_is_not_saved() {
    let page = last_page(&[ANN, BOB]);
    for (body, status) in [
        (page.replace("\"total\":2", "\"total\":3"), 10),
        (page.replace("\"partner_sid\":\"b\",", ""), 10),
        (page.replace("\"partner_sid\":\"b\"", "\"partner_sid\":\"a\""), 10),
        (last_page(&[]), 3),
        ("nonsense".to_owned(), 8),
    ] {
        let (home, api) = (Home::new(), Api::new());
        api.page(&[], &body);
        home.snapshot(&api, &["--retries", "0"]).code(status).stdout("");
        // An empty file is a history without a snapshot.
        assert!(fs::read(home.path("past.db")).is_ok_and(|content| content.is_empty()), "{body}");
    }
    let (home, api) = (Home::new(), Api::new());
    home.look(&api, &[ANN, BOB]).success();
    api.page(&[], page.replace("\"total\":2", "\"total\":3"));
    home.snapshot(&api, &[]).code(10);
    assert_eq!(home.snapshots(), 1);
}

#[test]
fn everything_is_asked_for_whatever_is_configured_and_the_order_is_ours() {
    let (home, api) = (Home::new(), Api::new());
    let page = api.page(&[("order", "date_created asc"), ("limit", "1000")], last_page(&[ANN, BOB]));
    fs::write(home.path("config.toml"), "order = 'name'\nlimit = 1\nfields = ['name']\n").expect("a file");
    home.snapshot(&api, &["--config", "config.toml", "-q"]).success().stdout("").stderr("");
    page.assert();
    let dry = home.snapshot(&api, &["--dry-run"]).success();
    assert!(stdout(&dry).starts_with("curl ") && !stdout(&dry).contains("fields"), "{}", stdout(&dry));
    assert_eq!(home.snapshots(), 1);
}

#[test]
fn a_history_belongs_to_an_address_and_to_the_account_that_the_api_names() {
    let (home, api) = (Home::new(), Api::new());
    let mut whoami = api.whoami(200, r#"{"partner_sid":"a"}"#);
    home.look(&api, &[ANN, BOB]).success();
    whoami.delete();
    // Nobody says whose token it is, and a partner is gone.
    home.look(&api, &[ANN]).success();
    home.look(&api, &[BOB]).code(3);
    let whoami = api.whoami(200, r#"{"partner_sid":"b"}"#);
    let other = home.look(&api, &[ANN, BOB]).code(3);
    assert!(stderr(&other).contains("the history past.db belongs to a different account"), "{}", stderr(&other));
    whoami.assert();
    let other = home.run(&["partners", "snapshot", "--sandbox"]).code(3);
    assert!(stderr(&other).contains(", not to the sandbox\nhint: use a separate --history file per API"));
    assert_eq!(home.snapshots(), 2);
}

#[test]
fn a_clock_that_went_back_is_a_warning_and_old_snapshots_can_be_deleted() {
    let home = Home::new();
    fs::write(home.path("now.jsonl"), format!("{ANN}\n")).expect("a list");
    let snapshot = |arguments: &[&str]| {
        let words = ["partners", "snapshot", "--from", "now.jsonl"];
        stderr(&home.run(&[&words, arguments].concat()).success())
    };
    assert!(snapshot(&["--keep", "1d"]).contains("note: saved 1 partner: the first snapshot\n"));
    let db = home.database();
    let sealed = "concat_ws(char(10), id, partners, added, changed, gone, taken_at, digest, changes_digest, '')";
    for (taken_at, warns, keep) in [("2039-01-01T00:00:00Z", true, "1d"), ("2020-01-01T00:00:00Z", false, "1y")] {
        db.execute("UPDATE snapshots SET taken_at = ?1", [taken_at]).expect("an update");
        let rows = db.query_row(&format!("SELECT {sealed} FROM snapshots"), [], |row| row.get::<_, String>(0));
        let seal = ring::digest::digest(&ring::digest::SHA256, rows.expect("a row").as_bytes());
        let seal: String = seal.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        db.execute("UPDATE snapshots SET seal = ?1", [seal]).expect("an update");
        let said = snapshot(&["--keep", keep]);
        let warning = "warning: the clock is behind the last snapshot (now 20";
        assert_eq!(said.contains(warning), warns, "{said}");
        assert!(said.contains("; deleted 1 old snapshot\n"), "{said}");
        assert_eq!(home.snapshots(), 1);
    }
    home.run(&["partners", "history"]).success();
    home.run(&["partners", "snapshot", "--from", "now.jsonl", "--keep", "5m"]).code(2);
}

#[test]
fn damage_is_named_by_every_command_that_reads_it() {
    let (home, _api) = two_snapshots();
    fs::write(home.path("now.jsonl"), format!("{ANN}\n")).expect("a list");
    home.database().execute("UPDATE changes SET new = '\"2001\"' WHERE new = '\"2000.00\"'", []).expect("an update");
    home.database().execute("UPDATE partners SET json = replace(json, '3.30', '3.31')", []).expect("an update");
    for command in [
        "history",
        "history ann",
        "list --at last -o csv --to out.csv",
        "count --at last",
        "diff last --from now.jsonl",
    ] {
        let words: Vec<_> = ["partners"].into_iter().chain(command.split(' ')).collect();
        let report = stderr(&home.run(&words).code(10));
        assert!(report.contains("error: the history past.db is damaged: "), "{command}: {report}");
        assert!(report.contains("\nhint: restore it from a backup"), "{command}: {report}");
    }
    assert!(!home.path("out.csv").exists());
    home.run(&["partners", "check", "--at", "last"]).code(3);
}

#[test]
fn a_check_reports_when_balances_will_run_out() {
    let home = Home::new();
    let check = |arguments: &[&str]| home.run(&[&["partners", "check", "--sandbox"], arguments].concat());
    let found =
        check(&["--runway-crit", "2d", "--runway-warn", "7d", "-c", "9999", "-w", "9998", "-o", "jsonl"]).code(2);
    let mut levels = HashSet::new();
    for row in stdout(&found).lines().map(|row| serde_json::from_str::<Value>(row).expect(row)) {
        let hours: u64 = row["runway_hours"].to_string().trim_matches('"').parse().expect("a number");
        assert!(row["reason"] == "runway" && (row["level"] == "critical") == (hours < 48) && hours <= 168, "{row}");
        levels.insert(row["level"].to_string());
    }
    assert_eq!(levels.len(), 2, "{levels:?}");
    check(&["--runway-warn", "1d", "--runway-crit", "2d"]).code(3);
}

#[test]
fn a_check_that_needs_a_history_is_unknown_without_one() {
    let home = Home::new();
    home.run(&["partners", "list", "--sandbox", "--all", "--to", "now.jsonl"]).success();
    let check = ["partners", "check", "--from", "now.jsonl", "-w", "9998", "-c", "9999", "--runway-warn", "7d"];
    let none = carrierx(&check).current_dir(home.0.path()).assert().code(3);
    assert!(stdout(&none).starts_with("CARRIERX UNKNOWN - "), "{}", stdout(&none));
    assert!(stderr(&none).contains("no history file is set"), "{}", stderr(&none));
    home.run(&["partners", "snapshot", "--from", "now.jsonl"]).success();
    let short = home.run(&check).code(3);
    assert!(stdout(&short).starts_with("CARRIERX UNKNOWN - "), "{}", stdout(&short));
    assert!(stderr(&short).contains("note: no runway yet for "), "{}", stderr(&short));
    // What is critical is known all the same.
    let critical = home.run(&["partners", "check", "--from", "now.jsonl", "--runway-warn", "7d"]).code(2);
    assert!(stdout(&critical).lines().next().is_some_and(|line| line.contains(" without a runway, worst ")));
}

#[test]
fn the_token_is_not_in_the_file() {
    let (home, _api) = two_snapshots();
    let content = fs::read(home.path("past.db")).expect("a file");
    assert!(!content.windows(TOKEN.len()).any(|bytes| bytes == TOKEN.as_bytes()));
}

#[test]
fn snapshots_at_the_same_time_follow_one_another() {
    let home = Home::new();
    side_by_side(vec![(); 4], |()| _ = home.run(&["partners", "snapshot", "--sandbox", "-q"]).success());
    assert_eq!(home.snapshots(), 4);
    home.run(&["partners", "history"]).success().stdout("");
}

/// The program is killed as soon as its journal has so many bytes: while pages are written, or before, or after.
#[cfg(unix)]
#[test]
fn a_snapshot_that_is_killed_at_any_time_leaves_the_history_as_it_was() {
    let home = Home::new();
    for (name, at) in [("a.jsonl", "30d"), ("b.jsonl", "last")] {
        home.run(&["partners", "list", "--sandbox", "--at", at, "--all", "--to", name]).success();
    }
    home.run(&["partners", "snapshot", "--from", "a.jsonl"]).success();
    let mut killed = 0;
    for run in 0..25 {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("carrierx"));
        command.args(["partners", "snapshot", "-q", "--from", ["b.jsonl", "a.jsonl"][run % 2], "--history", "past.db"]);
        let mut child = command
            .current_dir(home.0.path())
            .env_clear()
            .envs(crate::common::clean_room())
            .spawn()
            .expect("a process");
        let is_reached =
            || fs::metadata(home.path("past.db-journal")).is_ok_and(|journal| journal.len() >= run as u64 * 9000);
        while !is_reached() && child.try_wait().expect("a state").is_none() {
            std::thread::yield_now();
        }
        child.kill().expect("a signal");
        killed += u32::from(!child.wait().expect("a status").success());
        home.run(&["partners", "count", "--at", "last", "-q"]).success();
    }
    assert!(killed > 5, "{killed}");
    home.run(&["partners", "snapshot", "--from", "b.jsonl"]).success();
    home.run(&["partners", "history", "-q"]).success();
    let saved = stdout(&home.run(&["partners", "list", "--at", "last", "--all", "-o", "jsonl", "-q"]).success());
    assert_eq!(saved, fs::read_to_string(home.path("b.jsonl")).expect("a list"));
}

/// The sample ends on the evening before, so that it is the same all day.
#[test]
fn the_sample_has_a_past_of_forty_nights() {
    let run = |line: &str| carrierx(&line.split(' ').collect::<Vec<_>>()).assert().success();
    let history = run("partners history --sandbox -o csv");
    assert!(stderr(&history).contains(" in 40 snapshots from 20"), "{}", stderr(&history));
    assert_eq!(stdout(&history), stdout(&run("partners history --sandbox -o csv")));
    for kind in ["added,", "changed,", "gone,"] {
        assert!(stdout(&history).contains(&format!("Z,{kind}")), "{kind}");
    }
    let one = stdout(&run("partners history CX15650613 --sandbox -o csv --no-header"));
    assert_eq!(one.lines().count(), 2, "{one}");
    let now = stdout(&run("partners list --sandbox --all -o jsonl -q"));
    assert_eq!(stdout(&run("partners list --sandbox --all --at last -o jsonl -q")), now);
    assert_ne!(stdout(&run("partners list --sandbox --all --at 7d -o jsonl -q")), now);
}

#[cfg(unix)]
#[test]
fn completion_knows_the_partners_of_the_history_and_their_names() {
    let home = Home::new();
    home.run(&["partners", "snapshot", "--sandbox"]).success();
    fs::write(home.path("config.toml"), "[profiles.p]\nhistory = 'past.db'\n[profiles.q]\n").expect("a file");
    let candidates = |arguments: &str, file: &str| {
        let mut command = carrierx(&[]);
        command.env("CARRIERX_COMPLETE", "fish").env("CARRIERX_HISTORY", file).current_dir(home.0.path());
        let words: Vec<_> = arguments.split(' ').collect();
        stdout(&command.args([&["--", "carrierx", "partners"], &words[..]].concat()).assert().success().stderr(""))
    };
    for arguments in ["get CX15650", "history CX15650", "tree --root CX15650", "get CX32345679 CX15650"] {
        assert_eq!(candidates(arguments, "past.db"), "CX15650613\tFreeConferenceCall\n", "{arguments}");
    }
    assert!(candidates("get ivory00", "past.db").starts_with("ivory0000\tLantern Hill"));
    assert_eq!(candidates("get --history past.db CX15650", ""), "CX15650613\tFreeConferenceCall\n");
    assert_eq!(candidates("get --config config.toml --profile p CX15650", ""), "CX15650613\tFreeConferenceCall\n");
    for arguments in ["get --config config.toml --profile q CX15650", "get CX15650", "get --history none CX15650"] {
        assert_eq!(candidates(arguments, ""), "", "{arguments}");
    }
}
