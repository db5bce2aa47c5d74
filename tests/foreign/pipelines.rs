//! The program between other programs, in real shells.

use std::time::Duration;

use crate::common::{Api, TOKEN, last_page, shell, stderr, stdout};
use assert_cmd::Command;

#[test]
fn jq_picks_from_one_partner_a_line() {
    let logins = shell("carrierx partners list --all -o jsonl | jq -r 'select(.status==\"suspended\") | .login'");
    let count = shell("carrierx partners count -f 'status eq suspended'");
    assert!(logins.lines().count() > 1);
    assert_eq!(logins.lines().count().to_string(), count.trim());
}

#[test]
fn a_database_imports_the_file_with_every_amount_as_it_was() {
    let line = "carrierx partners list --all --to partners.csv && \
                sqlite3 :memory: -cmd '.import --csv partners.csv partners' \
                'select count(*), sum(balance = \"-12.75\") > 0 from partners'";
    assert_eq!(shell(line), "250|1\n");
}

#[test]
fn xargs_hands_over_logins_and_head_has_enough() {
    let line = "carrierx partners list -l 3 -F login --no-header -o tsv | xargs -n 1 echo for";
    assert_eq!(shell(line), "for ivory0000\nfor velvet0001\nfor misty0002\n");
    let line = "carrierx partners list --all -o jsonl | head -n 1 | jq -r .display_id";
    assert_eq!(shell(line), "CX32345679\n");
}

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
        let sent = stderr(&api.carrierx(&[&arguments[..], &["-v"]].concat()).assert());
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
