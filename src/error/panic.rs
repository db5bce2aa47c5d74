//! A panic in the words of an error: a full disk, or a mistake in the program.

use std::env;
use std::io::Write;
use std::panic::PanicHookInfo;

use super::{Error, Failure, Kind};

/// The error that the user sees for a panic.
pub fn panicked(panic: &PanicHookInfo) -> Error {
    // The workbook library panics if there is no room for its temporary files.
    let folder = env::temp_dir();
    let written = tempfile::tempfile_in(&folder).and_then(|mut file| file.write_all(&[0; 1 << 16]));
    if let Err(error) = written {
        return Failure::new(Kind::Other, format!("cannot write a temporary file in {}: {error}", folder.display()))
            .hint("free some space there, or set TMPDIR to another directory")
            .into();
    }
    let said = panic.payload();
    let said = said.downcast_ref::<&str>().copied().or_else(|| said.downcast_ref::<String>().map(String::as_str));
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    Failure::new(Kind::Other, format!("internal error at {place}: {}", said.unwrap_or("no reason given")))
        .hint("this is a bug; please report it with the command that you ran")
        .into()
}
