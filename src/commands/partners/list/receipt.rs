//! The receipt of a list: what is known of it, for whoever has to prove next morning what last night's export held.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use crate::api::completeness::ListStats;
use crate::api::query::FieldSelection;
use crate::commands::doubts;
use crate::commands::partners::provenance::{Origin, Provenance};
use crate::commands::partners::target;
use crate::error::{self, Context as _};
use crate::output::notices::Notices;
use crate::output::secrets;
use crate::output::sink::{Destination, Sink};
use crate::values::FieldName;
use crate::values::moment;

use super::plan::Plan;

/// What a receipt says.
#[derive(Debug, Serialize)]
struct Statement<'a> {
    #[serde(flatten)]
    origin: Origin<'a>,
    finished: String,
    /// From the first request to the last row.
    seconds: f64,
    query: Asked<'a>,
    rows: u64,
    pages: u64,
    /// How many partners match in all, as the last page that had it says.
    total: Option<u64>,
    /// Whether more partners follow, as far as the API says.
    has_more: Option<bool>,
    /// Partners that were returned twice.
    repeated: u64,
    /// Bytes of the answers, after decompression.
    bytes: u64,
    /// Whether every partner that matches came, each once, and was written.
    complete: bool,
    /// Why the list is not.
    why_not: Vec<String>,
    /// What was given as --to; none for stdout.
    file: Option<Cow<'a, str>>,
    /// Of the file, if this list became its content.
    sha256: Option<&'a str>,
}

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
pub struct Receipt {
    /// As it stands in messages.
    name: String,
    sink: Sink<'static>,
    began: Instant,
}

impl Receipt {
    /// Opens the file before anything is asked for; an earlier receipt stays until this one is whole.
    pub fn open(path: &Path, force: bool) -> error::Result<Self> {
        let name = format!("the receipt {}", path.display());
        let sink = target::open(&name, Destination::of(path), force)?;
        Ok(Self { name, sink, began: Instant::now() })
    }

    /// Writes the receipt of a list that was `delivered`, with the SHA-256 of its file, or not, and passes that on.
    pub fn settle(
        mut self,
        delivered: error::Result<Option<String>>,
        stats: &ListStats,
        plan: &Plan,
        file: Option<&Path>,
        provenance: &Provenance,
        notices: &Notices,
    ) -> error::Result<()> {
        let stated = Statement {
            origin: provenance.origin(),
            finished: moment::now(),
            seconds: self.began.elapsed().as_millis() as f64 / 1000.0,
            query: Asked::of(plan),
            rows: stats.rows,
            pages: stats.pages,
            total: stats.total,
            has_more: stats.has_more,
            repeated: stats.repeated,
            bytes: stats.bytes,
            // Whatever came, a list whose rows could not all be written is not complete.
            complete: delivered.is_ok() && stats.is_complete(),
            why_not: doubts::reasons(stats),
            file: file.map(Path::to_string_lossy),
            sha256: delivered.as_ref().ok().and_then(Option::as_deref),
        };
        let written = serde_json::to_string_pretty(&stated)
            .map_err(io::Error::from)
            .and_then(|text| writeln!(self.sink, "{}", secrets::hidden(&text)))
            .and_then(|()| self.sink.commit())
            .with_context(|| target::cannot_write(&self.name));
        match (delivered, written) {
            (Ok(_), written) => written.map(drop),
            (Err(failure), written) => {
                // The greater failure is the one to report.
                if let Err(error) = written {
                    notices.warn(&format!("{error:#}"));
                }
                Err(failure)
            }
        }
    }
}

impl<'a> Asked<'a> {
    fn of(Plan { query, paging, .. }: &'a Plan) -> Self {
        let (include_fields, exclude_fields) = match &query.fields {
            FieldSelection::Everything => (None, None),
            FieldSelection::Only(fields) => (Some(names(fields)), None),
            FieldSelection::Except(fields) => (None, Some(names(fields))),
        };
        Self {
            filter: query.filter.as_deref(),
            order: query.order.to_string(),
            offset: paging.offset,
            limit: paging.limit.map(Into::into),
            include_fields,
            exclude_fields,
        }
    }
}

fn names(fields: &[FieldName]) -> Vec<&str> {
    fields.iter().map(FieldName::as_str).collect()
}
