//! Failures that several parts of the API can meet.

use crate::error::{Exchange, Failure, Kind};

/// The next step when the server does what it should not.
pub const SERVER_ERROR: &str = "server error; try again later";

/// The next step when it is not the API that answers.
pub const SOMETHING_BETWEEN: &str = "check the base URL; a proxy or login page may be answering in place of the API";

/// A response that is not what the API promises, by itself or after those before it.
pub fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Failure {
    Failure::new(Kind::Server, message).hint(hint).of(Exchange { status: Some(200), ..Exchange::default() })
}

/// What is known of a request that another attempt may bring an answer to.
pub const NO_RESPONSE: Exchange =
    Exchange { status: None, is_retryable: true, retry_after: None, is_from_a_gateway: false };

/// A thread ended without an answer.
pub fn lost() -> Failure {
    Failure::new(Kind::Other, "a request ended without a result").hint("run the command again").of(Exchange::default())
}
