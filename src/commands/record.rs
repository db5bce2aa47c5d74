//! One record of facts: a line for each to read, an object in JSON, a row in the other formats; and rows of our own.

use std::io::{self, Write};

use crate::api::field::Group;
use crate::output::terminal::Look;
use crate::output::{self, Cell, ColumnKind, Rank, Row, Shape, Style, Writer, paint, text};
use crate::values::{Format, Layout};

/// Writes the record.
pub fn write(facts: Vec<(&str, Cell)>, format: Format, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let (names, cells): (Vec<_>, Vec<_>) =
        facts.into_iter().map(|(name, cell)| ((name, ColumnKind::Text), cell)).unzip();
    let columns = Shape::of(&names).columns.unwrap_or_default();
    match format.layout() {
        Layout::Screen => lines(&Row::Picked(&columns, cells), |_| None, look, out),
        Layout::Document => output::json::write_value(&Row::Picked(&columns, cells).object(), look.is_terminal, out),
        Layout::Markup => {
            let facts = columns.iter().zip(cells).map(|(column, cell)| vec![column.name().into(), cell]);
            let shape = Shape::of(&[("field", ColumnKind::Code), ("value", ColumnKind::Text)]);
            rows(shape, facts, format, look, out).map(drop)
        }
        Layout::Objects | Layout::Columns => rows(Shape::of(&names), [cells], format, look, out).map(drop),
    }
}

/// Writes a line for each column: its name, then its value. On a terminal a value that is too long goes on under its
/// own beginning. An empty line parts columns of different groups.
pub fn lines(row: &Row, group: impl Fn(&str) -> Option<Group>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let widths = row.columns().iter().map(|column| text::width(&text::escape(column.name())));
    let indent = GAP + widths.filter(|width| *width <= MAX_NAME).max().unwrap_or(0);
    let width = look.width();
    let room = width.map(|width| width.saturating_sub(indent)).filter(|room| *room >= LEAST_ROOM);
    let mut last = None;
    for (column, cell) in row.columns().iter().zip(row.cells()) {
        let group = Some(group(column.name()));
        if last.is_some() && last != group {
            writeln!(out)?;
        }
        last = group;
        let name = text::escape(column.name());
        write!(out, "{}", paint::painted(&name, paint::NAME, look.color))?;
        let gap = " ".repeat(indent.saturating_sub(text::width(&name)).max(GAP));
        let Some(value) = cell.text() else {
            writeln!(out, "{gap}{}", paint::painted("-", paint::ABSENT, look.color))?;
            continue;
        };
        let value = text::escape(&value);
        if column.kind() == ColumnKind::Status {
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

/// Writes rows of our own in the format; gives the columns that there was no room for.
pub fn rows<'c>(
    shape: Shape,
    rows: impl IntoIterator<Item = Vec<Cell<'c>>>,
    format: Format,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<Vec<(String, Rank)>> {
    let style = Style { format, header: true, look, formula_guard: false };
    let mut writer = Writer::begin(style, shape, out)?;
    rows.into_iter().try_for_each(|row| writer.write_cells(row))?;
    writer.end()?;
    Ok(writer.hidden().to_vec())
}
