//! Failures: their kinds, and the exit status of each.
//!
//! A failure says what failed, on what, and the cause; a hint says the next step. It is made where the facts are
//! known, goes straight up by `?` (callers may put `context` before it), and becomes words in [`report`] alone.

mod report;
mod usage;

use std::fmt;
use std::io;
use std::ops::Range;
use std::time::Duration;

pub use report::{message, report};
pub use usage::usage;

/// What kind of failure ends the program; each has an exit status that scripts can rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything that no other kind names, such as a full disk.
    Other,
    /// A bad option, an unknown field, a mistake in a filter; nothing was sent, or nothing printed.
    Usage,
    /// No token, or a configuration that cannot be used.
    Config,
    /// The API refused the token.
    Auth,
    /// The token lacks the scope.
    Forbidden,
    /// The API refused the request itself.
    Rejected,
    /// The API wants fewer requests.
    RateLimited,
    /// A fault of the server, or an answer that is not what the API promises.
    Server,
    /// No answer: name resolution, TLS, proxy, connection, time limit.
    Network,
    /// A list that had to be complete is not.
    Incomplete,
}

impl Kind {
    /// Every kind, in the order of the exit statuses.
    pub const ALL: [Self; 10] = [
        Self::Other,
        Self::Usage,
        Self::Config,
        Self::Auth,
        Self::Forbidden,
        Self::Rejected,
        Self::RateLimited,
        Self::Server,
        Self::Network,
        Self::Incomplete,
    ];

    /// When the program ends so, in a sentence for its users.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Other => "Anything that no other status names: a full disk, a file that cannot be written.",
            Self::Usage => "A bad option, an unknown field, a mistake in a filter.",
            Self::Config => {
                "No token, a configuration that cannot be used, an address that is not https (or http to this machine)."
            }
            Self::Auth => "The API refused the token (401).",
            Self::Forbidden => "The token lacks the scope partners.read or partners.manage (403).",
            Self::Rejected => {
                "The API rejected the request (400, 404, 422 and other 4xx), or there is no partner of that ID."
            }
            Self::RateLimited => {
                "The API still wants fewer requests (429) after the retries, or asks to wait for more than a minute."
            }
            Self::Server => "The server failed (5xx) after the retries, or its answer is not what the API promises.",
            Self::Network => {
                "The network, after the retries: name resolution, TLS, proxy, a refused or broken connection, the time \
                 limit."
            }
            Self::Incomplete => {
                "A list that had to be complete is not: by --require-complete, or for a tree or a count."
            }
        }
    }

    /// The word that names it to programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Usage => "usage",
            Self::Config => "config",
            Self::Auth => "auth",
            Self::Forbidden => "forbidden",
            Self::Rejected => "rejected",
            Self::RateLimited => "rate-limited",
            Self::Server => "server",
            Self::Network => "network",
            Self::Incomplete => "incomplete",
        }
    }

    /// The status that the process ends with.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Auth => 4,
            Self::Forbidden => 5,
            Self::Rejected => 6,
            Self::RateLimited => 7,
            Self::Server => 8,
            Self::Network => 9,
            Self::Incomplete => 10,
        }
    }
}

/// One failure, told in full sentences without a full stop.
#[derive(Debug)]
pub struct Failure {
    /// What kind it is.
    pub kind: Kind,
    /// What failed, on what, and why.
    pub(crate) message: String,
    /// The next step, if there is one to name.
    pub(crate) hint: Option<String>,
    /// The place in something typed that it is about.
    pub(crate) place: Option<Box<Place>>,
    /// The HTTP status of the answer, if one came.
    pub(crate) status: Option<u16>,
    /// Whether the same request may succeed another time.
    pub(crate) retryable: bool,
    /// How long the server asks to wait before that.
    pub(crate) retry_after: Option<Duration>,
    /// How many rows of a list were delivered before it.
    pub(crate) rows: Option<u64>,
    /// The offset at which the rest of that list begins.
    pub(crate) next_offset: Option<u64>,
}

/// A place in a text, and what to do there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) text: String,
    /// The bytes of it that are meant; empty at its end.
    pub(crate) span: Range<usize>,
    /// What to write there instead.
    pub(crate) remedy: String,
}

impl Failure {
    /// A failure with nothing but its message.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            place: None,
            status: None,
            retryable: false,
            retry_after: None,
            rows: None,
            next_offset: None,
        }
    }

    /// The same, with the next step.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same, worth another attempt.
    pub fn retryable(self) -> Self {
        Self { retryable: true, ..self }
    }

    /// The same, pointing at a place in what was typed.
    pub(crate) fn at(self, place: Place) -> Self {
        Self { place: Some(Box::new(place)), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The kind of this error; what is no [`Failure`] came from the system.
pub(crate) fn kind(error: &anyhow::Error) -> Kind {
    error.downcast_ref::<Failure>().map_or(Kind::Other, |failure| failure.kind)
}

/// The status that the process ends with for this error.
pub fn exit_status(error: &anyhow::Error) -> u8 {
    if error.is::<Unknown>() { UNKNOWN } else { kind(error).exit_status() }
}

/// What monitoring systems call a state that could not be found out.
pub const UNKNOWN: u8 = 3;

/// Put before an error whose status a monitoring system reads: to it, all of them mean that nothing is known.
#[derive(Debug)]
pub(crate) struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("partners cannot be checked")
    }
}

/// Whether the error is that nobody reads our output any more, which is no failure: `| head` has seen enough.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
