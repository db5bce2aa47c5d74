//! One record of facts: a line for each to read, an object in JSON, a row in the other formats; and rows of our own.

use std::io::{self, Write};

use crate::api::field::Group;
use crate::output::terminal::Look;
use crate::output::{self, Cell, ColumnKind, Rank, Row, Shape, Style, Writer};
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
    let shape = Shape::of(&[("field", ColumnKind::Name), ("value", ColumnKind::Prose)]);
    let style = Style { format: Format::Table, header: false, look, formula_guard: false };
    let mut writer = Writer::begin(style, shape, out)?;
    let mut last = None;
    for (column, cell) in row.columns().iter().zip(row.cells()) {
        let group = Some(group(column.name()));
        if last.is_some() && last != group {
            writer.write_cells(vec!["".into(), "".into()])?;
        }
        last = group;
        writer.write_cells(vec![column.name().into(), cell.clone()])?;
    }
    writer.end()
}

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
