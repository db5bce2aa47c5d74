//! Options, environment and configuration file: which wins, and what is said when one cannot be used.

use std::fs;

use crate::common::{Api, TOKEN, carrierx, last_page, stderr};
use tempfile::TempDir;

/// A home with a configuration file.
fn home_with(text: &str) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir(home.path().join("conf")).expect("a folder");
    fs::write(config_of(&home), text).expect("a file");
    #[cfg(unix)]
    set_mode(&config_of(&home), 0o600);
    home
}

#[cfg(unix)]
fn set_mode(file: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).expect("a mode");
}

fn config_of(home: &TempDir) -> std::path::PathBuf {
    home.path().join("conf/config.toml")
}

#[cfg(target_os = "linux")]
#[test]
fn a_configuration_of_many_profiles_costs_no_more_than_its_bytes() {
    let home = tempfile::tempdir().expect("a directory");
    let file = home.path().join("config.toml");
    let profiles: String = (0..20_000).map(|number| format!("[profiles.p{number}]\nlimit = 1\n")).collect();
    fs::write(&file, profiles).expect("a file");
    let arguments = ["config", "show", "--config", &file.display().to_string()];
    crate::common::carrierx_within(crate::common::Budget::default(), &arguments).assert().success();
}

#[test]
fn the_file_gives_token_and_address() {
    let api = Api::new();
    let page =
        api.page(&[("limit", "7"), ("order", "balance desc"), ("include_fields", "login,partner_sid")], last_page(&[]));
    let home = home_with(&format!(
        "token = '{TOKEN}'\nbase_url = '{}'\noutput = 'csv'\nfields = ['login']\nlimit = 7\norder = 'balance:desc'\ntimeout = '20s'\n",
        api.base_url()
    ));
    let mut command = carrierx(&["partners", "list"]);
    command.env("CARRIERX_CONFIG", config_of(&home)).assert().success().stdout("login\n");
    page.assert_calls(1);
}

#[test]
fn a_configured_limit_that_cuts_the_list_says_so() {
    let api = Api::new();
    api.page(&[("limit", "1")], crate::common::page_of(0, 1, 3));
    let home = home_with("limit = 1\n");
    let list = api.carrierx(&["partners", "list"]).env("CARRIERX_CONFIG", config_of(&home)).assert().success();
    assert_eq!(stderr(&list), "warning: 1 of 3 partners listed; add --all, or --limit N\n");
}

#[test]
fn a_home_is_found_in_every_path_that_no_shell_expands() {
    let home = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let mut command = carrierx(arguments);
        command.env("HOME", home.path()).env("USERPROFILE", home.path()).current_dir(home.path()).assert().success()
    };
    fs::write(home.path().join("c.toml"), "limit = 2\nca_file = '~/none.pem'\n").expect("a file");
    let list = ["partners", "list", "--sandbox", "--config=~/c.toml", "--to=~/a.jsonl", "--receipt=~/r.json"];
    run(&[&list[..], &["--limit", "3"]].concat());
    run(&["partners", "list", "--from=~/a.jsonl", "--to=~/b.csv"]);
    run(&["partners", "check", "--sandbox", "--state=~/state", "-w", "9998", "-c", "9999"]);
    let shown = run(&["config", "show", "--config=~/c.toml", "--history=~/past", "-o", "csv"]);
    for path in ["past", "none.pem"] {
        let path = home.path().join(path).display().to_string();
        assert!(String::from_utf8_lossy(&shown.get_output().stdout).contains(&path), "{path}");
    }
    for name in ["a.jsonl", "r.json", "b.csv", "state"] {
        assert!(home.path().join(name).exists(), "{name}");
    }
    assert!(!home.path().join("~").exists());
}

#[test]
fn options_beat_variables_and_variables_beat_the_file() {
    let (by_option, by_variable) = (Api::new(), Api::new());
    let (option, variable) = (by_option.page(&[], last_page(&[])), by_variable.page(&[], last_page(&[])));
    let home = home_with("token = 'file-token'\nbase_url = 'http://127.0.0.1:1'\noutput = 'tsv'\nfields = ['name']\n");
    let run = |arguments: &[&str]| {
        let mut command = by_variable.carrierx(&[&["partners", "list"], arguments].concat());
        command.env("CARRIERX_CONFIG", config_of(&home)).env("CARRIERX_OUTPUT", "json").assert().success()
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
        ("token = 'hunt er2'\n", &["the token from", "line 1", "space or line break"]),
        ("base_url = 'http://example.com'\n", &["line 1", "https"]),
    ] {
        let home = home_with(text);
        let mut command = carrierx(&["partners", "list"]);
        let list = command.env("CARRIERX_CONFIG", config_of(&home)).assert().code(3).stdout("");
        let report = stderr(&list);
        parts.iter().for_each(|part| assert!(report.contains(part), "no {part:?} in {report}"));
        assert!(!report.contains("hunter2") && !report.contains("hunt er2"), "{report}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let list = carrierx(&["partners", "list", "--config", folder.path().to_str().expect("UTF-8")]).assert().code(3);
    assert!(stderr(&list).contains("cannot read the configuration file"), "{}", stderr(&list));
}

#[cfg(unix)]
#[test]
fn a_file_with_a_token_that_others_can_read_is_refused_with_the_command_that_fixes_it() {
    let home = home_with("token = 'hunter2'\n");
    let file = config_of(&home);
    for mode in [0o640, 0o604, 0o620, 0o601] {
        set_mode(&file, mode);
        let mut command = carrierx(&["partners", "list"]);
        let list = command.env("CARRIERX_CONFIG", config_of(&home)).assert().code(3).stdout("");
        let report = stderr(&list);
        assert!(
            report.contains(&format!("chmod 600 '{}'", file.display()))
                && report.contains("`token_file`")
                && !report.contains("hunter2"),
            "{report}"
        );
    }
    fs::write(&file, "limit = 1\n").expect("a file");
    let mut command = carrierx(&["partners", "list", "--sandbox", "-q"]);
    command.env("CARRIERX_CONFIG", config_of(&home)).assert().success();
}

#[test]
fn no_token_is_a_configuration_error_with_the_ways_to_give_one() {
    for token in [None, Some("")] {
        let mut command = carrierx(&["partners", "list"]);
        command.envs(token.map(|token| ("CARRIERX_TOKEN", token)));
        let list = command.assert().code(3).stdout("");
        for way in ["CARRIERX_TOKEN", "auth login", "--sandbox", "portal"] {
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
    command.env("CARRIERX_CONFIG", config_of(&home)).env("CARRIERX_BASE_URL", "nonsense").assert().success();
}

#[test]
fn where_the_home_is_no_folder_the_sandbox_still_answers() {
    carrierx(&["partners", "list", "--sandbox", "-l", "1"]).env("HOME", "/dev/null").assert().success();
}

#[cfg(unix)]
#[test]
fn a_token_is_read_from_a_file_or_a_command_that_the_selected_profile_names() {
    let api = Api::new();
    let page = api.page(&[], last_page(&[]));
    let home = home_with(&format!(
        "base_url = '{url}'\ntoken_command = ['touch', 'ran']\n\
         [profiles.file]\ntoken_file = 'secrets/token'\nbase_url = '{url}'\n\
         [profiles.command]\ntoken_command = ['printf', '{TOKEN}\\n']\nbase_url = '{url}'\n",
        url = api.base_url()
    ));
    let secrets = config_of(&home).with_file_name("secrets");
    fs::create_dir(&secrets).expect("a folder");
    fs::write(secrets.join("token"), format!("{TOKEN}\n")).expect("a file");
    set_mode(&secrets.join("token"), 0o644);
    let run = |arguments: &[&str]| {
        let mut command = carrierx(&[&["partners", "list"], arguments].concat());
        command.env("CARRIERX_CONFIG", config_of(&home)).env("PATH", "/usr/bin:/bin").current_dir(home.path());
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
        (&["--profile", "x"], "", "available: production, test"),
        (&[], "x", "(from CARRIERX_PROFILE)"),
    ] {
        let mut command = carrierx(&[&["partners", "list"], arguments].concat());
        command.env("CARRIERX_CONFIG", config_of(&home)).env("CARRIERX_PROFILE", variable);
        let list = command.assert().code(3);
        assert!(stderr(&list).contains(part), "{}", stderr(&list));
    }
}

#[test]
fn settings_of_the_query_can_stand_in_the_environment() {
    let api = Api::new();
    let page =
        api.page(&[("limit", "7"), ("order", "name desc"), ("include_fields", "login,partner_sid")], last_page(&[]));
    let mut list = api.carrierx(&["partners", "list"]);
    list.env("CARRIERX_LIMIT", "7").env("CARRIERX_ORDER", "name:desc").env("CARRIERX_FIELDS", "login");
    list.env("CARRIERX_OUTPUT", "csv").assert().success().stdout("login\n");
    page.assert_calls(1);
    let list = api.carrierx(&["partners", "list"]).env("CARRIERX_TIMEOUT", "soon").assert().code(3);
    assert!(stderr(&list).contains("CARRIERX_TIMEOUT is not valid"), "{}", stderr(&list));
}

#[test]
fn a_token_file_may_be_named_by_a_variable_but_not_beside_a_token() {
    let api = Api::new();
    let page = api.page(&[], last_page(&[]));
    let home = home_with("token = 'stored'\n");
    let file = home.path().join("token");
    fs::write(&file, format!("{TOKEN}\n")).expect("a file");
    let run = |token: &str| {
        let mut command = carrierx(&["partners", "list"]);
        command.env("CARRIERX_CONFIG", config_of(&home)).env("CARRIERX_BASE_URL", api.base_url());
        command.env("CARRIERX_TOKEN_FILE", &file).env("CARRIERX_TOKEN", token).assert()
    };
    run("").success();
    page.assert_calls(1);
    let both = run(TOKEN).code(3);
    assert!(stderr(&both).contains("CARRIERX_TOKEN and CARRIERX_TOKEN_FILE are both set"), "{}", stderr(&both));
    fs::remove_file(&file).expect("a file");
    let missing = run("").code(3);
    assert!(stderr(&missing).contains("cannot read the token file"), "{}", stderr(&missing));
}

#[cfg(unix)]
#[test]
fn a_token_file_may_be_a_pipe() {
    let api = Api::new();
    let page = api.page(&[], last_page(&[]));
    let mut command = carrierx(&["partners", "list", "--base-url", &api.base_url()]);
    command.env("CARRIERX_TOKEN_FILE", "/dev/stdin").write_stdin(format!("{TOKEN}\n")).assert().success();
    page.assert_calls(1);
}

#[test]
fn a_configuration_that_cannot_be_used_stops_nothing_that_reads_none() {
    let home = home_with("limit = \n");
    let run = |arguments: &[&str]| {
        let mut command = carrierx(arguments);
        command.env("CARRIERX_CONFIG", config_of(&home)).assert()
    };
    for arguments in [&["completions", "bash"][..], &["man"], &["config", "path"], &["--version"]] {
        run(arguments).success().stderr("");
    }
    for arguments in [&["partners", "list"][..], &["partners", "list", "--sandbox"], &["config", "show"]] {
        run(arguments).code(3);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_change_is_refused_once_it_says_where_a_token_is_or_goes() {
    for text in [
        "token_command = ['x']\n",
        "[profiles.p]\ntoken_file = 'x'\n",
        "base_url = 'https://x.example'\n",
        "ca_file = 'x'\n",
    ] {
        let home = home_with(text);
        let folder = home.path().join("conf");
        let file = folder.join("config.toml");
        let run = || {
            let mut command = carrierx(&["config", "show"]);
            command.env("CARRIERX_CONFIG", config_of(&home)).assert()
        };
        set_mode(&folder, 0o755);
        run().success();
        for (path, mode, usual) in
            [(&file, 0o620, 0o600), (&file, 0o602, 0o600), (&folder, 0o770, 0o700), (&folder, 0o707, 0o700)]
        {
            set_mode(path, mode);
            let shown = run().code(3);
            let remedy = format!("chmod go-w '{}'", path.display());
            assert!(stderr(&shown).contains(&remedy), "{text} {mode:o}: {}", stderr(&shown));
            set_mode(path, usual);
        }
        // As in /tmp: nobody can replace what is another's.
        set_mode(&folder, 0o1777);
        run().success();
        fs::write(&file, "limit = 5\n").expect("a file");
        set_mode(&folder, 0o777);
        set_mode(&file, 0o666);
        run().success();
    }
}

#[cfg(unix)]
#[test]
fn a_file_of_another_user_is_refused_once_it_says_where_a_token_is_or_goes() {
    use std::os::unix::fs::chown;
    let home = home_with("token = 'hunter2'\n");
    let folder = home.path().join("conf");
    let file = folder.join("config.toml");
    set_mode(&folder, 0o755);
    if chown(&file, Some(1), None).is_err() {
        return crate::common::skip("only root can give files away");
    }
    let run = || {
        let mut command = carrierx(&["config", "show"]);
        command.env("CARRIERX_CONFIG", config_of(&home)).assert()
    };
    assert!(stderr(&run().code(3)).contains("belongs to another user\nhint: "));
    chown(&file, Some(0), None).expect("an owner");
    chown(&folder, Some(1), None).expect("an owner");
    assert!(stderr(&run().code(3)).contains("its directory belongs to another user\nhint: "));
    fs::write(&file, "limit = 5\n").expect("a file");
    run().success();
}

#[cfg(unix)]
#[test]
fn a_token_command_gets_neither_our_stdin_nor_another_token_and_its_stderr_is_seen() {
    let api = Api::new();
    api.page(&[], last_page(&[]));
    let script = format!("cat; echo \"got $CARRIERX_TOKEN$CARRIERX_TOKEN_FILE\" >&2; printf {TOKEN}");
    let url = api.base_url();
    let home = home_with(&format!("[profiles.p]\nbase_url = '{url}'\ntoken_command = ['sh', '-c', {script:?}]\n"));
    let mut command = carrierx(&["partners", "list", "--profile", "p"]);
    command.env("CARRIERX_CONFIG", config_of(&home)).env("PATH", "/usr/bin:/bin").env("CARRIERX_TOKEN", "another");
    let list = command.write_stdin("second ID\n").assert().success();
    assert!(stderr(&list).contains("got \n"), "{}", stderr(&list));
}

#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_given_up() {
    let zero = carrierx(&["partners", "list", "--config", "/dev/zero"]).assert().code(3);
    assert!(stderr(&zero).contains("/dev/zero: it is larger than 1024 KiB"), "{}", stderr(&zero));
    let mut token = carrierx(&["partners", "list"]);
    let token = token.env("CARRIERX_TOKEN_FILE", "/dev/zero").assert().code(3);
    assert!(stderr(&token).contains("it is larger than 64 KiB"), "{}", stderr(&token));
    let mut authorities = carrierx(&["partners", "list", "--ca-file", "/dev/zero"]);
    let authorities = authorities.env("CARRIERX_TOKEN", "x").assert().code(3);
    assert!(stderr(&authorities).contains("it is larger than"), "{}", stderr(&authorities));
}
