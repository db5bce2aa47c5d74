//! Contexts that say more of an error than words: how far a command came, and that a check knows nothing.

use std::fmt;

/// What was delivered before an error.
#[derive(Debug)]
pub struct Delivered {
    /// The action that the error prevented.
    pub what: String,
    /// How many partners the user has received.
    pub rows: Option<u64>,
    /// Where the rest of a list begins.
    pub next_offset: Option<u64>,
    /// What to do about the rest.
    pub hint: Option<String>,
}

impl Delivered {
    /// The beginning of a list, which a file that is written atomically does not keep.
    pub fn list(rows: u64, next_offset: u64, is_kept: bool) -> Self {
        let partners = if rows == 1 { "partner" } else { "partners" };
        let hint = match is_kept {
            true => format!("get the rest with --offset {next_offset}; earlier rows were written"),
            false => "the file was not changed".to_owned(),
        };
        Self {
            what: format!("the list was cut off after {rows} {partners}"),
            rows: is_kept.then_some(rows),
            next_offset: is_kept.then_some(next_offset),
            hint: Some(hint),
        }
    }
}

impl fmt::Display for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// The status of monitoring systems for a state that could not be determined.
pub const UNKNOWN: u8 = 3;

/// Whoever reads the status of a check knows nothing now: it is [`UNKNOWN`].
#[derive(Debug)]
pub struct Unknown {
    /// Whether its reader has the message already, as the first line of the check.
    pub is_said: bool,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("cannot check partners")
    }
}
