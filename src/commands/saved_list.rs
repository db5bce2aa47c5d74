//! A saved list that answers in place of the API.

use std::path::Path;

use crate::api::partner::PARTNERS;
use crate::error::{self, Context as _, cells_refused, sid_twice};
use crate::output::notices::Notices;
use crate::source::sandbox;
use crate::source::saved::{Form, Problem, Record, Saved};
use crate::source::served::{self, Partners, ServeOptions};
use crate::values::Format;

/// Reads the partners of the list, with a warning if two of them have the same SID.
pub fn read(path: &Path, notices: &Notices) -> error::Result<Partners> {
    let saved = match Saved::open(path, PARTNERS.key) {
        Ok(saved) if saved.form() == Form::Cells => return Err(cells_refused(path).into()),
        Err(Problem::NoKey) if has_ending_of_cells(path) => return Err(cells_refused(path).into()),
        opened => opened.map_err(|problem| problem.refused(path))?,
    };
    let (mut texts, mut lines) = (Vec::new(), Vec::new());
    for record in saved {
        let Record { line, text } = record.map_err(|problem| problem.refused(path))?;
        texts.push(text);
        lines.push(line);
    }
    let partners = Partners::new(texts);
    if let Some((first, second)) = partners.repeated() {
        let sid = partners.sid(first).unwrap_or_default();
        notices.warn(&sid_twice(path, &sid, [lines[first], lines[second]]));
    }
    Ok(partners)
}

/// Whether the name says that the list has cells, whatever its header is.
fn has_ending_of_cells(path: &Path) -> bool {
    matches!(Format::of_file(path), Some(Format::Csv | Format::Tsv))
}

/// How a saved list is served: others on this machine cannot read it without the token.
pub fn serve_options() -> error::Result<ServeOptions> {
    let token = served::secret_token().context("a saved list cannot be served")?;
    Ok(ServeOptions { token: token.into(), ..sandbox::OPTIONS })
}
