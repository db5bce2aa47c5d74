//! What the partners were at every snapshot, in a folder of plain files.
//!
//! ```text
//! about.json                   whose partners they are
//! names.tsv                    what the partners of the last snapshot are called, for completion
//! 2026-11/01T020003Z.jsonl.gz  the first snapshot of a month: every partner as it came
//! 2026-11/02T020002Z.jsonl.gz  each later one: what changed since the one before
//! ```
//!
//! So a month stands alone and can be removed by itself. The first line of each file is its [`Heading`]; the others are
//! partners, or changes as [`diff::line`](crate::partners::diff::line) writes them, one for every member whose text changed.
//! `folder` knows the names of files, `file` what is in one and whether it is damaged, `patch` what differs between two
//! texts of a partner, `replay` goes from snapshot to snapshot and proves that each follows the one before, `search`
//! finds who had an ID, `about` says whose history it is, `names` keeps what partners are called, and `recorder` adds a
//! snapshot. No API, no option and no format of the output is known in here.

mod about;
mod file;
mod folder;
pub mod names;
mod patch;
mod recorder;
mod replay;
mod search;

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::values::moment::Moment;

pub use folder::History;
pub use patch::Member;
pub use recorder::{Recorded, Recorder};
pub use replay::{Change, Replay, What};

/// The first line of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    snapshot: String,
    /// The snapshot before.
    after: Option<String>,
    /// How many partners there were.
    pub partners: u64,
    /// How many of them were not there at the snapshot before.
    pub added: u64,
    /// How many were there at the snapshot before, and no more.
    pub gone: u64,
    /// How many differ from the snapshot before.
    pub changed: u64,
}

/// Why a history cannot be read or written.
#[derive(Debug)]
pub enum Problem {
    /// The system refused.
    Io { path: PathBuf, is_write: bool, error: io::Error },
    /// The file is not as it was written, or does not follow the one before.
    Damaged { path: PathBuf, what: &'static str },
    /// There is no snapshot in the folder.
    Empty { folder: PathBuf },
    /// The folder has files, and none of a history.
    NotAHistory { folder: PathBuf },
    /// A later version of the program made it.
    Later { path: PathBuf },
    /// The history is of the partners at another address.
    OtherAddress { path: PathBuf, address: String, now: String },
    /// The history is of another account's partners.
    OtherAccount { path: PathBuf, partner: String },
    /// There is no partner at all, not even the account's own.
    NoPartner,
    /// The clock stands before the last snapshot.
    ClockBack { last: Moment, now: Moment },
}

impl Problem {
    fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |error| Self::Io { path, is_write: false, error }
    }

    fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |error| Self::Io { path, is_write: true, error }
    }
}

#[cfg(test)]
mod tests;
