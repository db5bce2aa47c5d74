use super::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

fn connect(sandbox: &Sandbox) -> io::Result<BufReader<TcpStream>> {
    let base_url = sandbox.base_url();
    let address = base_url.trim_start_matches("http://").trim_end_matches(BASE_PATH);
    TcpStream::connect(address).map(BufReader::new)
}

/// Sends a request for a path below the base and returns status line, headers in lower case, and body.
fn get(connection: &mut BufReader<TcpStream>, path: &str, header: &str) -> (String, String, String) {
    let request = format!("GET {BASE_PATH}{path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
    connection.get_mut().write_all(request.as_bytes()).expect("the request is sent");
    let mut status = String::new();
    connection.read_line(&mut status).expect("a status line");
    let (mut headers, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).expect("a header line");
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().expect("a length");
        }
        headers += &format!("{line}\n");
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).expect("the whole body");
    (status.trim().to_owned(), headers, String::from_utf8(body).expect("text"))
}

fn sandbox(partners: usize) -> Sandbox {
    Sandbox::start(&ServeOptions { partners, ..ServeOptions::default() }).expect("a sandbox")
}

#[test]
fn one_connection_carries_many_requests() {
    let sandbox = sandbox(3);
    let mut connection = connect(&sandbox).expect("a connection");
    for _ in 0..3 {
        let (status, headers, body) = get(&mut connection, "/partners?limit=1", "Authorization: Bearer sandbox\r\n");
        assert_eq!(status, "HTTP/1.1 200 OK");
        assert!(headers.contains("content-type: application/json\n"), "{headers}");
        let next = format!(r#""next":"{}/partners?limit=1&offset=1""#, sandbox.base_url());
        assert!(body.contains(&next), "{body}");
    }
}

#[test]
fn refusals_come_with_their_status() {
    let sandbox = sandbox(1);
    let mut connection = connect(&sandbox).expect("a connection");
    assert_eq!(get(&mut connection, "/partners", "").0, "HTTP/1.1 401 Unauthorized");
    assert_eq!(get(&mut connection, "/partners", "Authorization: \u{fc}\r\n").0, "HTTP/1.1 401 Unauthorized");
    let (status, _, body) = get(&mut connection, "/partners/x", "Authorization: Bearer sandbox\r\n");
    assert_eq!(status, "HTTP/1.1 404 Not Found");
    assert_eq!(body, r#"{"errors":[{"message":"Cannot find item by SID","status":404}]}"#);
}

#[test]
fn a_broken_connection_harms_nobody() {
    let sandbox = sandbox(1);
    let mut broken = connect(&sandbox).expect("a connection");
    broken.get_mut().write_all(b"\x16\x03\x01 not HTTP\r\n\r\n").expect("garbage is sent");
    drop(connect(&sandbox).expect("a connection that says nothing"));
    let mut connection = connect(&sandbox).expect("a connection");
    assert!(get(&mut connection, "/partners", "Authorization: Bearer sandbox\r\n").0.ends_with("200 OK"));
}

#[test]
fn a_client_that_does_not_finish_its_request_is_dropped() {
    let options = ServeOptions { partners: 1, ..ServeOptions::default() };
    let sandbox = Sandbox::with_patience(&options, Duration::from_millis(50)).expect("a sandbox");
    for beginning in ["", "GET /core/v2/partners HTTP/1.1\r\nHost: x\r\nX: y"] {
        let mut slow = connect(&sandbox).expect("a connection");
        slow.get_ref().set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
        slow.get_mut().write_all(beginning.as_bytes()).expect("half a request is sent");
        let answer = io::read_to_string(&mut slow).expect("the end of the connection");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[test]
fn more_clients_than_can_be_served_wait_for_one_another() {
    let sandbox = sandbox(1);
    let idle: Vec<_> = (0..100).map(|_| connect(&sandbox).expect("a connection")).collect();
    let mut last = connect(&sandbox).expect("a connection");
    drop(idle);
    assert!(get(&mut last, "/partners", "Authorization: Bearer sandbox\r\n").0.ends_with("200 OK"));
}

#[test]
fn a_request_without_end_is_refused() {
    let sandbox = sandbox(1);
    let mut endless = connect(&sandbox).expect("a connection");
    endless.get_ref().set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    let sent = (0..200).all(|_| endless.get_mut().write_all(&[b'x'; 4096]).is_ok());
    let mut answer = [0; 12];
    let refused = endless.read_exact(&mut answer).is_err() || answer.starts_with(b"HTTP/1.1 4");
    assert!(!sent || refused, "{answer:?}");
}

#[test]
fn dropping_the_sandbox_closes_its_port_and_connections() {
    let sandbox = sandbox(1);
    let mut idle = connect(&sandbox).expect("a connection");
    let base_url = sandbox.base_url();
    drop(sandbox);
    assert!(matches!(idle.read(&mut [0; 1]), Ok(0) | Err(_)));
    let address = base_url.trim_start_matches("http://").trim_end_matches(BASE_PATH);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_port_in_use_is_an_error() {
    let first = sandbox(1);
    let port = first.base_url().trim_end_matches(BASE_PATH).rsplit(':').next().and_then(|port| port.parse().ok());
    let options = ServeOptions { port: port.expect("a port"), partners: 1, ..ServeOptions::default() };
    assert_eq!(Sandbox::start(&options).map(|_| ()).expect_err("in use").kind(), io::ErrorKind::AddrInUse);
}
