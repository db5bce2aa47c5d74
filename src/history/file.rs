//! The file of a history: how it is opened, and what can be wrong with it.

use std::fs;
use std::io::ErrorKind as IoKind;
use std::path::{Path, PathBuf};

use rusqlite::types::FromSqlError;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::{Context, Error, Failure, Kind, Result};

pub const SCHEMA: &str = include_str!("schema.sql");

/// "CXhs", by which `file` knows a history, and so do we.
const APPLICATION_ID: i64 = 0x4358_6873;

/// The version of the schema.
const VERSION: i64 = 1;

/// The error of something in the file that cannot be as it was written, as SQLite's library has it of a value. The file
/// is named where the error leaves this room, as for those of SQLite.
pub fn damaged(what: &'static str) -> Error {
    FromSqlError::Other(what.into()).into()
}

pub struct File {
    pub db: Connection,
    pub path: PathBuf,
}

impl File {
    /// Opens the file if it exists.
    ///
    /// It is opened for writing even to be read: after a process was killed, the next one rolls back what that
    /// one left half written. SQLite falls back to read-only access.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        match fs::metadata(path) {
            Err(error) if error.kind() == IoKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
            Ok(metadata) if metadata.is_dir() => return Err(not_a_history(path, "it is a directory").into()),
            // A pipe would be waited for.
            Ok(metadata) if !metadata.is_file() => return Err(not_a_history(path, "it is not a regular file").into()),
            Ok(_) => {}
        }
        let open = || -> Result<Connection> {
            // SQLite would take a name that begins with `file:` for a URL.
            let absolute = std::path::absolute(path)?;
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let db = Connection::open_with_flags(absolute, flags)?;
            // The file may come from an untrusted party.
            db.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")?;
            Ok(db)
        };
        let db = open().map_err(|error| named(error, path))?;
        Ok(Some(Self { db, path: path.to_owned() }))
    }

    pub fn in_memory() -> Result<Self> {
        Ok(Self { db: Connection::open_in_memory()?, path: PathBuf::from("the sample history") })
    }

    /// Does what needs the file, which is named if something is wrong with it.
    pub fn run<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&self.db).map_err(|error| named(error, &self.path))
    }

    /// Makes an empty file a history.
    pub fn begin(&self) -> Result<()> {
        self.db.execute_batch(SCHEMA)?;
        self.db.pragma_update(None, "application_id", APPLICATION_ID)?;
        self.db.pragma_update(None, "user_version", VERSION)?;
        Ok(())
    }

    /// Whether nothing has been written yet; fails if something else than a history has been.
    pub fn is_empty(&self) -> Result<bool> {
        let number = |pragma: &str| self.db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        if number("application_id")? != APPLICATION_ID {
            let tables: i64 = self.db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            if tables > 0 {
                return Err(not_a_history(&self.path, "it is another program's database").into());
            }
            return Ok(true);
        }
        if number("user_version")? > VERSION {
            let message = format!("a later version of carrierx wrote the history {}", self.path.display());
            return Err(Failure::new(Kind::Config, message).hint("upgrade carrierx").into());
        }
        Ok(false)
    }
}

fn not_a_history(path: &Path, cause: &str) -> Failure {
    Failure::new(Kind::Config, format!("{} is not a history: {cause}", path.display()))
        .hint("use --history with a new file, or with one that `carrierx partners snapshot` wrote")
}

/// The words for an error, if they are not there yet.
fn named(error: Error, path: &Path) -> Error {
    let file = path.display();
    let cause = match error.downcast_ref::<rusqlite::Error>() {
        Some(rusqlite::Error::SqliteFailure(cause, _)) => Some(cause.code),
        // What a query that always worked finds odd is what it reads.
        Some(_) => None,
        None if error.is::<FromSqlError>() => None,
        None => return error,
    };
    let (kind, cause, hint) = match cause {
        Some(ErrorCode::NotADatabase) => return not_a_history(path, "it is not a SQLite database").into(),
        Some(ErrorCode::DiskFull) => (Kind::Other, "no space left on the disk", "free some disk space"),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => (
            Kind::Other,
            "it, or its directory, is not writable",
            "run the command as the owner of the file (once, if a snapshot was killed)",
        ),
        Some(ErrorCode::DatabaseBusy) => (Kind::Other, "another process is writing to it", "run the command again"),
        Some(ErrorCode::SystemIoFailure) => (Kind::Other, "the system reported an I/O error", "check the disk"),
        _ => {
            let hint = "restore it from a backup, or move it away to start a new one";
            let message = format!("the history {file} is damaged: {error}");
            return Failure::new(Kind::Incomplete, message).hint(hint).into();
        }
    };
    Failure::new(kind, format!("cannot use the history {file}: {cause}")).hint(hint).into()
}
