//! What comes out: lossless in every format, safe on a terminal, quiet when the reader leaves.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::common::{Api, carrierx, clean_room, last_page, list_sandbox, stdout};

const PARTNER: &str =
    r#"{"z":1.10,"name":"caf\u00e9 \"x\"\nline","balance":"4.40","n":12345678901234567890123,"a":{ "k":[1E5, null] }}"#;

#[test]
fn json_lines_are_what_the_api_sent_without_the_blanks() {
    let api = Api::new();
    api.page(&[], last_page(&[PARTNER]));
    let expected = PARTNER.replace("{ \"k\":[1E5, null] }", "{\"k\":[1E5,null]}");
    api.list(&["-o", "jsonl"]).success().stdout(expected + "\n");
}

#[test]
fn json_keeps_numbers_escapes_and_the_order_of_keys() {
    let api = Api::new();
    api.page(&[], last_page(&[PARTNER]));
    api.list(&["-o", "json"]).success().stdout(
        r#"[
  {
    "z": 1.10,
    "name": "caf\u00e9 \"x\"\nline",
    "balance": "4.40",
    "n": 12345678901234567890123,
    "a": {
      "k": [
        1E5,
        null
      ]
    }
  }
]
"#,
    );
}

#[test]
fn csv_and_tsv_keep_numbers_and_text_exactly() {
    let api = Api::new();
    api.page(&[], last_page(&[PARTNER]));
    let fields = ["-F", "name,balance,n,a,z"];
    api.list(&[&["-o", "csv"], &fields[..]].concat()).success().stdout(
        "name,balance,n,a,z\n\"café \"\"x\"\"\nline\",4.40,12345678901234567890123,\"{\"\"k\"\":[1E5,null]}\",1.10\n",
    );
    api.list(&[&["-o", "tsv"], &fields[..]].concat())
        .success()
        .stdout("name\tbalance\tn\ta\tz\ncafé \"x\"\\nline\t4.40\t12345678901234567890123\t{\"k\":[1E5,null]}\t1.10\n");
}

#[test]
fn a_table_shows_the_documented_sample_partner() {
    list_sandbox(&["-f", "display_id eq CX15650613"]).success().stderr("").stdout(
        "display_id  company_name        name        status  balance  payment_type\n\
         CX15650613  FreeConferenceCall  John Smith  active      4.4  prepay\n",
    );
}

#[test]
fn a_table_of_no_rows_is_nothing_and_csv_of_no_rows_is_its_header() {
    list_sandbox(&["-f", "name eq nobody"]).success().stdout("").stderr("");
    list_sandbox(&["-f", "name eq nobody", "-o", "csv", "-F", "name"]).success().stdout("name\n");
    list_sandbox(&["-f", "name eq nobody", "-o", "csv", "-F", "name", "--no-header"]).success().stdout("");
}

#[test]
fn control_characters_in_names_never_reach_a_table() {
    let api = Api::new();
    api.page(&[], last_page(&[r#"{"name":"\u001b]0;owned\u0007\u202e\u009b31m\r\nx"}"#]));
    let table = stdout(&api.list(&["-F", "name"]).success());
    assert_eq!(table, "name\n\\u{1b}]0;owned\\u{7}\\u{202e}\\u{9b}31m\\r\\nx\n");
}

#[test]
fn a_csv_of_the_whole_sandbox_has_a_record_for_every_partner() {
    let list = list_sandbox(&["--all", "-o", "csv", "-F", "partner_sid"]).success().stderr("");
    let sids: std::collections::HashSet<_> = stdout(&list).lines().skip(1).map(str::to_owned).collect();
    assert_eq!(sids.len(), 250);
}

/// Runs a list whose reader leaves after the first line, and returns how it ended.
fn list_to_a_reader_that_leaves(arguments: &[&str], environment: &[(&str, &str)]) -> std::process::Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("carrierx"));
    command.env_clear().envs(clean_room()).envs(environment.iter().copied()).args(["partners", "list"]).args(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a child");
    let mut reader = BufReader::new(child.stdout.take().expect("a pipe"));
    reader.read_line(&mut String::new()).expect("a first line");
    drop(reader);
    child.wait_with_output().expect("an end")
}

#[test]
fn a_reader_that_leaves_ends_the_program_quietly() {
    let output = list_to_a_reader_that_leaves(&["--sandbox", "--all", "-o", "json", "--page-size", "1"], &[]);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn help_and_version_are_results_and_name_no_token() {
    let help = carrierx(&["partners", "list", "--help"]).env("CARRIERX_TOKEN", "s3cr3t").assert().success().stderr("");
    assert!(stdout(&help).contains("--raw-filter") && !stdout(&help).contains("s3cr3t"));
    carrierx(&["--version"]).assert().success().stdout(concat!("carrierx ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("carrierx"));
    command.env_clear().envs(clean_room()).args(["partners", "list", "--sandbox", "-q"]);
    let output = command.stdout(full).stderr(Stdio::piped()).output().expect("a run");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("No space left"), "{output:?}");
}

#[test]
fn the_formula_guard_touches_text_only_in_csv_and_tsv_only() {
    let api = Api::new();
    let partner = r#"{"name":"=1+1","company_name":"@x","balance":"-12.75","phonenumber":"+1555","new":"+n"}"#;
    api.page(&[], last_page(&[partner]));
    let fields = "name,company_name,balance,phonenumber,new";
    let list = |arguments: &[&str]| stdout(&api.list(&[arguments, &["-F", fields, "--no-header"]].concat()).success());
    assert_eq!(list(&["-o", "csv"]), "=1+1,@x,-12.75,+1555,+n\n");
    assert_eq!(list(&["-o", "csv", "--formula-guard"]), "'=1+1,'@x,-12.75,+1555,'+n\n");
    assert_eq!(list(&["-o", "tsv", "--formula-guard"]), "'=1+1\t'@x\t-12.75\t+1555\t'+n\n");
    assert!(list(&["-o", "jsonl", "--formula-guard"]).contains(r#""name":"=1+1""#));
}
