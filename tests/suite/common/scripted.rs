//! A server that plays scripts byte by byte, for answers that no honest server gives.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// One step of what the server does with a connection after it has read the request.
#[derive(Clone, PartialEq)]
pub enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes over and over until the client has had enough.
    Flood(Vec<u8>),
    /// Sends one byte after the other, a hundred a second, until the client goes.
    Drip,
    /// Sends nothing more and waits for the client to go.
    Hang,
    /// Ends the connection by a reset instead of an end.
    Reset,
}

/// A server whose every connection is played the same script, or each the next of several.
pub struct Scripted {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl Scripted {
    /// Plays the scripts one after the other, the last of them again and again.
    pub fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/core/v2", listener.local_addr().expect("an address"));
        let requests = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&requests);
        // It ends with the test.
        thread::spawn(move || {
            for client in listener.incoming() {
                let (scripts, count) = (scripts.clone(), Arc::clone(&count));
                // A client that breaks the connection is what many scripts provoke.
                thread::spawn(move || play(client?, &scripts, &count));
            }
        });
        Self { url, requests }
    }

    pub fn base_url(&self) -> &str {
        &self.url
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn play(mut client: TcpStream, scripts: &[Vec<Step>], count: &AtomicUsize) -> io::Result<()> {
    read_request(&mut client)?;
    let script = &scripts[count.fetch_add(1, Ordering::SeqCst).min(scripts.len() - 1)];
    // A connection that is closed while something is unread ends by a reset, and the last byte is still unread.
    if !script.contains(&Step::Reset) {
        client.read_exact(&mut [0])?;
    }
    for step in script {
        match step {
            Step::Send(bytes) => client.write_all(bytes)?,
            Step::Flood(bytes) => loop {
                client.write_all(bytes)?;
            },
            Step::Drip => loop {
                client.write_all(b" ")?;
                thread::sleep(Duration::from_millis(10));
            },
            Step::Hang => _ = client.read(&mut [0])?,
            Step::Reset => return Ok(()),
        }
    }
    Ok(())
}

/// Reads the request but for its last byte.
fn read_request(client: &mut TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(())
}
