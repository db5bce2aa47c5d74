//! `carrierx auth ...`: a token is stored, looked at and removed, and never shown.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Api, TOKEN, carrierx, last_page, stderr, stdout};
use assert_cmd::Command;
use tempfile::TempDir;

/// A home, in which the configuration is yet to be made.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("conf/config.toml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).expect("a file")
    }

    /// Writes the configuration as its owner would.
    fn with(self, text: &str) -> Self {
        fs::create_dir_all(self.file().parent().expect("a folder")).expect("a folder");
        fs::write(self.file(), text).expect("a file");
        set_mode(&self.file(), 0o600);
        self
    }

    fn auth(&self, arguments: &[&str]) -> Command {
        let mut command = carrierx(&[&["auth"], arguments].concat());
        command.env("CARRIERX_CONFIG", self.file());
        command
    }
}

#[cfg(unix)]
fn set_mode(file: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).expect("a mode");
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).expect("a file")) & 0o777
}

/// An API whose oldest partner is the token's own.
fn api_of_a_family(api: &Api) {
    api.page(
        &[("limit", "1"), ("offset", "0"), ("order", "date_created asc")],
        last_page(&[r#"{"partner_sid":"own","parent_sid":"above","display_id":"CX1","company_name":"Acme"}"#]),
    );
}

#[test]
fn a_token_from_stdin_is_verified_stored_for_its_owner_alone_and_used() {
    let (home, api) = (Home::new(), Api::new());
    api_of_a_family(&api);
    let mut login = home.auth(&["login", "--base-url", &api.base_url()]);
    let login = login.write_stdin(format!("{TOKEN}\n")).assert().success().stdout("");
    assert!(stderr(&login).contains("probably as CX1, Acme") && !stderr(&login).contains(TOKEN), "{}", stderr(&login));
    let stored = format!("token = \"{TOKEN}\"\nbase_url = \"{}\"\n", api.base_url());
    assert_eq!(home.text(), stored, "the next command asks the same API");
    #[cfg(unix)]
    assert_eq!((mode(&home.file()), mode(home.file().parent().expect("a folder"))), (0o600, 0o700));
    let status = home.auth(&["status", "-o", "json"]).assert().success();
    let status: serde_json::Value = serde_json::from_str(&stdout(&status)).expect("JSON");
    assert_eq!((&status["accepted"], &status["display_id"]), (&true.into(), &"CX1".into()), "{status}");
    assert_eq!(status["owner"], "probably", "{status}");
    assert!(!status.to_string().contains(TOKEN), "{status}");
}

#[test]
fn the_api_is_asked_whose_token_it_is_and_believed_only_if_it_names_a_partner() {
    let own = r#"{"partner_sid":"own","display_id":"CX1","company_name":"Acme"}"#;
    for (status, body, owner) in [
        (200, r#"{"partner_sid":"own"}"#, "certain"),
        (200, r#"{"partner":{"partner_sid":"own"}}"#, "certain"),
        (200, r#"{"partner_sid":""}"#, "probably"),
        (200, r#"{"items":[]}"#, "probably"),
        (200, "<html>", "probably"),
        (401, r#"{"partner_sid":"own"}"#, "probably"),
        (403, "{}", "probably"),
        (404, "{}", "probably"),
        (500, "{}", "probably"),
        (204, "", "probably"),
    ] {
        let api = Api::new();
        let whoami = api.whoami(status, body);
        let list = api.page(&[], last_page(&[own]));
        api.partner("own", 200, own);
        let shown = api.carrierx(&["auth", "status", "-o", "json"]).assert().success();
        let shown: serde_json::Value = serde_json::from_str(&stdout(&shown)).expect("JSON");
        assert_eq!((&shown["owner"], &shown["display_id"]), (&owner.into(), &"CX1".into()), "{status} {body}: {shown}");
        assert_eq!(shown["accepted"], true, "{shown}");
        assert_eq!((whoami.calls(), list.calls()), (1, usize::from(owner == "probably")), "{status} {body}");
    }
}

#[test]
fn a_token_that_one_request_was_answered_for_stays_accepted_whatever_its_partner_meets() {
    for status in [400, 401, 403, 404, 422, 429, 500, 503] {
        for named in [true, false] {
            let (home, api) = (Home::new(), Api::new());
            api.whoami(if named { 200 } else { 404 }, r#"{"partner_sid":"own"}"#);
            api.page(&[], last_page(&[r#"{"partner_sid":"below","parent_sid":"own","display_id":"CX2"}"#]));
            api.partner("own", status, "{}");
            let arguments = ["--retries", "0", "--base-url", &api.base_url()];
            let mut login = home.auth(&[&["login"], &arguments[..]].concat());
            let login = stderr(&login.write_stdin(TOKEN).assert().success());
            let expected = if named { "the token, as own\n" } else { "the token, probably as CX2\n" };
            assert!(login.contains(expected), "{status}: {login}");
            let shown = home.auth(&[&["status", "-o", "json"], &arguments[..]].concat()).assert().success();
            let shown: serde_json::Value = serde_json::from_str(&stdout(&shown)).expect("JSON");
            assert_eq!(shown["accepted"], true, "{status}: {shown}");
        }
    }
}

#[test]
fn a_403_speaks_of_the_tokens_scopes() {
    let api = Api::new();
    api.answer(&[], 403, "application/json", "{}");
    let shown = api.carrierx(&["auth", "status"]).assert().code(5);
    let hint = stderr(&shown).lines().last().unwrap_or_default().to_owned();
    assert!(hint.contains("token with the scope partners.read or partners.manage"), "{hint}");
}

#[test]
fn a_token_that_the_api_refuses_is_not_stored() {
    let (home, api) = (Home::new(), Api::new());
    api.answer(&[], 401, "application/json", "{}");
    let mut login = home.auth(&["login", "--base-url", &api.base_url()]);
    let login = login.write_stdin(TOKEN).assert().code(4);
    assert!(stderr(&login).contains("the token was not stored"), "{}", stderr(&login));
    assert!(!home.file().exists());
}

#[test]
fn what_is_no_token_is_refused_unseen_and_nothing_is_asked() {
    for given in ["", "hunt er2", "hunter2\nhunter2", "hünter2"] {
        let home = Home::new();
        let login = home.auth(&["login", "--base-url", "http://127.0.0.1:1"]).write_stdin(given).assert().code(3);
        assert!(stderr(&login).contains("\nhint: ") && !stderr(&login).contains("er2"), "{}", stderr(&login));
    }
}

#[test]
fn another_token_is_replaced_only_by_force() {
    let home = Home::new().with("token_command = [\"pass\"]\nlimit = 5 # few\n");
    let login = |arguments: &[&str]| {
        home.auth(&[&["login", "--no-verify"], arguments].concat()).write_stdin("new\r\n").assert()
    };
    let refused = login(&[]).code(2);
    assert!(
        stderr(&refused).contains("there is already a `token_command`") && stderr(&refused).contains("--force"),
        "{}",
        stderr(&refused)
    );
    login(&["--force"]).success();
    assert_eq!(home.text(), "limit = 5 # few\ntoken = \"new\"\n");
    login(&[]).success();
    login(&["--profile", "test"]).success();
    assert_eq!(home.text(), "limit = 5 # few\ntoken = \"new\"\n\n[profiles.test]\ntoken = \"new\"\n");
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_theirs_no_more_once_it_holds_a_token_and_a_link_stays_one() {
    let home = Home::new().with("limit = 5\n");
    let target = home.0.path().join("dotfiles.toml");
    fs::rename(home.file(), &target).expect("a file");
    set_mode(&target, 0o644);
    std::os::unix::fs::symlink(&target, home.file()).expect("a link");
    home.auth(&["login", "--no-verify"]).write_stdin("new").assert().success();
    assert_eq!((mode(&target), home.text()), (0o600, "limit = 5\ntoken = \"new\"\n".to_owned()));
    assert!(fs::symlink_metadata(home.file()).expect("a link").is_symlink());
}

#[test]
fn logout_removes_the_token_of_the_chosen_place_and_nothing_else() {
    let home = Home::new().with("token = 'a' # why\nlimit = 5\n[profiles.p]\ntoken_file = 'x'\n");
    home.auth(&["logout", "--profile", "p"]).assert().success();
    assert_eq!(home.text(), "token = 'a' # why\nlimit = 5\n[profiles.p]\n");
    let logout = home.auth(&["logout"]).env("CARRIERX_TOKEN", "x").assert().success();
    assert!(stderr(&logout).contains("CARRIERX_TOKEN is still set"), "{}", stderr(&logout));
    assert_eq!(home.text(), "limit = 5\n[profiles.p]\n");
    assert!(stderr(&home.auth(&["logout"]).assert().success()).contains("there is no token in"));
}

#[test]
fn status_tells_what_a_variable_hides_and_ends_with_4_when_the_token_is_refused() {
    let (home, api) = (Home::new().with("token = 'stored'\n"), Api::new());
    api.answer(&[], 401, "application/json", "{}");
    for (format, part) in [("table", "accepted"), ("csv", "CARRIERX_TOKEN"), ("jsonl", "\"accepted\":false")] {
        let mut status = home.auth(&["status", "-o", format, "--base-url", &api.base_url()]);
        let status = status.env("CARRIERX_TOKEN", TOKEN).assert().code(4);
        let shown = stdout(&status);
        assert!(shown.contains(part) && shown.contains("config.toml, line 1"), "{format}: {shown}");
        assert!(!format!("{shown}{}", stderr(&status)).contains(TOKEN) && !shown.contains("stored"), "{shown}");
    }
    let nothing = carrierx(&["auth", "status"]).assert().code(3);
    assert!(stderr(&nothing).contains("carrierx auth login"), "{}", stderr(&nothing));
}

#[test]
fn a_file_that_cannot_be_edited_stays_as_it_is() {
    for text in ["profiles = { p = { limit = 1 } }\n", "limt = 5\n", "limit = \n"] {
        let home = Home::new().with(text);
        let login = home.auth(&["login", "--no-verify", "--profile", "p"]).write_stdin("new").assert().code(3);
        assert!(stderr(&login).contains("\nhint: "), "{}", stderr(&login));
        assert_eq!(home.text(), text);
    }
}

#[test]
fn the_sandbox_has_no_token_to_store() {
    carrierx(&["auth", "login", "--sandbox"]).write_stdin("x").assert().code(2);
    let status = stdout(&carrierx(&["auth", "status", "--sandbox", "-o", "json"]).assert().success());
    assert!(status.contains("\"owner\": \"certain\""), "{status}");
}

#[test]
fn a_new_token_is_verified_at_the_address_beside_which_it_is_stored_and_nowhere_else() {
    let api = Api::new();
    let asked = api.page(&[], last_page(&[]));
    let url = api.base_url();
    for (text, arguments, variable) in [
        ("", &[][..], url.as_str()),
        ("", &["--profile", "p"], url.as_str()),
        (&format!("base_url = '{url}'\n"), &["--profile", "p"], ""),
        (&format!("[profiles.q]\nbase_url = '{url}'\n"), &["--profile", "q"], url.as_str()),
    ] {
        let home = Home::new().with(text);
        for unseen in [&["login"][..], &["login", "--no-verify"]] {
            let mut login = home.auth(&[unseen, arguments].concat());
            let login = login.env("CARRIERX_BASE_URL", variable).write_stdin(TOKEN).assert().code(3);
            let host = url.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/core/v2")).expect("a host");
            assert!(stderr(&login).contains(host) && stderr(&login).contains("--base-url"), "{}", stderr(&login));
            assert!(!stderr(&login).contains("stored the token"), "{}", stderr(&login));
            assert_eq!(home.text(), text);
        }
    }
    asked.assert_calls(0);
    let home = Home::new().with(&format!("[profiles.p]\nbase_url = '{url}'\n"));
    let login = home.auth(&["login", "--profile", "p"]).write_stdin(TOKEN).assert().success();
    assert!(
        stderr(&login).contains("the API at 127.0.0.1:") && stderr(&login).contains("stored the token for 127.0.0.1:")
    );
    asked.assert_calls(1);
}

#[test]
fn a_stored_token_is_not_sent_where_a_variable_points() {
    let api = Api::new();
    let asked = api.page(&[], last_page(&[]));
    let home = Home::new().with(&format!("token = '{TOKEN}'\n[profiles.p]\ntoken = '{TOKEN}'\n"));
    for arguments in [&["status"][..], &["status", "--profile", "p"]] {
        let status = home.auth(arguments).env("CARRIERX_BASE_URL", api.base_url()).assert().code(3).stdout("");
        assert!(
            stderr(&status).contains("comes from CARRIERX_BASE_URL\nhint: confirm with --base-url"),
            "{}",
            stderr(&status)
        );
    }
    asked.assert_calls(0);
    let status = home.auth(&["status", "-o", "json", "--base-url", &api.base_url()]).assert().success();
    assert!(stdout(&status).contains("\"host\": \"127.0.0.1:"), "{}", stdout(&status));
}

#[test]
fn of_twenty_logins_at_once_none_is_lost() {
    let home = Home::new().with("limit = 5 # few\n");
    std::thread::scope(|scope| {
        for number in 0..20 {
            let home = &home;
            scope.spawn(move || {
                let mut login = home.auth(&["login", "--no-verify", "--profile", &format!("p{number}")]);
                login.write_stdin(format!("token{number}")).assert().success();
            });
        }
    });
    for number in 0..20 {
        let profile = format!("[profiles.p{number}]\ntoken = \"token{number}\"\n");
        assert!(home.text().contains(&profile), "no {number} in {}", home.text());
    }
    assert!(home.text().starts_with("limit = 5 # few\n"), "{}", home.text());
}

#[test]
fn logout_of_a_profile_that_does_not_exist_is_an_error() {
    let home = Home::new().with("[profiles.production]\ntoken = 'a'\n[profiles.bare]\n");
    let typo = home.auth(&["logout", "--profile", "prodction"]).assert().code(3);
    assert!(stderr(&typo).contains("did you mean `production`?"), "{}", stderr(&typo));
    home.auth(&["logout"]).env("CARRIERX_PROFILE", "typo").assert().code(3);
    let bare = home.auth(&["logout", "--profile", "bare"]).assert().success();
    assert!(stderr(&bare).contains("there is no token in"), "{}", stderr(&bare));
    Home::new().auth(&["logout", "--profile", "typo"]).assert().code(3);
}

#[cfg(target_os = "linux")]
mod at_a_terminal {
    use super::*;
    use crate::common::conversation::Conversation;

    const QUESTION: &str = "Token for api.carrierx.com (from the portal, Account > Security Tokens): ";

    fn conversation(home: &Home, line: &str) -> Conversation {
        Conversation::of(line, &[("CARRIERX_CONFIG", &home.file().display().to_string())])
    }

    #[test]
    fn a_token_that_is_typed_at_once_is_not_shown() {
        for _ in 0..10 {
            let home = Home::new();
            let mut typing = conversation(&home, "carrierx auth login --no-verify");
            typing.wait_for(QUESTION).type_keys("hunter2\n");
            let seen = typing.end();
            assert!(!seen.contains("hunter2") && seen.contains("\r\nnote: stored the token"), "{seen}");
            assert_eq!(home.text(), "token = \"hunter2\"\n");
        }
    }

    #[test]
    fn ctrl_c_ends_by_its_signal_and_the_loop_around_it_too() {
        let home = Home::new();
        let line = "bash -c 'for i in 1 2; do carrierx auth login --no-verify; echo after $i; done'";
        let mut typing = conversation(&home, line);
        typing.wait_for(QUESTION).type_keys("hunt\x03");
        let seen = typing.end();
        assert!(!seen.contains("after") && !seen.contains("error") && !seen.contains("hunt"), "{seen}");
        assert!(!home.file().exists());
    }

    #[test]
    fn after_a_signal_the_terminal_shows_typing_again() {
        for signal in [None, Some("TERM"), Some("HUP")] {
            let home = Home::new();
            let pid = home.0.path().join("pid");
            let login = format!("echo $$ > {}; exec carrierx auth login --no-verify", pid.display());
            let mut typing = conversation(&home, &format!("trap : INT HUP; sh -c '{login}'; stty -a; echo status"));
            typing.wait_for(QUESTION);
            match signal {
                None => _ = typing.type_keys("hunt\x03"),
                Some(signal) => {
                    let pid = fs::read_to_string(&pid).expect("an ID");
                    let kill = std::process::Command::new("kill").args(["-s", signal, pid.trim()]).status();
                    assert!(kill.expect("kill").success());
                }
            }
            typing.wait_for("status");
            let seen = typing.end();
            assert!(seen.contains(" echo ") && !seen.contains("-echo "), "{signal:?}: {seen}");
        }
    }

    #[test]
    fn ctrl_d_ends_without_a_token() {
        let home = Home::new();
        let mut typing = conversation(&home, "carrierx auth login --no-verify; echo status $?");
        typing.wait_for(QUESTION).type_keys("\x04").wait_for("status 3");
        let seen = typing.end();
        assert!(seen.contains("\r\nerror: cannot read the token: nothing was typed\r\nhint: "), "{seen}");
    }
}
