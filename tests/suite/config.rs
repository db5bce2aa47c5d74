//! `carrierx config ...`: where the configuration is, what it sets, and how to begin one.

use std::fs;

use crate::common::{carrierx, stderr, stdout};

#[test]
fn the_path_is_that_of_the_option_the_variable_or_the_platform() {
    let home = tempfile::tempdir().expect("a folder");
    let path = |arguments: &[&str], variable: &str| {
        let mut command = carrierx(&[&["config", "path"], arguments].concat());
        command.env("HOME", home.path()).env("CARRIERX_CONFIG", variable);
        stdout(&command.assert().success())
    };
    let place = match std::env::consts::OS {
        // Windows asks no variable for the directory above it.
        "windows" => r"\AppData\Roaming\carrierx\config\config.toml".to_owned(),
        "macos" => format!("{}/Library/Application Support/carrierx/config.toml", home.path().display()),
        _ => format!("{}/.config/carrierx/config.toml", home.path().display()),
    };
    assert!(path(&[], "").ends_with(&format!("{place}\n")), "{}", path(&[], ""));
    assert_eq!(path(&[], "/variable"), "/variable\n");
    assert_eq!(path(&["--config", "/option"], "/variable"), "/option\n");
}

#[test]
fn init_writes_a_file_for_its_owner_alone_and_never_over_another() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("new/config.toml");
    let init = || {
        let mut command = carrierx(&["config", "init"]);
        command.env("CARRIERX_CONFIG", &file).assert()
    };
    init().success().stdout("");
    let written = fs::read_to_string(&file).expect("a file");
    assert!(written.lines().all(|line| line.is_empty() || line.starts_with('#')), "{written}");
    #[cfg(unix)]
    for (path, expected) in [(file.as_path(), 0o600), (file.parent().expect("a folder"), 0o700)] {
        let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).expect("a mode"));
        assert_eq!(mode & 0o777, expected, "{}", path.display());
    }
    fs::write(&file, "limit = 5\n").expect("a file");
    let again = init().code(2).stdout("");
    assert!(stderr(&again).contains("already exists\nhint: "), "{}", stderr(&again));
    assert_eq!(fs::read_to_string(&file).expect("a file"), "limit = 5\n");
}

#[test]
fn init_prints_the_file_instead_and_needs_no_place_for_it() {
    let printed = stdout(&carrierx(&["config", "init", "--print"]).env_remove("HOME").assert().success().stderr(""));
    assert!(
        printed.contains("# token_command = [") && printed.lines().all(|line| line.is_empty() || line.starts_with('#'))
    );
}

#[test]
fn show_lists_the_names_of_the_profiles_and_nothing_of_their_tokens() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("config.toml");
    fs::write(&file, "[profiles.production]\ntoken_file = 'hunter2'\n[profiles.\"a b\"]\n").expect("a file");
    let mut command = carrierx(&["config", "show", "-o", "jsonl"]);
    let shown = stdout(&command.env("CARRIERX_CONFIG", &file).assert().success());
    assert!(shown.contains(r#"{"setting":"profiles","value":["production","a b"],"source":""#), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn show_tells_every_setting_with_its_source_in_every_format_and_never_the_token() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("config.toml");
    let ran = home.path().join("ran");
    fs::write(&file, format!("limit = 5\ntoken_command = ['touch', '{}']\n", ran.display())).expect("a file");
    for format in ["table", "csv", "tsv", "json", "jsonl"] {
        let mut command = carrierx(&["config", "show", "-o", format, "--timeout", "5s"]);
        let shown = stdout(&command.env("CARRIERX_CONFIG", &file).assert().success());
        for part in ["config.toml, line 1", "--timeout", "(set)", "the token_command of", "the default", "ca_file"] {
            assert!(shown.contains(part), "no {part:?} in {format}: {shown}");
        }
    }
    assert!(!ran.exists(), "the token_command ran");
    let mut command = carrierx(&["config", "show", "-o", "jsonl"]);
    let shown = stdout(&command.env("CARRIERX_CONFIG", &file).env("CARRIERX_TOKEN", "hunter2").assert().success());
    assert!(shown.contains(r#"{"setting":"token","value":"(set)","source":"CARRIERX_TOKEN"}"#), "{shown}");
    assert!(shown.contains(r#"{"setting":"limit","value":5,"#) && !shown.contains("hunter2"), "{shown}");
}
