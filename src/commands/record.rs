//! One record of facts: a line for each to read, an object in JSON, a row in the other formats; and rows of facts.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::output::{self, Column, ColumnKind, Shape, Style, Writer, paint, text};
use crate::raw;
use crate::terminal::Look;
use crate::values::Format;

/// Writes the record.
///
/// # Errors
/// When the output cannot be written to.
pub(crate) fn write(facts: &[(&str, Value)], format: Format, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let object = || Value::from(Map::from_iter(facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone()))));
    match format {
        Format::Table => {
            let facts: Vec<_> = facts.iter().map(|(name, value)| (*name, value.to_string())).collect();
            lines(facts.iter().map(|(name, value)| (*name, value.as_str())), look, out)
        }
        Format::Json => {
            output::json::write_value(&object().to_string(), look.screen.is_some(), out)?;
            out.flush()
        }
        Format::Jsonl | Format::Csv | Format::Tsv => {
            let names: Vec<&str> = facts.iter().map(|(name, _)| *name).collect();
            let columns: Vec<_> = names.into_iter().map(|name| (name, ColumnKind::Text)).collect();
            rows_of(&columns, &[object()], format, look, out)
        }
    }
}

/// Writes a line for each field: its name, then its value, given as raw JSON. On a terminal a value that is too long
/// goes on under its own beginning.
///
/// # Errors
/// When the output cannot be written to.
pub(crate) fn lines<'f>(
    fields: impl Iterator<Item = (&'f str, &'f str)> + Clone,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let widths = fields.clone().map(|(name, _)| text::width(&text::escape(name)));
    let indent = GAP + widths.filter(|width| *width <= MAX_NAME).max().unwrap_or(0);
    let width = look.screen.and_then(|screen| screen.width());
    let room = width.map(|width| width.saturating_sub(indent)).filter(|room| *room >= LEAST_ROOM);
    for (name, value) in fields {
        let name = text::escape(name);
        write!(out, "{}", paint::painted(&name, paint::NAME, look.color))?;
        let gap = " ".repeat(indent.saturating_sub(text::width(&name)).max(GAP));
        if value == "null" {
            writeln!(out, "{gap}{}", paint::painted("-", paint::ABSENT, look.color))?;
            continue;
        }
        let value = raw::text(value);
        let value = text::escape(&value);
        if name == "status" {
            writeln!(out, "{gap}{}", paint::painted(&value, paint::of_status(&value), look.color))?;
            continue;
        }
        let parts = room.map_or_else(|| vec![&*value], |room| text::split(&value, room));
        writeln!(out, "{}", format!("{gap}{}", parts.join(&format!("\n{:indent$}", ""))).trim_end())?;
    }
    out.flush()
}

/// A longer name moves no values but its own.
const MAX_NAME: usize = 60;

/// Blanks between the names and the values.
const GAP: usize = 2;

/// Values are not broken into less than this many columns.
const LEAST_ROOM: usize = 20;

/// Writes rows of our own, each an object, in the format.
///
/// # Errors
/// When the output cannot be written to.
pub(crate) fn rows_of(
    columns: &[(&str, ColumnKind)],
    rows: &[impl ToString],
    format: Format,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns = columns.iter().map(|(name, kind)| Column::of_key(name, *kind)).collect();
    let style = Style { format, header: true, look, formula_guard: false };
    let mut writer = Writer::begin(style, Shape { columns: Some(columns), ..Shape::default() }, out)?;
    rows.iter().try_for_each(|row| writer.write(&row.to_string()))?;
    writer.end()
}
