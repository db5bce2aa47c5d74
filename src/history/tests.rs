use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use rusqlite::Connection;
use tempfile::TempDir;

use super::patch::MemberChange;
use super::*;
use crate::cli::topics::Topic;
use crate::error::Report;
use crate::partners::List;

const OWN: &str = r#"{"partner_sid":"own","display_id":"CX1","login":"own","name":"Own","balance":"1.0"}"#;
const ANN: &str =
    r#"{"partner_sid":"a","parent_sid":"own","display_id":"CX2","login":"ann","name":"Ann","balance":"1.0"}"#;
const ANN_LATER: &str = r#"{"partner_sid":"a","parent_sid":"own","display_id":"CX2","login":"anne","name":"Ann","balance":"1.00","zip":null}"#;
const BOB: &str = r#"{"partner_sid":"b","parent_sid":"own","display_id":"CX3","login":"bob"}"#;

const SNAPSHOTS: [(&str, &[&str]); 6] = [
    ("2026-10-30T02:00:00Z", &[OWN, ANN]),
    ("2026-10-31T02:00:00Z", &[OWN, ANN_LATER, BOB]),
    ("2026-11-01T02:00:00Z", &[OWN, ANN, BOB]),
    ("2026-11-01T02:00:00Z", &[OWN, ANN, BOB]),
    ("2026-11-30T02:00:00Z", &[OWN, BOB]),
    ("2026-12-01T02:00:00Z", &[OWN, ANN_LATER, BOB]),
];

fn moment(text: &str) -> Moment {
    text.parse().expect(text)
}

fn list(partners: &[&str]) -> List {
    partners.iter().collect()
}

fn in_memory(snapshots: &[(&str, &[&str])]) -> History {
    let mut recorder = Recorder::in_memory().expect("memory");
    for (at, partners) in snapshots {
        recorder.record(&list(partners), moment(at)).expect(at);
    }
    recorder.into_history().expect("memory")
}

fn recorded(path: &Path, snapshots: &[(&str, &[&str])]) {
    let mut recorder = Recorder::open(path, &|| {}).expect("a file");
    for (at, partners) in snapshots {
        recorder.record(&list(partners), moment(at)).expect(at);
    }
    recorder.commit(&|| {}).expect("a commit");
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn at(history: &History, snapshot: usize) -> Result<Vec<String>> {
    let mut partners = Vec::new();
    history.at(snapshot, |partner| {
        partners.push(partner.to_owned());
        Ok(())
    })?;
    partners.sort();
    Ok(partners)
}

/// What changed at these snapshots, of everyone or of a partner.
fn changes(history: &History, of: Option<i64>, range: std::ops::Range<usize>) -> Result<Vec<String>> {
    let mut seen = Vec::new();
    let of = of.map(|of| BTreeSet::from([of]));
    history.changes(of.as_ref(), range, |change| {
        let what = match &change.what {
            What::Added => "added".to_owned(),
            What::Gone => "gone".to_owned(),
            What::Changed(members) => {
                let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
                let one = |member: &MemberChange| format!("{} {} {}", member.name, text(member.old), text(member.new));
                members.iter().map(one).collect::<Vec<_>>().join(", ")
            }
        };
        let name = change.partner.name.as_deref().unwrap_or("-");
        seen.push(format!("{} {} {name} {what}", &change.moment.to_string()[5..10], change.partner.sid));
        Ok(())
    })?;
    Ok(seen)
}

fn words<T>(result: Result<T>) -> String {
    let failure = Report::of(&result.err().expect("an error")).failure;
    format!("{:?} {}; {}", failure.kind, failure.message, failure.hint.unwrap_or_default())
}

#[test]
fn every_snapshot_has_the_partners_that_it_saw_and_the_changes_lead_there() {
    let history = in_memory(&SNAPSHOTS);
    for (snapshot, (_, partners)) in SNAPSHOTS.iter().enumerate() {
        let mut partners = partners.to_vec();
        partners.sort_unstable();
        assert_eq!(at(&history, snapshot).expect("partners"), partners);
    }
    let expected = [
        "10-31 a Ann login \"ann\" \"anne\", balance \"1.0\" \"1.00\", zip - null",
        "10-31 b - added",
        "11-01 a Ann login \"anne\" \"ann\", balance \"1.00\" \"1.0\", zip null -",
        "11-30 a Ann gone",
        "12-01 a Ann added",
        "12-01 a Ann login \"ann\" \"anne\", balance \"1.0\" \"1.00\", zip - null",
    ];
    assert_eq!(changes(&history, None, 0..6).expect("changes"), expected);
    assert_eq!(changes(&history, None, 3..5).expect("changes"), expected[3..4]);
    let bob = history.find(&["CX3".parse().expect("an ID")]).expect("a search")[0];
    assert_eq!(changes(&history, bob, 0..6).expect("changes"), expected[1..2]);
    assert_eq!(["zip", "name", "x"].map(|field| history.has_changed(field)), [true, false, false]);
}

#[test]
fn what_members_cannot_undo_is_kept_whole() {
    let texts = [
        r#"{"partner_sid":"own","a":1,"b":2}"#,
        r#"{"partner_sid":"own","b":2,"a":1}"#,
        r#"{"b":2,"partner_sid":"own","c":3,"a":1}"#,
        r#"{"b":2,"partner_sid":"own","c":3,"a":1,"a":2}"#,
        r#"{"b":2,"partner_sid":"own","c":3,"a":3,"a":2}"#,
        r#"{"b":2,"partner_sid":"own","c":3,"a":3,"a":4}"#,
        r#"{"b":2,"partner_sid":"own","c":3,"\u0061":3,"a":4,"":{}}"#,
        r#"{"partner_sid":"own","a":1}"#,
        r#"{"partner_sid":"own","a":1,"(text)":1,"(gone)":2}"#,
        r#"{"partner_sid":"own","a":1,"(text)":2,"(gone)":2}"#,
        r#"{"partner_sid":"own","z":"y","b":1}"#,
        r#"{"partner_sid":"own","z":"y","b":1,"a":1}"#,
        r#"{"partner_sid":"\u006fwn","z":"y","b":1,"a":2}"#,
    ];
    let snapshots: Vec<[&str; 1]> = texts.iter().map(|text| [*text]).collect();
    let snapshots: Vec<_> = snapshots.iter().map(|text| (SNAPSHOTS[0].0, &text[..])).collect();
    let history = in_memory(&snapshots);
    for (snapshot, text) in texts.iter().enumerate() {
        assert_eq!(at(&history, snapshot).expect("a partner"), [*text]);
    }
    let all = changes(&history, None, 0..texts.len()).expect("changes");
    assert_eq!(changes(&history, Some(1), 0..texts.len()).expect("changes"), all);
}

#[test]
fn partners_are_found_by_whatever_id_they_have_or_had() {
    let folder = folder();
    let path = folder.path().join("past.db");
    let renamed = r#"{"partner_sid":"b","display_id":"CX3","login":"robert","company_name":"Bob & Co","name":"Bob"}"#;
    recorded(&path, &SNAPSHOTS);
    recorded(&path, &[("2026-12-02T00:00:00Z", &[OWN, renamed])]);
    let history = History::open(&path).expect("a history");
    for (id, found) in [
        ("CX1", Some(1)),
        ("cx2", Some(2)),
        ("ann", Some(2)),
        ("A", Some(2)),
        ("bob", Some(3)),
        ("robert", Some(3)),
        ("Bob", None),
        ("CX9", None),
    ] {
        assert_eq!(history.find(&[id.parse().expect(id)]).expect("a search"), [found], "{id}");
    }
    let offered = |typed: &str| {
        let names = names(&path, typed).expect("names").into_iter();
        names.map(|Name { id, name }| format!("{id} {}", name.unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(offered(""), ["CX1 Own", "CX3 Bob & Co", "own Own", "robert Bob & Co"]);
    assert_eq!(offered("ro"), ["robert Bob & Co"]);
    assert_eq!(names(Path::new("/nowhere"), ""), None);
    // Of many, those at both ends are offered.
    drop(history);
    let many: Vec<String> = (1000..1900).map(|id| format!(r#"{{"partner_sid":"{id}","login":"x{id}"}}"#)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    recorded(&path, &[("2026-12-03T00:00:00Z", &many)]);
    let offered = offered("x");
    assert_eq!((offered.len(), &*offered[0], &*offered[200], &*offered[399]), (400, "x1000 ", "x1700 ", "x1899 "));
}

#[test]
fn snapshots_are_in_the_order_in_which_they_were_taken_whatever_the_clock_said() {
    let snapshots = ["2026-10-01", "2026-10-02", "2039-01-01", "2026-10-03", "2026-10-03", "2026-10-04"];
    let snapshots = snapshots.map(|day| format!("{day}T00:00:00Z"));
    let snapshots: Vec<_> = snapshots.iter().map(|at| (&**at, &[OWN][..])).collect();
    let history = in_memory(&snapshots);
    for (time, last, first) in [
        ("2026-09-30T23:59:59Z", None, 0),
        ("2026-10-01T00:00:00Z", Some(0), 0),
        ("2026-10-02T12:00:00Z", Some(1), 2),
        ("2026-10-03T00:00:00Z", Some(4), 2),
        ("2027-01-01T00:00:00Z", Some(5), 6),
    ] {
        assert_eq!((history.last_by(moment(time)), history.first_since(moment(time))), (last, first), "{time}");
    }
    // The one of 2039 keeps nothing, and nothing that is younger than the limit goes.
    let folder = folder();
    let path = folder.path().join("past.db");
    recorded(&path, &snapshots);
    let mut recorder = Recorder::open(&path, &|| {}).expect("a history");
    let forget = |recorder: &mut Recorder, before: &str| {
        recorder.forget(moment(before), moment("2026-10-05T00:00:00Z")).expect(before)
    };
    assert_eq!(forget(&mut recorder, "2026-10-01T00:00:00Z"), 0);
    assert_eq!(forget(&mut recorder, "2026-10-02T12:00:00Z"), 3);
    recorder.commit(&|| {}).expect("a commit");
    assert_eq!(History::open(&path).expect("a history").snapshots().len(), 3);
}

#[test]
fn what_stays_after_old_snapshots_are_deleted_is_what_it_was() {
    let folder = folder();
    let path = folder.path().join("past.db");
    recorded(&path, &SNAPSHOTS);
    let before = History::open(&path).expect("a history");
    let expected: Vec<_> = (2..6).map(|snapshot| at(&before, snapshot).expect("partners")).collect();
    drop(before);
    let mut recorder = Recorder::open(&path, &|| {}).expect("a history");
    assert_eq!(recorder.forget(moment("2026-11-01T00:00:00Z"), moment("2027-01-01T00:00:00Z")).expect("a limit"), 2);
    recorder.commit(&|| {}).expect("a commit");
    let history = History::open(&path).expect("a history");
    let left: Vec<_> = (0..4).map(|snapshot| at(&history, snapshot).expect("partners")).collect();
    assert_eq!(left, expected);
    assert_eq!(changes(&history, None, 0..4).expect("changes").len(), 3);
    assert_eq!(changes(&history, Some(2), 0..4).expect("changes").len(), 3);
}

#[test]
fn a_history_is_of_one_address_and_account() {
    let folder = folder();
    let path = folder.path().join("past.db");
    let check = |address: &str, account: Option<&str>, partners: &[&str]| -> Result<()> {
        let mut recorder = Recorder::open(&path, &|| {})?;
        recorder.check_owner(address, account, &list(partners))?;
        recorder.record(&list(partners), moment("2026-10-01T00:00:00Z"))?;
        recorder.commit(&|| {})
    };
    assert!(words(check("x", None, &[])).starts_with("Config nothing to save"));
    assert!(words(History::open(&path)).starts_with("Usage there is no history in "));
    check("x", None, &[OWN, ANN]).expect("a new history");
    assert!(words(check("y", None, &[OWN])).contains("belongs to x, not to y"));
    // Partners may go, its own among them, as long as one of them is known.
    check("x", None, &[ANN, BOB]).expect("the same account");
    assert!(words(check("x", Some("own"), &[r#"{"partner_sid":"c"}"#])).contains("belongs to a different account"));
    check("x", Some("own"), &[BOB]).expect("now it is known");
    check("x", Some("own"), &[ANN]).expect("the same account, and other partners");
    check("x", None, &[ANN]).expect("nobody says whose");
    assert!(words(check("x", Some("b"), &[ANN])).contains("belongs to a different account"));
}

#[test]
fn what_is_no_history_is_said_to_be_what_it_is() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("empty.db"), "").expect("a file");
    fs::write(path("list.json"), "[]".repeat(1000)).expect("a file");
    let foreign = Connection::open(path("foreign.db")).expect("a database");
    foreign.execute_batch("CREATE TABLE t (a)").expect("a table");
    recorded(&path("later.db"), &SNAPSHOTS);
    let later = Connection::open(path("later.db")).expect("a database");
    later.pragma_update(None, "user_version", 2).expect("a version");
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere/past.db", path("link.db")).expect("a link");
    #[cfg(unix)]
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().expect("mkfifo").success());
    for (name, read, written) in [
        ("none.db", "Usage there is no history in ", ""),
        ("empty.db", "Usage there is no history in ", ""),
        ("list.json", "is not a history: it is not a SQLite database; use --history", "is not a history"),
        ("foreign.db", "is not a history: it is another program's database", "is not a history"),
        ("later.db", "Config a later version of carrierx wrote the history", "a later version"),
        (".", "is not a history: it is a directory", "is not a history: it is a directory"),
        ("none/past.db", "Usage there is no history in ", "Other cannot write "),
        #[cfg(unix)]
        ("link.db", "Usage there is no history in ", "no such file"),
        #[cfg(unix)]
        ("pipe", "is not a history: it is not a regular file", "is not a history"),
    ] {
        let said = words(History::open(&path(name)));
        assert!(said.contains(read), "{name}: {said}");
        let result = Recorder::open(&path(name), &|| {}).map(|_| ());
        match written {
            "" => result.expect(name),
            written => {
                let said = words(result);
                assert!(said.contains(written), "{name}: {said}");
            }
        }
    }
}

#[test]
fn what_cannot_be_written_leaves_the_history_as_it_was() {
    let folder = folder();
    let path = folder.path().join("past.db");
    recorded(&path, &SNAPSHOTS);
    let before = fs::read(&path).expect("a file");
    let many: List = (0..500).map(|number| format!(r#"{{"partner_sid":"new {number}"}}"#)).collect();
    for (pragma, words) in [
        (
            "PRAGMA max_page_count = 1",
            "Other cannot use the history {}: no space left on the disk; free some disk space",
        ),
        ("PRAGMA query_only = ON", "Other cannot use the history {}: it, or its directory, is not writable; run"),
    ] {
        let mut recorder = Recorder::open(&path, &|| {}).expect("a history");
        recorder.file.db.execute_batch(pragma).expect("a pragma");
        let said = self::words(recorder.record(&many, moment("2026-12-02T00:00:00Z")));
        assert!(said.starts_with(&words.replace("{}", &path.display().to_string())), "{said}");
        drop(recorder);
        assert!(fs::read(&path).expect("a file") == before);
    }
    let reader = History::open(&path).expect("a history");
    let busy = Connection::open(&path).expect("a database").execute_batch("BEGIN EXCLUSIVE").expect_err("a reader");
    let said = self::words::<()>(reader.file.run(|_| Err(busy.into())));
    assert!(said.contains("another process is writing to it; run the command again"), "{said}");
}

/// The SELECT of `carrierx help output`.
#[test]
fn which_limits_changed_in_a_month_is_one_select() {
    let before =
        r#"{"partner_sid":"a","display_id":"CX1","name":"Ann","daily_spending_limit":"200","status":"active"}"#;
    let after = r#"{"partner_sid":"a","display_id":"CX1","name":"Ann","daily_spending_limit":"500","status":"closed"}"#;
    let history = in_memory(&[
        ("2026-10-30T02:00:00Z", &[before]),
        ("2026-10-31T02:00:00Z", &[after]),
        ("2026-11-01T02:00:00Z", &[before]),
        ("2026-12-01T02:00:00Z", &[after]),
    ]);
    let topic = Topic::named(&["output".to_owned()]).expect("a topic").help(str::to_owned);
    let sql = topic.split_once("sqlite3 partners.db \"").and_then(|(_, rest)| rest.split_once('"')).expect("SQL").0;
    let mut statement = history.file.db.prepare(sql).expect(sql);
    let columns = 0..statement.column_count();
    let rows = statement.query_map([], |row| columns.clone().map(|column| row.get(column)).collect());
    let rows: Vec<Vec<String>> = rows.expect("rows").map(|row| row.expect("a row")).collect();
    assert_eq!(rows, [["2026-11-01T02:00:00Z", "CX1", "Ann", "daily_spending_limit", "500", "200"]]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_file_and_what_is_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = folder.path().join("past.db");
    let modes = || {
        let entries = fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry"));
        entries.map(|entry| entry.metadata().expect("a file").permissions().mode() & 0o7777).collect::<Vec<_>>()
    };
    let mut recorder = Recorder::open(&path, &|| {}).expect("a file");
    recorder.record(&list(&[OWN]), moment("2026-10-01T00:00:00Z")).expect("a snapshot");
    assert_eq!(modes(), [0o600, 0o600], "the file and its journal");
    recorder.commit(&|| {}).expect("a commit");
    assert_eq!(modes(), [0o600]);
}

#[test]
fn a_second_snapshot_waits_for_the_first_and_says_so() {
    let folder = folder();
    let path = folder.path().join("past.db");
    recorded(&path, &SNAPSHOTS[..1]);
    let first = Recorder::open(&path, &|| {}).expect("a history");
    let (sender, waits) = mpsc::channel();
    thread::scope(|scope| {
        let path = &path;
        scope.spawn(move || {
            let times = Cell::new(0);
            let mut second = Recorder::open(path, &|| {
                times.set(times.get() + 1);
                sender.send(()).expect("somebody who waits");
            })
            .expect("a history");
            second.record(&list(&[OWN, BOB]), moment("2026-10-01T00:00:00Z")).expect("a snapshot");
            second.commit(&|| {}).expect("a commit");
            assert_eq!(times.get(), 1);
        });
        waits.recv().expect("somebody waits");
        // Readers do not.
        assert_eq!(History::open(path).expect("a history").snapshots().len(), 1);
        let mut first = first;
        first.record(&list(&[OWN]), moment("2026-11-01T00:00:00Z")).expect("a snapshot");
        first.commit(&|| {}).expect("a commit");
    });
    let history = History::open(&path).expect("a history");
    assert_eq!([0, 1, 2].map(|number| at(&history, number).expect("partners").len()), [2, 1, 2]);
}

#[test]
fn a_snapshot_waits_for_a_reader_and_says_so() {
    let folder = folder();
    let path = folder.path().join("past.db");
    recorded(&path, &SNAPSHOTS[..1]);
    let mut recorder = Recorder::open(&path, &|| {}).expect("a history");
    let reader = Connection::open(&path).expect("a file");
    reader.execute_batch("BEGIN; SELECT * FROM snapshots").expect("a reader");
    // More than the cache holds.
    let long = OWN.replace('}', &format!(r#","long":"{}"}}"#, "x".repeat(1 << 24)));
    recorder.record(&list(&[&long]), moment("2026-10-01T00:00:00Z")).expect("a snapshot");
    let times = Cell::new(0);
    let waiting = || {
        times.set(times.get() + 1);
        reader.execute_batch("COMMIT").expect("its end");
    };
    recorder.commit(&waiting).expect("a commit");
    assert_eq!((times.get(), History::open(&path).expect("a history").snapshots().len()), (1, 2));
}

/// A history of a few dozen partners, some of which change, come and go every night.
fn nights(path: &Path) -> i64 {
    let partner = |number: u32, night: u32| {
        let sid = uuid::Uuid::from_u128(0x1234_5678_9abc_def0 * u128::from(number + 1));
        let limit = if number == 3 && night > 4 { 200 } else { 100 };
        format!(
            "{{\"partner_sid\":\"{sid}\",\"display_id\":\"CX{number}00\",\"login\":\"user{number}\",\
             \"name\":\"Partner {number}\",\"balance\":\"{}.{night}\",\"limit\":{limit},\"notes\":\"{}\"}}",
            1000 - night * number,
            "x".repeat(300)
        )
    };
    let lists: Vec<Vec<String>> = (0..8)
        .map(|night| (night..40).filter(|n| n % 9 != night).map(|number| partner(number, night)).collect())
        .collect();
    let lists: Vec<Vec<&str>> = lists.iter().map(|list| list.iter().map(String::as_str).collect()).collect();
    let times: Vec<_> = (1..9).map(|day| format!("2026-11-0{day}T02:00:00Z")).collect();
    let snapshots: Vec<_> = times.iter().zip(&lists).map(|(time, list)| (&**time, &list[..])).collect();
    recorded(path, &snapshots);
    History::open(path).expect("a history").find(&["user3".parse().expect("an ID")]).expect("a search")[0].expect("one")
}

#[test]
fn a_flipped_bit_never_gives_a_wrong_row() {
    type Answers = Vec<Option<Vec<String>>>;
    let folder = folder();
    let path = folder.path().join("past.db");
    let partner = nights(&path);
    let whole = fs::read(&path).expect("a file");
    let answers = |kinds: &mut BTreeSet<String>| -> Answers {
        let mut note = |result: Result<Vec<String>>| match result {
            Ok(rows) => Some(rows),
            Err(error) => {
                kinds.insert(format!("{:?}", Report::of(&error).failure.kind));
                None
            }
        };
        let history = match History::open(&path) {
            Ok(history) => history,
            Err(error) => return vec![note(Err(error)); 6],
        };
        let times = history.snapshots().iter().map(|snapshot| snapshot.moment.to_string()).collect();
        vec![
            Some(times),
            note(at(&history, 0)),
            note(at(&history, 4)),
            note(at(&history, 7)),
            note(changes(&history, None, 0..8)),
            note(changes(&history, Some(partner), 0..8)),
        ]
    };
    let expected = answers(&mut BTreeSet::new());
    assert!(expected.iter().all(Option::is_some));
    let mut kinds = BTreeSet::new();
    let mut chance: u64 = 1;
    let mut damaged = 0;
    for _ in 0..200 {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bit = usize::try_from(chance >> 20).expect("64 bits") % (whole.len() * 8);
        let mut content = whole.clone();
        content[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, content).expect("a write");
        let answers = answers(&mut kinds);
        damaged += usize::from(answers.contains(&None));
        for (number, (answer, expected)) in answers.iter().zip(&expected).enumerate() {
            assert!(answer.is_none() || answer == expected, "bit {bit}, answer {number}: {answer:?}");
        }
    }
    assert!(damaged > 20, "{damaged}");
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["Incomplete"]);
}
