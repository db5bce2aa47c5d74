//! The receipt of a list: what is known of it, for whoever has to prove next morning what last night's export held.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::api::completeness::ListStats;
use crate::api::query::FieldSelection;
use crate::error::{self, Context as _, Failure, Kind};
use crate::moment;
use crate::notices::Notices;
use crate::output::sink::{Destination, Sink};
use crate::values::FieldName;

use super::plan::Plan;

/// What a receipt says of the list.
#[derive(Debug, Serialize)]
struct ListFacts<'a> {
    rows: u64,
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

/// What a receipt says of the run, after all that.
#[derive(Debug, Serialize)]
struct Run<'a> {
    version: &'static str,
    #[serde(flatten)]
    passage: Passage<'a>,
    started: String,
    finished: String,
    /// Of the file, if this list became its content.
    sha256: Option<&'a str>,
}

/// Where a list came from, and where it went.
#[derive(Debug, Serialize)]
pub(crate) struct Passage<'a> {
    pub(crate) base_url: String,
    pub(crate) profile: Option<&'a str>,
    /// What was given as --to; none for stdout.
    pub(crate) file: Option<Cow<'a, str>>,
}

#[derive(Debug, Serialize)]
struct Statement<'a> {
    #[serde(flatten)]
    list: ListFacts<'a>,
    #[serde(flatten)]
    run: Run<'a>,
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
pub(crate) struct Receipt<'p> {
    path: &'p Path,
    sink: Sink<'static>,
    started: String,
    began: Instant,
}

impl<'p> Receipt<'p> {
    /// Opens the file before anything is asked for; an earlier receipt stays until this one is whole.
    ///
    /// # Errors
    /// When the file cannot be written, exists and may not be replaced, or is the one that the list itself goes to.
    pub(crate) fn open(path: &'p Path, list: &Destination, force: bool) -> error::Result<Self> {
        let destination = Destination::of(path);
        if destination.is_same_as(list) {
            let other = if list.is_stdout() { "stdout" } else { "--to" };
            return Err(Failure::new(Kind::Usage, format!("--receipt names the file of {other}: {}", path.display()))
                .hint("give the receipt a file of its own")
                .into());
        }
        let sink = match destination.open(force) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let message = format!("the receipt {} already exists", path.display());
                return Err(Failure::new(Kind::Usage, message).hint("add --force to replace it").into());
            }
            opened => opened.with_context(|| cannot_write(path))?,
        };
        Ok(Self { path, sink, started: moment::now(), began: Instant::now() })
    }

    /// Writes the receipt of a list that was `delivered`, with the SHA-256 of its file, or not, and passes that on.
    ///
    /// # Errors
    /// Why the list was not delivered; else why the receipt cannot be written.
    pub(crate) fn settle(
        mut self,
        delivered: error::Result<Option<String>>,
        stats: &ListStats,
        plan: &Plan,
        passage: Passage,
        notices: &Notices,
    ) -> error::Result<()> {
        let sha256 = delivered.as_ref().ok().and_then(Option::as_deref);
        let stated = Statement {
            list: statement(stats, plan, self.began.elapsed(), delivered.is_ok()),
            run: Run {
                version: env!("CARGO_PKG_VERSION"),
                passage,
                started: self.started,
                finished: moment::now(),
                sha256,
            },
        };
        let written = serde_json::to_writer_pretty(&mut self.sink, &stated)
            .map_err(io::Error::from)
            .and_then(|()| self.sink.write_all(b"\n"))
            .and_then(|()| self.sink.commit())
            .with_context(|| cannot_write(self.path));
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

fn cannot_write(path: &Path) -> String {
    format!("cannot write the receipt {}", path.display())
}

/// What the receipt says. Whatever the stats, a list whose rows could not all be `delivered` is not complete.
fn statement<'a>(stats: &ListStats, plan: &'a Plan, took: Duration, delivered: bool) -> ListFacts<'a> {
    let Plan { query, paging, .. } = plan;
    let (include_fields, exclude_fields) = match &query.fields {
        FieldSelection::Everything => (None, None),
        FieldSelection::Only(fields) => (Some(&**fields), None),
        FieldSelection::Except(fields) => (None, Some(&**fields)),
    };
    ListFacts {
        rows: stats.rows,
        pages: stats.pages,
        total: stats.total,
        has_more: stats.has_more,
        repeated: stats.repeated,
        bytes: stats.bytes,
        seconds: took.as_millis() as f64 / 1000.0,
        query: Asked {
            filter: query.filter.as_deref(),
            order: query.order.to_string(),
            offset: paging.offset,
            limit: paging.limit.map(Into::into),
            include_fields: include_fields.map(names),
            exclude_fields: exclude_fields.map(names),
        },
        complete: delivered && stats.is_complete(),
    }
}

fn names(fields: &[FieldName]) -> Vec<&str> {
    fields.iter().map(FieldName::as_str).collect()
}
