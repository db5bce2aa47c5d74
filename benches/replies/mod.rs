//! A server between the sandbox and what is measured: it asks the sandbox for each page once and sends it from memory
//! from then on, so that nobody is kept waiting for pages to be made.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Replies of more bytes together are asked for again each time.
const MAX_KEPT: usize = 1 << 30;

#[derive(Default)]
struct Kept {
    replies: HashMap<String, Arc<[u8]>>,
    bytes: usize,
}

/// Serves what the server at `origin` answers, each time after the latency, until the process ends; gives the address.
pub fn of(origin: SocketAddr, latency: Duration) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let kept = Arc::new(Mutex::new(Kept::default()));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let kept = Arc::clone(&kept);
            // A client that leaves ends its connection, and that is all.
            thread::spawn(move || serve(client, origin, latency, &kept));
        }
    });
    Ok(address)
}

/// Answers the requests of one connection.
fn serve(client: TcpStream, origin: SocketAddr, latency: Duration, kept: &Mutex<Kept>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut writer = client.try_clone()?;
    let mut reader = BufReader::new(client);
    while let Some(request) = request(&mut reader)? {
        let known = kept.lock().expect("the lock").replies.get(&request).map(Arc::clone);
        let reply = match known {
            Some(reply) => reply,
            None => {
                let reply: Arc<[u8]> = asked(origin, &request)?.into();
                let mut kept = kept.lock().expect("the lock");
                if kept.bytes + reply.len() <= MAX_KEPT {
                    kept.bytes += reply.len();
                    kept.replies.insert(request, Arc::clone(&reply));
                }
                reply
            }
        };
        thread::sleep(latency);
        writer.write_all(&reply)?;
    }
    Ok(())
}

/// The next request: its first line, and the headers that the answer depends on. None when the client has left.
fn request(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut request = String::new();
    if reader.read_line(&mut request)? == 0 {
        return Ok(None);
    }
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        match name.trim() {
            "" => return Ok(Some(request)),
            "authorization" | "accept-encoding" => request.push_str(&line),
            _ => {}
        }
    }
}

/// The answer of the origin, for a connection that goes on.
fn asked(origin: SocketAddr, request: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(origin)?;
    stream.write_all(format!("{request}Host: {origin}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let lines = head.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head: String = lines.map(|line| format!("{line}\r\n")).collect();
    answer.splice(..end + 2, head.into_bytes());
    Ok(answer)
}
