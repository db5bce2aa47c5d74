//! Every report, warning and note as its reader sees it, in the files of `reports/`, so that the program's voice is
//! seen in one place.
//!
//! After a change of words, write the files anew with `UPDATE_REPORTS=1 cargo test --test suite reports::`, and read
//! the difference.

#![cfg(target_os = "linux")] // elsewhere the system says other words

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use crate::common::proxy::{Door, Proxy};
use crate::common::scripted::{Scripted, Step};
use crate::common::tls::{Authority, Validity};
use crate::common::{TOKEN, carrierx, last_page, page_of, stderr, stdout};

/// What a file of `reports/` holds: one run after the other.
struct Reports {
    text: String,
    folder: tempfile::TempDir,
}

/// One run of the program.
struct Run<'r> {
    reports: &'r mut Reports,
    /// What happens, in words.
    when: String,
    environment: Vec<(&'static str, String)>,
    /// What differs from run to run, and what stands in its place.
    varying: Vec<(String, &'static str)>,
}

impl Reports {
    fn new() -> Self {
        Self { text: String::new(), folder: tempfile::tempdir().expect("a folder") }
    }

    /// A run in which this happens. No attempt follows the first.
    fn when(&mut self, when: impl Into<String>) -> Run<'_> {
        let folder = self.folder.path().display().to_string();
        Run {
            reports: self,
            when: when.into(),
            environment: vec![("CARRIERX_RETRIES", "0".to_owned()), ("CARRIERX_TOKEN", TOKEN.to_owned())],
            varying: vec![(folder, "FOLDER"), (env!("CARGO_TARGET_TMPDIR").to_owned(), "TMP")],
        }
    }

    /// Runs commands against a server that answers every request so.
    fn answer(&mut self, when: &str, response: Vec<u8>, commands: &[&str]) {
        self.play(when, vec![vec![Step::Send(response)]], commands);
    }

    /// Runs commands, each against a server of its own that plays these scripts.
    fn play(&mut self, when: &str, scripts: Vec<Vec<Step>>, commands: &[&str]) {
        for command in commands {
            self.when(when).server(&Scripted::start(scripts.clone())).run(command);
        }
    }

    /// Compares all of it with the file of that name, or writes that.
    fn assert_same_as(self, name: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/reports").join(name);
        assert!(!self.text.contains(TOKEN), "the token is in {name}");
        if std::env::var_os("UPDATE_REPORTS").is_some() {
            fs::write(path, self.text).expect("a file");
            return;
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        for (number, (found, expected)) in self.text.lines().zip(expected.lines()).enumerate() {
            assert_eq!(found, expected, "{name}, line {}; UPDATE_REPORTS=1 writes it anew", number + 1);
        }
        assert!(self.text == expected, "{name} has another length; UPDATE_REPORTS=1 writes it anew");
    }
}

impl Run<'_> {
    fn server(self, server: &Scripted) -> Self {
        let url = server.base_url().to_owned();
        let origin = url.trim_end_matches("/core/v2").to_owned();
        let host = origin.trim_start_matches("http://").to_owned();
        self.env("CARRIERX_BASE_URL", url).varying(origin, "http://API").varying(host, "API")
    }

    fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    fn varying(mut self, text: impl Into<String>, name: &'static str) -> Self {
        self.varying.push((text.into(), name));
        self
    }

    /// Runs `carrierx` with these words, FOLDER being an empty one, and notes what it prints and how it ends.
    fn run(self, line: &str) {
        let folder = self.reports.folder.path().display().to_string();
        let words: Vec<String> = words(line).into_iter().map(|word| word.replace("FOLDER", &folder)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let run = carrierx(&words).envs(self.environment).assert();
        let status = run.get_output().status.code().expect("a status");
        let mut printed = stdout(&run) + &stderr(&run);
        for (text, name) in &self.varying {
            printed = printed.replace(text, name);
        }
        let status = if status == 0 { String::new() } else { format!("(status {status})\n") };
        let text = &mut self.reports.text;
        if !self.when.is_empty() {
            text.push_str(&format!("# {}\n", self.when));
        }
        text.push_str(&format!("$ carrierx {line}\n{printed}{status}\n"));
    }
}

/// The words of a line, in which '...' is one.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(index, part)| match index % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

/// A whole response with this status and these header lines, each ended.
fn response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn json(status: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    response(status, "Content-Type: application/json\r\n", body)
}

const LIST: &[&str] = &["partners list"];

#[test]
fn refusals_of_the_api() {
    let mut reports = Reports::new();
    for (status, message) in [
        ("400 Bad Request", "unknown field balanse"),
        ("401 Unauthorized", "token expired"),
        ("403 Forbidden", "missing scope"),
        ("404 Not Found", "no such path"),
        ("409 Conflict", "busy"),
        ("422 Unprocessable Content", "bad order"),
        ("429 Too Many Requests", "slow down"),
        ("500 Internal Server Error", "oops"),
        ("418 I'm a teapot", "tea"),
        ("407 Proxy Authentication Required", "who are you?"),
    ] {
        let body = format!(r#"{{"errors":[{{"message":"{message}"}}]}}"#);
        reports.answer(status, json(status, body), &["partners list --order none"]);
    }
    let html = "Content-Type: text/html\r\n";
    reports.answer("a gateway answers 401", response("401 No", html, "<html><body>Sign in"), LIST);
    reports.answer("a gateway answers 403", response("403 No", html, "<html><body>Blocked"), LIST);
    reports.answer("204", response("204 No Content", "", ""), LIST);
    let wait = response("503 Down", "Retry-After: 3600\r\n", "");
    reports.answer("503, and the server asks for an hour", wait, LIST);
    reports.answer("a redirect elsewhere", response("302 Found", "Location: https://example.com/x\r\n", ""), LIST);
    reports.answer("a redirect that drops the query", response("302 Found", "Location: /x\r\n", ""), LIST);
    reports.answer("a redirect without a Location", response("302 Found", "", ""), LIST);
    let refused = json("401 Unauthorized", r#"{"message":"token expired"}"#);
    let commands = ["partners get CX1", "partners count", "partners tree", "partners check", "auth status -o jsonl"];
    reports.answer("401", refused.clone(), &commands);
    reports.answer("401", refused, &["partners list --error-format json", "partners check --error-format json"]);
    let server = Scripted::start(vec![vec![Step::Send(response("503 Down", "", ""))]]);
    reports.when("503, twice").env("CARRIERX_RETRIES", "1").server(&server).run("partners list");
    reports.assert_same_as("refusals.txt");
}

#[test]
fn responses_that_are_not_what_the_api_promises() {
    let mut reports = Reports::new();
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    for (when, response) in [
        ("HTML", response("200 OK", "Content-Type: text/html\r\n", "<html>log in</html>")),
        ("nothing", json("200 OK", "")),
        ("not JSON", response("200 OK", "", "hello")),
        ("a list", json("200 OK", "[]")),
        ("no items", json("200 OK", "{}")),
        ("a number as a partner", json("200 OK", r#"{"items":[5]}"#)),
        ("items twice", json("200 OK", r#"{"items":[],"items":[]}"#)),
        ("a deep partner", json("200 OK", last_page(&[&deep]))),
        ("a deep key", json("200 OK", format!(r#"{{"items":[],"extra":{deep}}}"#))),
        ("too many partners", json("200 OK", last_page(&["{}"; 100_001]))),
        ("not UTF-8", json("200 OK", b"\"\xff\"")),
    ] {
        reports.answer(when, response, LIST);
    }
    let endless =
        vec![Step::Send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec()), Step::Flood(vec![b' '; 1 << 20])];
    let commands = ["partners list", "partners get CX1", "partners tree"];
    reports.play("an endless body", vec![endless], &commands);
    let page = |partners: &[&str]| json("200 OK", last_page(partners));
    for (when, response) in [
        ("another partner", page(&[r#"{"display_id":"CX2"}"#])),
        ("a partner without an ID", page(&["{}"])),
        ("two partners", page(&[r#"{"login":"anna","partner_sid":"1"}"#, r#"{"login":"anna","partner_sid":"2"}"#])),
        ("a total of one and no partner", json("200 OK", r#"{"items":[],"total":1}"#)),
        ("errors with status 200", json("200 OK", r#"{"items":[],"errors":[{"message":"no"}]}"#)),
        ("no partner", page(&[])),
    ] {
        let id = if when == "two partners" { "anna" } else { "CX1" };
        reports.answer(when, response, &[&format!("partners get {id}")]);
    }
    reports.answer("no partner", page(&[]), &["partners get CX1 CX2 CX3", "partners tree --root CX1"]);
    reports.answer("404", json("404 Not Found", "{}"), &["partners get be128456-3098-4564-b0d1-67dbceee265f"]);
    reports.assert_same_as("responses.txt");
}

#[test]
fn connections_that_fail() {
    let mut reports = Reports::new();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    let run = reports.when("nobody listens").varying(closed.clone(), "http://API").env("CARRIERX_BASE_URL", closed);
    run.run("partners list");
    reports.play("silence", vec![vec![Step::Hang]], &["partners list --timeout 50ms", "partners list --max-time 1s"]);
    let head = |headers: &str| Step::Send(format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes());
    reports.play("a cut body", vec![vec![head("Content-Length: 99\r\n"), Step::Send(b"{".to_vec())]], LIST);
    reports.answer("no gzip", response("200 OK", "Content-Encoding: gzip\r\n", last_page(&[])), LIST);
    reports.play("no HTTP", vec![vec![Step::Send(b"SSH-2.0-OpenSSH\r\n".to_vec())]], LIST);

    let (authority, other) = (Authority::new(), Authority::new());
    for (when, server, trusted) in [
        ("an authority that is not trusted", authority.serve("localhost", Validity::Now, ""), &other),
        ("an expired certificate", authority.serve("localhost", Validity::Past, ""), &authority),
        ("a certificate from the future", authority.serve("localhost", Validity::Future, ""), &authority),
        ("another host's certificate", authority.serve("example.com", Validity::Now, ""), &authority),
        ("the certificate of an authority", authority.serve_as_itself(), &authority),
    ] {
        let origin = format!("https://localhost:{}", server.address().port());
        let run = reports.when(when).varying(origin.clone(), "https://localhost").env("CARRIERX_BASE_URL", origin);
        run.env("CARRIERX_CA_FILE", trusted.file().display().to_string()).run("partners list");
    }

    for (when, line) in [
        ("a proxy that wants a password", "HTTP/1.1 407 Proxy Authentication Required"),
        ("a proxy that refuses", "HTTP/1.1 403 Forbidden"),
    ] {
        let address = Proxy::start(Door::Refuses(line)).address().to_string();
        let run = reports.when(when).varying(address.clone(), "PROXY").env("HTTPS_PROXY", format!("http://{address}"));
        run.env("CARRIERX_BASE_URL", "https://api.example.com").run("partners list");
    }
    for proxy in ["ftp://host", "http://host:x", "http://", "http:host", "a b"] {
        let run = reports.when(format!("HTTPS_PROXY={proxy}")).env("HTTPS_PROXY", proxy);
        run.env("CARRIERX_BASE_URL", "https://api.example.com").run("partners list");
    }
    for (name, content) in [
        ("empty.pem", ""),
        ("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n"),
        ("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    ] {
        fs::write(reports.folder.path().join(name), content).expect("a file");
        let run = reports.when("").env("CARRIERX_BASE_URL", "https://api.example.com");
        run.run(&format!("partners list --ca-file FOLDER/{name}"));
    }
    reports.when("").env("CARRIERX_BASE_URL", "https://a.example.com").run("partners list --ca-file FOLDER/none.pem");
    reports.assert_same_as("connections.txt");
}

#[test]
fn lists_that_are_not_whole() {
    let mut reports = Reports::new();
    let send = |body: String| vec![Step::Send(json("200 OK", body))];
    let first = || send(page_of(0, 2, 5));
    let down = || vec![Step::Send(json("500 Down", "{}"))];
    let all = "partners list --all -o jsonl --parallel 1";
    reports.play(
        "the second page fails",
        vec![first(), down()],
        &[all, &format!("{all} --error-format json"), &format!("{all} --to FOLDER/all.jsonl"), "partners tree"],
    );
    let same = r#"{"items":[{"partner_sid":"a"},{"partner_sid":"b"}],"has_more":true}"#.to_owned();
    reports.play("every page is the same", vec![send(same)], &[all, "partners tree"]);
    reports.play("an empty page claims more", vec![send(r#"{"items":[],"has_more":true}"#.to_owned())], &[all]);
    let twice = r#"{"items":[{"partner_sid":"a"},{"partner_sid":"a"}],"has_more":false}"#;
    let items = r#""items":[{"partner_sid":"a"},{"partner_sid":"b"}]"#;
    for (when, body) in [
        ("a partner comes twice", twice.to_owned()),
        ("the total is too high", format!(r#"{{{items},"has_more":false,"total":9}}"#)),
        ("the total is too low", format!(r#"{{{items},"has_more":false,"total":1}}"#)),
        ("the count is wrong", format!(r#"{{{items},"has_more":false,"count":7}}"#)),
        ("another offset", format!(r#"{{{items},"has_more":false,"offset":7}}"#)),
        ("the limit is exceeded", format!(r#"{{{items},"has_more":false,"limit":1}}"#)),
        ("a page with errors", format!(r#"{{{items},"has_more":false,"errors":["no"]}}"#)),
        ("no SIDs", r#"{"items":[{},{}],"has_more":false}"#.to_owned()),
        ("numbers as text", format!(r#"{{{items},"has_more":false,"total":"2"}}"#)),
    ] {
        reports.play(when, vec![send(body)], &["partners list --all --require-complete -o jsonl"]);
    }
    let unclear = send(format!(r#"{{{items},"has_more":"maybe"}}"#));
    let end = send(r#"{"items":[]}"#.to_owned());
    reports.play("an unclear end", vec![unclear, end], &["partners list --all -o jsonl"]);
    let (a, b) = (r#"{"partner_sid":"a"}"#, r#"{"partner_sid":"b"}"#);
    let changed = |total: u64, partners: &[&str], more: bool| {
        send(format!(r#"{{"items":[{}],"has_more":{more},"total":{total}}}"#, partners.join(",")))
    };
    reports.play(
        "the total changes",
        vec![changed(2, &[a], true), changed(3, &[a, b], false)],
        &["partners list --all -o jsonl"],
    );
    let parents = [
        r#"{"partner_sid":"a","parent_sid":"b","name":"A","balance":"1"}"#,
        r#"{"partner_sid":"b","parent_sid":"a","name":"B","balance":"much"}"#,
    ];
    reports.play("partners that are each other's parents", vec![send(last_page(&parents))], &["partners tree"]);
    let unjudged = send(last_page(&[r#"{"partner_sid":"a","balance":"much"}"#]));
    reports.play("an amount that is none", vec![unjudged], &["partners check"]);
    let whole = send(last_page(&[r#"{"partner_sid":"a","status":"active"}"#]));
    reports.play("the filter is ignored", vec![whole.clone()], &["partners list -f 'status eq closed' -o jsonl"]);
    reports.play(
        "one partner",
        vec![whole.clone()],
        &[
            "partners list -F balanse",
            "partners list -f 'balanse lt 1' -o jsonl",
            "partners list --order balanse:asc -o jsonl",
            "partners list --require-complete --limit 1 -o jsonl",
        ],
    );
    reports.play("no partner", vec![send(last_page(&[]))], &["partners list -F balanse", "partners check"]);
    let order = vec![vec![Step::Send(json("422 No", "{}"))], whole];
    reports.play("the default order is refused", order, &["partners list -o jsonl"]);
    let server = Scripted::start(vec![first()]);
    reports
        .when("5 partners, and a limit of 2")
        .env("CARRIERX_LIMIT", "2")
        .server(&server)
        .run("partners list -o jsonl");
    let fresh = || send(r#"{"items":[{"partner_sid":"a"}],"has_more":true,"total":2}"#.to_owned());
    let limited = vec![Step::Send(response("429 Slow down", "Retry-After: 2\r\n", ""))];
    let server = Scripted::start(vec![limited, fresh()]);
    reports
        .when("429, then a page")
        .env("CARRIERX_RETRIES", "1")
        .server(&server)
        .run("partners list --limit 1 -o jsonl");
    reports.assert_same_as("lists.txt");
}

#[test]
fn mistakes_on_the_command_line() {
    let mut reports = Reports::new();
    for line in [
        "partners lits",
        "partners --error-format json",
        "auth --nonsense",
        "partners list --limit 0",
        "partners list --limit 5 --all",
        "partners list --page-size 1001",
        "partners list --fields ''",
        "partners list --fields name --exclude-fields zip",
        "partners list --filter 'a eq b' --raw-filter x",
        "partners list --filter 'status = active'",
        "partners list --filter 'status eq active or balance lt 1'",
        "partners list --filter 'status eq'",
        "partners list --filter ''",
        "partners list --filter '東京 = x'",
        "partners list --order name:up",
        "partners list --timeout 0",
        "partners list --output xml",
        "partners list --no-such-option",
        "partners list --sandbox --base-url http://127.0.0.1:1",
        "partners list --sandbox --dry-run",
        "partners list --sandbox --to FOLDER/list.xyz",
        "partners list --token x",
        "auth login x",
        "auth login --sandbox",
        "partners get",
        "partners get 'a\\b'",
        "partners get --sandbox nobody",
        "partners check --sandbox --warn 99 --crit 90",
        "partners count --sandbox -f 'balance lt $10'",
        "partners check --sandbox -f 'login eq nobody'",
        "partners check --nonsense",
        "partners tree --sandbox --depth x",
        "man partners lits",
        "man -o prometheus",
        "completions tcsh",
        "partners list --error-format json --limit 0",
        "partners list --error-format json --filter 'status = active'",
    ] {
        reports.when("").run(line);
    }
    let long = "x".repeat(70_000);
    for line in [
        format!("partners list --raw-filter {long}"),
        format!("partners list --order {long}"),
        format!("partners get {long}"),
    ] {
        reports.when("").env("CARRIERX_BASE_URL", "http://127.0.0.1:9").run(&line);
    }
    reports.text = reports.text.replace(&long, "xxx...");
    reports.assert_same_as("mistakes.txt");
}

#[test]
fn settings_and_files_that_cannot_be_used() {
    let mut reports = Reports::new();
    for (name, content) in [
        ("syntax.toml", "limit = \n"),
        ("key.toml", "limt = 5\n"),
        ("value.toml", "timeout = \"soon\"\n"),
        ("profile.toml", "[profiles.a]\n"),
        ("command.toml", "token_command = [\"/no/such/program\"]\n"),
        ("old.csv", ""),
    ] {
        fs::write(reports.folder.path().join(name), content).expect("a file");
    }
    let plain = |reports: &mut Reports, line: &str| {
        let mut run = reports.when("");
        run.environment.clear();
        run.run(line);
    };
    for line in [
        "partners list",
        "partners list --profile a",
        "partners list --config FOLDER/none.toml",
        "partners list --config FOLDER/syntax.toml",
        "partners list --config FOLDER/key.toml",
        "partners list --config FOLDER/value.toml",
        "partners list --config FOLDER/profile.toml --profile b",
        "partners list --config FOLDER/profile.toml --profile a",
        "partners list --config FOLDER/command.toml",
        "partners list --base-url nonsense",
        "partners list --base-url http://api.example.com",
        "partners list --sandbox -q --to FOLDER/old.csv",
        "partners list --sandbox -q --to FOLDER/none/new.csv",
        "partners list --sandbox -q --to FOLDER/new.csv --receipt FOLDER/new.csv",
        "config init --config FOLDER/key.toml",
        "man --dir FOLDER/old.csv",
        "auth logout --config FOLDER/profile.toml",
    ] {
        plain(&mut reports, line);
    }
    for (name, value) in [
        ("CARRIERX_TOKEN", "two words"),
        ("CARRIERX_TOKEN_FILE", "/no/such/file"),
        ("CARRIERX_TIMEOUT", "soon"),
        ("CARRIERX_OUTPUT", "xml"),
        ("CARRIERX_BASE_URL", "http://api.example.com"),
    ] {
        let mut run = reports.when(format!("{name}={value}"));
        run.environment.clear();
        run.env(name, value).run("partners list");
    }
    reports.assert_same_as("settings.txt");
}
