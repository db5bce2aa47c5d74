//! `carrierx partners diff`: what changed between two lists.

use std::fs;
use std::path::PathBuf;

use assert_cmd::assert::Assert;

use crate::common::{Api, carrierx, last_page, stderr, stdout};

const OLD: &str = r#"{"partner_sid":"a","display_id":"CX1","name":"Ann","status":"active","balance":"10.00","available_scopes":["x"]}
{"partner_sid":"b","display_id":"CX2","name":"Bob","status":"active","balance":"5"}
{"partner_sid":"c","display_id":"CX3","name":"Cy","status":"active","balance":"1"}
"#;

const NEW: &str = r#"{"partner_sid":"d","display_id":"CX4","name":"Di","status":"active","balance":"7"}
{"partner_sid":"a","display_id":"CX1","name":"Ann","status":"closed","balance":"8.50","available_scopes":["x","y"]}
{"partner_sid":"b","display_id":"CX2","name":"Bob","status":"active","balance":"5.0"}
"#;

/// A directory with saved lists.
struct Lists(tempfile::TempDir);

impl Lists {
    fn new() -> Self {
        let lists = Self(tempfile::tempdir().expect("a folder"));
        lists.save("old.jsonl", OLD);
        lists.save("new.jsonl", NEW);
        lists
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn save(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), content).expect("a saved list");
        self.path(name)
    }

    fn diff(&self, arguments: &[&str]) -> Assert {
        let mut command = carrierx(&[&["partners", "diff"], arguments].concat());
        command.current_dir(self.0.path()).assert()
    }
}

#[test]
fn each_changed_field_is_a_row_in_the_order_of_the_new_list() {
    let lists = Lists::new();
    let differences = lists.diff(&["old.jsonl", "new.jsonl"]).success();
    assert_eq!(
        stdout(&differences),
        "change   display_id  partner  field             old     new\n\
         added    CX4         Di       -                 -       -\n\
         changed  CX1         Ann      status            active  closed\n\
         changed  CX1         Ann      available_scopes  -       +y\n\
         gone     CX3         Cy       -                 -       -\n"
    );
    assert_eq!(
        stderr(&differences),
        "note: 1 added, 1 removed, 1 changed (3 partners); balance of 1 partner changed by -1.50 in total (--amounts shows \
         each)\n"
    );
    let csv = lists.diff(&["old.jsonl", "new.jsonl", "-o", "csv", "-q", "--amounts", "-F", "balance"]).success();
    assert_eq!(
        stdout(&csv),
        "change,partner_sid,display_id,partner,field,old,new,delta\n\
         added,d,CX4,Di,,,,\n\
         changed,a,CX1,Ann,balance,10.00,8.50,-1.50\n\
         gone,c,CX3,Cy,,,,\n"
    );
}

#[test]
fn json_has_raw_values_and_whole_partners() {
    let lists = Lists::new();
    let lines = lists.diff(&["old.jsonl", "new.jsonl", "-o", "jsonl", "-q"]).success();
    let [added, changed, gone] = ["d", "a", "c"].map(|sid| {
        let line =
            stdout(&lines).lines().find(|line| line.contains(&format!("\"partner_sid\":\"{sid}\""))).map(str::to_owned);
        line.expect(sid)
    });
    assert!(added.contains(r#""partner":"Di","record":{"partner_sid":"d","display_id":"CX4","name":"Di","#), "{added}");
    assert_eq!(
        changed,
        r#"{"change":"changed","partner_sid":"a","display_id":"CX1","partner":"Ann","fields":{"status":{"old":"active","new":"closed"},"available_scopes":{"old":["x"],"new":["x","y"]}}}"#
    );
    assert!(gone.starts_with(r#"{"change":"gone""#), "{gone}");
    assert_eq!(stdout(&lists.diff(&["old.jsonl", "old.jsonl", "-o", "json", "-q"]).success()), "[]\n");
}

#[test]
fn every_format_that_list_writes_is_read_back_and_does_not_differ() {
    let lists = Lists::new();
    let names = ["x.json", "x.jsonl", "x.csv", "x.tsv"];
    for name in names {
        let path = lists.path(name);
        let path = path.to_str().expect("UTF-8");
        carrierx(&["partners", "list", "--sandbox", "--all", "--to", path]).assert().success();
    }
    for old in names {
        for new in names {
            let same = lists.diff(&[old, new, "--exit-code"]).success().stdout("");
            assert_eq!(stderr(&same), "note: no difference among 250 partners\n", "{old} {new}");
        }
        lists.diff(&[old, "--sandbox", "--exit-code"]).success().stdout("");
    }
}

#[test]
fn a_filter_applies_to_both_lists_and_only_cells_lack_fields() {
    let lists = Lists::new();
    lists.save("old.csv", "partner_sid,status\na,active\nb,'=active\n");
    let new = [("a", "active", "1"), ("b", "=active", "2"), ("c", "closed", "3")]
        .map(|(sid, status, risk)| format!(r#"{{"partner_sid":"{sid}","status":"{status}","risk":{risk}}}"#));
    lists.save("new.json", format!("[{}]", new.join(",")));
    lists.save("older.json", format!("[{}]", new.join(",").replace("risk", "no")));
    for (arguments, rows, said) in [
        (
            &["old.csv", "new.json"][..],
            &["added,c,,,,,,"][..],
            "1 field was not compared, as old.csv has no such column: 'risk'",
        ),
        (&["old.csv", "new.json", "-f", "status ne closed"], &[], "no difference among 2 partners"),
        (&["new.json", "new.json", "-f", "status eq nobody"], &[], "no difference among 0 partners"),
        (
            &["older.json", "new.json", "-f", "partner_sid eq a"],
            &["changed,a,,,risk,,1,", "changed,a,,,no,1,,"],
            "0 added, 0 removed, 1 changed (1 partner)",
        ),
        (
            &["new.json", "old.csv", "-f", "risk eq 1"],
            &["gone,a,,,,,,"],
            "the filter uses `risk`, which no partner in old.csv has",
        ),
    ] {
        let shown = lists.diff(&[arguments, &["-o", "csv", "--no-header"]].concat()).success();
        assert_eq!(stdout(&shown).lines().collect::<Vec<_>>(), rows, "{arguments:?}");
        assert!(stderr(&shown).contains(said), "{arguments:?}: {}", stderr(&shown));
    }
}

#[test]
fn the_api_is_asked_for_the_fields_of_the_old_list() {
    let lists = Lists::new();
    lists.save("few.csv", "partner_sid,status\na,active\nb,active\n");
    let api = Api::new();
    let page = api.page(
        &[("include_fields", "partner_sid,status,display_id,name,company_name"), ("filter", "status ne nobody")],
        last_page(&[
            r#"{"partner_sid":"a","status":"closed","name":"Ann"}"#,
            r#"{"partner_sid":"b","status":"active","name":"Bob"}"#,
        ]),
    );
    let few = lists.path("few.csv");
    let few = few.to_str().expect("UTF-8");
    let differences =
        api.carrierx(&["partners", "diff", few, "-f", "status ne nobody", "-o", "tsv"]).assert().success();
    assert_eq!(stdout(&differences).lines().nth(1), Some("changed\ta\t\tAnn\tstatus\tactive\tclosed\t"));
    assert_eq!(stderr(&differences), "note: 0 added, 0 removed, 1 changed (2 partners)\n");
    page.assert_calls(1);
}

#[test]
fn nobody_is_gone_from_a_list_that_may_not_be_whole() {
    let lists = Lists::new();
    let api = Api::new();
    api.page(
        &[("offset", "0")],
        r#"{"items":[{"partner_sid":"a","status":"closed"},{"partner_sid":"d"}],"has_more":true,"total":4}"#,
    );
    api.answer(&[("offset", "1")], 500, "application/json", "{}");
    let old = lists.path("old.jsonl");
    let old = old.to_str().expect("UTF-8");
    let broken =
        api.carrierx(&["partners", "diff", old, "-F", "status", "--retries", "0", "-o", "csv"]).assert().code(8);
    assert!(stdout(&broken).contains("changed,a,") && !stdout(&broken).contains("gone"), "{}", stdout(&broken));
}

#[test]
fn a_difference_is_status_11_if_asked_for_and_a_file_is_written_whole() {
    let lists = Lists::new();
    lists.diff(&["old.jsonl", "new.jsonl", "--exit-code", "--to", "d.csv", "-q"]).code(11).stdout("").stderr("");
    assert_eq!(fs::read_to_string(lists.path("d.csv")).expect("a file").lines().count(), 5);
    lists.diff(&["old.jsonl", "new.jsonl", "--exit-code", "-F", "zip,+status"]).code(11);
    let exists = lists.diff(&["old.jsonl", "new.jsonl", "--to", "d.csv"]).code(2);
    assert!(stderr(&exists).contains("add --force"), "{}", stderr(&exists));
    let same = lists.diff(&["old.jsonl", "new.jsonl", "--to", "new.jsonl", "--force"]).code(2);
    assert!(stderr(&same).contains("--to is the same file as NEW"), "{}", stderr(&same));
    assert_eq!(fs::read_to_string(lists.path("new.jsonl")).expect("a file"), NEW);
}

#[test]
fn what_is_no_list_is_refused_with_file_line_and_remedy() {
    let lists = Lists::new();
    for (name, content, status, message) in [
        ("empty.json", "", 1, "empty.json is not a list: it is empty"),
        ("text.txt", "hello\n", 2, "text.txt has no column partner_sid in line 1"),
        (
            "no-sid.jsonl",
            "{\"partner_sid\":\"a\"}\n{\"name\":\"x\"}\n",
            2,
            "no-sid.jsonl has a partner without partner_sid, in line 2",
        ),
        (
            "twice.jsonl",
            "{\"partner_sid\":\"a\"}\n{\"partner_sid\":\"b\"}\n{\"partner_sid\":\"a\"}\n",
            2,
            "twice.jsonl has the partner_sid 'a' twice, in lines 1 and 3",
        ),
        ("headers.csv", "partner_sid,name\na,x\npartner_sid,name\n", 2, "headers.csv has a second header, in line 3"),
        ("x.csv.gz", "partner_sid\na\n", 1, "x.csv.gz cannot be decompressed"),
        ("cut.jsonl", &NEW[..NEW.len() - 30], 10, "cut.jsonl is cut off at line 3"),
    ] {
        lists.save(name, content);
        for arguments in [[name, "new.jsonl"], ["old.jsonl", name]] {
            let refused = lists.diff(&arguments).code(status).stdout("");
            assert!(stderr(&refused).contains(message), "{name}: {}", stderr(&refused));
            assert!(stderr(&refused).contains("hint: "), "{name}: {}", stderr(&refused));
        }
    }
    lists.save("none.json", "[]\n");
    lists.diff(&["none.json", "none.json"]).success().stdout("");
    for arguments in [&["missing.json", "new.jsonl"][..], &[".", "new.jsonl"]] {
        assert!(stderr(&lists.diff(arguments).code(1)).contains("cannot read "), "{arguments:?}");
    }
    for (arguments, message) in [
        (&["-", "-"][..], "stdin can be only one of the two lists"),
        (&["old.jsonl", "new.jsonl", "--dry-run"], "two lists need no request"),
        (&["old.jsonl", "new.jsonl", "-F", "statsu"], "did you mean `status`?"),
    ] {
        assert!(stderr(&lists.diff(arguments).code(2)).contains(message), "{arguments:?}");
    }
}

#[test]
#[cfg(unix)]
fn a_list_is_read_from_a_pipe_and_from_stdin() {
    let lists = Lists::new();
    let fifo = lists.path("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo").success());
    let writer = std::thread::spawn(move || fs::write(fifo, NEW));
    lists.diff(&["old.jsonl", "fifo", "-q", "-F", "status", "-o", "csv"]).success();
    writer.join().expect("a writer").expect("a reader");
    let mut command = carrierx(&["partners", "diff", "-", "new.jsonl", "-q", "--exit-code"]);
    command.current_dir(lists.0.path()).write_stdin(NEW).assert().success().stdout("");
}
