//! What partners are called, and who has, or had, an ID.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Statement, params};

use crate::api::lookup::PartnerId;
use crate::error::Result;
use crate::raw;

use super::History;
use super::file::{File, damaged};

/// What a partner of the history is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
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

/// The members by which partners are called.
pub const NAMES: [&str; 4] = ["display_id", "login", "company_name", "name"];

/// What the columns of a partner have: the display ID, the login and the name.
pub fn columns(partner: &str) -> [Option<String>; 3] {
    let value = |field: &str| raw::lookup(partner, [field]).filter(|value| raw::is_set(value)).map(raw::text);
    let [display_id, login, company, name] = NAMES.map(|field| value(field).map(Into::into));
    [display_id, login, company.or(name)]
}

/// What the partners of a history are called, each looked up once and proven by its text.
pub struct Names<'h> {
    statement: Statement<'h>,
    known: HashMap<i64, Named>,
}

impl<'h> Names<'h> {
    pub fn of(history: &'h History) -> Result<Self> {
        let sql = "SELECT partner_sid, display_id, login, name, json FROM partners WHERE id = ?1";
        Ok(Self { statement: history.file.db.prepare(sql)?, known: HashMap::new() })
    }

    pub fn get(&mut self, id: i64) -> Result<&Named> {
        Ok(match self.known.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(named(&mut self.statement, id)?),
        })
    }
}

fn named(statement: &mut Statement, id: i64) -> Result<Named> {
    let (named, login, json) = statement.query_row([id], |row| {
        let named = Named { id, sid: row.get(0)?, display_id: row.get(1)?, name: row.get(3)? };
        Ok((named, row.get::<_, Option<String>>(2)?, row.get::<_, String>(4)?))
    })?;
    let [display_id, own_login, name] = columns(&json);
    if (&display_id, &own_login, &name) != (&named.display_id, &login, &named.name) {
        return Err(damaged("a row of `partners` does not match its text"));
    }
    Ok(named)
}

impl History {
    /// The numbers of the partners that have, or had last, these IDs.
    pub fn find(&self, ids: &[PartnerId]) -> Result<Vec<Option<i64>>> {
        let found = ids.iter().map(|id| self.find_one(id)).collect::<std::result::Result<_, _>>();
        found.map_err(|error| self.file.named(error))
    }

    fn find_one(&self, id: &PartnerId) -> Result<Option<i64>> {
        let first = |sql: &str, text: &str| -> Result<Option<i64>> {
            Ok(self.file.db.prepare(sql)?.query_map([text], |row| row.get(0))?.next().transpose()?)
        };
        // As it was typed, or as SIDs are usually written.
        let by_sid = "SELECT id FROM partners WHERE partner_sid IN (?1, lower(?1), upper(?1))";
        let (field, id) = match id {
            PartnerId::Sid(sid) => return first(by_sid, sid),
            PartnerId::DisplayId(id) => ("display_id", id),
            PartnerId::Login(login) => ("login", login),
        };
        let now =
            format!("SELECT id FROM partners WHERE {field} = ?1 ORDER BY coalesce(gone_since, 9e18) DESC LIMIT 1");
        if let Some(found) = first(&now, id)? {
            return Ok(Some(found));
        }
        let number = if field == "login" { 5 } else { 4 };
        let former = format!(
            "SELECT partner FROM changes WHERE field IN (4, 5) AND field = {number} AND old = ?1
             ORDER BY snapshot DESC LIMIT 1"
        );
        match first(&former, &serde_json::Value::from(id.as_str()).to_string())? {
            // SIDs need not be UUIDs.
            None if field == "login" => first(by_sid, id),
            found => Ok(found),
        }
    }
}

/// The display IDs and logins of a history that begin with these characters. Nobody waits for them: where they cannot
/// be read, there are none.
pub fn names(path: &Path, beginning: &str) -> Option<Vec<Name>> {
    let file = File::open(path).ok()??;
    let read = || -> Result<Vec<Name>> {
        file.set_patience(Duration::ZERO)?;
        if file.is_empty()? {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        for field in ["display_id", "login"] {
            // LIKE would not use the index.
            let mut statement = file.db.prepare(&format!(
                "SELECT {field}, name FROM partners
                 WHERE {field} >= ?1 AND {field} < ?1 || char(1114111) AND gone_since IS NULL ORDER BY {field}"
            ))?;
            let found = statement
                .query_map(params![beginning], |row| Ok(Name { id: row.get(0)?, name: row.get(1)? }))?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            names.extend(found);
        }
        Ok(names)
    };
    read().ok()
}
