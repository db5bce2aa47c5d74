//! The file of `--state`: what the last run found.
//!
//! It is read before anything is asked for, and replaced as a whole once everything is printed. Of two runs at once the
//! later to end prevails; each has compared with a state that was whole, so that a change may be printed twice and is
//! never lost.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{self, Context as _, Failure, Kind};
use crate::output::notices::Notices;
use crate::system::atomic_file::{AtomicFile, Existing, Obstacle};
use crate::system::bounded;
use crate::values::Age;

use super::changes::Memory;
use super::judge::Thresholds;

/// The version of the format that is written and read.
const VERSION: u32 = 1;

/// No file is larger, and none is read that is: some 500,000 partners.
const MAX_BYTES: u64 = 64 << 20;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    basis: Basis,
    partners: Memory,
}

/// What a run was about. Only runs of equal basis can be compared.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    pub api: String,
    pub profile: Option<String>,
    pub filter: Option<String>,
    warn: String,
    crit: String,
    warn_balance: Option<String>,
    crit_balance: Option<String>,
    recharge: bool,
    /// In seconds, as far as they are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recharge_after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    runway_warn: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    runway_crit: Option<u64>,
}

impl Basis {
    pub fn new(api: String, profile: Option<String>, filter: Option<String>, thresholds: Thresholds) -> Self {
        let Thresholds { warn, crit, warn_balance, crit_balance, recharge, runway_warn, runway_crit } = thresholds;
        let text = |amount: crate::values::Amount| amount.normalized().to_string();
        Self {
            api,
            profile,
            filter,
            warn: warn.to_string(),
            crit: crit.to_string(),
            warn_balance: warn_balance.map(text),
            crit_balance: crit_balance.map(text),
            recharge: recharge.is_some(),
            recharge_after: recharge.filter(|age| !age.is_zero()).map(Age::seconds),
            runway_warn: runway_warn.map(Age::seconds),
            runway_crit: runway_crit.map(Age::seconds),
        }
    }
}

/// A state file that is about to be replaced.
pub struct StateFile {
    path: PathBuf,
    file: AtomicFile,
    basis: Basis,
}

impl StateFile {
    /// Reads what the last run of the same basis found, nothing if there was none, and begins to write anew.
    pub fn open(path: &Path, basis: Basis, notices: &Notices) -> error::Result<(Self, Memory)> {
        let earlier = match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Memory::new(),
            metadata => recall(path, metadata, &basis, notices)?,
        };
        let file = AtomicFile::create(path, Existing::ReplacePrivately).with_context(|| cannot_write(path))?;
        Ok((Self { path: path.to_owned(), file, basis }, earlier))
    }

    /// Writes what is to be remembered, without putting it in its place yet: a full disk shows here.
    pub fn prepare(self, partners: Memory) -> error::Result<Prepared> {
        let Self { path, mut file, basis } = self;
        let document = Document { version: VERSION, basis, partners };
        let text = serde_json::to_vec(&document).map_err(io::Error::from).with_context(|| cannot_write(&path))?;
        if text.len() as u64 >= MAX_BYTES {
            return Err(too_large(&path).into());
        }
        let written = file.write_all(&text).and_then(|()| file.write_all(b"\n")).and_then(|()| file.flush());
        written.with_context(|| cannot_write(&path))?;
        Ok(Prepared { path, file })
    }
}

/// A state file that is written and not in its place yet.
pub struct Prepared {
    path: PathBuf,
    file: AtomicFile,
}

impl Prepared {
    /// Puts it in its place.
    pub fn commit(self) -> error::Result<()> {
        self.file.commit().with_context(|| cannot_write(&self.path))
    }
}

fn recall(path: &Path, metadata: io::Result<Metadata>, basis: &Basis, notices: &Notices) -> error::Result<Memory> {
    let cannot_read = || format!("cannot read the state file {}", path.display());
    let metadata = metadata.with_context(cannot_read)?;
    if metadata.is_dir() {
        return Err(io::Error::from(ErrorKind::IsADirectory)).with_context(cannot_read);
    }
    if !metadata.is_file() {
        return Err(io::Error::from(Obstacle::NotAFile)).with_context(cannot_read);
    }
    let (text, metadata) = match bounded::read(path, MAX_BYTES, bounded::PATIENCE) {
        Err(error) if error.kind() == ErrorKind::FileTooLarge => return Err(too_large(path).into()),
        read => read.with_context(cannot_read)?,
    };
    check_owner(path, &metadata)?;
    let document = parse(&text).map_err(|problem| {
        Failure::new(Kind::Other, format!("cannot use the state file {}: {problem}", path.display()))
            .hint("name another file, or delete this one to start over")
    })?;
    if document.basis == *basis {
        return Ok(document.partners);
    }
    notices.note(&format!(
        "{} is from a run with other thresholds, another filter or another API; starting over",
        path.display()
    ));
    Ok(Memory::new())
}

fn parse(text: &[u8]) -> Result<Document, String> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }

    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    match serde_json::from_slice::<Versioned>(text) {
        Ok(Versioned { version: VERSION }) => {
            serde_json::from_slice(text).map_err(|error| format!("it is damaged at line {}", error.line()))
        }
        Ok(Versioned { version }) => Err(format!("its version is {version}, not {VERSION}")),
        Err(error) if error.is_eof() => Err("it is cut off".to_owned()),
        Err(_) => Err("it was not written by `carrierx partners check`".to_owned()),
    }
}

/// Whoever can write the file decides what is reported.
#[cfg(unix)]
fn check_owner(path: &Path, metadata: &Metadata) -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt;

    let problem = if metadata.uid() != rustix::process::geteuid().as_raw() {
        "it belongs to another user"
    } else if metadata.mode() & 0o022 != 0 {
        "others can write to it"
    } else {
        return Ok(());
    };
    Err(Failure::new(Kind::Other, format!("cannot use the state file {}: {problem}", path.display()))
        .hint("name a file of your own"))
}

#[cfg(not(unix))]
fn check_owner(_: &Path, _: &Metadata) -> Result<(), Failure> {
    Ok(())
}

fn too_large(path: &Path) -> Failure {
    let message = format!("the state file {} is larger than {} MiB", path.display(), MAX_BYTES >> 20);
    Failure::new(Kind::Other, message).hint("check fewer partners with -f, or name another file")
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write the state file {}", path.display())
}
