//! The program in a clean room: environment cleared, home private and empty, a time limit on every run; and an API to
//! talk to.

#[cfg(target_os = "linux")]
pub mod conversation;
pub mod proxy;
pub mod scripted;
pub mod tls;

use std::collections::VecDeque;
use std::ffi::OsString;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;
use std::{env, fs};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use httpmock::{Method::GET, Mock, MockServer};

/// The token that every test sends.
pub const TOKEN: &str = "5ebc03d6-test-token";

/// The program, knowing no API and no token.
pub fn carrierx(arguments: &[&str]) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("carrierx");
    command.env_clear().envs(clean_room()).timeout(Duration::from_secs(60)).args(arguments);
    command
}

/// How much one run may use of this machine.
#[derive(Clone, Copy)]
pub struct Budget {
    /// Memory that it may ask the system for at a time, in megabytes.
    pub megabytes: u32,
    /// CPU time, in seconds.
    pub seconds: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { megabytes: 300, seconds: 2 }
    }
}

/// The program with this and no more of the machine: the kernel refuses it further memory, which aborts it, and kills
/// it when its CPU time is up.
///
/// Only Linux counts this way; elsewhere the program runs without a budget.
pub fn carrierx_within(budget: Budget, arguments: &[&str]) -> Command {
    if !cfg!(target_os = "linux") {
        return carrierx(arguments);
    }
    let Budget { megabytes, seconds } = budget;
    let mut command = Command::new("/usr/bin/prlimit");
    command.env_clear().envs(clean_room()).timeout(Duration::from_secs(60));
    command.arg(format!("--data={}", u64::from(megabytes) << 20)).arg(format!("--cpu={seconds}")).arg("--core=0");
    command.arg(assert_cmd::cargo::cargo_bin!("carrierx")).args(arguments);
    command
}

/// What a person sees at a terminal of so many columns who types a command, up to its successful end.
#[cfg(target_os = "linux")]
pub fn in_terminal(environment: &[(&str, &str)], columns: u16, arguments: &str) -> String {
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let mut script = Command::new("script");
    script.env_clear().envs(clean_room()).env("PATH", "/usr/bin:/bin").env("TERM", "xterm");
    script.envs(environment.iter().copied()).timeout(Duration::from_secs(60));
    let line = format!("stty rows 40 cols {columns}; exec {program} {arguments}");
    stdout(&script.args(["-qec", &line, "/dev/null"]).assert().success()).replace("\r\n", "\n")
}

/// What a line of shell prints, `carrierx` being the program asking its sandbox, in a directory of its own.
#[cfg(unix)]
pub fn shell(line: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let script = format!("set -eo pipefail; carrierx() {{ '{program}' \"$@\" --sandbox --quiet; }}; {line}");
    let mut bash = Command::new("bash");
    bash.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", folder.path()).current_dir(folder.path());
    stdout(&bash.timeout(Duration::from_secs(60)).args(["--norc", "-c", &script]).assert().success())
}

/// Tries the cases side by side, since most of them spend their time waiting. A case that panics fails the test.
pub fn side_by_side<T: Send>(cases: Vec<T>, try_one: impl Fn(T) + Sync) {
    let cases = Mutex::new(VecDeque::from(cases));
    let next = || cases.lock().expect("no case panics while it is taken").pop_front();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| std::iter::from_fn(next).for_each(&try_one));
        }
    });
}

/// The environment of a run that is given no other: a home in which nothing is configured, and into which nothing of
/// the program writes. Windows asks no variable where the configuration is, and starts no program without its own.
pub fn clean_room() -> Vec<(&'static str, OsString)> {
    let mut variables = vec![("HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/empty-home").into())];
    if cfg!(windows) {
        let empty = concat!(env!("CARGO_TARGET_TMPDIR"), "/empty.toml");
        fs::write(empty, "").expect("a file");
        variables.push(("CARRIERX_CONFIG", empty.into()));
        variables.extend(env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
    }
    variables
}

/// `carrierx partners list --sandbox ...`
pub fn list_sandbox(arguments: &[&str]) -> Assert {
    carrierx(&[&["partners", "list", "--sandbox"], arguments].concat()).assert()
}

/// An API that answers what the test says.
pub struct Api {
    server: MockServer,
}

impl Api {
    /// An API that answers nothing yet.
    pub fn new() -> Self {
        Self { server: MockServer::start() }
    }

    /// The base URL to reach it by.
    pub fn base_url(&self) -> String {
        self.server.url("/core/v2")
    }

    /// Answers a list request that has these parameters, and the token, with a body.
    pub fn page(&self, parameters: &[(&str, &str)], body: impl AsRef<[u8]>) -> Mock<'_> {
        self.answer(parameters, 200, "application/json", body)
    }

    /// Answers a list request that has these parameters, and the token.
    pub fn answer(&self, parameters: &[(&str, &str)], status: u16, kind: &str, body: impl AsRef<[u8]>) -> Mock<'_> {
        self.server.mock(|when, then| {
            let when = when.method(GET).path("/core/v2/partners").header("authorization", format!("Bearer {TOKEN}"));
            parameters.iter().fold(when, |when, (name, value)| when.query_param(*name, *value));
            then.status(status).header("content-type", kind).body(body);
        })
    }

    /// Answers a list request that lacks a parameter.
    pub fn page_without(&self, parameter: &str, body: &str) -> Mock<'_> {
        self.server.mock(|when, then| {
            when.method(GET).path("/core/v2/partners").query_param_missing(parameter);
            then.status(200).header("content-type", "application/json").body(body);
        })
    }

    /// Answers one list request with this status, and no further one.
    pub fn answer_once(&self, status: u16) -> Mock<'_> {
        self.server.mock(|when, then| {
            when.method(GET).path("/core/v2/partners");
            then.status(status).body("{}").up_to_n_times(1);
        })
    }

    /// Answers every list request with this status and a wish for a wait.
    pub fn answer_with_retry_after(&self, status: u16, retry_after: &str) -> Mock<'_> {
        self.server.mock(|when, then| {
            when.method(GET).path("/core/v2/partners");
            then.status(status).header("retry-after", retry_after).body("{}");
        })
    }

    /// Answers the request for a single partner.
    pub fn partner(&self, sid: &str, status: u16, body: &str) -> Mock<'_> {
        self.partner_as(sid, status, "application/json", body)
    }

    /// Answers whose token it is.
    pub fn whoami(&self, status: u16, body: &str) -> Mock<'_> {
        self.server.mock(|when, then| {
            when.method(GET).path("/core/v2/oauth/whoami").header("authorization", format!("Bearer {TOKEN}"));
            then.status(status).header("content-type", "application/json").body(body);
        })
    }

    /// Answers the request for a single partner with something that is not JSON.
    pub fn partner_as(&self, sid: &str, status: u16, kind: &str, body: &str) -> Mock<'_> {
        self.server.mock(|when, then| {
            when.method(GET).path(format!("/core/v2/partners/{sid}"));
            then.status(status).header("content-type", kind).body(body);
        })
    }

    /// Answers every list request with a redirect.
    pub fn redirect(&self, target: &str) -> Mock<'_> {
        self.server.mock(|when, then| {
            when.method(GET).path("/core/v2/partners");
            then.status(302).header("location", target);
        })
    }

    /// The program with this API and its token in the environment.
    pub fn carrierx(&self, arguments: &[&str]) -> Command {
        let mut command = carrierx(arguments);
        command.env("CARRIERX_BASE_URL", self.base_url()).env("CARRIERX_TOKEN", TOKEN);
        command
    }

    /// `carrierx partners list ...` with this API.
    pub fn list(&self, arguments: &[&str]) -> Assert {
        self.carrierx(&[&["partners", "list"], arguments].concat()).assert()
    }
}

/// A page of the partners, the last of its list, as the documentation describes it.
pub fn last_page(partners: &[&str]) -> String {
    let (count, items) = (partners.len(), partners.join(","));
    format!(
        r#"{{"count":{count},"has_more":false,"items":[{items}],"limit":1000,"offset":0,"pagination":{{}},"total":{count}}}"#
    )
}

/// `count` partners from `offset` on, of `total` in all, as the documentation describes a page.
pub fn page_of(offset: u64, count: u64, total: u64) -> String {
    let items: Vec<_> =
        (offset..offset + count).map(|n| format!(r#"{{"display_id":"CX{n}","partner_sid":"s{n}"}}"#)).collect();
    let more = offset + count < total;
    let next = offset + count;
    let next = if more { format!(r#""next":"https://elsewhere.example.com/?offset={next}""#) } else { String::new() };
    format!(
        r#"{{"count":{count},"has_more":{more},"items":[{}],"limit":1000,"offset":{offset},"pagination":{{{next}}},"total":{total}}}"#,
        items.join(",")
    )
}

/// Says why a test, or a part of one, does not run here.
#[cfg(unix)]
pub fn skip(reason: &str) {
    // Unlike what `eprintln` writes, this shows for tests that pass, too.
    _ = std::io::Write::write_all(&mut std::io::stderr(), format!("skipped: {}\n", reason.trim_end()).as_bytes());
}

/// What the run wrote to stdout.
pub fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).expect("UTF-8")
}

/// What the run wrote to stderr.
pub fn stderr(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).expect("UTF-8")
}
