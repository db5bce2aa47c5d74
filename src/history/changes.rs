//! What changed from snapshot to snapshot.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use rusqlite::Statement;

use crate::error::Result;
use crate::raw;
use crate::values::moment::Moment;

use super::digest::Digest;
use super::file::damaged;
use super::ids::{Named, Names};
use super::patch::Member;
use super::{ADDED, GONE, History, TEXT};

/// What became of a partner at a snapshot.
#[derive(Debug)]
pub struct Change<'c> {
    /// Its number.
    pub snapshot: usize,
    pub moment: Moment,
    pub partner: &'c Named,
    pub what: What<'c>,
}

#[derive(Debug)]
pub enum What<'c> {
    Added,
    Changed(&'c [Member<'c>]),
    Gone,
}

/// A row of `changes`.
struct Row {
    field: i64,
    old: Option<String>,
    new: Option<String>,
}

impl History {
    /// Hands over what changed at these snapshots, of some partners or of everyone. What was handed over counts only
    /// if none of it turns out to be damaged at the end.
    ///
    /// Nothing is known of what led to the first snapshot.
    pub fn changes(
        &self,
        of: Option<&BTreeSet<i64>>,
        range: Range<usize>,
        mut each: impl FnMut(&Change) -> Result<()>,
    ) -> Result<()> {
        let mut names = Names::of(self).map_err(|error| self.file.named(error))?;
        let changes = match of {
            None => (range.start.max(1)..range.end).try_for_each(|snapshot| {
                self.night(snapshot, &mut names, &mut |named, rows| self.emit(snapshot, named, rows, &mut each))
            }),
            Some(of) => self.changes_of(of, range, &mut names, &mut each),
        };
        changes.map_err(|error| self.file.named(error))
    }

    /// Whether a member of that name has changed at one of these snapshots.
    pub fn has_changed(&self, field: &str, range: Range<usize>) -> Result<bool> {
        let ids = self.snapshots[range].iter().map(|snapshot| snapshot.id);
        let ids = ids.clone().min().zip(ids.max());
        let sql = "SELECT EXISTS (SELECT 1 FROM changes WHERE snapshot BETWEEN ?1 AND ?2
                   AND field = (SELECT id FROM fields WHERE name = ?3))";
        let found = ids.map_or(Ok(false), |(first, last)| {
            self.file.db.query_row(sql, rusqlite::params![first, last, field], |row| row.get(0))
        });
        found.map_err(|error| self.file.named(error.into()))
    }

    /// Reads everything that changed at a snapshot, and proves it by its digest.
    fn night(
        &self,
        snapshot: usize,
        names: &mut Names,
        each: &mut dyn FnMut(&Named, &[Row]) -> Result<()>,
    ) -> Result<()> {
        let snapshot = &self.snapshots[snapshot];
        let sql = "SELECT field, old, new, partner FROM changes WHERE snapshot = ?1 ORDER BY partner, field";
        let mut statement = self.file.db.prepare(sql)?;
        let mut rows = statement.query([snapshot.id])?;
        let mut digest = Digest::new();
        let mut group: Vec<Row> = Vec::new();
        let mut whose: Option<i64> = None;
        while let Some(row) = rows.next()? {
            let partner: i64 = row.get(3)?;
            if let Some(before) = whose.replace(partner).filter(|before| *before != partner) {
                each(names.get(before)?, &group)?;
                group.clear();
            }
            let row = Row { field: row.get(0)?, old: row.get(1)?, new: row.get(2)? };
            digest.line(&names.get(partner)?.sid);
            digest.line(self.field(row.field)?);
            digest.line(row.old.as_deref().unwrap_or_default());
            digest.line(row.new.as_deref().unwrap_or_default());
            group.push(row);
        }
        if let Some(last) = whose {
            each(names.get(last)?, &group)?;
        }
        if digest.end() != snapshot.changes_digest {
            return Err(damaged("its changes do not match the digest of the snapshot"));
        }
        Ok(())
    }

    /// Reads what changed of a few. Each old value has to be the new one before it, and the last new one that of the
    /// partner's text; what no other row proves is proven with the whole night.
    fn changes_of(
        &self,
        of: &BTreeSet<i64>,
        range: Range<usize>,
        names: &mut Names,
        each: &mut dyn FnMut(&Change) -> Result<()>,
    ) -> Result<()> {
        let sql = "SELECT field, old, new FROM changes WHERE snapshot = ?1 AND partner = ?2 ORDER BY field";
        let mut statement = self.file.db.prepare(sql)?;
        let mut values: HashMap<(i64, i64), Option<String>> = HashMap::new();
        let mut unproven = BTreeSet::new();
        for snapshot in 1..self.snapshots.len() {
            for partner in of {
                let rows = self.rows_of(*partner, snapshot, &mut statement)?;
                for row in &rows {
                    let before = match row.field {
                        TEXT | ADDED | GONE => None,
                        field => values.insert((*partner, field), row.new.clone()),
                    };
                    match before {
                        Some(before) if before != row.old => {
                            return Err(damaged("an old value is not the new one before it"));
                        }
                        None if range.contains(&snapshot) => _ = unproven.insert(snapshot),
                        _ => {}
                    }
                }
                if range.contains(&snapshot) && !rows.is_empty() {
                    self.emit(snapshot, names.get(*partner)?, &rows, each)?;
                }
            }
        }
        self.check_latest(of, &values)?;
        unproven.into_iter().try_for_each(|snapshot| self.night(snapshot, names, &mut |_, _| Ok(())))
    }

    fn rows_of(&self, partner: i64, snapshot: usize, statement: &mut Statement) -> Result<Vec<Row>> {
        let ids = [self.snapshots[snapshot].id, partner];
        let rows =
            statement.query_map(ids, |row| Ok(Row { field: row.get(0)?, old: row.get(1)?, new: row.get(2)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Fails if the last value of a member is not the one that the partner has.
    fn check_latest(&self, of: &BTreeSet<i64>, values: &HashMap<(i64, i64), Option<String>>) -> Result<()> {
        let mut texts = HashMap::new();
        for partner in of {
            let sql = "SELECT json FROM partners WHERE id = ?1";
            texts.insert(*partner, self.file.db.query_row(sql, [partner], |row| row.get::<_, String>(0))?);
        }
        let members: HashMap<i64, HashMap<Cow<str>, &str>> = texts
            .iter()
            .map(|(partner, text)| (*partner, raw::members(text).map(|(key, value)| (raw::text(key), value)).collect()))
            .collect();
        for ((partner, field), value) in values {
            if members[partner].get(self.field(*field)?).copied() != value.as_deref() {
                return Err(damaged("the last new value is not the partner's"));
            }
        }
        Ok(())
    }

    /// Hands over the rows of a partner as changes.
    fn emit(
        &self,
        snapshot: usize,
        partner: &Named,
        rows: &[Row],
        each: &mut dyn FnMut(&Change) -> Result<()>,
    ) -> Result<()> {
        let moment = self.snapshots[snapshot].moment;
        let mut members = Vec::new();
        for Row { field, old, new } in rows {
            match *field {
                TEXT => {}
                ADDED => each(&Change { snapshot, moment, partner, what: What::Added })?,
                GONE => each(&Change { snapshot, moment, partner, what: What::Gone })?,
                field => {
                    let name = Cow::Borrowed(self.field(field)?);
                    members.push(Member { name, old: old.as_deref(), new: new.as_deref() });
                }
            }
        }
        if !members.is_empty() {
            each(&Change { snapshot, moment, partner, what: What::Changed(&members) })?;
        }
        Ok(())
    }
}
