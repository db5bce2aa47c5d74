//! A saved list that answers in place of the API.

use std::path::Path;

use crate::api::partner::PARTNERS;
use crate::error::{self, cells_refused, sid_twice};
use crate::output::notices::Notices;
use crate::partners::List;
use crate::raw;
use crate::source::saved::{Form, Problem, Record, Saved};
use crate::values::Format;

/// Reads the partners of the list, with a warning if two of them have the same SID.
pub fn read(path: &Path, notices: &Notices) -> error::Result<List> {
    let saved = match Saved::open(path, PARTNERS.key) {
        Ok(saved) if saved.form() == Form::Cells => return Err(cells_refused(path).into()),
        Err(Problem::NoKey) if has_ending_of_cells(path) => return Err(cells_refused(path).into()),
        opened => opened.map_err(|problem| problem.refused(path))?,
    };
    let (mut partners, mut lines) = (List::new(), Vec::new());
    for record in saved {
        let Record { line, text } = record.map_err(|problem| problem.refused(path))?;
        partners.add(&text);
        lines.push(line);
    }
    if let Some((first, second)) = partners.repeated() {
        let sid = raw::lookup(partners.get(first), [PARTNERS.key]).map(raw::text).unwrap_or_default();
        notices.warn(&sid_twice(path, &sid, [lines[first], lines[second]]));
    }
    Ok(partners)
}

/// Whether the name says that the list has cells, whatever its header is.
fn has_ending_of_cells(path: &Path) -> bool {
    matches!(Format::of_file(path), Some(Format::Csv | Format::Tsv))
}
