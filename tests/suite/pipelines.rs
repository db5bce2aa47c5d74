//! The program between other programs, in a real shell, as the README has it.

use std::time::Duration;

use crate::common::{Api, TOKEN, carrierx, last_page, stderr, stdout};
use assert_cmd::Command;

/// What a line of shell prints, `carrierx` being the program asking its sandbox, in a folder of its own.
#[cfg(unix)]
fn shell(line: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let script = format!("set -eo pipefail; carrierx() {{ '{program}' \"$@\" --sandbox --quiet; }}; {line}");
    let mut bash = Command::new("bash");
    bash.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", folder.path()).current_dir(folder.path());
    stdout(&bash.timeout(Duration::from_secs(60)).args(["--norc", "-c", &script]).assert().success())
}

#[cfg(unix)]
#[test]
fn who_is_low_is_looked_up_in_full() {
    let line =
        "carrierx partners list -f 'balance lt 10' -F partner_sid --no-header -o tsv | carrierx partners get - -o csv";
    let shown = shell(line);
    assert!(shown.starts_with("display_id,company_name,name,login,status,") && shown.lines().count() > 5, "{shown}");
}

#[cfg(unix)]
#[test]
fn jq_picks_from_one_partner_a_line() {
    let logins = shell("carrierx partners list --all -o jsonl | jq -r 'select(.status==\"suspended\") | .login'");
    let count = shell("carrierx partners count -f 'status eq suspended'");
    assert!(logins.lines().count() > 1);
    assert_eq!(logins.lines().count().to_string(), count.trim());
}

#[cfg(unix)]
#[test]
fn a_database_imports_the_file_with_every_amount_as_it_was() {
    let line = "carrierx partners list --all --to partners.csv && \
                sqlite3 :memory: -cmd '.import --csv partners.csv partners' \
                'select count(*), sum(balance = \"-12.75\") > 0 from partners'";
    assert_eq!(shell(line), "250|1\n");
}

#[cfg(unix)]
#[test]
fn xargs_hands_over_logins_and_head_has_enough() {
    let line = "carrierx partners list -l 3 -F login --no-header -o tsv | xargs -n 1 echo for";
    assert_eq!(shell(line), "for ivory0000\nfor velvet0001\nfor misty0002\n");
    let line = "carrierx partners list --all -o jsonl | head -n 1 | jq -r .display_id";
    assert_eq!(shell(line), "CX32345679\n");
}

#[cfg(unix)]
#[test]
fn a_dry_run_sends_nothing_and_prints_the_same_request_for_curl_in_every_shell() {
    let filters = [r#"name like "%a&b'c$HOME`x`\\""#, "login eq 'é \"!'"];
    for arguments in [
        &["list", "-f", filters[0], "-f", filters[1], "-F", "login", "--offset", "3", "-l", "7"][..],
        &["list", "--all", "--order", "none", "-X", "acls"],
        &["get", "be128456-3098-4564-b0d1-67dbceee265f", "-F", "login"],
        &["get", "it's $HOME"],
        &["count", "-f", filters[1]],
    ] {
        let arguments = [&["partners"], arguments].concat();
        // The request that the program sends, as its own trace has it.
        let api = Api::new();
        let any = api.page(&[], last_page(&[r#"{"login":"it's $HOME","acls":[]}"#]));
        let sid = "be128456-3098-4564-b0d1-67dbceee265f";
        api.partner(sid, 200, &format!(r#"{{"login":"it's $HOME","partner_sid":"{sid}"}}"#));
        let sent = stderr(&api.carrierx(&[&arguments[..], &["-v"]].concat()).assert().success());
        let address = sent.lines().find_map(|line| line.strip_prefix("GET ")?.split_once(": ")).expect("a trace").0;
        let (before, mut dry) = (any.calls(), api.carrierx(&[&arguments[..], &["--dry-run"]].concat()));
        let curl = stdout(&dry.env_remove("CARRIERX_TOKEN").assert().success());
        assert_eq!(any.calls(), before, "a dry run sent something");
        assert!(!curl.contains(TOKEN) && curl.contains("$CARRIERX_TOKEN"), "{curl}");
        // The one that curl sends, as the API has it: the mocks answer only with the token and this address.
        let line = format!("{} -sS -w '%{{stderr}}%{{url_effective}} %{{http_code}}'", curl.trim());
        for (name, plain) in [("bash", "--norc"), ("zsh", "-f"), ("fish", "--no-config")] {
            let home = tempfile::tempdir().expect("a folder");
            let mut shell = Command::new(name);
            shell.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home.path()).env("CARRIERX_TOKEN", TOKEN);
            let answered = shell.timeout(Duration::from_secs(60)).args([plain, "-c", &line]).assert().success();
            assert_eq!(stderr(&answered), format!("{address} 200"), "{name}: {curl}");
        }
    }
}

/// The status and the stderr of a line of shell, `$carrierx` being the program.
#[cfg(unix)]
fn ended(line: &str) -> (Option<i32>, String) {
    let home = tempfile::tempdir().expect("a folder");
    let mut bash = Command::new("bash");
    bash.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home.path()).current_dir(home.path());
    bash.env("carrierx", assert_cmd::cargo::cargo_bin!("carrierx")).timeout(Duration::from_secs(60));
    let ended = bash.args(["--norc", "-c", line]).assert();
    (ended.get_output().status.code(), stderr(&ended))
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_status_1_and_a_reader_who_has_enough_is_0() {
    for arguments in [
        "--help",
        "--version",
        "partners list --help",
        "help",
        "partners fields",
        "partners count --sandbox",
        "partners get CX32345679 --sandbox",
        "partners list --sandbox",
        "partners tree --sandbox",
        "config show",
        "config path",
        "completions bash",
        "man",
    ] {
        let (status, said) = ended(&format!("$carrierx {arguments} > /dev/full"));
        assert!(status == Some(1) && said.contains("No space left"), "{arguments}: {status:?} {said}");
        let (status, said) = ended(&format!("$carrierx {arguments} | true; exit ${{PIPESTATUS[0]}}"));
        assert_eq!((status, said), (Some(0), String::new()), "{arguments}");
    }
}

#[cfg(unix)]
#[test]
fn a_list_that_must_be_whole_is_not_written_to_a_closed_stdout() {
    for line in [
        "$carrierx partners list --require-complete --sandbox >&-",
        "$carrierx partners list --require-complete --sandbox --to - >&-",
        "$carrierx partners list --sandbox --to a.csv --receipt - >&-",
        "$carrierx partners list --sandbox -o csv --to /dev/stderr 2>&-",
    ] {
        assert_eq!(ended(line).0, Some(1), "{line}");
    }
    assert_eq!(ended("$carrierx partners list --require-complete --sandbox > /dev/null").0, Some(0));
    assert_eq!(ended("$carrierx partners list --require-complete --sandbox --to a.csv >&-").0, Some(0));
}

#[test]
fn a_dry_run_does_not_show_the_token_that_a_filter_has() {
    let mut list = carrierx(&["partners", "list", "--dry-run", "-f", "name eq 'a+b/c='"]);
    let shown = stdout(&list.env("CARRIERX_TOKEN", "a+b/c=").assert().success());
    assert!(shown.contains("filter=name%20eq%20%27(redacted)%27"), "{shown}");
}
