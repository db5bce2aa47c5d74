//! A real TLS server with a private authority, made anew for every test.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

/// An authority that no system trusts.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

/// From when to when a certificate is valid.
pub enum Validity {
    Now,
    Past,
    Future,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).expect("a file");
        Self { issuer: Issuer::new(params, key), folder }
    }

    /// The file of its certificate.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A server whose certificate is that of the authority itself.
    pub fn serve_as_itself(&self) -> TlsServer {
        let certificate = CertificateDer::from_pem_file(self.file()).expect("a certificate");
        TlsServer::start(configuration(certificate, self.issuer.key()).into(), "")
    }

    /// A server with a certificate for that name. It answers every request with `body`.
    pub fn serve(&self, name: &str, validity: Validity, body: &str) -> TlsServer {
        self.serve_with(name, validity, body, |_| {})
    }

    /// The same, with a certificate that is changed before it is signed.
    pub fn serve_with(
        &self,
        name: &str,
        validity: Validity,
        body: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> TlsServer {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        change(&mut params);
        let years = match validity {
            Validity::Now => (2000, 4000),
            Validity::Past => (2000, 2001),
            Validity::Future => (3999, 4000),
        };
        (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        TlsServer::start(configuration(certificate.into(), &key).into(), body)
    }
}

fn configuration(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .expect("a certificate that goes with its key")
}

/// A server on loopback that speaks HTTP over TLS.
pub struct TlsServer {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl TlsServer {
    fn start(config: Arc<ServerConfig>, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (accepted, answered) = (Arc::clone(&connections), Arc::clone(&requests));
        // It ends with the test.
        thread::spawn(move || {
            for stream in listener.incoming() {
                accepted.fetch_add(1, Ordering::SeqCst);
                let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
                if answer_one(StreamOwned::new(connection, stream.expect("a connection")), &answer) {
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        Self { address, connections, requests }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections came.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many requests came through TLS.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Answers the request of a connection; false if none came, as when the client does not trust the certificate.
fn answer_one(mut stream: StreamOwned<ServerConnection, TcpStream>, answer: &str) -> bool {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(length @ 1..) => request.extend_from_slice(&part[..length]),
            _ => return false,
        }
    }
    let written = stream.write_all(answer.as_bytes()).and_then(|()| {
        stream.conn.send_close_notify();
        stream.flush()
    });
    written.is_ok()
}
