//! `partners snapshot` and `partners history`, and `--at` and `partners diff` with moments of that history.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::assert::Assert;
use serde_json::Value;

use crate::common::{Api, TOKEN, carrierx, last_page, side_by_side, stderr, stdout};

const ANN: &str = r#"{"partner_sid":"a","parent_sid":null,"display_id":"CX1","login":"ann","name":"Ann","status":"active","balance":"4.40","daily_spending_limit":"500","available_scopes":["x"],"callbacks":{"sms":null}}"#;
const BOB: &str = r#"{"partner_sid":"b","parent_sid":"a","display_id":"CX2","login":"bob","name":"Bob","status":"active","balance":"1.0"}"#;

/// The parent as it is later, in what people see and in what they do not.
const ANN_LATER: &str = r#"{"partner_sid":"a","parent_sid":null,"display_id":"CX1","login":"ann","name":"Ann","status":"active","balance":"3.30","daily_spending_limit":"2000.00","available_scopes":["x","y"],"callbacks":{"sms":"https://x"},"zip":null}"#;

/// A folder for a history and whatever is tried on it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// With a history made up by the program.
    fn with_nights(nights: &str) -> Self {
        let home = Self::new();
        home.run(&["sandbox", "history", "past", "--nights", nights]).success();
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Assert {
        carrierx(arguments).current_dir(self.0.path()).env("CARRIERX_HISTORY", "past").assert()
    }

    /// Looks at the partners of a test's own API.
    fn look(&self, api: &Api, partners: &[&str]) -> Assert {
        let mut page = api.page(&[], last_page(partners));
        let snapshot = self.snapshot(api, &[]);
        page.delete();
        snapshot
    }

    fn snapshot(&self, api: &Api, arguments: &[&str]) -> Assert {
        let mut command = api.carrierx(&[&["partners", "snapshot"], arguments].concat());
        command.current_dir(self.0.path()).env("CARRIERX_HISTORY", "past").assert()
    }
}

/// The files of looks, oldest first.
fn looks(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .flat_map(|path| if path.is_dir() { looks(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "gz"))
        .collect();
    files.sort();
    files
}

/// A history of two looks at a test's own API.
fn two_looks() -> (Home, Api) {
    let (home, api) = (Home::new(), Api::new());
    home.look(&api, &[ANN, BOB]).success();
    let second = home.look(&api, &[ANN_LATER]).success().stdout("");
    let note = stderr(&second);
    assert!(
        note.starts_with("note: wrote past/")
            && note.contains(".jsonl.gz: 1 partner; 0 added, 1 gone, 1 changed since ")
    );
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
    let (home, _api) = two_looks();
    let all = home.run(&["partners", "history"]).success();
    assert_eq!(
        without_moments(&stdout(&all)).lines().skip(1).collect::<Vec<_>>().join("\n"),
        "changed  CX1         Ann   daily_spending_limit  500  2000.00\n\
         changed  CX1         Ann   available_scopes      -    +y\n\
         changed  CX1         Ann   callbacks.sms         -    https://x\n\
         gone     CX2         Bob   -                     -    -"
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
    let (home, _api) = two_looks();
    let csv = home.run(&["partners", "history", "ann", "--amounts", "-X", "available_scopes,callbacks", "-o", "csv"]);
    assert_eq!(
        without_moments(&stdout(&csv.success())),
        "moment,change,partner_sid,display_id,name,field,old,new,delta\n\
         changed,a,CX1,Ann,balance,4.40,3.30,-1.10\nchanged,a,CX1,Ann,daily_spending_limit,500,2000.00,1500.00\n"
    );
    let lines = stdout(&home.run(&["partners", "history", "-F", "balance,callbacks.sms", "-o", "jsonl"]).success());
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), 3, "{lines}");
    assert!(rows.iter().all(|row| row["moment"].as_str().is_some_and(|moment| moment.ends_with('Z'))));
    assert!(lines.contains(r#""field":"balance","old":"4.40","new":"3.30","delta":"-1.10"}"#), "{lines}");
    assert!(lines.contains(r#""field":"callbacks.sms","old":null,"new":"https://x"}"#), "{lines}");
    assert!(
        lines.contains(&format!(
            r#""change":"gone","partner_sid":"b","display_id":"CX2","name":"Bob","partner":{BOB}}}"#
        ))
    );
    let array = stdout(&home.run(&["partners", "history", "-o", "json"]).success());
    assert!(serde_json::from_str::<Vec<Value>>(&array).is_ok_and(|rows| rows.len() == 4), "{array}");
    home.run(&["partners", "history", "--to", "out.csv"]).success().stdout("");
    assert!(fs::read_to_string(home.path("out.csv")).expect("a file").starts_with("moment,change,"));
    home.run(&["partners", "history", "-F", "nonsense"]).code(2).stdout("");
}

#[test]
fn ids_come_from_stdin_and_those_never_seen_are_named_at_the_end() {
    let (home, _api) = two_looks();
    let asked = |ids: &str, arguments: &[&str]| {
        let mut command = carrierx(&[&["partners", "history", "-o", "csv", "--no-header"], arguments].concat());
        command.current_dir(home.0.path()).env("CARRIERX_HISTORY", "past").write_stdin(ids).assert()
    };
    assert_eq!(stdout(&asked("bob\nCX2\n", &["-"]).success()).lines().count(), 1);
    asked("", &["-"]).success().stdout("");
    let some = asked("", &["b", "nobody", "CX9"]).code(6);
    assert_eq!(stdout(&some).lines().count(), 1);
    assert!(stderr(&some).contains("error: no snapshot in past has a partner with the ID 'nobody' or 'CX9'\nhint: "));
    asked("", &["nobody"]).code(6).stdout("");
}

#[test]
fn the_list_of_a_snapshot_is_answered_as_it_was_saved_then() {
    let (home, api) = (Home::new(), Api::new());
    for (name, partners) in [("one.jsonl", &[ANN, BOB][..]), ("two.jsonl", &[ANN_LATER])] {
        home.look(&api, partners).success();
        fs::write(home.path(name), partners.join("\n") + "\n").expect("a list");
    }
    let files = looks(&home.path("past"));
    let first = stdout(&home.run(&["partners", "history", "-o", "csv", "--no-header"]).success());
    let last = &first[..20];
    let before = format!("{}Z", &stdout_of_first(&files[0])[13..32]);
    for (at, name) in [("last", "two.jsonl"), (last, "two.jsonl"), (&before, "one.jsonl")] {
        for command in [
            &["list", "--all", "-o", "jsonl"][..],
            &["list", "-f", "balance lt 2", "-o", "csv"],
            &["get", "CX1", "-o", "json"],
            &["find", "ann", "-o", "tsv"],
            &["count", "--sum", "balance"],
            &["tree"],
            &["check", "--min-balance", "2", "-o", "csv"],
        ] {
            let run = |source: [&str; 2]| home.run(&[&["partners"], command, &source].concat());
            let (past, saved) = (run(["--at", at]), run(["--from", name]));
            assert_eq!(stdout(&past), stdout(&saved), "{at} {command:?}");
            assert_eq!(past.get_output().status, saved.get_output().status, "{at} {command:?}");
        }
    }
    let count = home.run(&["partners", "count", "--at", "last"]).success();
    assert_eq!(stderr(&count), format!("note: as of {last}: 1 partner\n"));
    let nobody = home.run(&["partners", "get", "bob", "--at", "last"]).code(6);
    assert!(stderr(&nobody).contains("no partner in the history at last has the ID 'bob'"), "{}", stderr(&nobody));
}

/// The first line of a look.
fn stdout_of_first(file: &Path) -> String {
    let file = flate2::read::GzDecoder::new(fs::File::open(file).expect("a file"));
    let text = std::io::read_to_string(file).expect("gzip");
    text.lines().next().expect("a line").to_owned()
}

#[test]
fn moments_are_compared_with_one_another_and_with_the_api() {
    let home = Home::with_nights("3");
    let two = home.run(&["partners", "diff", "2d", "last", "--amounts", "-o", "csv"]).success();
    assert!(stdout(&two).lines().count() > 100);
    assert!(stderr(&two).starts_with("note: 2d: as of 20"), "{}", stderr(&two));
    for (old, new, said) in [
        ("last", "last", "warning: both lists are the snapshot of 20"),
        ("last", "2d", "warning: the newer list is the older one: the snapshot of 20"),
    ] {
        let shown = home.run(&["partners", "diff", old, new]).success();
        assert!(stderr(&shown).contains(said), "{}", stderr(&shown));
    }
    home.run(&["partners", "diff", "last", "--sandbox", "--exit-code", "-q"]).success().stdout("").stderr("");
    home.run(&["partners", "diff", "2d", "--sandbox", "--amounts", "--exit-code"]).code(11);
    home.run(&["partners", "diff", "last", "--at", "last", "--exit-code"]).success();
    // A filter is for both: of those who do not match nobody is gone.
    let filtered = ["partners", "diff", "last", "--sandbox", "-f", "status eq active", "--exit-code"];
    home.run(&filtered).success().stdout("");
    home.run(&["partners", "list", "--sandbox", "--all", "--to", "last.jsonl"]).success();
    home.run(&["partners", "diff", "last", "last.jsonl", "--exit-code"]).success();
    // A name with a slash or a known ending is a file, whatever else it could be.
    fs::copy(home.path("last.jsonl"), home.path("7d")).expect("a copy");
    home.run(&["partners", "diff", "./7d", "last", "--exit-code"]).success();
    home.run(&["partners", "diff", "7d", "last"]).code(2);
    for (line, message) in [
        ("partners diff last last --at last", "NEW and --at cannot be used together"),
        ("partners list --at last --from last.jsonl", "--from and --at cannot be used together"),
        ("partners list --at last --sandbox", "--at and --sandbox cannot be used together"),
        ("partners list --at last --base-url https://x", "--at and --base-url cannot be used together"),
        ("partners list --at last --dry-run", "--dry-run cannot be used with --at"),
        ("partners list --at yesterday", "write `last`, an age such as 24h, 7d or 1mo"),
        ("partners list --at 1m", "write `min` or `mo`"),
        ("partners diff 1m last", "write `min` or `mo`"),
        ("partners history --at last", "--at cannot be used with this command"),
        ("partners history --from last.jsonl", "--from cannot be used with this command"),
        ("partners snapshot --at last", "--at cannot be used with this command"),
        ("partners fields --at last", "--at cannot be used with this command"),
        ("sandbox serve --at last", "--at cannot be used with this command"),
        ("partners history --since 1d --until 2d", "no snapshot is both after --since 1d and before --until 2d"),
    ] {
        let refused = home.run(&line.split(' ').collect::<Vec<_>>()).code(2).stdout("");
        assert!(stderr(&refused).contains(message), "{line}: {}", stderr(&refused));
    }
}

#[test]
fn before_the_first_look_is_a_mistake_that_names_it_and_no_folder_a_matter_of_configuration() {
    let home = Home::with_nights("2");
    for command in ["list --at 2020-01-01", "diff 2020-01-01 last", "history --until 2020-01-01"] {
        let refused = home.run(&["partners"].into_iter().chain(command.split(' ')).collect::<Vec<_>>()).code(2);
        assert!(
            stderr(&refused).contains("has no snapshot at or before 2020-01-01\nhint: its first snapshot is from 20"),
            "{command}"
        );
    }
    let nights = home.run(&["partners", "history", "--since", "10min"]).success().stdout("");
    assert!(
        stderr(&nights).starts_with("note: no snapshot in that span of time; the last is from 20"),
        "{}",
        stderr(&nights)
    );
    for command in ["list --at last", "history", "diff last", "snapshot --sandbox"] {
        let words: Vec<_> = ["partners"].into_iter().chain(command.split(' ')).collect();
        let refused = carrierx(&words).current_dir(home.0.path()).assert().code(3);
        let report = stderr(&refused);
        assert!(
            report.contains("there is no history: no folder is set for it\nhint: name one with --history DIR"),
            "{report}"
        );
        if !command.starts_with("snapshot") {
            let refused = carrierx(&[&words[..], &["--history", "none"]].concat()).current_dir(home.0.path()).assert();
            assert!(stderr(&refused.code(2)).contains("there is no history in none yet"), "{command}");
        }
    }
    fs::write(home.path("config.toml"), "[profiles.p]\nhistory = 'past'\n").expect("a file");
    let mut command =
        carrierx(&["partners", "count", "--at", "last", "-q", "--config", "config.toml", "--profile", "p"]);
    command.current_dir(home.0.path()).assert().success().stdout("250\n").stderr("");
}

#[test]
fn what_is_not_proven_whole_is_not_remembered() {
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
        assert!(!home.path("past").exists(), "{body}");
        let home = Home::new();
        home.look(&Api::new(), &[]).code(3);
    }
    let (home, api) = (Home::new(), Api::new());
    home.look(&api, &[ANN, BOB]).success();
    api.page(&[], page.replace("\"total\":2", "\"total\":3"));
    home.snapshot(&api, &[]).code(10);
    assert_eq!(looks(&home.path("past")).len(), 1);
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
    assert_eq!(looks(&home.path("past")).len(), 1);
}

#[test]
fn another_account_address_or_a_clock_that_went_back_is_refused() {
    let (home, api) = (Home::new(), Api::new());
    home.look(&api, &[ANN, BOB]).success();
    let other = home.look(&api, &[BOB]).code(3);
    assert!(stderr(&other).contains("the history is of the account of a, not of this token's: past/about.json"));
    let other = home.run(&["partners", "snapshot", "--sandbox"]).code(3);
    assert!(stderr(&other).contains("and the partners come from the sandbox: past/about.json"), "{}", stderr(&other));
    let file = looks(&home.path("past")).remove(0);
    let month = home.path("past/9998-12");
    fs::create_dir(&month).expect("a month");
    fs::rename(file, month.join("01T000000Z.jsonl.gz")).expect("a later look");
    // No page is there to be asked for.
    let back = home.snapshot(&api, &[]).code(1);
    assert!(stderr(&back).contains("error: the clock went back: it is 20"), "{}", stderr(&back));
}

#[test]
fn a_damaged_file_is_named_by_every_command_that_reads_it() {
    let (home, api) = two_looks();
    let file = looks(&home.path("past")).remove(1);
    let mut content = fs::read(&file).expect("a file");
    let middle = content.len() / 2;
    content[middle] ^= 4;
    fs::write(&file, content).expect("a write");
    let name = file.file_name().and_then(|name| name.to_str()).expect("UTF-8");
    for command in ["history", "list --at last", "count --at last", "diff last --sandbox"] {
        let words: Vec<_> = ["partners"].into_iter().chain(command.split(' ')).collect();
        let refused = home.run(&words).code(10);
        let report = stderr(&refused);
        assert!(report.contains("the history is damaged: past/") && report.contains(name), "{command}: {report}");
        assert!(
            report.contains("\nhint: restore it from a backup, or forget its month: rm -r past/"),
            "{command}: {report}"
        );
    }
    home.look(&api, &[ANN]).code(10);
    home.run(&["partners", "check", "--at", "last"]).code(3);
}

#[test]
fn a_check_tells_when_balances_end_if_the_history_is_long_enough() {
    let home = Home::with_nights("5");
    let check = |arguments: &[&str]| home.run(&[&["partners", "check", "--sandbox"], arguments].concat());
    let csv = check(&["--runway-crit", "2d", "--runway-warn", "7d", "-c", "9999", "-w", "9998", "-o", "csv"]).code(2);
    let rows = stdout(&csv);
    let header = rows.lines().next().expect("a header");
    assert!(header.ends_with(",charge_at,runway_hours"), "{header}");
    let mut levels = Vec::new();
    for row in rows.lines().skip(1) {
        let cells: Vec<_> = row.split(',').collect();
        let hours: u64 = cells.last().and_then(|hours| hours.parse().ok()).expect(row);
        assert!(cells[4] == "runway" && (cells[0] == "critical") == (hours < 48) && hours <= 168, "{row}");
        levels.push(cells[0].to_owned());
    }
    assert!(levels.contains(&"critical".to_owned()) && levels.contains(&"warning".to_owned()), "{rows}");
    let table = stdout(&check(&["--runway-warn", "7d", "-w", "9998", "-c", "9999"]).code(1));
    assert!(table.lines().nth(1).is_some_and(|header| header.ends_with("  runway_hours")), "{table}");
    check(&["--runway-warn", "1d", "--runway-crit", "2d"]).code(3);
}

#[test]
fn a_check_that_needs_a_history_is_unknown_without_one() {
    let home = Home::with_nights("2");
    let words = ["partners", "check", "--sandbox", "-w", "9998", "-c", "9999", "--runway-warn", "7d"];
    let none = carrierx(&words).current_dir(home.0.path()).assert().code(3);
    assert!(stdout(&none).starts_with("CARRIERX UNKNOWN - "), "{}", stdout(&none));
    assert!(stderr(&none).contains("no folder is set for it"), "{}", stderr(&none));
    let short = home.run(&words).code(3);
    assert!(stdout(&short).starts_with("CARRIERX UNKNOWN - the history is too short"), "{}", stdout(&short));
    assert!(stderr(&short).contains("no runway yet for "), "{}", stderr(&short));
}

#[test]
fn the_token_is_in_no_file_of_a_history() {
    let (home, _api) = two_looks();
    let files = looks(&home.path("past"));
    let texts = files.iter().map(|file| {
        let file = flate2::read::GzDecoder::new(fs::File::open(file).expect("a file"));
        std::io::read_to_string(file).expect("gzip")
    });
    let others = ["about.json", "names.tsv"].map(|name| fs::read_to_string(home.path("past").join(name)).expect(name));
    for text in texts.chain(others) {
        assert!(!text.is_empty() && !text.contains(TOKEN), "{text}");
    }
}

#[test]
fn two_snapshots_at_once_follow_one_another() {
    let home = Home::new();
    side_by_side(vec![(); 4], |()| _ = home.run(&["partners", "snapshot", "--sandbox", "-q"]).success());
    assert_eq!(looks(&home.path("past")).len(), 4);
    home.run(&["partners", "history"]).success().stdout("");
}

/// The system ends a process that writes a file beyond the limit of its size: at every write in turn.
#[cfg(target_os = "linux")]
#[test]
fn a_process_that_ends_at_any_write_leaves_the_history_as_it_was() {
    let home = Home::with_nights("2");
    let whole: u64 = fs::metadata(home.path("past/names.tsv")).expect("names").len();
    let count = |when: &str| stdout(&home.run(&["partners", "count", "--at", when, "-q"]).success());
    for step in 0..8 {
        let limit = format!("--fsize={}", step * whole / 8);
        let mut command = assert_cmd::Command::new("/usr/bin/prlimit");
        command.env_clear().env("HOME", "/nowhere").current_dir(home.0.path()).env("CARRIERX_HISTORY", "past");
        command.args([&limit, "--core=0"]).arg(assert_cmd::cargo::cargo_bin!("carrierx"));
        let killed = command.args(["partners", "snapshot", "--sandbox", "-q"]).assert();
        assert!(!killed.get_output().status.success(), "{limit}");
        assert_eq!(count("last"), "250\n", "{limit}");
    }
    home.run(&["partners", "snapshot", "--sandbox"]).success();
    home.run(&["partners", "history"]).success();
}

#[cfg(unix)]
#[test]
fn completion_knows_the_partners_of_the_history_and_their_names() {
    let home = Home::with_nights("1");
    fs::write(home.path("config.toml"), "[profiles.p]\nhistory = 'past'\n[profiles.q]\n").expect("a file");
    let candidates = |arguments: &str, folder: &str| {
        let mut command = carrierx(&[]);
        command.env("CARRIERX_COMPLETE", "fish").env("CARRIERX_HISTORY", folder).current_dir(home.0.path());
        let words: Vec<_> = arguments.split(' ').collect();
        stdout(&command.args([&["--", "carrierx", "partners"], &words[..]].concat()).assert().success().stderr(""))
    };
    for arguments in ["get CX15650", "history CX15650", "tree --root CX15650", "get CX32345679 CX15650"] {
        assert_eq!(candidates(arguments, "past"), "CX15650613\tJohn Smith\n", "{arguments}");
    }
    assert_eq!(candidates("get ivory00", "past").lines().next(), Some("ivory0000\tYara Garner"));
    assert_eq!(candidates("get --history past CX15650", ""), "CX15650613\tJohn Smith\n");
    assert_eq!(candidates("get --config config.toml --profile p CX15650", ""), "CX15650613\tJohn Smith\n");
    for arguments in ["get --config config.toml --profile q CX15650", "get CX15650", "get --history none CX15650"] {
        assert_eq!(candidates(arguments, ""), "", "{arguments}");
    }
    fs::remove_file(home.path("past/names.tsv")).expect("names");
    assert_eq!(candidates("get CX15650", "past"), "");
}
