//! Back to a snapshot: the latest texts, and what was changed since undone.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::error::Result;

use super::digest::Digest;
use super::file::damaged;
use super::ids::nobody;
use super::patch::undone;
use super::{ADDED, GONE, History, Snapshot, TEXT};

/// What has to be undone of a partner. Of several changes, the first after the snapshot says what was there before.
#[derive(Default)]
struct Undo {
    was_there: Option<bool>,
    /// The whole text before a later change, on which those of members before it are undone.
    text: Option<String>,
    /// The old value of each field.
    members: Vec<(i64, Option<Box<str>>)>,
}

impl History {
    /// Hands over every partner as it was at a snapshot, in order. What was handed over counts only if none of it
    /// turns out to be damaged at the end.
    pub fn at(&self, snapshot: usize, mut each: impl FnMut(&str) -> Result<()>) -> Result<()> {
        self.file.run(|_| self.state(&self.snapshots[snapshot], &mut each))
    }

    fn state(&self, snapshot: &Snapshot, each: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        let mut undos = self.undos(snapshot.id)?;
        let mut digest = Digest::new();
        let mut statement = self.file.db.prepare("SELECT gone_since IS NULL, json, id FROM partners ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Undo { was_there, text, members } = undos.remove(&row.get(2)?).unwrap_or_default();
            if !was_there.map_or_else(|| row.get(0), Ok)? {
                continue;
            }
            let latest = row.get_ref(1)?.as_str()?;
            let mut text = Cow::Borrowed(text.as_deref().unwrap_or(latest));
            if !members.is_empty() {
                let olds = members.iter().map(|(field, old)| Ok((self.field(*field)?, old.as_deref())));
                text = undone(&text, olds.collect::<Result<Vec<_>>>()?).into();
            }
            digest.line(&text);
            each(&text)?;
        }
        if !undos.is_empty() {
            return Err(nobody());
        }
        if digest.end() != snapshot.digest {
            return Err(damaged("its partners do not match the digest of the snapshot"));
        }
        Ok(())
    }

    /// What has to be undone of partners to come back to the snapshot.
    fn undos(&self, snapshot: i64) -> Result<HashMap<i64, Undo>> {
        let db = &self.file.db;
        let mut undos: HashMap<i64, Undo> = HashMap::new();
        let mut former = db.prepare("SELECT json FROM former_texts WHERE snapshot = ?1 AND partner = ?2")?;
        let mut statement = db.prepare(
            "SELECT partner, field, old, snapshot FROM changes WHERE snapshot > ?1 ORDER BY snapshot, partner, field",
        )?;
        let mut rows = statement.query([snapshot])?;
        while let Some(row) = rows.next()? {
            let (partner, field): (i64, i64) = (row.get(0)?, row.get(1)?);
            let undo = undos.entry(partner).or_default();
            match field {
                ADDED | GONE => _ = undo.was_there.get_or_insert(field == GONE),
                _ if undo.text.is_some() || undo.members.iter().any(|(known, _)| *known == field) => {}
                TEXT => undo.text = Some(former.query_row([row.get(3)?, partner], |row| row.get(0))?),
                _ => undo.members.push((field, row.get_ref(2)?.as_str_or_null()?.map(Box::from))),
            }
        }
        Ok(undos)
    }
}
