//! Faults, byte by byte: whatever a server or the network does, the program ends with the right status, tells why, and
//! neither hangs nor panics nor passes off a part as the whole, and does so within a budget of memory and CPU time.

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::common::scripted::{Scripted, Step, Step::*};
use crate::common::{Budget, TOKEN, carrierx_within, page_of, side_by_side, stderr, stdout};
use assert_cmd::assert::Assert;
use flate2::Compression;
use flate2::write::GzEncoder;

/// What happens, and what must come of it.
struct Fault {
    name: &'static str,
    script: Vec<Step>,
    status: i32,
    /// Requests in all, with one retry allowed.
    attempts: usize,
    /// What the message must say.
    says: &'static str,
}

fn fault(name: &'static str, script: Vec<Step>, status: i32, attempts: usize, says: &'static str) -> Fault {
    Fault { name, script, status, attempts, says }
}

/// The program against a server; no attempt may take longer than a second, and no run more than its budget.
fn list(base_url: &str, arguments: &[&str]) -> Assert {
    list_within(Budget::default(), base_url, arguments)
}

fn list_within(budget: Budget, base_url: &str, arguments: &[&str]) -> Assert {
    let common = ["partners", "list", "-o", "jsonl", "--retries", "1", "--timeout", "1s", "--base-url", base_url];
    let mut command = carrierx_within(budget, &[&common, arguments].concat());
    command.env("CARRIERX_TOKEN", TOKEN).assert()
}

/// Plays every fault and holds the program to its row of the table.
fn assert_all(faults: Vec<Fault>) {
    side_by_side(faults, |Fault { name, script, status, attempts, says }| {
        let server = Scripted::start(vec![script]);
        let began = Instant::now();
        let list = list(server.base_url(), &[]);
        let report = assert_told(name, &list, status);
        assert!(report.contains(says), "{name}: no {says:?} in {report}");
        assert_eq!(server.requests(), attempts, "{name}: attempts; {report}");
        assert!(began.elapsed() < Duration::from_secs(20), "{name} took {:?}", began.elapsed());
        assert_eq!(stdout(&list), "", "{name}");
    });
}

/// The report of a run that must have failed with this status, in the form that every report has.
fn assert_told(name: &str, list: &Assert, status: i32) -> String {
    let report = stderr(list);
    assert_eq!(list.get_output().status.code(), Some(status), "{name}: {report}");
    assert!(report.starts_with("error: "), "{name}: {report}");
    assert!(report.lines().last().is_some_and(|line| line.starts_with("hint: ")), "{name}: {report}");
    for word in ["panicked", "BACKTRACE", TOKEN] {
        assert!(!report.contains(word), "{name}: {word} in {report}");
    }
    report
}

fn send(bytes: impl AsRef<[u8]>) -> Step {
    Send(bytes.as_ref().to_vec())
}

/// A whole answer with these header lines, each ended.
fn answer_with(headers: &str, body: impl AsRef<[u8]>) -> Step {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
    Send([head.as_bytes(), body].concat())
}

/// A whole answer of JSON.
fn answer(body: impl AsRef<[u8]>) -> Step {
    answer_with("Content-Type: application/json\r\n", body)
}

/// The head of an answer with these header lines, the body being up to the script.
fn head(headers: &str) -> Step {
    send(format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\r\n"))
}

fn gzip(bytes: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    bytes.into_iter().for_each(|bytes| encoder.write_all(&bytes).expect("memory"));
    encoder.finish().expect("memory")
}

/// The page of one partner.
fn page(partner: &str) -> String {
    crate::common::last_page(&[partner])
}

#[test]
fn a_connection_that_fails_before_an_answer_is_a_network_fault_and_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    assert_told("refused", &list(&url, &[]), 9);
    assert_all(vec![
        fault("nothing at all", vec![], 9, 2, "after 2 attempts"),
        fault("a reset", vec![Reset], 9, 2, "reset"),
        fault("silence", vec![Hang], 9, 2, "timed out after 1s"),
        fault("a cut status line", vec![send("HTTP/1.1 20")], 9, 2, ""),
        fault("a cut header", vec![send("HTTP/1.1 200 OK\r\nContent-Le")], 9, 2, ""),
        fault("a header that drips", vec![send("HTTP/1.1 200 OK\r\nX: "), Drip], 9, 2, "timed out after 1s"),
        fault("an endless header", vec![send("HTTP/1.1 200 OK\r\nX: "), Flood(vec![b'x'; 9999])], 9, 2, "too large"),
        fault("endless headers", vec![send("HTTP/1.1 200 OK\r\n"), Flood(b"X: y\r\n".repeat(999))], 9, 2, ""),
        fault("no HTTP", vec![send("SSH-2.0-OpenSSH_9.2\r\n")], 9, 2, "HTTP"),
        fault("HTTP/0.9", vec![send(page("{}"))], 9, 2, "HTTP"),
        fault("TLS where none was asked for", vec![send(b"\x15\x03\x01\x00\x02\x02\x46")], 9, 2, "HTTP"),
        fault("two lengths", vec![head("Content-Length: 2\r\nContent-Length: 3\r\n"), send("{}x")], 9, 2, ""),
        fault("a negative length", vec![head("Content-Length: -1\r\n"), send("{}")], 9, 2, ""),
    ]);
}

#[test]
fn a_body_that_breaks_off_is_a_network_fault_and_tried_again() {
    let whole = page("{}");
    let cut = &whole[..whole.len() - 1];
    let chunked = "Transfer-Encoding: chunked\r\n";
    let zipped = gzip([whole.clone().into_bytes()]);
    assert_all(vec![
        fault("a cut body", vec![head("Content-Length: 9999\r\n"), send(&whole)], 9, 2, "was cut off"),
        fault(
            "ten terabytes announced",
            vec![head("Content-Length: 10000000000000\r\n"), send(&whole)],
            9,
            2,
            "was cut off",
        ),
        fault("a reset in the body", vec![head("Content-Length: 9999\r\n"), send(cut), Reset], 9, 2, ""),
        fault("a body that drips", vec![head("Content-Length: 9999\r\n"), Drip], 9, 2, "timed out after 1s"),
        fault("a body that stops", vec![head("Content-Length: 9999\r\n"), send(cut), Hang], 9, 2, "timed out after 1s"),
        fault("a cut chunk", vec![head(chunked), send("ff\r\n{")], 9, 2, "was cut off"),
        fault("no last chunk", vec![head(chunked), send("2\r\n{}\r\n")], 9, 2, "was cut off"),
        fault("a chunk without a size", vec![head(chunked), send("xyz\r\n{}\r\n0\r\n\r\n")], 9, 2, "was cut off"),
        fault("a chunk of more than memory", vec![head(chunked), send("fffffffffffffffff\r\n{}")], 9, 2, "was cut off"),
        fault(
            "no gzip",
            vec![answer_with("Content-Encoding: gzip\r\n", &whole)],
            9,
            2,
            "cut off or damaged: invalid gzip",
        ),
        fault("a cut gzip", vec![answer_with("Content-Encoding: gzip\r\n", &zipped[..20])], 9, 2, "was cut off"),
    ]);
}

#[test]
fn an_answer_that_is_too_large_is_read_no_further_than_the_bound() {
    let bomb = gzip(std::iter::repeat_n(vec![b' '; 1 << 20], 80));
    assert!(bomb.len() < 1 << 20, "80 MiB in {} bytes", bomb.len());
    let chunk = [b"fffff\r\n".as_slice(), &[b' '; 0xfffff], b"\r\n"].concat();
    let cases = vec![
        ("endless chunks", vec![head("Transfer-Encoding: chunked\r\n"), Flood(chunk)]),
        ("an endless body", vec![head("Connection: close\r\n"), Flood(vec![b' '; 1 << 20])]),
        ("a gzip bomb", vec![answer_with("Content-Encoding: gzip\r\n", bomb)]),
    ];
    side_by_side(cases, |(name, script)| {
        let server = Scripted::start(vec![script]);
        let report = assert_told(name, &list(server.base_url(), &["--timeout", "30s"]), 8);
        assert!(report.contains("larger than 64 MiB"), "{name}: {report}");
        assert_eq!(server.requests(), 1, "{name}");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_needs_more_than_its_budget_fails() {
    let list = |budget| carrierx_within(budget, &["partners", "list", "--sandbox"]).assert();
    list(Budget { megabytes: 1, ..Budget::default() }).failure();
    list(Budget::default()).success();
}

#[test]
fn an_answer_that_is_no_page_is_the_servers_fault_and_not_tried_again() {
    let whole = page("{}");
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let levels = |n: usize| page(&format!(r#"{{"x":{}{}}}"#, "[".repeat(n), "]".repeat(n)));
    let html = "Content-Type: text/html\r\n";
    let with_status = |status: &str| send(format!("HTTP/1.1 {status}\r\nConnection: close\r\n\r\n"));
    assert_all(vec![
        fault("an empty body", vec![answer("")], 8, 1, "EOF"),
        fault("a length too short", vec![head("Content-Length: 20\r\n"), send(&whole)], 8, 1, "EOF"),
        fault("HTML", vec![answer_with(html, "<html>log in</html>")], 8, 1, "text/html"),
        fault("HTML under a false name", vec![answer("<html>log in</html>")], 8, 1, "is HTML"),
        fault("204", vec![with_status("204 No Content")], 8, 1, "204"),
        fault("206", vec![with_status("206 Partial Content")], 8, 1, "206"),
        fault("304", vec![with_status("304 Not Modified")], 8, 1, ""),
        fault("a redirect to nowhere", vec![with_status("302 Found")], 8, 1, "redirects without a Location (302)"),
        fault("garbage behind", vec![answer(format!("{whole}x"))], 8, 1, "trailing"),
        fault("two documents", vec![answer(whole.repeat(2))], 8, 1, "trailing"),
        fault("UTF-16", vec![answer(utf16)], 8, 1, ""),
        fault("no UTF-8", vec![answer(b"{\"items\":[{\"name\":\"\xff\"}]}")], 8, 1, "UTF-8"),
        fault("NUL bytes", vec![answer("\0".repeat(99))], 8, 1, "not a page"),
        fault("a NUL in a name", vec![answer(page("{\"name\":\"a\0b\"}"))], 8, 1, "control character"),
        fault("one level too deep", vec![answer(levels(126))], 8, 1, "deeper than 128"),
        fault("a hundred thousand levels", vec![answer(levels(100_000))], 8, 1, "deeper than 128"),
        fault("as many never closed", vec![answer("[".repeat(100_000))], 8, 1, "not a page"),
        fault("keys as deep", vec![answer(r#"{"x":"#.repeat(100_000))], 8, 1, "not a page"),
        fault(
            "too many partners",
            vec![answer(crate::common::last_page(&["{}"; 100_001]))],
            8,
            1,
            "more than 100000 partners",
        ),
        fault("no items", vec![answer("{}")], 8, 1, "no `items`"),
        fault("a list alone", vec![answer("[]")], 8, 1, "page object"),
        fault("the same key twice", vec![answer(r#"{"items":[],"items":[{}]}"#)], 8, 1, "twice"),
    ]);
}

#[test]
fn a_value_of_a_wrong_type_in_the_envelope_counts_as_unsaid_and_a_total_is_named() {
    let values = ["null", "true", "\"x\"", "-1", "1.5", "[]", "{}", "0"];
    let numbers = ["null", "0"];
    for (key, good) in [
        ("count", &numbers[..]),
        ("limit", &numbers),
        ("offset", &numbers),
        ("total", &numbers),
        ("unknown", &values),
        ("has_more", &["null"]),
        ("pagination", &["null", "[]", "{}"]),
        ("items", &["[]"]),
    ] {
        for value in values {
            let items = if key == "items" { "" } else { r#""items":[],"# };
            let name = format!("{key}: {value}");
            let server = Scripted::start(vec![vec![answer(format!(r#"{{{items}"{key}":{value}}}"#))]]);
            let list = list(server.base_url(), &[]);
            if key == "items" && value != "[]" {
                let said = assert_told(&name, &list, 8);
                assert!(said.contains("`items`"), "{name}: {said}");
            } else if name == "has_more: true" {
                assert!(stderr(&list).contains("is empty but reports that more partners follow"), "{name}");
            } else {
                let said = stderr(&list);
                assert_eq!(list.get_output().status.code(), Some(0), "{name}: {said}");
                let is_warned = said.contains(&format!("has the total {value}, which is not a whole number"));
                assert_eq!(is_warned, key == "total" && !good.contains(&value), "{name}: {said}");
            }
            assert_eq!(server.requests(), 1, "{name}");
        }
    }
}

#[test]
fn odd_answers_that_are_valid_come_out_as_they_were_sent() {
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(125), "]".repeat(125));
    for (name, partner) in [
        ("duplicate keys", r#"{"a":1,"a":2,"a":1}"#),
        ("lone surrogates", r#"{"name":"\ud800 \udc00\ud800"}"#),
        ("an escaped NUL", r#"{"name":"a\u0000b"}"#),
        ("numbers beyond any type", r#"{"a":1e400,"b":-0,"c":123456789012345678901234567890.10}"#),
        ("empty keys", r#"{"":{"":""}}"#),
        ("128 levels", &deep),
        ("a partner without anything", "{}"),
    ] {
        let server = Scripted::start(vec![vec![answer(page(partner))]]);
        let all = list(server.base_url(), &[]);
        assert_eq!(stdout(&all.success()), format!("{partner}\n"), "{name}");
        for format in ["table", "csv", "tsv", "json"] {
            list(server.base_url(), &["-o", format]).success();
        }
    }
    let megabytes = format!(r#"{{"name":"{}"}}"#, "x".repeat(10 << 20));
    let server = Scripted::start(vec![vec![answer(page(&megabytes))]]);
    assert!(
        stdout(&list(server.base_url(), &["--timeout", "30s"])) == format!("{megabytes}\n"),
        "10 MB came otherwise"
    );
    for headers in ["", "Content-Type: text/plain\r\n", "Content-Type: application/problem+json\r\n"] {
        let server = Scripted::start(vec![vec![answer_with(headers, page("{}"))]]);
        list(server.base_url(), &[]).success().stdout("{}\n");
    }
    let early = send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
    let whole = page("{}");
    let members = [gzip([whole[..9].into()]), gzip([]), gzip([whole[9..].into()])].concat();
    let zipped = |name: &str, bytes: &[u8]| answer_with(&format!("Content-Encoding: {name}\r\n"), bytes);
    for script in [
        vec![early, answer(&whole)],
        vec![zipped("gzip", &gzip([whole.clone().into()]))],
        vec![zipped("GZIP", &gzip([whole.clone().into()]))],
        vec![zipped("gzip", &members)],
        vec![zipped("identity", whole.as_bytes())],
        vec![answer(format!("\u{feff}{whole}"))],
        vec![answer_with("Content-Type: text/html\r\n", &whole)],
        vec![answer_with(&"X-Header: yes\r\n".repeat(500), &whole)],
    ] {
        list(Scripted::start(vec![script]).base_url(), &[]).success().stdout("{}\n");
    }
}

/// An error with these header lines.
fn refusal(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Step {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
    Send([head.as_bytes(), body].concat())
}

#[test]
fn a_status_that_came_counts_whatever_becomes_of_its_body() {
    let broken = |status: &str| {
        let zip =
            format!("HTTP/1.1 {status} X\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\nRetry-After: 61\r\n\r\n");
        let cut =
            format!("HTTP/1.1 {status} X\r\nContent-Length: 999\r\nRetry-After: 61\r\n\r\n{{\"message\":\"whole\"");
        let strange = refusal(status, "Content-Encoding: br\r\nRetry-After: 61\r\n", "???");
        [
            vec![send(format!("{zip}not gzip!"))],
            vec![send(&cut)],
            vec![send(&cut), Reset],
            vec![send(&cut), Hang],
            vec![strange],
        ]
    };
    let mut faults = Vec::new();
    for (status, code, says) in [
        ("401", 4, "refused the token (401)"),
        ("403", 5, "denied access (403)"),
        ("404", 6, "was not found (404)"),
        ("415", 6, "rejected the request (415)"),
        ("429", 7, "retry after 61 seconds"),
        ("503", 7, "retry after 61 seconds"),
    ] {
        faults.extend(broken(status).map(|script| fault("a broken body", script, code, 1, says)));
    }
    assert_all(faults);
}

#[test]
fn an_error_costs_no_more_than_its_words() {
    let entries = |entry: &str, count: usize| format!("{{\"errors\":[{}]}}", vec![entry; count].join(","));
    let many = gzip(std::iter::once(b"[{}".to_vec()).chain(std::iter::repeat_n(b",{}".repeat(1 << 20), 40)));
    let zip = "Content-Encoding: gzip\r\n";
    assert_all(vec![
        fault("40 million entries", vec![refusal("415", zip, &many)], 6, 1, "(415)"),
        fault("as many of a refused token", vec![refusal("401", zip, &many)], 4, 1, "(401)"),
        fault("as many as a redirect", vec![refusal("302", zip, &many)], 8, 1, "without a Location"),
        fault("as many with 206", vec![refusal("206", zip, &many)], 8, 1, "206"),
        fault(
            "long words",
            vec![refusal("415", "", entries(r#"{"message":"x"}"#, 1 << 18))],
            6,
            1,
            r#"{"message":"x"}"#,
        ),
        fault("a hundred thousand levels", vec![refusal("422", "", "[".repeat(1 << 20))], 6, 2, "(422)"),
        fault("an endless body", vec![send("HTTP/1.1 415 X\r\n\r\n"), Flood(vec![b'x'; 1 << 16])], 6, 1, "(415): x"),
        fault("endless tags", vec![refusal("415", "", "<a>".repeat(1 << 20))], 6, 1, "(415)"),
        fault("endless scripts", vec![refusal("415", "", "<script>".repeat(1 << 20))], 6, 1, "(415)"),
        fault(
            "no message, but a code",
            vec![refusal("415", "", r#"{"errors":[{"code":17,"field":"x"},{"message":"m","code":"E"}]}"#)],
            6,
            1,
            r#"(415): {"code":17,"field":"x"}; m (code E)"#,
        ),
    ]);
}

#[test]
fn a_gateway_that_refuses_is_not_taken_for_the_api() {
    let html = "Content-Type: text/html\r\n";
    let nginx = "<html><head><title>400 No</title></head><body>No required SSL certificate was sent</body></html>";
    assert_all(vec![
        fault("401 in HTML", vec![refusal("401", html, "<html>Sign in</html>")], 4, 1, "gateway"),
        fault("403 in HTML", vec![refusal("403", html, "<html>Blocked</html>")], 5, 1, "(403): Blocked"),
        fault("basic auth", vec![refusal("401", "WWW-Authenticate: Basic realm=x\r\n", "No")], 4, 1, "gateway"),
        fault("JSON called HTML", vec![refusal("401", html, r#"{"message":"expired"}"#)], 4, 1, "(401): expired"),
        fault("a client certificate", vec![refusal("400", html, nginx)], 6, 2, "No required SSL certificate was sent"),
    ]);
}

#[test]
fn a_request_that_is_too_long_is_not_sent() {
    let server = Scripted::start(vec![vec![answer(page("{}"))]]);
    let filter = format!("login eq {}", "x".repeat(70_000));
    for option in ["-f", "--raw-filter"] {
        let report = assert_told(option, &list(server.base_url(), &[option, &filter]), 2);
        assert!(report.contains("the request is too long"), "{report}");
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_length_that_never_comes_costs_no_memory() {
    let script = vec![head("Content-Length: 67108864\r\n"), send("{")];
    let server = Scripted::start(vec![script]);
    let ids: Vec<String> = (0..16).map(|n| format!("{n:08}-0000-0000-0000-000000000000")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let common = ["partners", "get", "--retries", "0", "--base-url", server.base_url()];
    let mut command = carrierx_within(Budget { megabytes: 100, ..Budget::default() }, &[&common[..], &ids].concat());
    let report = stderr(&command.env("CARRIERX_TOKEN", TOKEN).assert().code(9));
    assert!(report.contains("was cut off"), "{report}");
}

#[test]
fn when_a_later_page_fails_the_rows_before_it_stay_and_the_way_on_is_told() {
    let rows = [
        ("nothing at all", vec![], 9, 2),
        ("a cut body", vec![head("Content-Length: 9999\r\n"), send("{")], 9, 2),
        ("silence", vec![Hang], 9, 2),
        ("no page", vec![answer("{}")], 8, 1),
        ("too deep", vec![answer("[".repeat(9999))], 8, 1),
        ("HTML", vec![answer_with("Content-Type: text/html\r\n", "<html>")], 8, 1),
        ("the first page again", vec![answer(page_of(0, 2, 5))], 8, 1),
    ];
    let both = rows.iter().flat_map(|row| ["1", "4"].map(|parallel| (row.clone(), parallel))).collect();
    side_by_side(both, |((name, script, status, attempts), parallel)| {
        let server = Scripted::start(vec![vec![answer(page_of(0, 2, 5))], script.clone()]);
        let list = list(server.base_url(), &["--all", "--page-size", "2", "--parallel", parallel]);
        let report = stderr(&list);
        assert_eq!(list.get_output().status.code(), Some(status), "{name}: {report}");
        assert_eq!(stdout(&list).matches("\"display_id\":\"CX").count(), 2, "{name}");
        assert!(report.contains("cut off after 2 partners") && report.contains("--offset 2"), "{name}: {report}");
        assert!(!report.contains("panicked"), "{name}: {report}");
        if parallel == "1" {
            assert_eq!(server.requests(), 1 + attempts, "{name}");
        }
    });
}

#[test]
fn a_page_that_is_large_in_one_place_costs_no_more_than_its_bytes() {
    let keys = (0..160_000).map(|n| format!(r#""k{n}":{n}"#)).collect::<Vec<_>>().join(",");
    let repeated = vec![r#""callbacks":{"sms":"x"}"#; 25_000].join(",");
    let names =
        (0..1000).map(|n| format!(r#"{{"name":"{}"}}"#, if n == 50 { "x".repeat(1 << 20) } else { n.to_string() }));
    let names = names.collect::<Vec<_>>().join(",");
    side_by_side(
        vec![
            ("unknown keys as CSV", format!("{{{keys}}}"), vec!["-o", "csv"]),
            ("unknown keys as TSV", format!("{{{keys}}}"), vec!["-o", "tsv"]),
            ("a key many times, under a path", format!("{{{repeated}}}"), vec!["-o", "csv", "-F", "callbacks.sms"]),
            ("a name of a million characters in a table", names, vec!["-o", "table", "--all"]),
        ],
        |(name, partners, arguments)| {
            let server = Scripted::start(vec![vec![answer(format!(r#"{{"items":[{partners}],"has_more":false}}"#))]]);
            let list = list(server.base_url(), &[&arguments[..], &["--timeout", "20s"]].concat());
            assert_eq!(list.get_output().status.code(), Some(0), "{name}: {}", stderr(&list));
        },
    );
}

#[test]
fn a_token_in_the_address_is_hidden_whatever_becomes_of_the_request() {
    for (name, script) in [
        ("no response", vec![]),
        ("a timeout", vec![Hang]),
        ("a cut body", vec![head("Content-Length: 9999\r\n"), send("{")]),
        ("a large body", vec![head(""), Flood(vec![b' '; 1 << 20])]),
        ("no page", vec![answer("{}")]),
    ] {
        let server = Scripted::start(vec![script]);
        let list = list(&format!("{}/{TOKEN}", server.base_url()), &["--retries", "0"]);
        let report = stderr(&list);
        assert!(report.contains("/(redacted)/partners") && !report.contains(TOKEN), "{name}: {report}");
    }
}
