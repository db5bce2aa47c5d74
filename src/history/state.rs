//! Back to a snapshot: the latest texts, and what was changed since undone.

use std::collections::{BTreeMap, HashMap};

use crate::error::Result;

use super::digest::Digest;
use super::file::damaged;
use super::patch::undone;
use super::{ADDED, GONE, History, Snapshot, TEXT};

/// What has to be undone of a partner. Of several changes, the first after the snapshot says what was there before.
#[derive(Default)]
struct Undo {
    was_there: Option<bool>,
    /// The whole text before a later change, on which those of members before it are undone.
    text: Option<String>,
    /// The old value of each field.
    members: BTreeMap<i64, Option<Box<str>>>,
}

impl History {
    /// Hands over every partner as it was at a snapshot, in order. What was handed over counts only if none of it
    /// turns out to be damaged at the end.
    pub fn at(&self, snapshot: usize, mut each: impl FnMut(&str) -> Result<()>) -> Result<()> {
        self.state(&self.snapshots[snapshot], &mut each).map_err(|error| self.file.named(error))
    }

    fn state(&self, snapshot: &Snapshot, each: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        let undos = self.undos(snapshot.id)?;
        let mut digest = Digest::new();
        let mut statement = self.file.db.prepare("SELECT id, gone_since IS NULL, json FROM partners ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let undo = undos.get(&row.get(0)?);
            let is_there: bool = row.get(1)?;
            if !undo.and_then(|undo| undo.was_there).unwrap_or(is_there) {
                continue;
            }
            let latest = row.get_ref(2)?.as_str()?;
            let text = undo.and_then(|undo| undo.text.as_deref()).unwrap_or(latest);
            let changed = undo.map(|undo| &undo.members).filter(|members| !members.is_empty());
            let patched = changed.map(|members| {
                let olds = members.iter().map(|(field, old)| Ok((self.field(*field)?, old.as_deref())));
                Ok::<_, crate::error::Error>(undone(text, olds.collect::<Result<Vec<_>>>()?))
            });
            let patched = patched.transpose()?;
            let text = patched.as_deref().unwrap_or(text);
            digest.line(text);
            each(text)?;
        }
        if digest.end() != snapshot.digest {
            return Err(damaged("its partners do not match the digest of the snapshot"));
        }
        Ok(())
    }

    /// What has to be undone to come back to the snapshot.
    fn undos(&self, snapshot: i64) -> Result<HashMap<i64, Undo>> {
        let db = &self.file.db;
        let mut former = db.prepare("SELECT json FROM former_texts WHERE snapshot = ?1 AND partner = ?2")?;
        let mut statement = db.prepare(
            "SELECT snapshot, partner, field, old FROM changes WHERE snapshot > ?1 ORDER BY snapshot, partner, field",
        )?;
        let mut rows = statement.query([snapshot])?;
        let mut undos = HashMap::<i64, Undo>::new();
        while let Some(row) = rows.next()? {
            let (snapshot, partner, field): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let undo = undos.entry(partner).or_default();
            match field {
                ADDED | GONE => _ = undo.was_there.get_or_insert(field == GONE),
                _ if undo.text.is_some() || undo.members.contains_key(&field) => {}
                TEXT => undo.text = Some(former.query_row([snapshot, partner], |row| row.get(0))?),
                _ => {
                    let old = row.get_ref(3)?.as_str_or_null()?;
                    undo.members.insert(field, old.map(Box::from));
                }
            }
        }
        Ok(undos)
    }
}
