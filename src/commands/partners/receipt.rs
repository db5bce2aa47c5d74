//! The receipt of a list: what is known of it, for whoever has to prove next morning what last night's export held.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;

use crate::api::completeness::Facts;
use crate::api::pages::Walk;
use crate::api::query::{FieldSelection, Query};
use crate::output::sink::Sink;
use crate::values::FieldName;

/// What a receipt says.
#[derive(Debug, Serialize)]
struct Receipt<'a> {
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

/// Opens the file of a receipt before anything is asked for; an earlier receipt stays until this one is whole.
///
/// # Errors
/// When the file cannot be written.
pub fn open<'o>(path: &Path) -> anyhow::Result<Sink<'o>> {
    Sink::to_file(path, true).with_context(|| cannot_be_written(path))
}

fn cannot_be_written(path: &Path) -> String {
    format!("the receipt {} cannot be written", path.display())
}

/// Writes the receipt of a list that took so long. Whatever the facts, a list whose rows could not all be `delivered`
/// is not complete.
///
/// # Errors
/// When the file cannot be written.
pub fn write(
    mut sink: Sink,
    path: &Path,
    facts: &Facts,
    (query, walk): (&Query, &Walk),
    took: Duration,
    delivered: bool,
) -> anyhow::Result<()> {
    let (include_fields, exclude_fields) = match &query.fields {
        FieldSelection::Everything => (None, None),
        FieldSelection::Only(fields) => (Some(&**fields), None),
        FieldSelection::Except(fields) => (None, Some(&**fields)),
    };
    let receipt = Receipt {
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
    };
    let written = || -> anyhow::Result<()> {
        serde_json::to_writer_pretty(&mut sink, &receipt)?;
        sink.write_all(b"\n")?;
        Ok(sink.commit()?)
    };
    written().with_context(|| cannot_be_written(path))
}

fn names(fields: &[FieldName]) -> Vec<&str> {
    fields.iter().map(FieldName::as_str).collect()
}
