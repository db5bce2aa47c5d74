//! A list API on a loopback port, for scripts and tests: a real HTTP server around the service.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use url::form_urlencoded;

use super::sandbox::TOKEN;
use super::service::{Parameters, Service};

/// Where the API starts on the server, as on the real one.
const BASE_PATH: &str = "/core/v2";

/// The most clients that are served at a time; one of too many is closed.
const MAX_CONNECTIONS: usize = 256;

/// How long a client may keep quiet, before a request and within one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes of a request's line and headers.
const MAX_HEAD: usize = 128 * 1024;

/// How long to wait when the system gives no more connections, as when all file descriptors are in use.
const PAUSE: Duration = Duration::from_millis(10);

/// What is served, and how.
pub struct Site {
    service: Service,
    /// The time that passes before each answer.
    latency: Duration,
    patience: Duration,
    /// Where the API is, such as `http://127.0.0.1:40123/core/v2`.
    pub base_url: String,
}

/// A server that listens.
pub struct Server {
    pub site: Site,
    listener: TcpListener,
    runtime: Runtime,
}

impl Server {
    /// Listens on a port of 127.0.0.1; 0 is any free one.
    pub fn listen(service: Service, port: u16, latency: Duration) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))?;
        let base_url = format!("http://{}{BASE_PATH}", listener.local_addr()?);
        Ok(Self { site: Site { service, latency, patience: PATIENCE, base_url }, listener, runtime })
    }

    /// Serves until the process ends.
    pub fn serve(self) {
        self.runtime.block_on(accept(self.listener, Arc::new(self.site)));
    }
}

/// Accepts connections, for ever.
async fn accept(listener: TcpListener, site: Arc<Site>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Without a place, the connection is closed.
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
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

/// Replies to the requests of one connection. A broken one affects only its client.
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
    let (status, body) = match answer(site, request) {
        Ok(body) => (StatusCode::OK, body),
        Err((status, message)) => {
            (status, json!({"errors": [{"message": message, "status": status.as_u16()}]}).to_string())
        }
    };
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The body of the response, or the status and message of its error.
fn answer(site: &Site, request: &hyper::Request<Incoming>) -> Result<String, (StatusCode, String)> {
    let refusal = |status, message: &str| (status, message.to_owned());
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        return Err(refusal(StatusCode::UNAUTHORIZED, "Unauthorized"));
    };
    // A header that is not text is present all the same, and wrong.
    let (scheme, token) = header.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim() != TOKEN {
        return Err(refusal(StatusCode::UNAUTHORIZED, "Bad credentials"));
    }
    if request.method() != Method::GET {
        return Err(refusal(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"));
    }
    let query = request.uri().query().unwrap_or_default();
    let parameters = Parameters(form_urlencoded::parse(query.as_bytes()).collect());
    let not_found = |message| refusal(StatusCode::NOT_FOUND, message);
    let path = request.uri().path().strip_prefix(BASE_PATH).unwrap_or_default();
    match path.split('/').collect::<Vec<_>>()[..] {
        ["", "partners"] => list(site, &parameters).map_err(|problem| (StatusCode::BAD_REQUEST, problem)),
        ["", "partners", sid] if !sid.is_empty() => {
            site.service.partner(sid, &parameters).ok_or_else(|| not_found("Cannot find item by SID"))
        }
        ["", "oauth", "whoami"] => site.service.whoami().ok_or_else(|| not_found("Not Found")),
        _ => Err(not_found("Not Found")),
    }
}

/// The API refuses fields that it does not know.
fn list(site: &Site, parameters: &Parameters) -> Result<String, String> {
    match site.service.missing(parameters.get("filter"), parameters.get("order")).first() {
        Some(field) => Err(format!("unknown field: {field}")),
        None => site.service.page(parameters, &format!("{}/partners", site.base_url)),
    }
}

#[cfg(test)]
mod tests;
