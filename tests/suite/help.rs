//! Help: it fits, it is about the command, and its examples run.
#![cfg(unix)]

use std::time::Duration;

use crate::common::{carrierx, in_terminal, stdout};
use carrierx::cli::Cli;
use clap::CommandFactory;

/// The words of every command, the program's own being none.
fn commands() -> Vec<Vec<String>> {
    fn add(command: &clap::Command, words: &[String], commands: &mut Vec<Vec<String>>) {
        commands.push(words.to_vec());
        for subcommand in command.get_subcommands() {
            add(subcommand, &[words, &[subcommand.get_name().to_owned()]].concat(), commands);
        }
    }
    let mut commands = Vec::new();
    add(&Cli::command(), &[], &mut commands);
    commands
}

fn help(words: &[String], option: &str) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).chain([option]).collect();
    stdout(&carrierx(&words).assert().success().stderr(""))
}

#[test]
fn every_help_fits_80_columns_and_the_short_one_is_shorter() {
    for words in commands() {
        let (short, long) = (help(&words, "-h"), help(&words, "--help"));
        for line in short.lines().chain(long.lines()) {
            assert!(line.chars().count() <= 80, "{words:?}: {line}");
        }
        assert!(short.lines().count() < long.lines().count(), "{words:?}");
        assert!(!short.starts_with("Usage"), "{words:?} does not tell what it is for");
    }
}

#[test]
fn options_stand_under_headings() {
    let list = help(&["partners".to_owned(), "list".to_owned()], "-h");
    let place = |heading: &str| list.find(&format!("\n{heading}:\n")).unwrap_or_else(|| panic!("{heading}: {list}"));
    assert!(
        ["Query", "Paging", "Output", "Connection", "Examples (add --sandbox to try them on sample data)"]
            .map(place)
            .is_sorted()
    );
}

#[test]
fn every_example_about_partners_runs_on_the_sandbox() {
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let mut examples = 0;
    for words in commands() {
        for line in help(&words, "-h")
            .replace("|\n    ", "| ")
            .lines()
            .filter_map(|line| line.strip_prefix("  carrierx partners "))
        {
            let folder = tempfile::tempdir().expect("a folder");
            // What a check finds is a status, too; an error would be 3.
            let found = if line.starts_with("check") { "|| [ $? -le 2 ]" } else { "" };
            let script = format!(
                "set -eo pipefail; carrierx() {{ '{program}' \"$@\" --sandbox; }}; carrierx partners {line} {found}"
            );
            let mut bash = assert_cmd::Command::new("bash");
            bash.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", folder.path()).current_dir(folder.path());
            bash.timeout(Duration::from_secs(60)).args(["--norc", "-c", &script]).assert().success();
            examples += 1;
        }
    }
    assert!(examples > 8, "only {examples} examples");
}

#[test]
fn help_is_coloured_on_a_terminal_unless_someone_says_otherwise() {
    for (environment, arguments, colored) in [
        (&[][..], "--help", true),
        (&[("NO_COLOR", "1")], "--help", false),
        (&[], "--help --color never", false),
        (&[], "partners list -h --color=never", false),
    ] {
        assert_eq!(in_terminal(environment, 80, arguments).contains('\u{1b}'), colored, "{environment:?} {arguments}");
    }
}

#[test]
fn a_mistyped_command_option_or_value_is_told_the_right_one() {
    for (line, meant) in [
        ("partners lits", "'list'"),
        ("partner list", "'partners'"),
        ("list --sandbox", "'partners list'"),
        ("login", "'auth login'"),
        ("partners list --fliter x", "'--filter'"),
        ("partners list -o jsno", "'json'"),
        ("partners list --color alwasy", "'always'"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let report = crate::common::stderr(&carrierx(&words).assert().code(2));
        assert!(report.contains(meant), "{line}: {report}");
    }
}
