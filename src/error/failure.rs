//! An error with a message for people.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use super::Kind;

/// What failed, on what, and why; and the next step.
#[derive(Debug, Clone)]
pub struct Failure {
    pub kind: Kind,
    pub message: String,
    /// The next step, if there is one.
    pub hint: Option<String>,
    /// The place in something typed that it is about.
    pub place: Option<Box<Excerpt>>,
    /// What is known of the request, if it is one that failed.
    pub exchange: Option<Exchange>,
}

/// A place in a text, and what to do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    pub text: String,
    /// The bytes of it that are meant; empty at its end.
    pub span: Range<usize>,
    /// What to write there instead.
    pub remedy: String,
}

/// What can be done about a failed request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Exchange {
    /// The HTTP status of the response, if one came.
    pub status: Option<u16>,
    /// Whether the same request may succeed another time.
    pub is_retryable: bool,
    /// How long the server asks to wait before that.
    pub retry_after: Option<Duration>,
    /// Whether something before the API answered, which knows neither tokens nor scopes.
    pub is_from_a_gateway: bool,
}

impl Failure {
    /// A failure with nothing but its message.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, place: None, exchange: None }
    }

    /// The same, with the next step.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same, pointing at a place in what was typed.
    pub fn at(self, place: Excerpt) -> Self {
        Self { place: Some(Box::new(place)), ..self }
    }

    /// The same, of a request.
    pub fn of(self, exchange: Exchange) -> Self {
        Self { exchange: Some(exchange), ..self }
    }

    /// The HTTP status of the response, if one came.
    pub fn status(&self) -> Option<u16> {
        self.exchange?.status
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message)
    }
}
