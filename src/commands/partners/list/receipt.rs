//! The receipt of a list: what is known of it, for whoever has to prove next morning what last night's export held.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Serialize;

use crate::api::completeness::Facts;
use crate::api::query::FieldSelection;
use crate::error::{Failure, Kind};
use crate::notices::Notices;
use crate::output::sink::Sink;
use crate::values::FieldName;

use super::plan::Plan;

/// What a receipt says.
#[derive(Debug, Serialize)]
struct Statement<'a> {
    /// Partners that came.
    rows: u64,
    /// Pages that came.
    pages: u64,
    /// How many partners match in all, as the last page that told it says.
    total: Option<u64>,
    /// Whether more partners follow, as far as the API says.
    has_more: Option<bool>,
    /// Partners that came a second time.
    repeated: u64,
    /// Bytes of the answers, after decompression.
    bytes: u64,
    /// From the first request to the last row.
    seconds: f64,
    query: Asked<'a>,
    /// Whether every partner that matches came, each once, and was written.
    complete: bool,
}

/// What was asked.
#[derive(Debug, Serialize)]
struct Asked<'a> {
    filter: Option<&'a str>,
    order: String,
    offset: u64,
    limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_fields: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclude_fields: Option<Vec<&'a str>>,
}

/// A receipt that is to be written.
pub struct Receipt<'p> {
    path: &'p Path,
    sink: Sink<'p>,
    began: Instant,
}

impl<'p> Receipt<'p> {
    /// Opens the file before anything is asked for; an earlier receipt stays until this one is whole.
    ///
    /// # Errors
    /// When the file cannot be written, or is the one that the list itself goes to.
    pub fn open(path: &'p Path, list: Option<&Path>) -> anyhow::Result<Self> {
        if list == Some(path) {
            return Err(Failure::new(Kind::Usage, "--to and --receipt name the same file")
                .hint("give the receipt a name of its own")
                .into());
        }
        let sink = Sink::to_file(path, true).with_context(|| cannot_be_written(path))?;
        Ok(Self { path, sink, began: Instant::now() })
    }

    /// Writes the receipt of a list that was `delivered` or not, and passes that on.
    ///
    /// # Errors
    /// Why the list was not delivered; else why the receipt cannot be written.
    pub fn settle(
        mut self,
        delivered: anyhow::Result<()>,
        facts: &Facts,
        plan: &Plan,
        notices: &Notices,
    ) -> anyhow::Result<()> {
        let stated = statement(facts, plan, self.began.elapsed(), delivered.is_ok());
        let written = serde_json::to_writer_pretty(&mut self.sink, &stated)
            .map_err(io::Error::from)
            .and_then(|()| self.sink.write_all(b"\n"))
            .and_then(|()| self.sink.commit())
            .with_context(|| cannot_be_written(self.path));
        match (delivered, written) {
            (Ok(()), written) => written,
            (Err(failure), written) => {
                // The greater failure is the one to be told.
                written.unwrap_or_else(|error| notices.warn(&format!("{error:#}")));
                Err(failure)
            }
        }
    }
}

fn cannot_be_written(path: &Path) -> String {
    format!("the receipt {} cannot be written", path.display())
}

/// What the receipt says. Whatever the facts, a list whose rows could not all be `delivered` is not complete.
fn statement<'a>(facts: &Facts, plan: &'a Plan, took: Duration, delivered: bool) -> Statement<'a> {
    let Plan { query, walk, .. } = plan;
    let (include_fields, exclude_fields) = match &query.fields {
        FieldSelection::Everything => (None, None),
        FieldSelection::Only(fields) => (Some(&**fields), None),
        FieldSelection::Except(fields) => (None, Some(&**fields)),
    };
    Statement {
        rows: facts.rows,
        pages: facts.pages,
        total: facts.total,
        has_more: facts.has_more,
        repeated: facts.repeated,
        bytes: facts.bytes,
        seconds: took.as_millis() as f64 / 1000.0,
        query: Asked {
            filter: query.filter.as_deref(),
            order: query.order.to_string(),
            offset: walk.offset,
            limit: walk.limit.map(Into::into),
            include_fields: include_fields.map(names),
            exclude_fields: exclude_fields.map(names),
        },
        complete: delivered && facts.is_complete(),
    }
}

fn names(fields: &[FieldName]) -> Vec<&str> {
    fields.iter().map(FieldName::as_str).collect()
}
