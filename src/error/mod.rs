//! Every error of a command: its kind, its exit status, its message and its hint.
//!
//! An error is made where the facts are known and goes straight up by `?`; callers may put a context before it. The
//! leaves are [`Failure`] and [`io::Error`]; only [`Report::of`] asks which it is.

mod delivered;
mod failure;
mod kind;
mod panic;
mod report;

use std::io;

use crate::system::device;
use crate::values::Deadline;

pub use anyhow::{Context, Error, Result};
pub use delivered::{Delivered, UNKNOWN, Unknown};
pub use failure::{Excerpt, Exchange, Failure};
pub use kind::{KINDS, Kind};
pub use panic::panicked;
pub use report::Report;

/// The next step after the deadline of the command.
pub const MORE_TIME: &str = "allow more time with --max-time";

/// The error of a command that did not end by its deadline.
pub fn out_of_time(deadline: Deadline) -> Error {
    Failure::new(Kind::Network, format!("timed out after --max-time {deadline}")).hint(MORE_TIME).into()
}

/// Whether the reader of our output closed it, which is not a failure: `| head` has seen enough.
pub fn is_closed_pipe(error: &Error) -> bool {
    of_the_system(error).is_some_and(device::is_closed_pipe)
}

/// What the system said when it refused to read or write, if it did.
pub fn of_the_system(error: &Error) -> Option<&io::Error> {
    error.chain().find_map(|cause| cause.downcast_ref())
}
