//! Opens a history to add a snapshot to it, one process at a time.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use crate::error::{Context, Failure, Kind, Result};
use crate::partners::{List, Sid};
use crate::system::private_file;
use crate::values::moment::Moment;

use super::file::File;
use super::writing::{Counts, Recording};
use super::{History, fields, snapshots};

/// A history that is about to get a snapshot: everybody else who would add one waits.
pub struct Recorder {
    pub file: File,
    /// The numbers of the names of members.
    fields: HashMap<String, i64>,
}

/// After this time, a waiting process reports why it waits.
const LONG: Duration = Duration::from_secs(1);
/// As long as SQLite can be told to wait: weeks.
const FOREVER: Duration = Duration::from_millis(i32::MAX as u64);

impl Recorder {
    /// Opens the history in a file, which is created if it does not exist: an empty one has no snapshots. Waits
    /// for others that do the same; `waiting` is called once if that takes long.
    pub fn open(path: &Path, waiting: &dyn Fn()) -> Result<Self> {
        create(path).with_context(|| format!("cannot write {}", path.display()))?;
        // A link may lead nowhere.
        let file = File::open(path)?.with_context(|| format!("cannot write {}: no such file", path.display()))?;
        Self::of(file, waiting)
    }

    pub fn in_memory() -> Result<Self> {
        Self::of(File::in_memory()?, &|| {})
    }

    fn of(file: File, waiting: &dyn Fn()) -> Result<Self> {
        let fields = file.run(|db| {
            // Of a file that is there, the size of pages stays. Readers need no larger cache than usual.
            db.execute_batch("PRAGMA page_size = 8192; PRAGMA cache_size = -8192")?;
            patiently(db, "BEGIN IMMEDIATE", waiting)?;
            if file.is_empty()? {
                file.begin()?;
            }
            fields(db)
        })?;
        Ok(Self { file, fields })
    }

    /// The last snapshot.
    pub fn last(&self) -> Result<Option<Moment>> {
        self.file.run(|db| Ok(snapshots(db)?.last().map(|last| last.moment)))
    }

    /// Fails if the partners of an address are not those of the history's account; a new history becomes theirs.
    pub fn check_owner(&self, base_url: &str, account: Option<&str>, list: &List) -> Result<()> {
        if list.is_empty() {
            let failure = Failure::new(Kind::Config, "nothing to save: no partner is visible to this token");
            return Err(failure.hint("check the token with `carrierx auth status`").into());
        }
        let belongs = |whose: String, hint| {
            let message = format!("the history {} belongs to {whose}", self.file.path.display());
            Err(Failure::new(Kind::Config, message).hint(hint).into())
        };
        self.file.run(|db| {
            let sql = "SELECT base_url, partner_sid FROM about";
            let about = db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let Some((address, known)): Option<(String, Option<String>)> = about else {
                db.execute("INSERT INTO about VALUES (?1, ?2)", params![base_url, account])?;
                return Ok(());
            };
            if address != base_url {
                return belongs(format!("{address}, not to {base_url}"), "use a separate --history file per API");
            }
            let is_same = match (&known, account) {
                (Some(known), Some(account)) => Sid::of(known) == Sid::of(account),
                _ => {
                    let mut sids = db.prepare("SELECT partner_sid FROM partners WHERE gone_since IS NULL")?;
                    let mut sids = sids.query_map([], |row| row.get::<_, String>(0))?;
                    sids.any(|sid| sid.is_ok_and(|sid| list.place(&Sid::of(&sid)).is_some()))
                }
            };
            if !is_same {
                let hint = "use a separate --history file per account: set `history` in each profile";
                return belongs("a different account than this token's".to_owned(), hint);
            }
            db.execute("UPDATE about SET partner_sid = coalesce(partner_sid, ?1)", [account])?;
            Ok(())
        })
    }

    /// Adds the partners, each with a SID of its own, as they were at a moment.
    pub fn record(&mut self, list: &List, moment: Moment) -> Result<Counts> {
        let fields = &mut self.fields;
        self.file.run(|db| Recording::new(db, fields)?.record(list, moment))
    }

    /// Removes the snapshots before a moment, and gives how many there were.
    pub fn forget(&mut self, before: Moment, now: Moment) -> Result<usize> {
        self.file.run(|db| {
            db.execute_batch("PRAGMA secure_delete = ON")?;
            // Those that a wrong clock puts in the future keep nothing.
            let sql = "SELECT min(id) FROM snapshots WHERE taken_at BETWEEN ?1 AND ?2";
            let bounds = [before, now].map(|moment| moment.to_string());
            let Some(first) = db.query_row(sql, bounds, |row| row.get::<_, Option<i64>>(0))? else { return Ok(0) };
            // The changes of the first one that stays lead to one that goes.
            db.execute("DELETE FROM changes WHERE snapshot <= ?1", [first])?;
            db.execute("DELETE FROM former_texts WHERE snapshot <= ?1", [first])?;
            db.execute("DELETE FROM partners WHERE gone_since <= ?1", [first])?;
            Ok(db.execute("DELETE FROM snapshots WHERE id < ?1", [first])?)
        })
    }

    /// Commits it. Waits for readers; `waiting` is called once if that takes long.
    pub fn commit(self, waiting: &dyn Fn()) -> Result<()> {
        // Without statistics, SQLite answers `history` for one display ID by looking at every change.
        self.file.run(|db| Ok(db.execute_batch("PRAGMA analysis_limit = 1000; ANALYZE")?))?;
        self.file.run(|db| patiently(db, "COMMIT", waiting))
    }

    /// What was recorded in memory.
    pub fn into_history(self) -> Result<History> {
        History::of(self.file)
    }
}

/// Creates the file, readable only by its owner, unless it exists.
fn create(path: &Path) -> io::Result<()> {
    match private_file::create_new(true).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Does what has to wait until no other process is in the way.
fn patiently(db: &Connection, sql: &str, waiting: &dyn Fn()) -> Result<()> {
    db.busy_timeout(LONG)?;
    let mut done = db.execute_batch(sql);
    if done.as_ref().is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)) {
        waiting();
        db.busy_timeout(FOREVER)?;
        done = db.execute_batch(sql);
    }
    // Nothing else waits: what is more than the cache holds stays in memory while somebody reads.
    db.busy_timeout(Duration::ZERO)?;
    Ok(done?)
}
