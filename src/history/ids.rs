//! What partners are called, and who has, or had, an ID.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Statement};

use crate::api::lookup::PartnerId;
use crate::error::{Error, Result};
use crate::raw;

use super::History;
use super::file::{File, damaged};

/// What a partner of the history is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPartner {
    /// Its number in the history.
    pub id: i64,
    pub sid: String,
    pub display_id: Option<String>,
    /// The company's name, else the partner's own.
    pub name: Option<String>,
}

/// An ID for completion, and the name that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub id: String,
    pub name: Option<String>,
}

/// The most names that are offered from either end; nobody reads more.
const HALF: usize = 200;

/// The members by which partners are called.
pub const NAMES: [&str; 4] = ["display_id", "login", "company_name", "name"];

/// What the columns of a partner have: the display ID, the login and the name.
pub fn columns(partner: &str) -> [Option<String>; 3] {
    let mut values = [None; NAMES.len()];
    for (key, value) in raw::members(partner) {
        if let Some(place) = NAMES.iter().position(|name| raw::is_called(key, name)) {
            values[place] = Some(value);
        }
    }
    let text = |value: Option<&str>| value.filter(|value| raw::is_set(value)).map(|value| raw::text(value).into());
    let [display_id, login, company, name] = values.map(text);
    [display_id, login, company.or(name)]
}

/// What the partners of a history are called, each looked up once and proven by its text.
pub struct Names<'h> {
    statement: Statement<'h>,
    sids: HashMap<i64, String>,
    known: HashMap<i64, KnownPartner>,
}

impl<'h> Names<'h> {
    pub fn of(history: &'h History) -> Result<Self> {
        let db = &history.file.db;
        // Of the SIDs there is an index, so no partner is read for them.
        let mut sids = db.prepare("SELECT id, partner_sid FROM partners")?;
        let sids = sids.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        let statement = db.prepare("SELECT display_id, login, name, json FROM partners WHERE id = ?1")?;
        Ok(Self { statement, sids, known: HashMap::new() })
    }

    pub fn sid(&self, id: i64) -> Result<&str> {
        self.sids.get(&id).map(String::as_str).ok_or_else(nobody)
    }

    pub fn get(&mut self, id: i64) -> Result<&KnownPartner> {
        match self.known.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let sid = self.sids.get(&id).ok_or_else(nobody)?.clone();
                let mut rows = self.statement.query([id])?;
                let row = rows.next()?.ok_or_else(nobody)?;
                let [display_id, login, name] = columns(row.get_ref(3)?.as_str()?);
                for (column, value) in [&display_id, &login, &name].into_iter().enumerate() {
                    if row.get_ref(column)?.as_str_or_null()? != value.as_deref() {
                        return Err(damaged("a row of `partners` does not match its text"));
                    }
                }
                Ok(new.insert(KnownPartner { id, sid, display_id, name }))
            }
        }
    }
}

/// The damage of a change whose partner does not exist.
pub fn nobody() -> Error {
    damaged("a change has no partner")
}

impl History {
    /// The numbers of the partners that have, or had last, these IDs.
    pub fn find(&self, ids: &[PartnerId]) -> Result<Vec<Option<i64>>> {
        self.file.run(|db| ids.iter().map(|id| find(db, id)).collect())
    }
}

fn find(db: &Connection, id: &PartnerId) -> Result<Option<i64>> {
    let now = |field| {
        format!("SELECT id FROM partners WHERE {field} = ?1 ORDER BY gone_since IS NULL DESC, gone_since DESC LIMIT 1")
    };
    let former = |number| {
        // Any of the two, as the index has it.
        let is_former = format!("field IN (4, 5) AND field = {number} AND old = json_quote(?1)");
        format!("SELECT partner FROM changes WHERE {is_former} ORDER BY snapshot DESC LIMIT 1")
    };
    // As it was typed, or as SIDs are usually written.
    let by_sid = "SELECT id FROM partners WHERE partner_sid IN (?1, lower(?1), upper(?1))".to_owned();
    let (id, ways) = match id {
        PartnerId::Sid(sid) => (sid, vec![by_sid]),
        PartnerId::DisplayId(id) => (id, vec![now("display_id"), former(4)]),
        // SIDs need not be UUIDs.
        PartnerId::Login(login) => (login, vec![now("login"), former(5), by_sid]),
    };
    for way in ways {
        if let Some(found) = db.query_row(&way, [id], |row| row.get(0)).optional()? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The display IDs and logins of a history that begin with these characters; of many, those at both ends of the
/// order, so that what all of them begin with stays the same. Nobody waits for them: where they cannot be read, there
/// are none.
pub fn names(path: &Path, beginning: &str) -> Option<Vec<Name>> {
    let file = File::open(path).ok()??;
    let names = file.run(|db| {
        db.busy_timeout(Duration::ZERO)?;
        let mut names = Vec::new();
        for field in ["display_id", "login"] {
            // LIKE would not use the index.
            let mut statement = db.prepare(&format!(
                "WITH found AS NOT MATERIALIZED (
                   SELECT {field} AS id, name FROM partners
                   WHERE {field} >= ?1 AND {field} < ?1 || char(1114111) AND gone_since IS NULL)
                 SELECT * FROM (SELECT * FROM found ORDER BY id LIMIT {HALF})
                 UNION SELECT * FROM (SELECT * FROM found ORDER BY id DESC LIMIT {HALF})
                 ORDER BY id"
            ))?;
            let found = statement.query_map([beginning], |row| Ok(Name { id: row.get(0)?, name: row.get(1)? }))?;
            names.append(&mut found.collect::<rusqlite::Result<_>>()?);
        }
        Ok(names)
    });
    names.ok()
}
