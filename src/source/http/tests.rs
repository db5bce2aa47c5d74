use super::*;
use crate::source::sandbox;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

fn connect(base_url: &str) -> io::Result<BufReader<TcpStream>> {
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

fn service(partners: usize) -> Service {
    Service::new(sandbox::partners(partners))
}

/// The address of a server that serves until the tests end.
fn served(service: Service, latency: Duration, patience: Duration) -> String {
    let mut server = Server::listen(service, 0, latency).expect("a server");
    server.site.patience = patience;
    let base_url = server.site.base_url.clone();
    std::thread::spawn(|| server.serve());
    base_url
}

fn server(partners: usize) -> String {
    served(service(partners), Duration::ZERO, PATIENCE)
}

#[test]
fn one_connection_carries_many_requests() {
    let server = server(3);
    let mut connection = connect(&server).expect("a connection");
    for _ in 0..3 {
        let (status, headers, body) = get(&mut connection, "/partners?limit=1", "Authorization: Bearer sandbox\r\n");
        assert_eq!(status, "HTTP/1.1 200 OK");
        assert!(headers.contains("content-type: application/json\n"), "{headers}");
        let next = format!(r#""next":"{}/partners?limit=1&offset=1""#, server);
        assert!(body.contains(&next), "{body}");
    }
}

#[test]
fn refusals_come_with_their_status() {
    const TOKEN: &str = "Authorization: Bearer sandbox\r\n";
    let server = server(250);
    let mut connection = connect(&server).expect("a connection");
    for (path, header, status, message) in [
        ("/partners", "", 401, "Unauthorized"),
        ("/oauth/whoami", "", 401, "Unauthorized"),
        ("/partners", "Authorization: \u{fc}\r\n", 401, "Bad credentials"),
        ("/partners", "Authorization: Bearer other\r\n", 401, "Bad credentials"),
        ("/partners", "Authorization: Basic sandbox\r\n", 401, "Bad credentials"),
        ("/partners", "Authorization: sandbox\r\n", 401, "Bad credentials"),
        ("/partners/x", TOKEN, 404, "Cannot find item by SID"),
        ("/partners/", TOKEN, 404, "Not Found"),
        ("/partners/a/b", TOKEN, 404, "Not Found"),
        ("/dids", TOKEN, 404, "Not Found"),
        ("", TOKEN, 404, "Not Found"),
        ("/partners?limit=0", TOKEN, 400, "limit must be from 1 to 1000"),
        ("/partners?filter=balanse+lt+10", TOKEN, 400, "unknown field: balanse"),
        ("/partners?order=balanse", TOKEN, 400, "unknown field: balanse"),
    ] {
        let (line, _, body) = get(&mut connection, path, header);
        assert!(line.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {line}");
        assert_eq!(body, format!(r#"{{"errors":[{{"message":"{message}","status":{status}}}]}}"#), "{path}");
    }
    let (line, _, _) = get(&mut connection, "/partners/6bace9c5-3eef-4f75-8f48-fb98e04408be", TOKEN);
    assert!(line.ends_with(" 200 OK"), "{line}");
    connection
        .get_mut()
        .write_all(format!("POST {BASE_PATH}/partners HTTP/1.1\r\nHost: x\r\n{TOKEN}\r\n").as_bytes())
        .expect("a request is sent");
    let mut line = String::new();
    connection.read_line(&mut line).expect("a status line");
    assert!(line.starts_with("HTTP/1.1 405 "), "{line}");
}

#[test]
fn a_broken_connection_harms_nobody() {
    let server = server(1);
    let mut broken = connect(&server).expect("a connection");
    broken.get_mut().write_all(b"\x16\x03\x01 not HTTP\r\n\r\n").expect("garbage is sent");
    drop(connect(&server).expect("a connection that says nothing"));
    let mut connection = connect(&server).expect("a connection");
    assert!(get(&mut connection, "/partners", "Authorization: Bearer sandbox\r\n").0.ends_with("200 OK"));
}

#[test]
fn a_client_that_does_not_finish_its_request_is_dropped() {
    let patience = Duration::from_millis(50);
    let server = served(service(1), Duration::ZERO, patience);
    for beginning in ["", "GET /core/v2/partners HTTP/1.1\r\nHost: x\r\nX: y"] {
        let mut slow = connect(&server).expect("a connection");
        slow.get_ref().set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
        slow.get_mut().write_all(beginning.as_bytes()).expect("half a request is sent");
        let answer = io::read_to_string(&mut slow).expect("the end of the connection");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[test]
fn idle_clients_shut_nobody_out_and_one_of_too_many_is_closed() {
    let server = server(1);
    let header = "Authorization: Bearer sandbox\r\n";
    let mut held: Vec<_> = (0..MAX_CONNECTIONS - 1).map(|_| connect(&server).expect("a connection")).collect();
    let mut last = connect(&server).expect("a connection");
    assert!(get(&mut last, "/partners", header).0.ends_with("200 OK"));
    let mut one_more = connect(&server).expect("a connection");
    assert!(matches!(one_more.read(&mut [0; 1]), Ok(0) | Err(_)));
    assert!(get(&mut held[0], "/partners", header).0.ends_with("200 OK"));
}

#[test]
fn a_request_without_end_is_refused() {
    let server = server(1);
    let mut endless = connect(&server).expect("a connection");
    endless.get_ref().set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    let sent = (0..200).all(|_| endless.get_mut().write_all(&[b'x'; 4096]).is_ok());
    let mut answer = [0; 12];
    let refused = endless.read_exact(&mut answer).is_err() || answer.starts_with(b"HTTP/1.1 4");
    assert!(!sent || refused, "{answer:?}");
}

#[test]
fn a_port_in_use_is_an_error() {
    let first = server(1);
    let port = first.trim_end_matches(BASE_PATH).rsplit(':').next().and_then(|port| port.parse().ok());
    let second = Server::listen(service(1), port.expect("a port"), Duration::ZERO).map(|_| ());
    assert_eq!(second.expect_err("in use").kind(), io::ErrorKind::AddrInUse);
}
