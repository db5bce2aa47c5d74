//! Options, environment and configuration file: which wins, and what is said when one cannot be used.

use std::fs;

use crate::common::{Api, TOKEN, carrierx, last_page, stderr};
use tempfile::TempDir;

/// A home with a configuration file.
fn home_with(text: &str) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("xdg/carrierx");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("config.toml");
    fs::write(&file, text).expect("a file");
    #[cfg(unix)]
    set_mode(&file, 0o600);
    home
}

#[cfg(unix)]
fn set_mode(file: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).expect("a mode");
}

fn config_home(home: &TempDir) -> std::path::PathBuf {
    home.path().join("xdg")
}

#[test]
fn the_file_at_the_platforms_place_gives_token_and_address() {
    let api = Api::new();
    let page =
        api.page(&[("limit", "7"), ("order", "balance desc"), ("include_fields", "login,partner_sid")], last_page(&[]));
    let home = home_with(&format!(
        "token = '{TOKEN}'\nbase_url = '{}'\noutput = 'csv'\nfields = ['login']\nlimit = 7\norder = 'balance:desc'\ntimeout = '20s'\n",
        api.base_url()
    ));
    let mut command = carrierx(&["partners", "list"]);
    command.env("XDG_CONFIG_HOME", config_home(&home)).assert().success().stdout("login\n");
    page.assert_calls(1);
}

#[test]
fn a_configured_limit_that_cuts_the_list_says_so() {
    let api = Api::new();
    api.page(&[("limit", "1")], crate::common::page_of(0, 1, 3));
    let home = home_with("limit = 1\n");
    let list = api.carrierx(&["partners", "list"]).env("XDG_CONFIG_HOME", config_home(&home)).assert().success();
    assert_eq!(stderr(&list), "note: 1 of 3 partners listed; add --all, or --limit N\n");
}

#[test]
fn options_beat_variables_and_variables_beat_the_file() {
    let (by_option, by_variable) = (Api::new(), Api::new());
    let (option, variable) = (by_option.page(&[], last_page(&[])), by_variable.page(&[], last_page(&[])));
    let home = home_with("token = 'file-token'\nbase_url = 'http://127.0.0.1:1'\noutput = 'tsv'\nfields = ['name']\n");
    let run = |arguments: &[&str]| {
        let mut command = by_variable.carrierx(&[&["partners", "list"], arguments].concat());
        command.env("XDG_CONFIG_HOME", config_home(&home)).env("CARRIERX_OUTPUT", "json").assert().success()
    };
    run(&[]).stdout("[]\n");
    variable.assert_calls(1);
    run(&["-o", "csv", "--base-url", &by_option.base_url()]).stdout("name\n");
    option.assert_calls(1);
}

#[test]
fn a_named_file_is_used_and_must_exist() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("my.toml");
    fs::write(&file, "output = 'json'\n").expect("a file");
    let api = Api::new();
    api.page(&[], last_page(&[]));
    let named = file.to_str().expect("UTF-8");
    api.list(&["--config", named]).success().stdout("[]\n");
    api.carrierx(&["partners", "list"]).env("CARRIERX_CONFIG", named).assert().success().stdout("[]\n");
    let missing = api.list(&["--config", "/no/such.toml"]).code(3);
    assert!(stderr(&missing).contains("/no/such.toml does not exist"), "{}", stderr(&missing));
}

#[test]
fn a_broken_file_is_an_error_that_names_line_and_key_and_no_token() {
    for (text, parts) in [
        ("token = 'hunter2'\ntimeuot = 5\n", &["line 2", "`timeuot`", "did you mean `timeout`?"][..]),
        ("output = 5\n", &["line 1", "`output`", "string"]),
        ("token = hunter2\n", &["line 1", "not TOML"]),
        ("\ntoken = \"hunter2\n", &["line 2", "not TOML"]),
        ("token = 'hunt er2'\n", &["the token from", "line 1", "blank"]),
        ("base_url = 'http://example.com'\n", &["line 1", "https"]),
    ] {
        let home = home_with(text);
        let mut command = carrierx(&["partners", "list"]);
        let list = command.env("XDG_CONFIG_HOME", config_home(&home)).assert().code(3).stdout("");
        let report = stderr(&list);
        parts.iter().for_each(|part| assert!(report.contains(part), "no {part:?} in {report}"));
        assert!(!report.contains("hunter2") && !report.contains("hunt er2"), "{report}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let list = carrierx(&["partners", "list", "--config", folder.path().to_str().expect("UTF-8")]).assert().code(3);
    assert!(stderr(&list).contains("cannot be read"), "{}", stderr(&list));
}

#[cfg(unix)]
#[test]
fn a_file_with_a_token_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    let home = home_with("token = 'hunter2'\n");
    let file = config_home(&home).join("carrierx/config.toml");
    for mode in [0o640, 0o604, 0o620, 0o601] {
        set_mode(&file, mode);
        let mut command = carrierx(&["partners", "list"]);
        let list = command.env("XDG_CONFIG_HOME", config_home(&home)).assert().code(3).stdout("");
        let report = stderr(&list);
        assert!(report.contains(&format!("chmod 600 '{}'", file.display())) && !report.contains("hunter2"), "{report}");
    }
    fs::write(&file, "limit = 1\n").expect("a file");
    let mut command = carrierx(&["partners", "list", "--sandbox", "-q"]);
    command.env("XDG_CONFIG_HOME", config_home(&home)).assert().success();
}

#[test]
fn no_token_is_a_configuration_error_with_the_ways_to_give_one() {
    for token in [None, Some("")] {
        let mut command = carrierx(&["partners", "list"]);
        command.envs(token.map(|token| ("CARRIERX_TOKEN", token)));
        let list = command.assert().code(3).stdout("");
        for way in ["CARRIERX_TOKEN", "config.toml", "--sandbox", "portal"] {
            assert!(stderr(&list).contains(way), "{}", stderr(&list));
        }
    }
}

#[test]
fn a_token_that_cannot_be_sent_is_refused_unseen() {
    for token in ["hunt er2", "hunter2\n\n", "hünter2", "hunter2\u{7}"] {
        let list = carrierx(&["partners", "list"]).env("CARRIERX_TOKEN", token).assert().code(3);
        let report = stderr(&list);
        assert!(report.contains("CARRIERX_TOKEN") && !report.contains("er2"), "{report}");
    }
}

#[test]
fn plain_http_is_refused_wherever_the_address_comes_from() {
    let url = "http://api.carrierx.com/core/v2";
    let option = carrierx(&["partners", "list", "--base-url", url]).env("CARRIERX_TOKEN", TOKEN).assert().code(3);
    assert!(stderr(&option).contains("--base-url"), "{}", stderr(&option));
    let mut command = carrierx(&["partners", "list"]);
    let variable = command.env("CARRIERX_BASE_URL", url).env("CARRIERX_TOKEN", TOKEN).assert().code(3);
    assert!(stderr(&variable).contains("CARRIERX_BASE_URL"), "{}", stderr(&variable));
}

#[test]
fn the_sandbox_needs_no_token_and_no_usable_address() {
    let home = home_with("token = 'bad token'\nbase_url = 'http://example.com'\n");
    let mut command = carrierx(&["partners", "list", "--sandbox", "-l", "1"]);
    command.env("XDG_CONFIG_HOME", config_home(&home)).env("CARRIERX_BASE_URL", "nonsense").assert().success();
}

#[test]
fn without_a_home_the_sandbox_still_answers() {
    carrierx(&["partners", "list", "--sandbox", "-l", "1"]).env_remove("HOME").assert().success();
    carrierx(&["partners", "list", "--sandbox", "-l", "1"]).env("HOME", "/dev/null").assert().success();
}

#[cfg(unix)]
#[test]
fn a_token_is_read_from_a_file_or_a_command_that_the_selected_profile_names() {
    let api = Api::new();
    let page = api.page(&[], last_page(&[]));
    let home = home_with(&format!(
        "base_url = '{}'\ntoken_command = ['touch', 'ran']\n\
         [profiles.file]\ntoken_file = 'secrets/token'\n\
         [profiles.command]\ntoken_command = ['printf', '{TOKEN}\\n']\n",
        api.base_url()
    ));
    let secrets = config_home(&home).join("carrierx/secrets");
    fs::create_dir(&secrets).expect("a folder");
    fs::write(secrets.join("token"), format!("{TOKEN}\n")).expect("a file");
    set_mode(&secrets.join("token"), 0o644);
    let run = |arguments: &[&str]| {
        let mut command = carrierx(&[&["partners", "list"], arguments].concat());
        command.env("XDG_CONFIG_HOME", config_home(&home)).env("PATH", "/usr/bin:/bin").current_dir(home.path());
        command.assert()
    };
    run(&["--profile", "file"]).success();
    run(&["--profile", "command"]).success();
    run(&["--sandbox", "-q"]).success();
    page.assert_calls(2);
    assert!(!home.path().join("ran").exists(), "a token_command ran though another source won");
    let list = run(&[]).code(3);
    assert!(stderr(&list).contains("the token_command of") && home.path().join("ran").exists(), "{}", stderr(&list));
}

#[test]
fn an_unknown_profile_is_an_error_that_names_those_there_are() {
    let home = home_with("[profiles.production]\n[profiles.test]\n");
    for (arguments, variable, part) in [
        (&["--profile", "prodction"][..], "", "did you mean `production`?"),
        (&["--profile", "x"], "", "there are production, test"),
        (&[], "x", "selected by CARRIERX_PROFILE"),
    ] {
        let mut command = carrierx(&[&["partners", "list"], arguments].concat());
        command.env("XDG_CONFIG_HOME", config_home(&home)).env("CARRIERX_PROFILE", variable);
        let list = command.assert().code(3);
        assert!(stderr(&list).contains(part), "{}", stderr(&list));
    }
}
