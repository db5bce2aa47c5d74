//! The time limit of a whole command: whatever keeps it waiting, it ends in time and reports how far it came.

use std::fs;
use std::time::{Duration, Instant};

use crate::common::scripted::{Scripted, Step, Step::*};
use crate::common::{TOKEN, carrierx, page_of, side_by_side, stderr, stdout};
use assert_cmd::Command;
use assert_cmd::assert::Assert;

/// Far more than the limits below, and far less than what the commands would wait without them.
const SOON: Duration = Duration::from_secs(10);

fn command(base_url: &str, arguments: &[&str]) -> Command {
    let mut command = carrierx(&[arguments, &["--base-url", base_url]].concat());
    command.env("CARRIERX_TOKEN", TOKEN);
    command
}

/// The end of a run, which must come in time.
fn ended(command: &mut Command) -> Assert {
    let began = Instant::now();
    let ended = command.assert();
    assert!(began.elapsed() < SOON, "it took {:?}: {}", began.elapsed(), stderr(&ended));
    ended
}

fn send(text: &str) -> Step {
    Send(text.as_bytes().to_vec())
}

fn answer(body: &str) -> Step {
    Send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).into_bytes())
}

/// Two partners of five, then silence.
fn stalled_list() -> Scripted {
    Scripted::start(vec![vec![answer(&page_of(0, 2, 5))], vec![Hang]])
}

#[test]
fn requests_retries_and_waits_end_at_the_deadline() {
    let unavailable = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n";
    let servers = [
        ("silence", vec![Hang], "request to"),
        ("a slow body", vec![send("HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"), Drip], "request to"),
        ("failures", vec![send(&format!("{unavailable}\r\n"))], "503"),
    ];
    let verbs = [&["list"][..], &["count"], &["tree"], &["get", "CX1"]];
    let cases = servers.iter().flat_map(|server| verbs.map(|verb| (server, verb))).collect();
    side_by_side(cases, |((name, script, said), verb)| {
        let server = Scripted::start(vec![script.clone()]);
        let arguments = [&["partners"], verb, &["--max-time", "900ms", "--retries", "1000"]].concat();
        let ended = ended(&mut command(server.base_url(), &arguments)).code(9).stdout("");
        let report = stderr(&ended);
        assert!(report.contains("timed out after --max-time 900ms: "), "{name} {verb:?}: {report}");
        assert!(report.contains(said) && report.contains("--max-time\n"), "{name} {verb:?}: {report}");
    });
}

#[test]
fn a_wait_that_the_server_asks_for_and_the_deadline_cuts_off_is_named_at_once() {
    for status in [429, 503] {
        let busy =
            format!("HTTP/1.1 {status} Busy\r\nContent-Length: 0\r\nRetry-After: 50\r\nConnection: close\r\n\r\n");
        let server = Scripted::start(vec![vec![send(&busy)]]);
        let ended = ended(&mut command(server.base_url(), &["partners", "list", "--max-time", "40s"])).code(7);
        let report = stderr(&ended);
        assert!(report.contains(&format!("({status})\nhint: retry after 50 seconds")), "{report}");
    }
}

#[test]
fn a_command_that_ends_in_time_is_as_it_was() {
    let server = Scripted::start(vec![vec![answer(&page_of(0, 1, 1))]]);
    let arguments = ["partners", "list", "-o", "jsonl", "--max-time", "60s"];
    command(server.base_url(), &arguments)
        .assert()
        .success()
        .stdout("{\"display_id\":\"CX0\",\"partner_sid\":\"s0\"}\n")
        .stderr("");
}

#[test]
fn an_attempt_that_times_out_before_the_deadline_is_not_blamed_on_it() {
    let server = Scripted::start(vec![vec![Hang]]);
    let arguments = ["partners", "list", "--max-time", "60s", "--timeout", "100ms", "--retries", "0"];
    let report = stderr(&ended(&mut command(server.base_url(), &arguments)).code(9));
    assert!(report.contains("100ms") && !report.contains("--max-time"), "{report}");
}

#[test]
fn an_answer_that_no_retry_would_change_keeps_its_status() {
    let server = Scripted::start(vec![vec![send("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")]]);
    ended(&mut command(server.base_url(), &["partners", "list", "--max-time", "10s"])).code(5);
}

#[test]
fn printed_rows_stay_and_the_error_reports_how_far_the_list_came() {
    let list = ["partners", "list", "--all", "--page-size", "2", "-o", "jsonl", "--max-time", "700ms"];
    for format in ["text", "json"] {
        let server = stalled_list();
        let arguments = [&list[..], &["--error-format", format]].concat();
        let ended = ended(&mut command(server.base_url(), &arguments)).code(9);
        assert_eq!(stdout(&ended).matches("\"display_id\":\"CX").count(), 2);
        let report = stderr(&ended);
        let progress = if format == "text" { "--offset 2" } else { r#""retryable":true,"rows":2,"next_offset":2"# };
        assert!(report.contains("--max-time 700ms") && report.contains(progress), "{report}");
    }
}

#[test]
fn a_file_is_untouched_and_nothing_lies_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("out.csv");
    fs::write(&file, "old").expect("a file");
    let server = stalled_list();
    let to = file.to_str().expect("UTF-8");
    let list = ["partners", "list", "--all", "--page-size", "2", "--force", "--max-time", "500ms", "--to", to];
    ended(&mut command(server.base_url(), &list)).code(9).stdout("");
    assert_eq!(fs::read_to_string(&file).expect("the file"), "old");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
}

#[test]
fn a_check_that_is_not_finished_is_unknown() {
    let server = stalled_list();
    let check = ["partners", "check", "--max-time", "300ms"];
    for format in ["table", "json"] {
        let arguments = [&check[..], &["-o", format]].concat();
        let ended = ended(&mut command(server.base_url(), &arguments)).code(3);
        let first = if format == "table" { "CARRIERX UNKNOWN - " } else { "" };
        assert!(stdout(&ended).starts_with(first) && stdout(&ended).lines().count() == first.len().min(1));
        assert!(stderr(&ended).contains("--max-time 300ms"), "{}", stderr(&ended));
    }
}

#[cfg(unix)]
mod unix {
    use std::io::Read;
    use std::os::unix::fs::PermissionsExt;
    use std::process::{Command as Process, Stdio};

    use super::*;

    #[test]
    fn a_token_command_that_does_not_end_is_bounded_and_so_is_a_check_that_runs_it() {
        let home = tempfile::tempdir().expect("a folder");
        let config = home.path().join("config.toml");
        fs::write(&config, "token_command = ['sleep', '30']\n").expect("a file");
        fs::set_permissions(&config, fs::Permissions::from_mode(0o600)).expect("a mode");
        let config = config.to_str().expect("UTF-8");
        for (verb, status, first) in [("list", 9, ""), ("check", 3, "CARRIERX UNKNOWN - ")] {
            let arguments = ["partners", verb, "--config", config, "--max-time", "200ms"];
            let ended = ended(carrierx(&arguments).env("PATH", "/usr/bin:/bin")).code(status);
            assert!(stdout(&ended).starts_with(first), "{}", stdout(&ended));
            assert!(stderr(&ended).contains("timed out after --max-time 200ms\nhint: "), "{}", stderr(&ended));
        }
    }

    #[test]
    fn waiting_for_stdin_for_a_reader_or_for_requests_is_bounded() {
        let program = assert_cmd::cargo::cargo_bin!("carrierx");
        for arguments in [
            &["partners", "get", "-", "--sandbox"][..],
            &["partners", "list", "--sandbox", "--all", "-o", "json"],
            &["sandbox", "serve"],
        ] {
            let began = Instant::now();
            let mut process = Process::new(program);
            process.env_clear().envs(crate::common::clean_room()).args(arguments).args(["--max-time", "300ms"]);
            // Nobody writes to the one, nobody reads the other.
            process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = process.spawn().expect("the program");
            let mut report = String::new();
            child.stderr.take().expect("stderr").read_to_string(&mut report).expect("UTF-8");
            assert_eq!(child.wait().expect("an end").code(), Some(9), "{arguments:?}: {report}");
            assert!(began.elapsed() < SOON && report.contains("--max-time 300ms"), "{arguments:?}: {report}");
        }
    }
}
