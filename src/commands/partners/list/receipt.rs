//! The receipt of a list: what is known of it, to prove the next morning what last night's export has.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::api::{FieldSelection, ListStats};
use crate::commands::partners::{Job, job};
use crate::commands::session;
use crate::error::{self, Context as _};
use crate::output::{Destination, Sink, secrets, sink};
use crate::values::{FieldName, moment};

use super::Listing;

/// A receipt that is to be written.
pub struct Receipt {
    /// As it is written in messages.
    name: String,
    sink: Sink<'static>,
}

impl Receipt {
    /// Opens the file before anything is asked for; an earlier receipt stays until this one is whole.
    pub fn open(path: &Path, force: bool) -> error::Result<Self> {
        let name = format!("the receipt {}", path.display());
        let sink = job::open(&name, Destination::of(path), force)?;
        Ok(Self { name, sink })
    }

    /// Writes the receipt of a list that was `delivered` or not, and passes that on.
    pub fn settle(
        mut self,
        delivered: error::Result<()>,
        stats: &ListStats,
        listing: &Listing,
        job: &Job,
    ) -> error::Result<()> {
        let file = job.file.filter(|_| delivered.is_ok() && job.destination.is_file());
        let of_the_list = [
            ("finished", moment::now().into()),
            ("query", query(listing)),
            ("rows", stats.rows.into()),
            ("pages", stats.pages.into()),
            ("total", stats.total.into()),
            // Of the answers, after decompression.
            ("bytes", stats.bytes.into()),
            // Whatever came, a list whose rows could not all be written is not complete.
            ("complete", (delivered.is_ok() && stats.is_complete()).into()),
            ("why_not", session::reasons(stats).into()),
            ("file", job.file.map(Path::to_string_lossy).into()),
            ("sha256", file.and_then(|path| sink::sha256(path).ok()).into()),
        ];
        let stated: Map<String, Value> =
            job.origin().into_iter().chain(of_the_list).map(|(name, value)| (name.to_owned(), value)).collect();
        let written = serde_json::to_string_pretty(&stated)
            .map_err(io::Error::from)
            .and_then(|text| writeln!(self.sink, "{}", secrets::hidden(&text)))
            .and_then(|()| self.sink.commit())
            .with_context(|| job::cannot_write(&self.name));
        match (delivered, written) {
            (Ok(()), written) => written,
            (Err(failure), written) => {
                // The greater failure is the one to report.
                if let Err(error) = written {
                    job.session.notices.warn(&format!("{error:#}"));
                }
                Err(failure)
            }
        }
    }
}

/// What was asked for.
fn query(Listing { query, paging, .. }: &Listing) -> Value {
    let mut asked = json!({
        "filter": query.filter,
        "order": query.order.to_string(),
        "offset": paging.offset,
        "limit": paging.limit,
    });
    let names = |fields: &[FieldName]| fields.iter().map(FieldName::as_str).collect();
    match &query.fields {
        FieldSelection::Everything => {}
        FieldSelection::Only(fields) => asked["include_fields"] = names(fields),
        FieldSelection::Except(fields) => asked["exclude_fields"] = names(fields),
    }
    asked
}
