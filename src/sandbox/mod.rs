//! The sandbox: a sample of the API inside the program, so that everything can be tried without an account.
//!
//! It is a real HTTP server on a loopback port, and the real client talks to it. This file starts and stops it;
//! `serve` speaks HTTP, `made` keeps answers, `answer` decides what is said, `page`, `matching`, `ordering` and `selection` do what the
//! query asks for, and `data` makes the partners.

pub(crate) mod answer;
pub(crate) mod data;
mod documented;
mod json;
mod made;
mod matching;
mod names;
mod ordering;
mod page;
mod paths;
mod profile;
mod query;
mod random;
mod selection;
mod serve;
mod timeline;
mod tree;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::task::AbortHandle;

use data::Partners;
use made::Replies;
use serve::Site;

/// The token that the sandbox accepts. It opens nothing else, so it need not be secret.
pub(crate) const TOKEN: &str = "sandbox";

/// Where the API starts on the server, as on the real one.
pub(crate) const BASE_PATH: &str = "/core/v2";

/// How long a client may take to send its next request.
const PATIENCE: Duration = Duration::from_secs(60);

/// What kind of sandbox to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServeOptions {
    /// How many partners there are.
    pub(crate) partners: usize,
    /// The port to listen on; 0 is any free one.
    pub(crate) port: u16,
    /// The time that passes before each answer.
    pub(crate) latency: Duration,
    /// Whether answers are compressed for clients that take it.
    pub(crate) gzip: bool,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self { partners: 250, port: 0, latency: Duration::ZERO, gzip: false }
    }
}

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Sandbox {
    base_url: String,
    accepting: AbortHandle,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Makes the partners and serves them on 127.0.0.1, from a thread of its own.
    pub(crate) fn start(options: &ServeOptions) -> io::Result<Self> {
        Self::with_patience(options, PATIENCE)
    }

    fn with_patience(options: &ServeOptions, patience: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let base_url = format!("http://{}{BASE_PATH}", listener.local_addr()?);
        let site = Arc::new(Site {
            answers: Replies::about(Partners::sample(options.partners)),
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
        let accepting = runtime.spawn(serve::accept(listener, site));
        let stop = accepting.abort_handle();
        let run = move || {
            // It ends only by being aborted; then the runtime is dropped, and all connections with it.
            _ = runtime.block_on(accepting);
        };
        let thread = thread::Builder::new().name("sandbox".to_owned()).spawn(run)?;
        Ok(Self { base_url, accepting: stop, thread: Some(thread) })
    }

    /// Serves on until the process ends.
    pub(crate) fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }

    /// Where the API is, such as `http://127.0.0.1:40123/core/v2`.
    pub(crate) fn base_url(&self) -> String {
        self.base_url.clone()
    }
}

impl Drop for Sandbox {
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
