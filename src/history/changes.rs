//! What changed from snapshot to snapshot.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rusqlite::{Statement, params_from_iter};

use crate::error::Result;
use crate::raw;
use crate::values::moment::Moment;

use super::digest::Digest;
use super::file::damaged;
use super::ids::{KnownPartner, Names};
use super::patch::MemberChange;
use super::{ADDED, GONE, History, TEXT};

/// What became of a partner at a snapshot.
#[derive(Debug)]
pub struct PartnerChange<'c> {
    /// Its number.
    pub snapshot: usize,
    pub moment: Moment,
    pub partner: &'c KnownPartner,
    pub what: What<'c>,
}

#[derive(Debug)]
pub enum What<'c> {
    Added,
    Changed(&'c [MemberChange<'c>]),
    Gone,
}

/// A row of `changes`.
struct ChangeRecord {
    partner: i64,
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
        mut each: impl FnMut(&PartnerChange) -> Result<()>,
    ) -> Result<()> {
        self.file.run(|_| {
            let mut names = Names::of(self)?;
            if let Some(of) = of {
                return self.changes_of(of, range, &mut names, &mut each);
            }
            for snapshot in range.start.max(1)..range.end {
                let rows = self.night(snapshot, &names)?;
                for rows in rows.chunk_by(|one, next| one.partner == next.partner) {
                    self.emit(snapshot, rows, &mut names, &mut each)?;
                }
            }
            Ok(())
        })
    }

    /// Everything that changed at a snapshot, proven by its digest.
    fn night(&self, snapshot: usize, names: &Names) -> Result<Vec<ChangeRecord>> {
        let snapshot = &self.snapshots[snapshot];
        let sql = "SELECT partner, field, old, new FROM changes WHERE snapshot = ?1 ORDER BY partner, field";
        let rows = read(&mut self.file.db.prepare(sql)?, &[snapshot.id])?;
        let mut digest = Digest::new();
        for ChangeRecord { partner, field, old, new } in &rows {
            for line in [names.sid(*partner)?, self.field(*field)?, text(old), text(new)] {
                digest.line(line);
            }
        }
        if digest.end() != snapshot.changes_digest {
            return Err(damaged("its changes do not match the digest of the snapshot"));
        }
        Ok(rows)
    }

    /// Reads what changed of a few. Each old value has to be the new one before it, and the last new one that of the
    /// partner's text; what no other row proves is proven with the whole night.
    fn changes_of(
        &self,
        of: &BTreeSet<i64>,
        range: Range<usize>,
        names: &mut Names,
        each: &mut dyn FnMut(&PartnerChange) -> Result<()>,
    ) -> Result<()> {
        let db = &self.file.db;
        let sql = "SELECT partner, field, old, new FROM changes WHERE snapshot = ?1 AND partner = ?2 ORDER BY field";
        let mut statement = db.prepare(sql)?;
        let mut values: BTreeMap<(i64, i64), Option<String>> = BTreeMap::new();
        let mut unproven = BTreeSet::new();
        for snapshot in 1..self.snapshots.len() {
            for partner in of {
                let rows = read(&mut statement, &[self.snapshots[snapshot].id, *partner])?;
                for ChangeRecord { field, old, new, .. } in &rows {
                    let before = match *field {
                        TEXT | ADDED | GONE => None,
                        field => values.insert((*partner, field), new.clone()),
                    };
                    match before {
                        Some(before) if before != *old => {
                            return Err(damaged("an old value is not the new one before it"));
                        }
                        None if range.contains(&snapshot) => _ = unproven.insert(snapshot),
                        _ => {}
                    }
                }
                if range.contains(&snapshot) && !rows.is_empty() {
                    self.emit(snapshot, &rows, names, each)?;
                }
            }
        }
        let mut latest = db.prepare("SELECT json FROM partners WHERE id = ?1")?;
        for ((partner, field), value) in values {
            let text: String = latest.query_row([partner], |row| row.get(0))?;
            if raw::lookup(&text, [self.field(field)?]) != value.as_deref() {
                return Err(damaged("the last new value is not the partner's"));
            }
        }
        unproven.into_iter().try_for_each(|snapshot| self.night(snapshot, names).map(drop))
    }

    /// Hands over the rows of a partner as changes.
    fn emit(
        &self,
        snapshot: usize,
        rows: &[ChangeRecord],
        names: &mut Names,
        each: &mut dyn FnMut(&PartnerChange) -> Result<()>,
    ) -> Result<()> {
        let moment = self.snapshots[snapshot].moment;
        let partner = names.get(rows[0].partner)?;
        let mut members = Vec::new();
        for ChangeRecord { field, old, new, .. } in rows {
            match *field {
                TEXT => {}
                ADDED => each(&PartnerChange { snapshot, moment, partner, what: What::Added })?,
                GONE => each(&PartnerChange { snapshot, moment, partner, what: What::Gone })?,
                field => {
                    let name = Cow::Borrowed(self.field(field)?);
                    members.push(MemberChange { name, old: old.as_deref(), new: new.as_deref() });
                }
            }
        }
        if !members.is_empty() {
            each(&PartnerChange { snapshot, moment, partner, what: What::Changed(&members) })?;
        }
        Ok(())
    }
}

fn read(statement: &mut Statement, ids: &[i64]) -> Result<Vec<ChangeRecord>> {
    let rows = statement.query_map(params_from_iter(ids), |row| {
        Ok(ChangeRecord { partner: row.get(0)?, field: row.get(1)?, old: row.get(2)?, new: row.get(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn text(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or_default()
}
