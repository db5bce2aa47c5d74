//! `sandbox serve`: the sample API for scripts, and what a terminal shows while it takes its time.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::common::{carrierx, clean_room, stdout};

/// A sandbox that serves until it is dropped, and the environment to use it with.
struct Served {
    process: Child,
    environment: Vec<(String, String)>,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("carrierx"));
        command.env_clear().envs(clean_room()).args(["sandbox", "serve"]).args(arguments).stdout(Stdio::piped());
        let mut process = command.spawn().expect("a server");
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines().take(2);
        let environment = lines
            .map(|line| {
                let line = line.expect("a line");
                let (name, value) = line.strip_prefix("export ").and_then(|pair| pair.split_once('=')).expect("a pair");
                (name.to_owned(), value.to_owned())
            })
            .collect();
        Self { process, environment }
    }

    fn list(&self, arguments: &[&str]) -> assert_cmd::assert::Assert {
        carrierx(&[&["partners", "list"], arguments].concat()).envs(self.environment.iter().cloned()).assert()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.process.kill().and_then(|()| self.process.wait()).expect("the end of the server");
    }
}

#[test]
fn what_serve_prints_makes_other_commands_use_it() {
    let served = Served::start(&["--partners", "1234"]);
    let names: Vec<_> = served.environment.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["CARRIERX_BASE_URL", "CARRIERX_TOKEN"]);
    let list =
        served.list(&["--require-complete", "-o", "tsv", "-F", "partner_sid", "--no-header"]).success().stderr("");
    assert_eq!(stdout(&list).lines().count(), 1234);
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_list_shows_its_progress_on_a_terminal_and_clears_it() {
    let served = Served::start(&["--latency", "200ms"]);
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let run = |command: &str, term: &str| {
        let mut script = Command::new("script");
        script
            .env_clear()
            .envs(clean_room())
            .env("PATH", "/usr/bin:/bin")
            .env("TERM", term)
            .envs(served.environment.iter().cloned());
        let output = script.args(["-qec", command, "/dev/null"]).output().expect("script, of util-linux");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let list = format!("{program} partners list --all --page-size 50 --parallel 1 -o csv -F display_id");
    let seen = run(&format!("{list} >/dev/null"), "xterm");
    assert!(seen.contains("of 250 partners"), "{seen:?}");
    assert!(seen.ends_with("\u{1b}[2K") || seen.ends_with('\r'), "not cleared: {seen:?}");
    assert_eq!(run(&format!("{list} >/dev/null"), "dumb"), "");
    assert_eq!(run(&format!("{list} --quiet >/dev/null"), "xterm"), "");
    assert!(!run(&list, "xterm").contains("of 250"), "rows on the terminal are progress enough");
    let table = run(&list.replace("-o csv", "-o table --color never"), "xterm");
    let (progress, rows) = table.split_once("display_id").expect("a table");
    assert!(progress.contains("of 250 partners") && progress.ends_with("\u{1b}[2K"), "not cleared: {progress:?}");
    assert!(!rows.contains("of 250 partners"), "{rows:?}");
}

#[test]
fn a_port_in_use_is_an_error_that_names_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let serve = carrierx(&["sandbox", "serve", "--port", &port]).assert().code(1);
    let report = crate::common::stderr(&serve);
    assert!(report.contains(&format!("cannot listen on port {port}")) && report.contains("\nhint: "), "{report}");
}
