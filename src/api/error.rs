//! What can go wrong between this program and the API, as data.
//!
//! No sentence, no option and no hint is in here: [`crate::error`] puts each of these into words. What comes from a
//! server or was asked for is free of the token.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::values::{Deadline, TimeLimit};

use super::address::Part;
use super::page::Malformed;
use super::proxy::{self, Proxy};
use super::redirect::NotFollowed;
use super::{retry, tls};

/// Why a request did not bring what was asked for.
#[derive(Debug)]
pub enum Error {
    /// The HTTP client cannot be made, as when the system refuses a thread.
    Setup(String),
    /// The token cannot stand in a header.
    UnsendableToken,
    /// The variable names no proxy that can be used.
    Proxy { variable: &'static str, problem: proxy::Problem },
    /// A file holds no certificate authorities that can be used.
    Authorities { path: PathBuf, problem: tls::FileProblem },
    /// The address does not fit into a request line, mainly because of this part.
    RequestTooLong { part: Part, length: usize, max: usize },
    /// The deadline passed before the request was sent.
    NoTimeLeft { url: String },
    /// No whole response came.
    NoResponse { route: Route, problem: NoResponse },
    /// The body is encoded in a way that was not asked for.
    UnknownEncoding { url: String, encoding: String },
    /// The body has more bytes than are read.
    TooLarge { url: String, max: u64 },
    /// The status is not 200.
    Refused(Refusal),
    /// The status is that of a redirect which is not followed.
    Redirect { url: String, status: u16, problem: NotFollowed },
    /// The body is a page for a browser.
    Html { url: String, content_type: Option<String> },
    /// The body is not what the API promises.
    Malformed { url: String, expected: Document, content_type: Option<String>, problem: Malformed },
    /// The one partner with this text in the field was asked for, and not returned.
    Mismatch { field: &'static str, wanted: String, came: Mismatch },
    /// The response reports errors and calls itself a success.
    ErrorsInSuccess { words: String },
    /// Who answers in place of the API cannot answer such a question.
    Unanswerable(String),
    /// The page at this offset holds only partners that came before.
    NoProgress { offset: u64 },
    /// A thread ended without an answer.
    Lost,
    /// So many attempts failed, the last in this way.
    Repeated { attempts: u32, last: Box<Error> },
    /// The server asks for a longer wait than is reasonable.
    LongWait { wait: Duration, last: Box<Error> },
    /// The deadline left no time for another attempt.
    OutOfTime { deadline: Deadline, last: Box<Error> },
}

/// The way of a request: where it leads, without the query, and the proxy it goes through.
#[derive(Debug, Clone)]
pub struct Route {
    pub url: String,
    pub proxy: Option<Arc<Proxy>>,
}

/// Why no whole response came.
#[derive(Debug)]
pub enum NoResponse {
    /// With no limit, it was the deadline that passed.
    TimedOut { limit: Option<TimeLimit> },
    /// There is no response at all.
    Failed { cause: String },
    /// No secure connection can be made.
    Tls(tls::Problem),
    /// The proxy wants a user name and a password.
    ProxyAuthentication,
    /// The proxy refused to connect to the host.
    ProxyRefused,
    /// The body ended too early.
    CutOff { cause: String },
    /// The body cannot be decompressed.
    Undecodable { cause: String },
}

/// A response whose status is not 200.
#[derive(Debug)]
pub struct Refusal {
    pub url: String,
    pub status: u16,
    /// The server's own words.
    pub words: Option<String>,
    /// How long the server asks to wait before another request.
    pub retry_after: Option<Duration>,
    /// Whether something before the API answered, which knows neither tokens nor scopes.
    pub is_from_a_gateway: bool,
    /// Where the token that was sent came from.
    pub token_source: String,
}

/// What a body was to be.
#[derive(Debug, Clone, Copy)]
pub enum Document {
    Page,
    Partner,
}

/// What came instead of the one partner that was asked for.
#[derive(Debug)]
pub enum Mismatch {
    /// One with another text in the field.
    Other(String),
    /// One without the field.
    Nameless,
    /// A page of partners.
    Page,
    /// Several: the SIDs of the first, and maybe more.
    Several { found: Vec<Option<String>>, more: bool },
    /// Nothing, although the API says that there is one.
    Nothing,
}

impl std::error::Error for Error {}

impl Error {
    /// What the last attempt failed by.
    pub fn cause(&self) -> &Self {
        match self {
            Self::Repeated { last, .. } | Self::LongWait { last, .. } | Self::OutOfTime { last, .. } => last.cause(),
            cause => cause,
        }
    }

    /// The HTTP status of the response, if one came.
    pub fn status(&self) -> Option<u16> {
        match self.cause() {
            Self::Refused(refusal) => Some(refusal.status),
            Self::Redirect { status, .. } => Some(*status),
            Self::NoResponse { problem: NoResponse::ProxyAuthentication, .. } => Some(407),
            Self::UnknownEncoding { .. }
            | Self::Html { .. }
            | Self::Malformed { .. }
            | Self::Mismatch { .. }
            | Self::ErrorsInSuccess { .. } => Some(200),
            _ => None,
        }
    }

    /// Whether the same request may succeed another time.
    pub fn is_retryable(&self) -> bool {
        match self.cause() {
            Self::NoTimeLeft { .. } => true,
            // A certificate will not be a better one in a second.
            Self::NoResponse { problem, .. } => {
                !matches!(problem, NoResponse::Tls(_) | NoResponse::ProxyAuthentication)
            }
            Self::Refused(refusal) => retry::is_retryable(refusal.status),
            _ => false,
        }
    }

    /// How long the server asks to wait before that.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.cause() {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// Whether the API itself refused the token.
    pub fn is_about_token(&self) -> bool {
        matches!(self.cause(), Self::Refused(Refusal { status: 401, is_from_a_gateway: false, .. }))
    }

    /// Whether the token lacks a scope.
    pub fn is_about_scope(&self) -> bool {
        matches!(self.cause(), Self::Refused(Refusal { status: 403, is_from_a_gateway: false, .. }))
    }

    /// The same, with `redact` applied to what a lookup repeats of a question and its answer.
    pub fn redacted(mut self, redact: impl Fn(&str) -> String) -> Self {
        let hide = |text: &mut String| *text = redact(text);
        match &mut self {
            Self::Mismatch { wanted, came, .. } => {
                hide(wanted);
                match came {
                    Mismatch::Other(text) => hide(text),
                    Mismatch::Several { found, .. } => found.iter_mut().flatten().for_each(hide),
                    Mismatch::Nameless | Mismatch::Page | Mismatch::Nothing => {}
                }
            }
            Self::ErrorsInSuccess { words } => hide(words),
            _ => {}
        }
        self
    }
}
