//! The program at a terminal: tables that fit, colors where they are wanted.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::common::{carrierx, clean_room, in_terminal, stdout};
use assert_cmd::Command;
use unicode_width::UnicodeWidthStr;

const ESCAPE: char = '\u{1b}';

#[test]
fn a_table_fits_the_terminal_and_identifiers_and_amounts_stay_whole() {
    let wide = in_terminal(&[], 300, "partners list --all --sandbox -q --color never");
    for columns in [45, 60, 80, 120, 200] {
        let table = in_terminal(&[], columns, "partners list --all --sandbox -q --color never");
        assert_eq!(table.lines().count(), 251);
        for (line, whole) in table.lines().zip(wide.lines()) {
            assert!(line.width() <= usize::from(columns), "{} of {columns}: {line}", line.width());
            let words = || whole.split("  ").map(str::trim).filter(|word| !word.is_empty());
            let id = words().next().expect("an ID");
            assert!(line.starts_with(&format!("{id}  ")), "{line}");
            let amount = words().find(|word| word.contains('.') && word.parse::<f64>().is_ok());
            assert!(amount.is_none_or(|amount| columns == 45 || line.contains(amount)), "{line} of {whole}");
        }
    }
}

#[test]
fn named_columns_are_left_out_from_the_right_with_a_warning_that_quiet_keeps_but_never_the_display_id() {
    let seen = in_terminal(&[], 30, "partners list --sandbox -l 1 -q -F name,status,balance,display_id --color never");
    assert!(seen.contains("name        status  display_id\n"), "{seen}");
    assert!(seen.contains("warning: no room for column balance (choose columns with -F, or use -o csv)"), "{seen}");
}

#[test]
fn default_columns_that_do_not_fit_are_a_note() {
    let command = "partners list --sandbox -l 1 --color never";
    let note = "note: no room for column payment_type (choose columns with -F, or use -o csv)";
    assert!(in_terminal(&[], 50, command).contains(note));
    assert!(!in_terminal(&[], 50, &format!("{command} -q")).contains("no room"));
}

/// What the command prints into a pipe with this value of `COLUMNS`.
fn with_columns(columns: Option<&str>, arguments: &str) -> String {
    let mut command = carrierx(&arguments.split(' ').collect::<Vec<_>>());
    if let Some(columns) = columns {
        command.env("COLUMNS", columns);
    }
    stdout(&command.assert().success())
}

#[test]
fn columns_is_the_width_in_a_pipe_and_without_a_number_there_is_none() {
    let list = "partners list --all --sandbox -q";
    let widest = |text: &str| text.lines().map(UnicodeWidthStr::width).max().expect("a line");
    let whole = with_columns(None, list);
    assert!(widest(&whole) > 100 && !whole.contains('…'));
    for columns in [40, 60, 80] {
        let table = with_columns(Some(&columns.to_string()), list);
        assert!(widest(&table) <= columns && table.contains('…') && table.lines().count() == 251, "{table}");
    }
    for nonsense in ["", "0", "-1", "wide", "60.5", " 60", "65535", "99999999999999999999999"] {
        assert!(with_columns(Some(nonsense), list) == whole, "{nonsense:?}");
    }
    let least = with_columns(Some("1"), list);
    assert!(least.starts_with("display_id\nCX") && widest(&least) == 10, "{least}");
    for format in ["csv", "tsv", "json", "jsonl"] {
        let list = format!("partners list -l 3 --sandbox -o {format}");
        assert_eq!(with_columns(Some("40"), &list), with_columns(None, &list), "{format}");
    }
}

#[test]
fn a_file_is_no_narrower_for_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("list.txt");
    let list = "partners list -l 3 --sandbox";
    with_columns(Some("40"), &format!("{list} --to {}", file.display()));
    assert_eq!(std::fs::read_to_string(file).expect("a file"), with_columns(None, list));
}

#[test]
fn the_sums_of_a_tree_are_kept_at_80_columns() {
    let tree = with_columns(Some("80"), "partners tree --sandbox --depth 1");
    assert!(tree.lines().all(|line| line.width() <= 80), "{tree}");
    let header: Vec<_> = tree.lines().next().expect("a header").split_whitespace().collect();
    assert_eq!(header, ["partner", "display_id", "status", "balance_sum", "spent_sum", "below"]);
    let narrow = with_columns(Some("60"), "partners tree --sandbox --root CX89135802");
    assert!(narrow.contains("display_id  balance_sum  spent_sum  below\n"), "{narrow}");
}

#[test]
fn the_fields_of_a_partner_fit_60_columns() {
    for fields in [with_columns(Some("60"), "partners fields"), in_terminal(&[], 60, "partners fields --color never")] {
        assert!(fields.starts_with("name                  type             meaning\n"), "{fields}");
        let lines = || fields.lines().filter(|line| !line.starts_with("note: "));
        assert!(lines().all(|line| line.width() <= 60) && fields.contains("objects"), "{fields}");
    }
}

#[test]
fn what_columns_says_of_the_terminal_counts_more_than_its_size() {
    let table = in_terminal(&[("COLUMNS", "60")], 200, "partners list --all --sandbox -q --color never");
    assert!(table.lines().all(|line| line.width() <= 60), "{table}");
    let nonsense = in_terminal(&[("COLUMNS", "wide")], 60, "partners list --all --sandbox -q --color never");
    assert!(table == nonsense, "{nonsense}");
}

#[test]
fn our_own_words_go_on_in_the_next_line_rather_than_being_shortened() {
    let fields = in_terminal(&[], 80, "partners fields --color never");
    assert!(!fields.contains('…') && fields.lines().all(|line| line.width() <= 80), "{fields}");
}

#[test]
fn colors_come_on_a_terminal_unless_someone_says_otherwise() {
    let xterm = ("TERM", "xterm");
    for (environment, option, colored) in [
        (&[xterm][..], "", true),
        (&[("TERM", "dumb")], "", false),
        (&[xterm, ("NO_COLOR", "1")], "", false),
        (&[xterm, ("NO_COLOR", "")], "", true),
        (&[xterm, ("CLICOLOR", "0")], "", false),
        (&[xterm, ("NO_COLOR", "1")], "--color always", true),
        (&[xterm, ("CLICOLOR_FORCE", "1")], "--color never", false),
    ] {
        let line = format!("partners list --sandbox {option}");
        assert_eq!(in_terminal(environment, 80, &line).contains(ESCAPE), colored, "{environment:?} {option}");
        let line = format!("partners get CX32345679 --sandbox {option}");
        assert_eq!(in_terminal(environment, 80, &line).contains(ESCAPE), colored, "{environment:?} {option}");
    }
}

#[test]
fn a_pipe_is_plain_unless_someone_says_otherwise() {
    for (name, value, options, colored) in [
        ("TERM", "xterm", &[][..], false),
        ("CLICOLOR_FORCE", "1", &[], true),
        ("CLICOLOR_FORCE", "0", &[], false),
        ("TERM", "dumb", &["--color", "always"], true),
    ] {
        let arguments = [&["partners", "list", "--sandbox"], options].concat();
        let list = crate::common::carrierx(&arguments).env(name, value).assert().success();
        assert_eq!(crate::common::stdout(&list).contains(ESCAPE), colored, "{name}={value} {options:?}");
    }
}

#[test]
fn a_dim_line_after_the_results_says_that_the_data_is_made_up() {
    let line = "sample data: these partners are made up";
    let seen = in_terminal(&[("TERM", "xterm")], 80, "partners list --sandbox -l 1");
    assert!(seen.ends_with(&format!("\u{1b}[2m{line}\u{1b}[0m\n")), "{seen}");
    for command in
        ["partners get CX32345679", "partners count", "partners tree --depth 0", "partners list -o json -l 1"]
    {
        let seen = in_terminal(&[("NO_COLOR", "1")], 80, &format!("{command} --sandbox"));
        assert!(seen.ends_with(&format!("\n{line}\n")), "{command}: {seen}");
    }
    for silent in ["partners list --sandbox -q", "partners list --sandbox | cat", "partners fields --sandbox"] {
        assert!(!in_terminal(&[], 80, silent).contains(line), "{silent}");
    }
}

#[test]
fn no_path_and_no_profile_drives_the_terminal_whatever_the_command() {
    let home = tempfile::tempdir().expect("a folder");
    let config = home.path().join("a\u{1b}[2Jb\u{202e}");
    let file = config.join("config.toml");
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, "token = 'old'\n[profiles.\"p\\u001b[2J\"]\ntoken_file = 'none'\n").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    for (arguments, typed, says) in [
        ("config path", "", "u{1b}[2Jb"),
        ("config show", "", "u{1b}[2Jb"),
        ("config init", "", "u{1b}[2Jb"),
        ("auth login --no-verify", "new\n", "u{1b}[2Jb"),
        ("auth login --no-verify --profile $(printf 'p\\033[2J')", "new\n", "u{1b}[2J"),
        ("auth status --base-url http://127.0.0.1:1 --retries 0", "", "u{1b}[2Jb"),
        ("partners list --profile $(printf 'q\\033[2J')", "", "u{1b}[2J"),
        ("partners get --sandbox $(printf 'q\\033[2J')", "", "u{1b}[2J"),
        ("auth logout", "", "u{1b}[2Jb"),
    ] {
        let mut script = Command::new("script");
        script.env_clear().envs(clean_room()).env("PATH", "/usr/bin:/bin").env("CARRIERX_CONFIG", &file);
        script.timeout(Duration::from_secs(60)).args(["-qc", &format!("{program} {arguments}"), "/dev/null"]);
        let seen = stdout(&script.write_stdin(typed).assert());
        assert!(!seen.contains("\u{1b}[2J") && !seen.contains('\u{202e}'), "{arguments}: {seen:?}");
        assert!(seen.contains(says), "{arguments}: {seen:?}");
    }
}

#[test]
fn at_a_terminal_the_balances_of_the_last_nights_are_seen_and_in_a_pipe_they_are_not() {
    let found = in_terminal(&[], 80, "partners get CX15650613 --sandbox --color never");
    assert!(found.contains("30 nights  ") && found.contains('▇') && found.lines().count() <= 24, "{found}");
    let piped = stdout(&carrierx(&["partners", "get", "CX15650613", "--sandbox"]).assert().success());
    assert!(!piped.contains("30 nights"), "{piped}");
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    for (columns, header_end) in [(120, "balance  30 nights     spent    limit"), (80, "balance    spent    limit")] {
        let line = format!("stty rows 40 cols {columns}; {program} partners check --sandbox -w 90 --color never; true");
        let mut script = Command::new("script");
        script.env_clear().envs(clean_room()).env("PATH", "/usr/bin:/bin").timeout(Duration::from_secs(60));
        let seen = stdout(&script.args(["-qec", &line, "/dev/null"]).assert().success());
        assert!(seen.lines().nth(1).is_some_and(|header| header.ends_with(header_end)), "{columns}: {seen}");
    }
}
