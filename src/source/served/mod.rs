//! A list API over any partners, on a loopback port: filter, order, fields and paging as the real one has them.
//!
//! It is a real HTTP server, and the real client talks to it. This file starts and stops it; `http` speaks HTTP,
//! `answer` decides what is said, `listing`, `matching` and `ordering` choose the partners, `page` cuts a page of them,
//! `projection` the fields, and `partners` keeps the partners as the JSON text that came. Who they are is not known
//! here.

pub mod answer;
mod http;
mod listing;
pub mod matching;
mod ordering;
mod page;
mod params;
mod partners;
mod paths;
mod projection;

use std::borrow::Cow;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ring::rand::{self, SystemRandom};
use tokio::task::AbortHandle;

use answer::Service;
use http::Site;

pub use partners::Partners;

/// Where the API starts on the server, as on the real one.
pub const BASE_PATH: &str = "/core/v2";

/// How long a client may take to send its next request.
const PATIENCE: Duration = Duration::from_secs(60);

/// How partners are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeOptions {
    /// The token that clients must send.
    pub token: Cow<'static, str>,
    /// The port to listen on; 0 is any free one.
    pub port: u16,
    /// The time that passes before each answer.
    pub latency: Duration,
    /// Whether answers are compressed for clients that take it.
    pub gzip: bool,
}

/// A token that nobody else on this machine can guess.
pub fn secret_token() -> io::Result<String> {
    let unavailable = |_| io::Error::other("the system has no random numbers");
    let bytes: [u8; 16] = rand::generate(&SystemRandom::new()).map_err(unavailable)?.expose();
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    base_url: String,
    accepting: AbortHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the partners on 127.0.0.1, from a thread of its own.
    pub fn start(partners: Partners, options: &ServeOptions) -> io::Result<Self> {
        Self::with_patience(partners, options, PATIENCE)
    }

    fn with_patience(partners: Partners, options: &ServeOptions, patience: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let base_url = format!("http://{}{BASE_PATH}", listener.local_addr()?);
        let site = Arc::new(Site {
            service: Service::new(partners, options.token.clone()),
            base_url: base_url.clone(),
            latency: options.latency,
            gzip: options.gzip,
            patience,
        });

        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let accepting = runtime.spawn(http::accept(listener, site));
        let stop = accepting.abort_handle();
        let run = move || {
            // It ends only by being aborted; then the runtime is dropped, and all connections with it.
            _ = runtime.block_on(accepting);
        };
        let thread = thread::Builder::new().name("served".to_owned()).spawn(run)?;
        Ok(Self { base_url, accepting: stop, thread: Some(thread) })
    }

    /// Serves on until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }

    /// Where the API is, such as `http://127.0.0.1:40123/core/v2`.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }
}

impl Drop for Server {
    /// Returns when the port is free again.
    fn drop(&mut self) {
        self.accepting.abort();
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
