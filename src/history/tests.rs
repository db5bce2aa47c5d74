use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::api::partner::PARTNERS;
use crate::partners::diff::{List, Sid};

/// The partner to whom the token belongs.
pub const OWN: &str = r#"{"partner_sid":"own","display_id":"CX1","login":"own","name":"Own","balance":"1.0"}"#;

pub const ADDRESS: &str = "https://api.example.com/v2";

fn moment(text: &str) -> Moment {
    text.parse().expect(text)
}

fn list(partners: &[&str]) -> List {
    let mut list = List::new();
    partners.iter().for_each(|partner| list.add(*partner).expect(partner));
    list
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn record(folder: &Path, at: &str, partners: &[&str]) -> Result<Recorded, Problem> {
    Recorder::open(folder)?.record(ADDRESS, &list(partners), moment(at))
}

fn recorded(folder: &Path, snapshots: &[(&str, &[&str])]) {
    for (at, partners) in snapshots {
        record(folder, at, partners).expect(at);
    }
}

fn partners_at(folder: &Path, snapshot: usize) -> Result<Vec<String>, Problem> {
    Ok(History::open(folder)?.partners(snapshot)?.map(String::from).collect())
}

/// Everything that is seen of the partners, or of those that are wanted, from one snapshot on.
fn changes(folder: &Path, from: usize, wanted: Option<&[&str]>) -> Result<Vec<String>, Problem> {
    let history = History::open(folder)?;
    let wanted = wanted.map(|sids| sids.iter().map(|sid| Sid::of(sid)).collect::<HashSet<_>>());
    let mut replay = Replay::new(&history, wanted);
    let mut seen = Vec::new();
    for snapshot in history.beginning_of_month(from)..history.snapshots().len() {
        replay.read::<Problem>(snapshot, |change| {
            let what = match &change.what {
                What::Added => "added".to_owned(),
                What::Gone => "gone".to_owned(),
                What::Changed(members) => {
                    let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
                    let one = |member: &Member| format!("{} {} {}", member.name, text(member.old), text(member.new));
                    members.iter().map(one).collect::<Vec<_>>().join(", ")
                }
            };
            let sid = crate::raw::lookup(change.named, [PARTNERS.key]).unwrap_or_default();
            seen.push(format!("{} {sid} {what}", &change.moment.to_string()[5..10]));
            Ok(())
        })?;
    }
    Ok(seen)
}

/// Writes over a file without making it empty first, which some file systems take for a reason to sync.
fn overwrite(path: &Path, content: &[u8]) {
    let mut file = fs::File::options().write(true).open(path).expect("a file");
    io::Write::write_all(&mut file, content).expect("a write");
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

const ANN: &str =
    r#"{"partner_sid":"a","parent_sid":"own","display_id":"CX2","login":"ann","name":"Ann","balance":"1.0"}"#;
const ANN_LATER: &str = r#"{"partner_sid":"a","parent_sid":"own","display_id":"CX2","login":"ann","name":"Ann","balance":"1.00","zip":null}"#;
const BOB: &str = r#"{"partner_sid":"b","parent_sid":"own","display_id":"CX3","login":"bob"}"#;

const SNAPSHOTS: [(&str, &[&str]); 5] = [
    ("2026-10-30T02:00:00Z", &[OWN, ANN]),
    ("2026-10-31T02:00:00Z", &[OWN, ANN_LATER, BOB]),
    ("2026-11-01T02:00:00Z", &[OWN, ANN, BOB]),
    ("2026-11-01T02:00:01Z", &[OWN, ANN, BOB]),
    ("2026-11-30T02:00:00Z", &[OWN, BOB]),
];

#[test]
fn every_look_has_the_partners_that_it_saw() {
    let folder = folder();
    recorded(folder.path(), &SNAPSHOTS);
    for (snapshot, (_, partners)) in SNAPSHOTS.iter().enumerate() {
        assert_eq!(partners_at(folder.path(), snapshot).expect("a list"), *partners);
    }
}

#[test]
fn changes_are_seen_within_months_and_from_one_to_the_next_absent_being_no_null() {
    let folder = folder();
    recorded(folder.path(), &SNAPSHOTS);
    let expected = [
        r#"10-31 "a" balance "1.0" "1.00", zip - null"#,
        r#"10-31 "b" added"#,
        r#"11-01 "a" balance "1.00" "1.0", zip null -"#,
        r#"11-30 "a" gone"#,
    ];
    assert_eq!(changes(folder.path(), 0, None).expect("changes"), expected);
    assert_eq!(changes(folder.path(), 0, Some(&["b"])).expect("changes"), expected[1..2]);
    assert_eq!(changes(folder.path(), 3, None).expect("changes"), expected[3..]);
}

#[test]
fn files_can_be_read_by_other_programs_and_are_what_is_documented() {
    let folder = folder();
    recorded(folder.path(), &SNAPSHOTS);
    let lines = |name: &str| {
        let file = fs::File::open(folder.path().join(name)).expect(name);
        let mut text = String::new();
        io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut text).expect(name);
        text
    };
    assert_eq!(
        lines("2026-10/31T020000Z.jsonl.gz"),
        format!(
            "{}\n{}\n{}{BOB}}}\n",
            r#"{"snapshot":"2026-10-31T02:00:00Z","after":"2026-10-30T02:00:00Z","partners":3,"added":1,"gone":0,"changed":1}"#,
            r#"{"change":"changed","partner_sid":"a","display_id":"CX2","name":"Ann","fields":{"balance":{"old":"1.0","new":"1.00","delta":"0.00"},"zip":{"new":null}}}"#,
            r#"{"change":"added","partner_sid":"b","display_id":"CX3","partner":"#,
        )
    );
    let first = r#"{"snapshot":"2026-11-01T02:00:00Z","after":"2026-10-31T02:00:00Z","partners":3,"added":0,"gone":0,"changed":1}"#;
    assert_eq!(lines("2026-11/01T020000Z.jsonl.gz"), [first, OWN, ANN, BOB, ""].join("\n"));
    let nothing = r#"{"snapshot":"2026-11-01T02:00:01Z","after":"2026-11-01T02:00:00Z","partners":3,"added":0,"gone":0,"changed":0}"#;
    assert_eq!(lines("2026-11/01T020001Z.jsonl.gz"), format!("{nothing}\n"));
    assert_eq!(
        fs::read_to_string(folder.path().join("names.tsv")).expect("names"),
        "partner_sid\tdisplay_id\tlogin\tname\nown\tCX1\town\tOwn\nb\tCX3\tbob\t\n"
    );
}

#[test]
fn what_members_cannot_say_is_kept_whole() {
    let folder = folder();
    let texts = [
        r#"{"partner_sid":"own","a":1,"b":2}"#,
        r#"{"partner_sid":"own","b":2,"a":1}"#,
        r#"{"b":2,"partner_sid":"own","c":3,"a":1}"#,
        r#"{"b":2,"partner_sid":"own","c":3,"a":1,"a":2}"#,
        r#"{"b":2,"partner_sid":"own","c":3,"a":3,"a":2}"#,
        r#"{"b":2,"partner_sid":"own","c":3,"\u0061":3,"a":2,"":{}}"#,
        r#"{"partner_sid":"own","a":1}"#,
        r#"{"partner_sid":"own","a":1,"z":"x","b":1}"#,
        r#"{"partner_sid":"own","a":1,"z":"y","b":1}"#,
        r#"{"partner_sid":"own","z":"y","b":1}"#,
        r#"{"partner_sid":"own","z":"y","b":1,"a":1}"#,
        r#"{"partner_sid":"own","z":"y","b":1,"a":2}"#,
        r#"{"partner_sid":"\u006fwn","z":"y","b":1,"a":2}"#,
    ];
    for (day, text) in texts.iter().enumerate() {
        record(folder.path(), &format!("2026-10-{:02}T00:00:00Z", day + 1), &[text]).expect(text);
    }
    for (snapshot, text) in texts.iter().enumerate() {
        assert_eq!(partners_at(folder.path(), snapshot).expect("a list"), [*text]);
    }
}

#[test]
fn any_changed_byte_of_any_file_is_told_with_its_file() {
    let folder = folder();
    recorded(folder.path(), &SNAPSHOTS);
    for path in files(folder.path()).into_iter().filter(|path| !path.ends_with("names.tsv")) {
        let content = fs::read(&path).expect("a file");
        for at in 0..content.len() {
            for flip in [0x01, 0x80] {
                let mut damaged = content.clone();
                damaged[at] ^= flip;
                overwrite(&path, &damaged);
                let problem = changes(folder.path(), 0, Some(&["b"])).expect_err("damage");
                let named = match &problem {
                    Problem::Damaged { path, .. } | Problem::Later { path } => Some(path),
                    _ => None,
                };
                assert_eq!(named, Some(&path), "{at} {flip}: {problem:?}");
            }
        }
        for length in (0..content.len()).step_by(9) {
            fs::write(&path, &content[..length]).expect("a write");
            assert!(changes(folder.path(), 0, None).is_err(), "{} cut at {length}", path.display());
        }
        fs::write(&path, [&content[..], b"\0"].concat()).expect("a write");
        assert!(changes(folder.path(), 0, None).is_err(), "{} longer", path.display());
        fs::write(&path, content).expect("a write");
    }
    assert_eq!(changes(folder.path(), 0, None).expect("whole again").len(), 4);
}

#[test]
fn a_file_that_does_not_follow_the_one_before_is_named() {
    let damaged = |change: &dyn Fn(&Path)| {
        let folder = folder();
        recorded(folder.path(), &SNAPSHOTS);
        change(folder.path());
        match changes(folder.path(), 0, None) {
            Err(Problem::Damaged { path, what }) => {
                format!("{}: {what}", path.strip_prefix(folder.path()).expect("a file of it").display())
            }
            other => panic!("{other:?}"),
        }
    };
    let remove = |name: &'static str| move |folder: &Path| fs::remove_file(folder.join(name)).expect(name);
    assert_eq!(
        damaged(&remove("2026-10/30T020000Z.jsonl.gz")),
        "2026-10/31T020000Z.jsonl.gz: it does not follow the file before it"
    );
    assert_eq!(
        damaged(&remove("2026-10/31T020000Z.jsonl.gz")),
        "2026-11/01T020000Z.jsonl.gz: it does not follow the file before it"
    );
    assert_eq!(
        damaged(&remove("2026-11/01T020001Z.jsonl.gz")),
        "2026-11/30T020000Z.jsonl.gz: it does not follow the file before it"
    );
    let swap = |folder: &Path| {
        let [one, other] = ["2026-11/01T020001Z.jsonl.gz", "2026-11/30T020000Z.jsonl.gz"].map(|name| folder.join(name));
        fs::copy(other, one).expect("a copy");
    };
    assert_eq!(damaged(&swap), "2026-11/01T020001Z.jsonl.gz: it is the file of another moment");
    // Another history's file, which is whole in itself.
    let foreign = |folder: &Path| {
        let other = self::folder();
        let snapshots = SNAPSHOTS.map(|(at, _)| at);
        recorded(other.path(), &[(snapshots[0], &[OWN, BOB]), (snapshots[1], &[OWN, ANN_LATER, BOB])]);
        let name = "2026-10/31T020000Z.jsonl.gz";
        fs::copy(other.path().join(name), folder.join(name)).expect("a copy");
    };
    assert_eq!(damaged(&foreign), "2026-10/31T020000Z.jsonl.gz: an old value is not the one of the file before it");
}

#[test]
fn months_are_forgotten_by_removing_them() {
    let folder = folder();
    recorded(folder.path(), &SNAPSHOTS);
    recorded(folder.path(), &[("2027-01-15T00:00:00Z", &[OWN]), ("2027-01-16T00:00:00Z", &[OWN, ANN])]);
    fs::remove_dir_all(folder.path().join("2026-10")).expect("forgotten");
    assert_eq!(changes(folder.path(), 0, None).expect("the rest").len(), 3);
    fs::remove_dir_all(folder.path().join("2026-11")).expect("forgotten");
    assert_eq!(changes(folder.path(), 0, None).expect("the rest"), [r#"01-16 "a" added"#]);
    fs::remove_dir_all(folder.path().join("2027-01")).expect("forgotten");
    assert!(matches!(History::open(folder.path()), Err(Problem::Empty { .. })));
    recorded(folder.path(), &[("2027-02-01T00:00:00Z", &[OWN])]);
    // A month between others.
    let folder = self::folder();
    recorded(folder.path(), &[("2026-10-01T00:00:00Z", &[OWN, BOB])]);
    recorded(folder.path(), &[("2026-11-01T00:00:00Z", &[OWN, ANN, BOB]), ("2026-12-01T00:00:00Z", &[OWN, ANN])]);
    fs::remove_dir_all(folder.path().join("2026-11")).expect("forgotten");
    assert_eq!(changes(folder.path(), 0, None).expect("the rest"), [r#"12-01 "a" added"#, r#"12-01 "b" gone"#]);
}

#[test]
fn a_process_that_was_killed_leaves_the_history_as_it_was_and_the_next_snapshot_works() {
    let leave = |name: &'static str| move |folder: &Path| fs::write(folder.join(name), "half").expect(name);
    let make = |name: &'static str| move |folder: &Path| fs::create_dir_all(folder.join(name)).expect(name);
    let states: [&dyn Fn(&Path); 5] = [
        &leave(".carrierx-abc.part"),
        &make("2026-12"),
        &|folder| {
            make("2026-12")(folder);
            leave("2026-12/.carrierx-abc.part")(folder);
        },
        &leave("2026-11/.carrierx-abc.part"),
        &|folder| fs::remove_file(folder.join("names.tsv")).expect("names"),
    ];
    for state in states {
        let folder = folder();
        recorded(folder.path(), &SNAPSHOTS);
        state(folder.path());
        assert_eq!(changes(folder.path(), 0, None).expect("the history").len(), 4);
        recorded(folder.path(), &[("2026-12-01T00:00:00Z", &[OWN])]);
        assert_eq!(changes(folder.path(), 0, None).expect("the history").len(), 5);
        assert!(folder.path().join("names.tsv").exists());
        let is_left = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "part");
        assert!(!files(&folder.path().join("2026-12")).iter().any(is_left));
    }
    let folder = folder();
    recorded(folder.path(), &SNAPSHOTS[..1]);
    fs::remove_dir_all(folder.path().join("2026-10")).expect("no snapshot yet");
    recorded(folder.path(), &SNAPSHOTS[..1]);
}

#[test]
fn another_account_or_address_is_refused_and_nothing_is_written() {
    let folder = folder();
    let child = r#"{"partner_sid":"c","parent_sid":"own"}"#;
    let below = r#"{"partner_sid":"own","parent_sid":"up"}"#;
    recorded(folder.path(), &[("2026-10-01T00:00:00Z", &[child, below])]);
    let before = files(folder.path());
    let add = |address: &str, partners: &[&str]| {
        let recorder = Recorder::open(folder.path()).expect("a history");
        recorder.record(address, &list(partners), moment("2026-10-02T00:00:00Z"))
    };
    for partners in [&[child][..], &[r#"{"partner_sid":"up"}"#, below, child], &[r#"{"partner_sid":"x"}"#]] {
        assert!(matches!(add(ADDRESS, partners), Err(Problem::OtherAccount { .. })), "{partners:?}");
    }
    assert!(matches!(add("https://other.example.com", &[below]), Err(Problem::OtherAddress { .. })));
    assert!(matches!(add(ADDRESS, &[]), Err(Problem::NoPartner)));
    assert_eq!(files(folder.path()), before);
    add(ADDRESS, &[below]).expect("the same account");
}

#[test]
fn a_clock_that_went_back_is_refused_at_once() {
    let folder = folder();
    recorded(folder.path(), &SNAPSHOTS);
    let now = moment("2026-11-29T00:00:00Z");
    let recorder = Recorder::open(folder.path()).expect("a history");
    assert!(matches!(recorder.check_clock(now), Err(Problem::ClockBack { .. })));
    assert!(matches!(recorder.record(ADDRESS, &list(&[OWN]), now), Err(Problem::ClockBack { .. })));
    assert!(matches!(record(folder.path(), SNAPSHOTS[4].0, &[OWN]), Err(Problem::ClockBack { .. })));
}

#[test]
fn a_folder_of_other_files_is_left_alone_and_one_made_for_nothing_goes() {
    let folder = folder();
    fs::write(folder.path().join("letter.txt"), "dear").expect("a letter");
    assert!(matches!(Recorder::open(folder.path()), Err(Problem::NotAHistory { .. })));
    assert!(matches!(History::open(folder.path()), Err(Problem::NotAHistory { .. })));
    let path = folder.path().join("a/b");
    drop(Recorder::open(&path).expect("a new folder"));
    assert!(!path.exists());
    assert!(matches!(History::open(&path), Err(Problem::Empty { .. })));
}

#[cfg(unix)]
#[test]
fn nobody_but_the_owner_can_read_anything_of_it() {
    use std::os::unix::fs::PermissionsExt;
    let outer = folder();
    let folder = outer.path().join("history");
    // One that was made before, with the usual mode.
    fs::create_dir(&folder).expect("a folder");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("a mode");
    recorded(&folder, &SNAPSHOTS);
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o7777;
    assert_eq!([&*folder, &folder.join("2026-10")].map(mode), [0o700, 0o700]);
    assert!(files(&folder).iter().all(|path| mode(path) == 0o600));
}

#[test]
fn looks_are_added_one_after_the_other() {
    let folder = folder();
    recorded(folder.path(), &SNAPSHOTS);
    let days: Vec<_> = (1..=9).map(|day| format!("2026-12-0{day}T00:00:00Z")).collect();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for day in &days {
                    // The other thread may have been there first.
                    _ = record(folder.path(), day, &[OWN]);
                }
            });
        }
    });
    assert_eq!(History::open(folder.path()).expect("a history").snapshots().len(), SNAPSHOTS.len() + 9);
    assert!(changes(folder.path(), 0, None).is_ok());
}

#[test]
fn partners_are_found_by_whatever_id_they_ever_had() {
    let folder = folder();
    let renamed = r#"{"partner_sid":"b","parent_sid":"own","display_id":"CX3","login":"robert"}"#;
    recorded(folder.path(), &SNAPSHOTS);
    recorded(folder.path(), &[("2026-12-01T00:00:00Z", &[OWN, BOB]), ("2026-12-02T00:00:00Z", &[OWN, renamed])]);
    let history = History::open(folder.path()).expect("a history");
    for (id, sid) in [
        ("CX1", Some("own")),
        ("cx2", Some("a")),
        ("ann", Some("a")),
        ("a", Some("a")),
        ("bob", Some("b")),
        ("robert", Some("b")),
        ("Bob", None),
        ("CX9", None),
    ] {
        let found = history.find(&[id.parse().expect(id)]).expect("a search");
        assert_eq!(found, [sid.map(Sid::of)], "{id}");
    }
}

#[test]
fn the_last_look_at_or_before_a_moment_is_meant() {
    let folder = folder();
    recorded(folder.path(), &SNAPSHOTS);
    let history = History::open(folder.path()).expect("a history");
    for (at, snapshot) in [
        ("2026-10-30T01:59:59Z", None),
        ("2026-10-30T02:00:00Z", Some(0)),
        ("2026-10-31T01:00:00Z", Some(0)),
        ("2026-11-01T02:00:00Z", Some(2)),
        ("2027-01-01T00:00:00Z", Some(4)),
    ] {
        assert_eq!(history.last_by(moment(at)), snapshot, "{at}");
    }
}

#[test]
fn files_larger_than_what_is_unfolded_at_a_time_are_read_and_their_damage_is_told() {
    let folder = folder();
    let large = |letter: &str| {
        let texts = (0..5).map(|n| format!(r#"{{"partner_sid":"s{n}","name":"{}{n}"}}"#, letter.repeat(1 << 20)));
        [OWN.to_owned()].into_iter().chain(texts).collect::<Vec<_>>()
    };
    let looks = [large("a"), large("b")];
    for (day, partners) in looks.iter().enumerate() {
        let partners: Vec<_> = partners.iter().map(String::as_str).collect();
        record(folder.path(), &format!("2026-11-0{}T00:00:00Z", day + 1), &partners).expect("a snapshot");
    }
    for (number, partners) in looks.iter().enumerate() {
        assert!(partners_at(folder.path(), number).expect("a list") == *partners);
    }
    let path = folder.path().join("2026-11/02T000000Z.jsonl.gz");
    let mut content = fs::read(&path).expect("a file");
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(&path, content).expect("a write");
    assert!(matches!(partners_at(folder.path(), 1), Err(Problem::Damaged { .. })));
}
