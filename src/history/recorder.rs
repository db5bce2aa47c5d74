//! Adds a snapshot to a history, one process at a time.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, OpenOptions};
use std::io::ErrorKind as IoKind;
use std::mem;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Statement, params};

use crate::api::partner::SID;
use crate::error::{Context, Failure, Kind, Result};
use crate::partners::{List, Sid};
use crate::raw;
use crate::values::moment::Moment;

use super::digest::Digest;
use super::file::{File, damaged};
use super::ids::{NAMES, columns};
use super::patch::{Member, members, undone};
use super::{ADDED, GONE, History, TEXT, fields, seal};

/// A history that is about to get a snapshot: everybody else who would add one waits.
pub struct Recorder {
    /// Dropped before the file is, which nobody else has until then.
    made: Option<Made>,
    pub file: File,
    /// The numbers of the names of members.
    fields: HashMap<String, i64>,
}

/// A file that was made for a snapshot, and goes again if there is none.
struct Made(PathBuf);

impl Drop for Made {
    fn drop(&mut self) {
        // An empty file is a history without a snapshot.
        _ = fs::remove_file(&self.0);
    }
}

/// How many partners there were at a snapshot, and what became of them since the one before.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub partners: usize,
    pub added: usize,
    pub changed: usize,
    pub gone: usize,
}

/// After so long, somebody who waits is told why.
const LONG: Duration = Duration::from_secs(1);

impl Recorder {
    /// Opens the history in a file, which is created if there is none. Waits for others that do the same; `waiting` is
    /// called once if that takes long.
    pub fn open(path: &Path, waiting: &dyn Fn()) -> Result<Self> {
        loop {
            let made = create(path)?;
            // A link may lead nowhere.
            let file = File::open(path)?.with_context(|| format!("cannot write {}: no such file", path.display()))?;
            let recorder = Self::of(made, file, waiting)?;
            // Somebody else may have removed what was made for nothing.
            if path.exists() {
                return Ok(recorder);
            }
        }
    }

    pub fn in_memory() -> Result<Self> {
        Self::of(None, File::in_memory()?, &|| {})
    }

    fn of(made: Option<Made>, file: File, waiting: &dyn Fn()) -> Result<Self> {
        let begin = || -> Result<_> {
            file.set_patience(Duration::ZERO)?;
            // Of a file that is there, the size stays.
            file.db.execute_batch("PRAGMA page_size = 8192")?;
            patiently(&file.db, "BEGIN IMMEDIATE", waiting)?;
            if file.is_empty()? {
                file.begin()?;
            }
            fields(&file)
        };
        let fields = begin().map_err(|error| file.named(error))?;
        Ok(Self { made, file, fields })
    }

    /// The last snapshot.
    pub fn last(&self) -> Result<Option<Moment>> {
        let sql = "SELECT taken_at FROM snapshots ORDER BY id DESC LIMIT 1";
        let last = self.file.db.query_row(sql, [], |row| row.get::<_, String>(0)).optional();
        let last = last.map_err(|error| self.file.named(error.into()))?;
        let last = last.map(|last| last.parse().map_err(|_| self.file.named(damaged("a snapshot has no time"))));
        last.transpose()
    }

    /// Fails if the partners of an address are not those of the history's account; a new history becomes theirs.
    pub fn check_owner(&self, base_url: &str, account: Option<&str>, list: &List) -> Result<()> {
        if list.is_empty() {
            let failure = Failure::new(Kind::Config, "there is nothing to save: this token sees no partner");
            return Err(failure.hint("check the token with `carrierx auth status`").into());
        }
        self.check_about(base_url, account, list).map_err(|error| self.file.named(error))
    }

    fn check_about(&self, base_url: &str, account: Option<&str>, list: &List) -> Result<()> {
        let db = &self.file.db;
        let path = self.file.path.display();
        let about = db.query_row("SELECT base_url, partner_sid FROM about", [], |row| Ok((row.get(0)?, row.get(1)?)));
        let about: Option<(String, Option<String>)> = about.optional()?;
        let Some((address, known)) = about else {
            db.execute("INSERT INTO about VALUES (?1, ?2)", params![base_url, account])?;
            return Ok(());
        };
        if address != base_url {
            let message = format!("the history {path} belongs to {address}, not to {base_url}");
            return Err(Failure::new(Kind::Config, message).hint("use a separate --history file per API").into());
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
            let message = format!("the history {path} belongs to another account than this token");
            let hint = "use a separate --history file per account: set `history` in each profile";
            return Err(Failure::new(Kind::Config, message).hint(hint).into());
        }
        if known.is_none() && account.is_some() {
            db.execute("UPDATE about SET partner_sid = ?1", [account])?;
        }
        Ok(())
    }

    /// Adds the partners, each with a SID of its own, as they were at a moment.
    pub fn record(&mut self, list: &List, moment: Moment) -> Result<Counts> {
        let Self { file, fields, .. } = self;
        let mut record = || -> Result<Counts> {
            let last: Option<i64> = file.db.query_row("SELECT max(id) FROM snapshots", [], |row| row.get(0))?;
            Recording::new(&file.db, fields, last)?.record(list, moment)
        };
        record().map_err(|error| file.named(error))
    }

    /// Removes the snapshots before a moment, and gives how many there were.
    pub fn forget(&mut self, before: Moment, now: Moment) -> Result<usize> {
        let db = &self.file.db;
        let forget = || -> Result<usize> {
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
        };
        forget().map_err(|error| self.file.named(error))
    }

    /// Makes it last.
    pub fn commit(mut self, waiting: &dyn Fn()) -> Result<()> {
        let commit = || -> Result<()> {
            // Without statistics, SQLite answers `history` for one display ID by looking at every change.
            self.file.db.execute_batch("PRAGMA analysis_limit = 1000; ANALYZE")?;
            patiently(&self.file.db, "COMMIT", waiting)
        };
        commit().map_err(|error| self.file.named(error))?;
        if let Some(made) = self.made.take() {
            mem::forget(made);
        }
        Ok(())
    }

    /// What was recorded in memory.
    pub fn into_history(self) -> Result<History> {
        History::of(self.file)
    }
}

/// Makes the file, of which its owner alone can read anything, if there is none.
fn create(path: &Path) -> Result<Option<Made>> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(Some(Made(path.to_owned()))),
        Err(error) if error.kind() == IoKind::AlreadyExists => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot write {}", path.display())),
    }
}

/// Runs a statement as soon as nobody else has the file.
fn patiently(db: &Connection, sql: &str, waiting: &dyn Fn()) -> Result<()> {
    let began = Instant::now();
    let mut is_told = false;
    loop {
        match db.execute_batch(sql) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            result => return Ok(result?),
        }
        if !is_told && began.elapsed() >= LONG {
            waiting();
            is_told = true;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// A snapshot that is being written.
struct Recording<'r> {
    db: &'r Connection,
    fields: &'r mut HashMap<String, i64>,
    change: Statement<'r>,
    former_text: Statement<'r>,
    id: i64,
    /// Whether nothing leads to it, as there is none before.
    is_first: bool,
    digest: Digest,
    changes_digest: Digest,
    counts: Counts,
}

/// What has to be written of a partner that was there before, once all have been read.
enum Update {
    Json(usize),
    /// What the partner is called, and that it is there, too.
    Everything(usize),
    Gone,
}

impl<'r> Recording<'r> {
    fn new(db: &'r Connection, fields: &'r mut HashMap<String, i64>, last: Option<i64>) -> Result<Self> {
        Ok(Self {
            change: db.prepare("INSERT INTO changes VALUES (?1, ?2, ?3, ?4, ?5)")?,
            former_text: db.prepare("INSERT INTO former_texts VALUES (?1, ?2, ?3)")?,
            db,
            fields,
            id: last.unwrap_or(0) + 1,
            is_first: last.is_none(),
            digest: Digest::new(),
            changes_digest: Digest::new(),
            counts: Counts::default(),
        })
    }

    fn record(mut self, list: &List, moment: Moment) -> Result<Counts> {
        let mut is_known = vec![false; list.len()];
        let updates = self.compare(list, &mut is_known)?;
        self.update(&updates, list)?;
        self.add(list, &is_known)?;
        self.counts.partners = list.len();
        let Counts { partners, added, changed, gone } = self.counts;
        let counts = [self.id, number(partners), number(added), number(changed), number(gone)];
        let moment = moment.to_string();
        let (digest, changes_digest) = (self.digest.end(), self.changes_digest.end());
        let seal = seal(counts, [&moment, &digest, &changes_digest]);
        let sql = "INSERT INTO snapshots (id, partners, added, changed, gone, taken_at, digest, changes_digest, seal)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let [id, partners, added, changed, gone] = counts;
        let values = params![id, partners, added, changed, gone, moment, digest, changes_digest, seal];
        self.db.execute(sql, values)?;
        Ok(self.counts)
    }

    /// Writes what changed of those that were there before, and marks them on the list.
    fn compare(&mut self, list: &List, is_known: &mut [bool]) -> Result<Vec<(i64, Update)>> {
        let mut updates = Vec::new();
        let sql = "SELECT id, gone_since IS NULL, partner_sid, json FROM partners ORDER BY id";
        let mut statement = self.db.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, was_there): (i64, bool) = (row.get(0)?, row.get(1)?);
            let [sid, old] = [row.get_ref(2)?, row.get_ref(3)?].map(|value| value.as_str());
            let (sid, old) = (sid?, old?);
            let Some(place) = list.place(&Sid::of(sid)) else {
                if was_there {
                    self.write(id, sid, (GONE, "(gone)"), [None; 2])?;
                    self.counts.gone += 1;
                    updates.push((id, Update::Gone));
                }
                continue;
            };
            is_known[place] = true;
            let new = list.get(place);
            self.digest.line(new);
            if was_there && old == new {
                continue;
            }
            let is_renamed = self.change(id, sid, was_there, old, new)?;
            let count = if was_there { &mut self.counts.changed } else { &mut self.counts.added };
            *count += 1;
            // Whatever is indexed is written only where it has changed.
            let needs_json_only = was_there && !is_renamed;
            updates.push((id, if needs_json_only { Update::Json(place) } else { Update::Everything(place) }));
        }
        Ok(updates)
    }

    /// Writes the members that differ, and the whole old text where they do not give it back. Gives whether the partner
    /// may be called otherwise now.
    fn change(&mut self, id: i64, sid: &str, was_there: bool, old: &str, new: &str) -> Result<bool> {
        let members = members(old, new);
        let is_renamed = members.iter().any(|member| NAMES.contains(&&*member.name));
        let undone = undone(new, members.iter().map(|member| (&*member.name, member.old)));
        let mut by_field = BTreeMap::new();
        let mut is_enough = undone == old;
        for Member { name, old, new } in &members {
            match self.field(name)? {
                Some(field) => _ = by_field.insert((field, &**name), [*old, *new]),
                None => is_enough = false,
            }
        }
        if !is_enough {
            self.write(id, sid, (TEXT, "(text)"), [None; 2])?;
            self.former_text.execute(params![self.id, id, old])?;
        }
        if !was_there {
            self.write(id, sid, (ADDED, "(added)"), [None; 2])?;
        }
        for (field, values) in by_field {
            self.write(id, sid, field, values)?;
        }
        Ok(is_renamed)
    }

    /// The number of a member's name; none for those that mean something else in `fields`.
    fn field(&mut self, name: &str) -> Result<Option<i64>> {
        if let Some(id) = self.fields.get(name) {
            return Ok(Some(*id).filter(|id| !matches!(*id, TEXT | ADDED | GONE)));
        }
        self.db.execute("INSERT INTO fields (name) VALUES (?1)", [name])?;
        let id = self.db.last_insert_rowid();
        self.fields.insert(name.to_owned(), id);
        Ok(Some(id))
    }

    /// Writes a row of `changes`, which are in the order of their key.
    fn write(
        &mut self,
        partner: i64,
        sid: &str,
        (field, name): (i64, &str),
        [old, new]: [Option<&str>; 2],
    ) -> Result<()> {
        self.change.execute(params![self.id, partner, field, old, new])?;
        for line in [sid, name, old.unwrap_or_default(), new.unwrap_or_default()] {
            self.changes_digest.line(line);
        }
        Ok(())
    }

    fn update(&self, updates: &[(i64, Update)], list: &List) -> Result<()> {
        let mut json = self.db.prepare("UPDATE partners SET json = ?2 WHERE id = ?1")?;
        let mut gone = self.db.prepare("UPDATE partners SET gone_since = ?2 WHERE id = ?1")?;
        let mut everything = self.db.prepare(
            "UPDATE partners SET display_id = ?3, login = ?4, name = ?5, gone_since = NULL, json = ?2 WHERE id = ?1",
        )?;
        for (id, update) in updates {
            match update {
                Update::Json(place) => json.execute(params![id, list.get(*place)])?,
                Update::Gone => gone.execute(params![id, self.id])?,
                Update::Everything(place) => {
                    let text = list.get(*place);
                    let [display_id, login, name] = columns(text);
                    everything.execute(params![id, text, display_id, login, name])?
                }
            };
        }
        Ok(())
    }

    /// Adds those that are seen for the first time.
    fn add(&mut self, list: &List, is_known: &[bool]) -> Result<()> {
        let mut insert = self
            .db
            .prepare("INSERT INTO partners (partner_sid, display_id, login, name, json) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for place in (0..list.len()).filter(|place| !is_known[*place]) {
            let text = list.get(place);
            let sid = raw::text(raw::lookup(text, [SID]).unwrap_or_default());
            let [display_id, login, name] = columns(text);
            insert.execute(params![sid, display_id, login, name, text])?;
            self.digest.line(text);
            if !self.is_first {
                self.write(self.db.last_insert_rowid(), &sid, (ADDED, "(added)"), [None; 2])?;
                self.counts.added += 1;
            }
        }
        Ok(())
    }
}

/// SQLite counts in numbers with a sign.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
