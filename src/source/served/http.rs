//! HTTP: connections in, answers out. What is answered is decided elsewhere.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use super::answer::{Reply, Request, Service};

/// The most clients that are served at a time; those after that wait until one leaves.
const MAX_CONNECTIONS: usize = 64;

/// The most bytes of a request's line and headers.
const MAX_HEAD: usize = 128 * 1024;

/// How long to wait when the system gives no more connections, as when all file descriptors are in use.
const PAUSE: Duration = Duration::from_millis(10);

/// What is served, and where.
#[derive(Debug)]
pub struct Site {
    pub service: Service,
    /// The address that clients use.
    pub base_url: String,
    /// The time that passes before each answer.
    pub latency: Duration,
    /// Whether answers are compressed for clients that take it.
    pub gzip: bool,
    /// How long a client may take to send a whole head, the pause before it included.
    pub patience: Duration,
}

/// Accepts connections for as long as it is let.
pub async fn accept(listener: TcpListener, site: Arc<Site>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        // The semaphore is never closed, so there is always a place in the end.
        let place = Arc::clone(&places).acquire_owned().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                let site = Arc::clone(&site);
                tokio::spawn(async move {
                    converse(stream, site).await;
                    drop(place);
                });
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Replies the requests of one connection. One that breaks is the client's loss, and nobody else's.
async fn converse(stream: TcpStream, site: Arc<Site>) {
    // Replies are sent whole, so there is nothing to wait for before sending. Without it they come later, that is all.
    _ = stream.set_nodelay(true);
    let patience = site.patience;
    let respond = service_fn(move |request| {
        let response = respond(&site, &request);
        let latency = site.latency;
        async move {
            if !latency.is_zero() {
                sleep(latency).await;
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(MAX_HEAD);
    _ = http.serve_connection(TokioIo::new(stream), respond).await;
}

fn respond(site: &Site, request: &hyper::Request<Incoming>) -> Response<Full<Bytes>> {
    let header = |name| request.headers().get(name);
    let takes_gzip =
        header(ACCEPT_ENCODING).is_some_and(|taken| taken.as_bytes().windows(4).any(|word| word == b"gzip"));
    let request = Request {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        // A header that is no text is there all the same, and wrong.
        authorization: header(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default()),
        base_url: &site.base_url,
    };
    let Reply { status, body } = site.service.answer(&request);
    let zipped = if site.gzip && takes_gzip { compressed(body.as_bytes()).ok() } else { None };
    let is_zipped = zipped.is_some();
    let mut response = Response::new(Full::new(zipped.unwrap_or_else(|| body.into()).into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if is_zipped {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn compressed(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body)?;
    encoder.finish()
}
