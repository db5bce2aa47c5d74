//! A snapshot that is being written.

use std::collections::{BTreeMap, HashMap};

use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params, params_from_iter};

use crate::api::partner::SID;
use crate::error::Result;
use crate::partners::{List, Sid};
use crate::raw;
use crate::values::moment::Moment;

use super::digest::Digest;
use super::ids::{NAMES, columns};
use super::patch::{MemberChange, members, undone};
use super::{ADDED, GONE, TEXT, seal};

/// How many partners there were at a snapshot, and what became of them since the one before.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub partners: i64,
    pub added: i64,
    pub changed: i64,
    pub gone: i64,
}

pub struct Recording<'r> {
    db: &'r Connection,
    /// The numbers of the names of members.
    fields: &'r mut HashMap<String, i64>,
    change: Statement<'r>,
    former_text: Statement<'r>,
    /// Writes the text of a partner alone: whatever is indexed is written only where it has changed.
    json: Statement<'r>,
    /// Writes what the partner is called, and that it is there, too.
    everything: Statement<'r>,
    id: i64,
    /// Whether it is the first snapshot.
    is_first: bool,
    digest: Digest,
    changes_digest: Digest,
    counts: Counts,
}

impl<'r> Recording<'r> {
    pub fn new(db: &'r Connection, fields: &'r mut HashMap<String, i64>) -> Result<Self> {
        let last: Option<i64> = db.query_row("SELECT max(id) FROM snapshots", [], |row| row.get(0))?;
        let everything = "UPDATE partners SET json = ?2, display_id = ?3, login = ?4, name = ?5, gone_since = NULL
                          WHERE id = ?1";
        Ok(Self {
            change: db.prepare("INSERT INTO changes VALUES (?1, ?2, ?3, ?4, ?5)")?,
            former_text: db.prepare("INSERT INTO former_texts VALUES (?1, ?2, ?3)")?,
            json: db.prepare("UPDATE partners SET json = ?2 WHERE id = ?1")?,
            everything: db.prepare(everything)?,
            db,
            fields,
            id: last.unwrap_or(0) + 1,
            is_first: last.is_none(),
            digest: Digest::new(),
            changes_digest: Digest::new(),
            counts: Counts::default(),
        })
    }

    pub fn record(mut self, list: &List, moment: Moment) -> Result<Counts> {
        let mut is_known = vec![false; list.len()];
        self.compare(list, &mut is_known)?;
        self.add(list, &is_known)?;
        self.counts.partners = list.len() as i64;
        let Counts { partners, added, changed, gone } = self.counts;
        let counts = [self.id, partners, added, changed, gone];
        let texts = [moment.to_string(), self.digest.end(), self.changes_digest.end()];
        let seal = seal(counts, texts.each_ref().map(String::as_str));
        let texts = texts.into_iter().chain([seal]).map(Value::from);
        let row = params_from_iter(counts.map(Value::from).into_iter().chain(texts));
        self.db.execute("INSERT INTO snapshots VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", row)?;
        Ok(self.counts)
    }

    /// Writes what became of those that were there before, and marks them on the list.
    ///
    /// They are written as they are read, each behind the place where the reading is.
    fn compare(&mut self, list: &List, is_known: &mut [bool]) -> Result<()> {
        let mut gone = self.db.prepare("UPDATE partners SET gone_since = ?2 WHERE id = ?1")?;
        let sql = "SELECT id, gone_since IS NULL, partner_sid, json FROM partners ORDER BY id";
        let mut statement = self.db.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, was_there): (i64, bool) = (row.get(0)?, row.get(1)?);
            let (sid, old) = (row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_str()?);
            if let Some(place) = list.place(&Sid::of(sid)) {
                is_known[place] = true;
                let new = list.get(place);
                self.digest.line(new);
                if !was_there || old != new {
                    self.change(id, sid, was_there, old, new)?;
                }
            } else if was_there {
                self.write(id, sid, (GONE, "(gone)"), [None; 2])?;
                self.counts.gone += 1;
                gone.execute([id, self.id])?;
            }
        }
        Ok(())
    }

    /// Writes the members that differ, the whole old text where they do not give it back, and the new one.
    fn change(&mut self, id: i64, sid: &str, was_there: bool, old: &str, new: &str) -> Result<()> {
        let members = members(old, new);
        let undone = undone(new, members.iter().map(|member| (&*member.name, member.old)));
        let mut by_field = BTreeMap::new();
        let mut is_enough = undone == old;
        for MemberChange { name, old, new } in &members {
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
        let count = if was_there { &mut self.counts.changed } else { &mut self.counts.added };
        *count += 1;
        if was_there && !members.iter().any(|member| NAMES.contains(&&*member.name)) {
            self.json.execute(params![id, new])?;
        } else {
            let [display_id, login, name] = columns(new);
            self.everything.execute(params![id, new, display_id, login, name])?;
        }
        Ok(())
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
    fn write(&mut self, id: i64, sid: &str, (field, name): (i64, &str), [old, new]: [Option<&str>; 2]) -> Result<()> {
        self.change.execute(params![self.id, id, field, old, new])?;
        for line in [sid, name, old.unwrap_or_default(), new.unwrap_or_default()] {
            self.changes_digest.line(line);
        }
        Ok(())
    }

    /// Adds those that are seen for the first time.
    fn add(&mut self, list: &List, is_known: &[bool]) -> Result<()> {
        let sql = "INSERT INTO partners (partner_sid, display_id, login, name, json) VALUES (?1, ?2, ?3, ?4, ?5)";
        let mut insert = self.db.prepare(sql)?;
        for (text, _) in list.iter().zip(is_known).filter(|(_, is_known)| !**is_known) {
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
