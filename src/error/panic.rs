//! A panic in the words of an error: a mistake in the program.

use std::panic::PanicHookInfo;

use super::{Error, Failure, Kind};

/// The error that a panic is to whoever runs the program.
pub fn panicked(panic: &PanicHookInfo) -> Error {
    let said = panic.payload();
    let said = said.downcast_ref::<&str>().copied().or_else(|| said.downcast_ref::<String>().map(String::as_str));
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    Failure::new(Kind::Other, format!("internal error at {place}: {}", said.unwrap_or("no reason given")))
        .hint("this is a bug; please report it with the command that you ran")
        .into()
}
