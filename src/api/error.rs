//! What can go wrong between this program and the API.
//!
//! A case is there for what somebody does about it. What only reads differently is a [`Failure`] with words of its own,
//! made where it is noticed.

use std::fmt;
use std::time::Duration;

use crate::error::{Failure, Kind};
use crate::values::Deadline;

use super::retry;

/// The next step after the deadline of the command.
pub const MORE_TIME: &str = "allow more time with --max-time";

/// The next step when the server does what it should not.
pub const SERVER_ERROR: &str = "server error; try again later";

/// The next step when it is not the API that answers.
pub const SOMETHING_BETWEEN: &str = "check the base URL; a proxy or login page may be answering in place of the API";

/// Why a request did not bring what was asked for.
#[derive(Debug)]
pub enum Error {
    /// It was not even sent.
    NotSent(Failure),
    /// No whole response came.
    NoResponse { failure: Failure, is_retryable: bool },
    /// The status of the response is not 200.
    Refused(Refusal),
    /// The response is not what the API promises, by itself or after those before it.
    Invalid(Failure),
    /// So many attempts failed, the last in this way.
    Repeated { attempts: u32, last: Box<Error> },
    /// The server asks for a longer wait than is reasonable.
    LongWait { wait: Duration, last: Box<Error> },
    /// The deadline left no time for another attempt.
    OutOfTime { deadline: Deadline, last: Box<Error> },
}

/// A response whose status is not 200.
#[derive(Debug)]
pub struct Refusal {
    pub failure: Failure,
    pub status: u16,
    /// How long the server asks to wait before another request.
    pub retry_after: Option<Duration>,
    /// Whether something before the API answered, which knows neither tokens nor scopes.
    pub is_from_a_gateway: bool,
}

impl Error {
    /// A response that is not what the API promises.
    pub fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Invalid(Failure::new(Kind::Server, message).hint(hint))
    }

    /// A thread ended without an answer.
    pub fn lost() -> Self {
        Self::NotSent(Failure::new(Kind::Other, "a request ended without a result").hint("run the command again"))
    }

    /// What the last attempt failed by.
    fn cause(&self) -> &Self {
        match self {
            Self::Repeated { last, .. } | Self::LongWait { last, .. } | Self::OutOfTime { last, .. } => last.cause(),
            cause => cause,
        }
    }

    fn failure(&self) -> &Failure {
        match self {
            Self::NotSent(failure) | Self::NoResponse { failure, .. } | Self::Invalid(failure) => failure,
            Self::Refused(refusal) => &refusal.failure,
            Self::Repeated { last, .. } | Self::LongWait { last, .. } | Self::OutOfTime { last, .. } => last.failure(),
        }
    }

    pub fn kind(&self) -> Kind {
        match self {
            Self::Repeated { last, .. } => last.kind(),
            Self::LongWait { .. } => Kind::RateLimited,
            Self::OutOfTime { .. } => Kind::Network,
            _ => self.failure().kind,
        }
    }

    /// The next step, if there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::LongWait { wait, .. } => {
                Some(format!("retry after {} seconds, as requested by the server", wait.as_secs()))
            }
            Self::OutOfTime { .. } => Some(MORE_TIME.to_owned()),
            _ => self.failure().hint.clone(),
        }
    }

    /// The HTTP status of the response, if one came.
    pub fn status(&self) -> Option<u16> {
        match self.cause() {
            Self::Refused(refusal) => Some(refusal.status),
            Self::Invalid(_) => Some(200),
            _ => None,
        }
    }

    /// Whether the same request may succeed another time.
    pub fn is_retryable(&self) -> bool {
        match self.cause() {
            Self::NoResponse { is_retryable, .. } => *is_retryable,
            Self::Refused(refusal) => retry::is_retryable(refusal.status),
            _ => false,
        }
    }

    /// The same, with advice on the question if it was that which the API rejected.
    pub fn advised(mut self, advice: Option<String>) -> Self {
        match &mut self {
            Self::Refused(refusal) if matches!(refusal.status, 400 | 422) && advice.is_some() => {
                refusal.failure.hint = advice;
            }
            _ => {}
        }
        self
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
}

#[cfg(test)]
impl Error {
    /// A refusal with this status.
    pub fn refused(status: u16, retry_after: Option<Duration>) -> Self {
        let failure = Failure::new(Kind::Rejected, "refused");
        Self::Refused(Refusal { failure, status, retry_after, is_from_a_gateway: false })
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Repeated { attempts, last } => write!(f, "{last}, after {attempts} attempts"),
            Self::OutOfTime { deadline, last } => write!(f, "timed out after --max-time {deadline}: {last}"),
            Self::LongWait { last, .. } => last.fmt(f),
            _ => self.failure().fmt(f),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::NotSent(failure)
    }
}
