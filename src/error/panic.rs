//! A panic in the words of an error: a mistake in the program, or a library that gives up.

use std::panic::PanicHookInfo;

use super::{Error, Failure, Kind};

/// The library that writes workbooks gives up if its temporary file cannot be written.
const LIBRARY_OF_WORKBOOKS: &str = "rust_xlsxwriter";

/// What the code said that gave up.
fn said<'p>(panic: &'p PanicHookInfo) -> Option<&'p str> {
    let said = panic.payload();
    said.downcast_ref::<&str>().copied().or_else(|| said.downcast_ref::<String>().map(String::as_str))
}

/// What the system said, where the message has it among other words for programmers.
fn of_system(message: &str) -> &str {
    let said = message.split_once("message: \"").and_then(|(_, rest)| rest.split_once('"'));
    said.map_or(message, |(said, _)| said)
}

/// The error that a panic is to whoever runs the program.
pub fn panicked(panic: &PanicHookInfo) -> Error {
    let message = said(panic).unwrap_or("no reason given");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    if place.contains(LIBRARY_OF_WORKBOOKS) {
        let folder = std::env::temp_dir();
        let message = format!("the workbook cannot be gathered in {}: {}", folder.display(), of_system(message));
        return Failure::new(Kind::Other, message)
            .hint("check that the folder has free space, or set TMPDIR to another one")
            .into();
    }
    Failure::new(Kind::Other, format!("carrierx stopped at {place}: {message}"))
        .hint("this is a mistake in the program; report it with the command that you ran")
        .into()
}
