//! The file of `--state`: what the last run found.
//!
//! It is read before anything is asked for, and replaced as a whole once everything is printed. Of two runs at once the
//! later to end prevails; each has compared with a state that was whole, so that a change may be printed twice and is
//! never lost.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{self, Context as _, Failure, Kind};
use crate::output::Notices;
use crate::partners::judge::Memory;
use crate::system::atomic_file::{AtomicFile, Existing};
use crate::system::bounded;
use crate::system::private_file::{self, Risk};

/// No file is read that is larger: some 500,000 partners.
const MAX_BYTES: u64 = 64 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// What the run was about. Only runs of equal basis can be compared.
    basis: String,
    partners: Memory,
}

/// A state file that is about to be replaced.
pub struct StateFile {
    path: PathBuf,
    file: AtomicFile,
    basis: String,
}

impl StateFile {
    /// Reads what the last run of the same basis found, nothing if there was none, and begins to write anew.
    pub fn open(path: &Path, basis: String, notices: &Notices) -> error::Result<(Self, Memory)> {
        let file = AtomicFile::create(path, Existing::ReplacePrivately).with_context(|| cannot_write(path))?;
        let earlier = read(path)?;
        if earlier.as_ref().is_some_and(|document| document.basis != basis) {
            let path = path.display();
            notices
                .warn(&format!("the thresholds, filter or API changed since the last run; starting over with {path}"));
        }
        let earlier =
            earlier.filter(|document| document.basis == basis).map_or_else(Memory::new, |found| found.partners);
        Ok((Self { path: path.to_owned(), file, basis }, earlier))
    }

    /// Writes what is to be remembered, without putting it in its place yet: a full disk shows here.
    pub fn write(&mut self, partners: Memory) -> error::Result<()> {
        let Self { path, file, basis } = self;
        let mut text = serde_json::to_vec(&Document { basis: basis.clone(), partners }).map_err(io::Error::from)?;
        text.push(b'\n');
        file.write_all(&text).and_then(|()| file.flush()).with_context(|| cannot_write(path))
    }

    /// Puts it in its place.
    pub fn commit(self) -> error::Result<()> {
        self.file.commit().with_context(|| cannot_write(&self.path))
    }
}

fn read(path: &Path) -> error::Result<Option<Document>> {
    let (text, metadata) = match bounded::read(path, MAX_BYTES) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.with_context(|| format!("cannot read the state file {}", path.display()))?,
    };
    let unusable = |problem: &str| {
        Failure::new(Kind::Other, format!("cannot use the state file {}: {problem}", path.display()))
            .hint("use another file, or delete this one to start over")
    };
    // Whoever can write the file decides what is reported.
    match private_file::risk(&metadata, false) {
        Some(Risk::Foreign) => return Err(unusable("it belongs to another user").into()),
        Some(_) => return Err(unusable("others can write to it").into()),
        None => {}
    }
    let damaged = |error: serde_json::Error| format!("it is not a state file, or damaged at line {}", error.line());
    Ok(Some(serde_json::from_slice(&text).map_err(|error| unusable(&damaged(error)))?))
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write the state file {}", path.display())
}
