//! Help: it fits, it is about the command, and its examples run.
#![cfg(unix)]

use std::time::Duration;

use crate::common::{carrierx, clean_room, stdout};
use carrierx::cli;

/// The words of every command, the program's own being none.
fn commands() -> Vec<Vec<String>> {
    fn add(command: &clap::Command, words: &[String], commands: &mut Vec<Vec<String>>) {
        commands.push(words.to_vec());
        for subcommand in command.get_subcommands() {
            add(subcommand, &[words, &[subcommand.get_name().to_owned()]].concat(), commands);
        }
    }
    let mut commands = Vec::new();
    add(&cli::command(), &[], &mut commands);
    commands
}

fn help(words: &[String], option: &str) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).chain([option]).collect();
    stdout(&carrierx(&words).assert().success().stderr(""))
}

/// Everything that `--help` and the topics of `help` show.
fn long_helps() -> Vec<String> {
    let topics = ["filters", "config", "monitoring", "options"]
        .map(|topic| stdout(&carrierx(&["help", topic]).assert().success()));
    commands().iter().map(|words| help(words, "--help")).chain(topics).collect()
}

/// The lines and columns of a terminal.
const SCREEN: (usize, usize) = (24, 80);

#[test]
fn short_help_fits_one_screen_and_is_shorter_than_the_long() {
    for words in commands() {
        let (short, long) = (help(&words, "-h"), help(&words, "--help"));
        for line in short.lines().chain(long.lines()) {
            assert!(line.chars().count() <= SCREEN.1, "{words:?}: {line}");
        }
        let (lines, more) = (short.lines().count(), long.lines().count());
        assert!(lines <= SCREEN.0 && lines < more && more <= 120, "{words:?}: {lines} and {more} lines\n{short}");
        assert!(!short.starts_with("Usage"), "{words:?} does not say what it is for");
    }
}

#[test]
fn help_is_written_in_the_terms_of_the_field() {
    for text in long_helps() {
        let lower = text.to_lowercase();
        let words: Vec<_> = lower.split(|c: char| !c.is_alphabetic()).collect();
        for word in ["tell", "tells", "told", "mend", "honour", "honours", "colour", "colours", "behaviour"] {
            assert!(!words.contains(&word), "{word}: {text}");
        }
    }
}

#[test]
fn long_help_groups_options_then_lists_global_ones_and_examples() {
    let list = help(&["partners".to_owned(), "list".to_owned()], "--help");
    let place = |heading: &str| list.find(&format!("\n{heading}")).unwrap_or_else(|| panic!("{heading}: {list}"));
    assert!(["Query:\n", "Paging:\n", "Output:\n", "Global options", "Examples (add --sandbox"].map(place).is_sorted());
}

#[test]
fn short_help_orders_options_by_query_paging_output_and_the_rest() {
    let list = help(&["partners".to_owned(), "list".to_owned()], "-h");
    let place = |option: &str| list.find(&format!("--{option}")).unwrap_or_else(|| panic!("{option}: {list}"));
    assert!(["filter", "order", "limit", "parallel", "fields", "to", "receipt", "dry-run"].map(place).is_sorted());
    assert!(list.contains("carrierx help options") && !list.contains("--error-format"), "{list}");
}

#[test]
fn the_help_command_shows_what_the_help_option_shows() {
    for words in [&[][..], &["partners"], &["partners", "list"], &["help"]] {
        let asked = stdout(&carrierx(&[&["help"], words].concat()).assert().success().stderr(""));
        assert_eq!(asked, stdout(&carrierx(&[words, &["--help"]].concat()).assert().success()), "{words:?}");
    }
    for (alone, in_full) in [("list", ["partners", "list"]), ("ls", ["partners", "ls"]), ("show", ["config", "show"])] {
        let alone = stdout(&carrierx(&["help", alone]).assert().success().stderr(""));
        assert_eq!(alone, stdout(&carrierx(&[&["help"][..], &in_full].concat()).assert().success()));
    }
    let mistyped = crate::common::stderr(&carrierx(&["help", "partners", "lits"]).assert().code(2).stdout(""));
    assert!(mistyped.contains("try `carrierx help partners list`;"), "{mistyped}");
}

#[test]
fn the_help_command_knows_topics() {
    for (topic, text) in [
        ("filters", "greater than or equal"),
        ("config", "CARRIERX_TIMEOUT"),
        ("monitoring", "LoadCredential"),
        ("options", "--error-format"),
    ] {
        let shown = stdout(&carrierx(&["help", topic]).assert().success().stderr(""));
        assert!(shown.contains(text), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= SCREEN.1), "{shown}");
    }
}

#[test]
fn every_example_about_partners_runs_on_the_sandbox() {
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let mut examples = 0;
    for text in long_helps() {
        // One example may read what the one before it wrote.
        let folder = tempfile::tempdir().expect("a folder");
        for line in text.replace("|\n    ", "| ").lines().filter_map(|line| line.strip_prefix("  carrierx partners ")) {
            // What a check finds is a status, too; an error would be 3.
            let found = if line.starts_with("check") { "|| [ $? -le 2 ]" } else { "" };
            let script = format!(
                "set -eo pipefail; carrierx() {{ '{program}' \"$@\" --sandbox; }}; carrierx partners {line} {found}"
            );
            let mut bash = assert_cmd::Command::new("bash");
            bash.env_clear()
                .envs(clean_room())
                .env("PATH", "/usr/bin:/bin")
                .env("HOME", folder.path())
                .current_dir(folder.path());
            bash.timeout(Duration::from_secs(60)).args(["--norc", "-c", &script]).assert().success();
            examples += 1;
        }
    }
    assert!(examples > 16, "only {examples} examples");
}

#[cfg(target_os = "linux")]
#[test]
fn help_is_colored_on_a_terminal_unless_that_is_turned_off() {
    for (environment, arguments, colored) in [
        (&[][..], "--help", true),
        (&[("NO_COLOR", "1")], "--help", false),
        (&[], "--help --color never", false),
        (&[], "help filters", true),
        (&[], "partners list -h --color=never", false),
    ] {
        assert_eq!(
            crate::common::in_terminal(environment, 80, arguments).contains('\u{1b}'),
            colored,
            "{environment:?} {arguments}"
        );
    }
}

#[test]
fn a_mistyped_command_option_or_value_gets_a_suggestion() {
    for (line, meant) in [
        ("partners lits", "`carrierx partners list`"),
        ("partner list", "`carrierx partners`"),
        ("list --sandbox", "`carrierx partners list`"),
        ("login", "`carrierx auth login`"),
        ("partners list --fliter x", "try --filter"),
        ("partners list -o jsno", "try `json`"),
        ("partners list --color alwasy", "try `always`"),
        ("partners list --json", "use -o json"),
        ("whoami", "carrierx auth status"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let report = crate::common::stderr(&carrierx(&words).assert().code(2));
        assert!(report.contains(meant), "{line}: {report}");
    }
}

#[test]
fn the_program_alone_prints_its_short_help_as_a_result() {
    let alone = carrierx(&[]).assert().success().stderr("");
    assert_eq!(stdout(&alone), stdout(&carrierx(&["-h"]).assert().success()));
}
