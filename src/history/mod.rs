//! What the partners were at every snapshot, in a SQLite file that people query, too: its schema is part of what the
//! program promises.
//!
//! The file has the latest text of everyone, and of every night what leads back to the one before. `schema.sql` says
//! what is where, `file` opens it, `patch` finds what differs between two texts of a partner, `recorder` opens a
//! history for a snapshot and `writing` writes it, `state` goes back to one, `changes` goes through what changed, and
//! `ids` knows what partners are and were called. Whatever is read is checked against a [`digest`], so that damage is
//! an error and never a wrong row.

mod changes;
mod digest;
mod file;
mod ids;
mod patch;
mod recorder;
mod state;
mod writing;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::{Failure, Kind, Result};
use crate::values::moment::Moment;

use digest::Digest;
use file::{File, damaged};

pub use changes::What;
pub use ids::{KnownPartner, Name, names};
pub use patch::undone;
pub use recorder::Recorder;
pub use writing::Counts;

/// The rows of `fields` that say more of a partner than that a member has changed.
const TEXT: i64 = 1;
const ADDED: i64 = 2;
const GONE: i64 = 3;

/// How long a reader waits for a snapshot that is just being written.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub struct Snapshot {
    id: i64,
    pub moment: Moment,
    digest: String,
    changes_digest: String,
}

/// A history as it was when it was opened; what is written meanwhile is not seen.
pub struct History {
    file: File,
    /// In the order in which they were taken; never none.
    snapshots: Vec<Snapshot>,
    /// The names of members by their numbers.
    fields: HashMap<i64, String>,
}

impl History {
    pub fn open(path: &Path) -> Result<Self> {
        let empty = || {
            let failure = Failure::new(Kind::Usage, format!("there is no history in {} yet", path.display()));
            failure.hint("run `carrierx partners snapshot` to start one")
        };
        let file = File::open(path)?.ok_or_else(empty)?;
        let is_empty = file.run(|db| {
            db.busy_timeout(PATIENCE)?;
            db.execute_batch("PRAGMA query_only = ON; BEGIN")?;
            file.is_empty()
        })?;
        if is_empty {
            return Err(empty().into());
        }
        let history = Self::of(file)?;
        if history.snapshots.is_empty() { Err(empty().into()) } else { Ok(history) }
    }

    fn of(file: File) -> Result<Self> {
        let (snapshots, fields) = file.run(|db| Ok((snapshots(db)?, fields(db)?)))?;
        Ok(Self { fields: fields.into_iter().map(|(name, id)| (id, name)).collect(), file, snapshots })
    }

    pub fn path(&self) -> &Path {
        &self.file.path
    }

    pub fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    /// The number of the last snapshot at or before a moment.
    pub fn last_by(&self, moment: Moment) -> Option<usize> {
        self.snapshots.iter().rposition(|snapshot| snapshot.moment <= moment)
    }

    /// The number of the first snapshot after all that were taken before a moment.
    pub fn first_since(&self, moment: Moment) -> usize {
        self.snapshots.iter().rposition(|snapshot| snapshot.moment < moment).map_or(0, |last| last + 1)
    }

    /// Whether a member of that name has ever changed.
    pub fn has_changed(&self, field: &str) -> bool {
        self.fields.values().any(|name| name == field)
    }

    fn field(&self, id: i64) -> Result<&str> {
        self.fields.get(&id).map(String::as_str).ok_or_else(|| damaged("a change has no field"))
    }
}

fn snapshots(db: &Connection) -> Result<Vec<Snapshot>> {
    let columns = "id, partners, added, changed, gone, taken_at, digest, changes_digest, seal";
    let mut statement = db.prepare(&format!("SELECT {columns} FROM snapshots ORDER BY id"))?;
    let mut rows = statement.query([])?;
    let mut snapshots = Vec::new();
    while let Some(row) = rows.next()? {
        let counts: [i64; 5] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        let [taken_at, digest, changes_digest]: [String; 3] = [row.get(5)?, row.get(6)?, row.get(7)?];
        if seal(counts, [&taken_at, &digest, &changes_digest]) != row.get::<_, String>(8)? {
            return Err(damaged("a row of `snapshots` does not match its seal"));
        }
        let moment = taken_at.parse().map_err(|_| damaged("a snapshot has no time"))?;
        snapshots.push(Snapshot { id: counts[0], moment, digest, changes_digest });
    }
    Ok(snapshots)
}

/// The digest of a row of `snapshots`.
fn seal(counts: [i64; 5], texts: [&str; 3]) -> String {
    let mut digest = Digest::new();
    counts.iter().for_each(|count| digest.line(&count.to_string()));
    texts.iter().for_each(|text| digest.line(text));
    digest.end()
}

fn fields(db: &Connection) -> Result<HashMap<String, i64>> {
    let mut statement = db.prepare("SELECT name, id FROM fields")?;
    let fields = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(fields.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests;
