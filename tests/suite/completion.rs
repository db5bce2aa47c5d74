//! Completion, as a shell asks for it; real shells are among the foreign programs.
#![cfg(unix)]

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::{carrierx, stdout};

#[test]
fn the_scripts_in_the_repository_are_those_that_the_program_prints() {
    for (shell, file) in [
        ("bash", "carrierx.bash"),
        ("zsh", "_carrierx"),
        ("fish", "carrierx.fish"),
        ("powershell", "_carrierx.ps1"),
        ("elvish", "carrierx.elv"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(file);
        let printed = stdout(&carrierx(&["completions", shell]).assert().success());
        assert!(
            fs::read_to_string(&path).is_ok_and(|stored| stored == printed),
            "print {shell} into {}",
            path.display()
        );
    }
}

/// What the program answers to a shell that asks what may follow these words.
fn candidates(words: &[&str]) -> assert_cmd::Command {
    let mut asked = carrierx(&[]);
    asked.env("CARRIERX_COMPLETE", "fish").args([&["--", "carrierx"], words].concat());
    asked
}

#[test]
fn formats_are_those_that_the_command_has() {
    for (command, some) in [
        (&["auth", "status"][..], ["table", "json", "jsonl", "csv", "tsv", "markdown"].as_slice()),
        (&["partners", "list"], &["table", "json", "jsonl", "csv", "tsv", "markdown", "xlsx"]),
        (&["partners", "check"], &["table", "json", "jsonl", "csv", "tsv", "markdown", "xlsx", "prometheus"]),
    ] {
        let offered = stdout(&candidates(&[command, &["-o", ""]].concat()).assert().success());
        let names: Vec<_> = offered.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(names, some, "{command:?}");
    }
}

#[test]
fn help_and_man_are_followed_by_what_they_can_show() {
    for (words, some) in [
        (&["help", "opt"][..], &["options"][..]),
        (&["man", "opt"], &[]),
        (&["man", "f"], &["find", "fields", "filters"]),
        (&["help", "co"], &["config", "completions", "count"]),
        (&["help", "l"], &["list", "login", "logout"]),
        (&["help", "partners", "l"], &["list"]),
        (&["man", "partners", "l"], &["list"]),
        (&["man", "auth", ""], &["login", "status", "logout"]),
        (&["man", "filters", ""], &[]),
    ] {
        let offered = stdout(&candidates(words).assert().success());
        let names: Vec<_> = offered.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(names, some, "{words:?}");
    }
}

#[test]
fn nobody_is_asked_over_the_network() {
    let api = TcpListener::bind("127.0.0.1:0").expect("a port");
    api.set_nonblocking(true).expect("a socket");
    let url = format!("http://{}", api.local_addr().expect("an address"));
    for words in
        [&["partners", "get", "--base-url", &url, "CX"][..], &["partners", "list", "--base-url", &url, "-F", ""]]
    {
        candidates(words).env("CARRIERX_TOKEN", "t").assert().success();
    }
    assert!(api.accept().is_err(), "someone called");
}

#[test]
fn a_configuration_that_is_no_file_of_a_sensible_size_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    assert!(Command::new("mkfifo").arg(path("fifo")).status().expect("mkfifo").success());
    let sparse = fs::File::create(path("sparse")).expect("a file");
    sparse.set_len(1 << 40).expect("a size");
    for config in [path("fifo"), path("sparse"), path(""), "/dev/zero".to_owned(), "/dev/tty".to_owned()] {
        let began = Instant::now();
        candidates(&["--config", &config, "--profile", ""]).assert().success().stdout("").stderr("");
        assert!(began.elapsed() < Duration::from_secs(10), "{config}");
    }
}

#[test]
fn only_names_of_plain_characters_are_offered() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml");
    let names = r#""\u001b]0;x\u0007", "line\nbreak", "tab\t", "\u202eturned", "plain name", "q`./x`", "größe""#;
    let profiles: String = names.split(", ").map(|name| format!("[profiles.{name}]\n")).collect();
    fs::write(&config, profiles).expect("a file");
    for name in ["escape\u{1b}[31m", "line\nbreak", "plain"] {
        fs::write(folder.path().join(name), "").expect("a file");
    }
    let config = config.to_str().expect("UTF-8");
    candidates(&["--config", config, "--profile", ""]).assert().success().stdout("größe\n");
    let mut files = candidates(&["partners", "list", "--to", ""]);
    files.current_dir(folder.path()).assert().success().stdout("config.toml\nplain\n");
}

#[test]
fn no_script_evaluates_what_was_typed() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(&carrierx(&["completions", shell]).assert().success()).to_lowercase();
        for word in ["invoke-expression", "iex ", "eval ", "invoke(", "[scriptblock]::create", "invokescript"] {
            assert!(!script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn what_cannot_be_completed_is_met_with_silence() {
    let nothing = |words: &[&str]| candidates(words).assert().success().stdout("").stderr("");
    nothing(&["--config", "/nowhere.toml", "--profile", ""]);
    nothing(&["partners", "list", "-f", "'x eq \"unclosed"]);
    nothing(&["nonsense", "--nonsense=x"]);
    carrierx(&["--", "carrierx", ""]).env("CARRIERX_COMPLETE", "tcsh").assert().success().stdout("").stderr("");
}
