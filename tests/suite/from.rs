//! `--from FILE`: a saved list answers in place of the API.

use std::fs;
use std::path::PathBuf;

use assert_cmd::assert::Assert;
use serde_json::Value;

use crate::common::{carrierx, side_by_side, stderr, stdout};

/// A directory with the partners of the sandbox, saved.
struct Saved(tempfile::TempDir);

impl Saved {
    fn new() -> Self {
        let saved = Self(tempfile::tempdir().expect("a folder"));
        for name in ["all.jsonl", "all.json", "all.jsonl.gz"] {
            let path = saved.path(name);
            let path = path.to_str().expect("UTF-8");
            carrierx(&["partners", "list", "--sandbox", "--all", "--to", path]).assert().success();
        }
        saved
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn save(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect("a saved list");
    }

    fn run(&self, arguments: &[&str]) -> Assert {
        carrierx(arguments).current_dir(self.0.path()).assert()
    }
}

#[test]
fn every_command_answers_from_a_saved_list_as_from_the_server_of_its_partners() {
    let saved = Saved::new();
    let commands: Vec<&[&str]> = vec![
        &["list", "--all", "-o", "jsonl"],
        &["list", "-f", "balance lt 10", "-f", "status eq active", "--order", "balance:desc", "-o", "csv"],
        &["list", "-l", "7", "--offset", "240", "--page-size", "3", "-F", "name,callbacks.sms", "-o", "json"],
        &["list", "-f", "balanse lt 10"],
        &["get", "CX15650613", "ivory0000", "e72b7a01-6d40-4a9c-95b6-0b8b2c1a5f00", "-o", "tsv"],
        &["get", "CX32345679"],
        &["find", "falcon", "-o", "json"],
        &["find", "garner", "503555"],
        &["count", "-f", "status ne active"],
        &["count", "--by", "status,payment_type", "--sum", "balance", "-o", "json"],
        &["tree", "--root", "CX89135802"],
        &["tree", "-f", "status ne active", "-o", "json"],
        &["check", "--min-balance", "10", "-o", "csv"],
        &["check", "--allow-none", "-f", "status eq nothing", "-o", "csv"],
        &["diff", "all.json", "-F", "name,balance"],
    ];
    side_by_side(commands, |command| {
        let sandbox = saved.run(&[&["partners", "--sandbox"], command].concat());
        let (sandbox, status) = (stdout(&sandbox), sandbox.get_output().status.code());
        for name in ["all.jsonl", "all.json", "all.jsonl.gz"] {
            let from = saved.run(&[&["partners", "--from", name], command].concat());
            assert_eq!(stdout(&from), sandbox, "{name}: {command:?}");
            assert_eq!(from.get_output().status.code(), status, "{name}: {command:?}");
        }
    });
}

#[test]
fn a_list_comes_from_stdin_and_pages_are_read_as_a_list() {
    let saved = Saved::new();
    let count = |file: &str| {
        let list = fs::read(saved.path(file)).expect("a list");
        let mut command = carrierx(&["partners", "count", "--from", "-"]);
        stdout(&command.write_stdin(list).assert().success().stderr(""))
    };
    assert_eq!((count("all.jsonl"), count("all.jsonl.gz")), ("250\n".to_owned(), "250\n".to_owned()));
    let pages = ["0", "100", "200"].map(|offset| {
        let page = ["partners", "list", "--sandbox", "-o", "json", "-l", "100", "--offset", offset];
        let items = stdout(&carrierx(&page).assert().success());
        format!(
            r#"{{"has_more":{},"items":{items}}}
"#,
            offset != "200"
        )
    });
    saved.save("pages.json", pages.concat());
    assert_eq!(count("pages.json"), "250\n");
}

#[test]
fn neither_token_nor_address_nor_network_is_needed() {
    let saved = Saved::new();
    saved.save("config.toml", "base_url = 'http://example.com'\ntoken_command = ['touch', 'ran']\n");
    let mut command = carrierx(&["partners", "count", "--from", "all.jsonl", "--config", "config.toml"]);
    command.current_dir(saved.0.path()).env("CARRIERX_TOKEN_FILE", "/nowhere").env("HTTP_PROXY", "http://127.0.0.1:1");
    command.env("CARRIERX_BASE_URL", "nonsense").assert().success().stdout("250\n");
    assert!(!saved.path("ran").exists());
}

#[test]
fn what_is_no_whole_list_is_refused_with_file_line_and_remedy_before_any_row() {
    let saved = Saved::new();
    saved.save("empty.jsonl", "");
    saved.save("cut.jsonl", "{\"partner_sid\":\"a\"}\n{\"partner_sid\":\"b\",\"na");
    saved.save("cut.json", "[\n{\"partner_sid\":\"a\"},\n{\"partner_sid\":\"b\"}\n");
    saved.save("text.txt", "display_id  name\nCX1         Ann\n");
    saved.save("bytes", b"\x7fELF\xff\xfe\n");
    saved.save("few.csv", "name\nAnn\n");
    saved.save("all.csv", "partner_sid,name\na,Ann\n");
    saved.save("all.tsv.gz", "partner_sid\tname\na\tAnn\n");
    let gzip = fs::read(saved.path("all.jsonl.gz")).expect("a list");
    saved.save("half.jsonl.gz", &gzip[..gzip.len() / 2]);
    saved.save("half", &gzip[..gzip.len() - 4]);
    for (name, status, message) in [
        ("empty.jsonl", 1, "empty.jsonl is not a list: it is empty"),
        ("cut.jsonl", 10, "cut.jsonl is cut off at line 2"),
        ("cut.json", 10, "cut.json is cut off at line 4"),
        ("text.txt", 2, "text.txt has no column partner_sid in line 1"),
        ("bytes", 1, "bytes is not a list: line 1 has text that is not UTF-8"),
        ("half.jsonl.gz", 10, "half.jsonl.gz is cut off at line 1"),
        ("half", 10, "half is cut off at line 251"),
        ("few.csv", 2, "few.csv has no column partner_sid in line 1"),
        ("all.csv", 2, "--from needs a list saved as JSON or JSON Lines: all.csv is CSV or TSV"),
        ("missing.jsonl", 1, "cannot read missing.jsonl: "),
        (".", 1, "cannot read .: "),
    ] {
        let list = saved.run(&["partners", "list", "--from", name, "-o", "jsonl"]).code(status).stdout("");
        let report = stderr(&list);
        let is_line = |line: &str| {
            if name.starts_with("half.") {
                line.starts_with("half.jsonl.gz is cut off at line ")
            } else {
                line.starts_with(message)
            }
        };
        assert!(report.strip_prefix("error: ").is_some_and(is_line) && report.contains("\nhint: "), "{name}: {report}");
        let check = saved.run(&["partners", "check", "--from", name]).code(3);
        assert!(stdout(&check).starts_with("CARRIERX UNKNOWN - "), "{name}: {}", stdout(&check));
    }
    saved.save("none.json", "[]\n");
    saved.run(&["partners", "list", "--from", "none.json", "-o", "json"]).success().stdout("[]\n");
}

#[test]
fn options_that_contradict_it_are_refused_at_any_level() {
    let saved = Saved::new();
    for (line, message) in [
        ("--sandbox partners list --from all.json", "--from and --sandbox cannot be used together"),
        ("--from all.json partners check --base-url http://localhost", "--from and --base-url cannot be used together"),
        ("partners list --from all.json --dry-run", "--dry-run has nothing to show: all.json needs no request"),
        ("sandbox serve --from all.json", "--from cannot be used with this command"),
        ("partners diff all.json all.json --from all.json", "NEW and --from cannot be used together"),
        ("partners diff - --from -", "stdin cannot be both the older list and the list of --from"),
        ("partners get CX1 - --from -", "stdin cannot be both a list of IDs and the list of --from"),
        ("partners diff all.json --from all.jsonl --to all.jsonl --force", "--to is the same file as --from"),
        ("partners fields --from all.json", "--from cannot be used with this command"),
        ("auth status --from all.json", "--from cannot be used with this command"),
        ("config show --from all.json", "--from cannot be used with this command"),
    ] {
        let words: Vec<_> = line.split(' ').collect();
        let refused = saved.run(&words);
        let report = stderr(&refused);
        let status = if line.contains("check") { 3 } else { 2 };
        assert_eq!(refused.get_output().status.code(), Some(status), "{line}: {report}");
        assert!(report.contains(message) && report.contains("\nhint: "), "{line}: {report}");
    }
}

#[test]
fn a_sid_that_comes_twice_is_a_warning_with_both_lines() {
    let saved = Saved::new();
    saved.save(
        "twice.jsonl",
        "{\"partner_sid\":\"a\",\"name\":\"1\"}\n\n{}\n{\"partner_sid\":\"\\u0061\",\"name\":\"2\"}\n",
    );
    let got = saved.run(&["partners", "get", "a", "--from", "twice.jsonl", "-F", "name", "-o", "tsv"]);
    let got = got.get_output().clone();
    let report = String::from_utf8_lossy(&got.stderr);
    assert!(report.contains("warning: twice.jsonl has the partner_sid 'a' twice, in lines 1 and 4\n"), "{report}");
    saved.run(&["partners", "list", "--require-complete", "--from", "twice.jsonl"]).code(10);
}

#[test]
fn messages_and_receipt_name_the_file_and_not_the_api() {
    let saved = Saved::new();
    let nobody = saved.run(&["partners", "get", "nobody", "--from", "all.jsonl"]).code(6).stdout("");
    assert!(stderr(&nobody).starts_with("error: no partner in all.jsonl has the ID 'nobody'\n"), "{}", stderr(&nobody));
    saved.save("one.jsonl", "{\"partner_sid\":\"a\",\"name\":\"Ann\"}\n");
    let diff = saved.run(&["partners", "diff", "all.jsonl", "--from", "one.jsonl", "-q", "-F", "name"]).success();
    assert!(!stderr(&diff).contains("API"), "{}", stderr(&diff));
    let list = ["partners", "list", "--from", "all.jsonl", "--all", "--to", "x.csv", "--receipt", "r.json"];
    saved.run(&list).success().stderr("");
    let receipt: Value = serde_json::from_slice(&fs::read(saved.path("r.json")).expect("a receipt")).expect("JSON");
    assert_eq!((&receipt["base_url"], &receipt["from"]), (&Value::Null, &"all.jsonl".into()));
    assert_eq!(receipt["complete"], true);
}

#[cfg(unix)]
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_shows_the_file_and_how_many_partners_it_has() {
    let saved = Saved::new();
    let list = format!("partners list -l 1 -F name --from {} --color never", saved.path("all.jsonl").display());
    let seen = crate::common::in_terminal(&[], 300, &list);
    assert!(seen.ends_with("/all.jsonl: 250 partners\n"), "{seen:?}");
    assert!(!crate::common::in_terminal(&[], 300, &format!("{list} -q")).contains("all.jsonl"));
}

#[test]
fn a_field_that_no_partner_has_is_named_whatever_asks_for_it() {
    let saved = Saved::new();
    saved.save("few.jsonl", "{\"partner_sid\":\"a\",\"risk\":\"high\"}\n{\"partner_sid\":\"b\",\"risk\":\"low\"}\n");
    for command in [
        "list -f 'status ne active'",
        "list --order status",
        "count -f 'status ne active'",
        "count --by risk -f 'status ne active'",
        "tree -f 'status ne active'",
        "check --allow-none -f 'status ne active'",
        "find high -f 'status ne active'",
    ] {
        let words = command.replace('\'', "");
        let (words, filter) = words.split_once(" -f ").unwrap_or((&words, ""));
        let mut arguments: Vec<&str> = ["partners"].into_iter().chain(words.split(' ')).collect();
        arguments.extend(["--from", "few.jsonl"]);
        if !filter.is_empty() {
            arguments.extend(["-f", filter]);
        }
        let report = stderr(&saved.run(&arguments));
        let part = if filter.is_empty() { "order" } else { "filter" };
        let warning = format!("warning: the {part} uses `status`, which no partner in few.jsonl has\n");
        assert_eq!(report.matches(&warning).count(), 1, "{command}: {report}");
    }
    let count = saved.run(&["partners", "count", "--from", "few.jsonl", "-f", "risk eq high"]).success();
    assert_eq!(stdout(&count), "1\n");
}

#[test]
fn a_question_that_cannot_be_answered_names_no_address() {
    let saved = Saved::new();
    let list = saved.run(&["partners", "list", "--from", "all.jsonl", "-f", "status contains act"]).code(2).stdout("");
    let report = stderr(&list);
    assert!(report.contains("unknown operator: contains") && !report.contains("127.0.0.1"), "{report}");
}
