//! A real proxy on loopback: it takes CONNECT and SOCKS 5, and sends every connection to one server.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the proxy does when it is asked for a connection.
#[derive(Clone, Copy)]
pub enum Door {
    /// Connects to this server, whatever was asked for.
    To(SocketAddr),
    /// Refuses with this line of HTTP.
    Refuses(&'static str),
}

/// A proxy that remembers what it was asked.
pub struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub fn start(door: Door) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let memory = Arc::clone(&asked);
        // It ends with the test.
        thread::spawn(move || {
            for client in listener.incoming() {
                let memory = Arc::clone(&memory);
                // A client that goes away early is no fault of the proxy's.
                thread::spawn(move || serve(client?, door, &memory));
            }
        });
        Self { address, asked }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first words of every connection: the request of CONNECT, or the name that SOCKS was asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the memory").clone()
    }
}

fn serve(mut client: TcpStream, door: Door, memory: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut first = [0];
    client.peek(&mut first)?;
    let asked = if first == [5] { socks_name(&mut client)? } else { request(&mut client)? };
    memory.lock().expect("the memory").push(asked);
    let Door::To(server) = door else {
        let Door::Refuses(line) = door else { return Ok(()) };
        return client.write_all(format!("{line}\r\nContent-Length: 0\r\n\r\n").as_bytes());
    };
    let server = TcpStream::connect(server)?;
    let opened: &[u8] = if first == [5] { &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0] } else { b"HTTP/1.1 200 OK\r\n\r\n" };
    client.write_all(opened)?;
    let (from, to) = (server.try_clone()?, client.try_clone()?);
    let back = thread::spawn(move || copy(from, to));
    copy(client, server)?;
    back.join().map_err(|_| io::Error::other("the way back"))?
}

fn copy(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    io::copy(&mut from, &mut to)?;
    to.shutdown(Shutdown::Write)
}

/// The head of an HTTP request, byte by byte so that nothing behind it is taken.
fn request(client: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The handshake of SOCKS 5 (RFC 1928) without a password, up to the host name that is wanted.
fn socks_name(client: &mut TcpStream) -> io::Result<String> {
    let mut methods = [0; 2];
    client.read_exact(&mut methods)?;
    client.read_exact(&mut vec![0; methods[1].into()])?;
    client.write_all(&[5, 0])?;
    let mut wanted = [0; 5];
    client.read_exact(&mut wanted)?;
    let mut name = vec![0; usize::from(wanted[4]) + 2];
    client.read_exact(&mut name)?;
    name.truncate(wanted[4].into());
    Ok(String::from_utf8_lossy(&name).into_owned())
}
