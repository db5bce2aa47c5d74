//! The rows and objects that show what changed.

use std::io;

use crate::api::partner::PARTNERS;
use crate::output::{Cell, ColumnKind, Fact, Shape, Style, Writer};
use crate::partners::diff::line::{self, known, name_of, word};
use crate::partners::diff::{Change, Difference, set_change};
use crate::values::Layout;

/// The columns of rows, for people or for programs.
pub fn columns(for_people: bool, amounts: bool) -> Vec<(&'static str, ColumnKind)> {
    [
        (true, ("change", ColumnKind::Code)),
        (!for_people, (PARTNERS.key, ColumnKind::Code)),
        (true, (PARTNERS.label, ColumnKind::Code)),
        (true, ("name", ColumnKind::Text)),
        (true, ("field", ColumnKind::Code)),
        (true, ("old", ColumnKind::Text)),
        (true, ("new", ColumnKind::Text)),
        (!for_people || amounts, ("delta", ColumnKind::Number)),
    ]
    .into_iter()
    .filter_map(|(is_shown, column)| is_shown.then_some(column))
    .collect()
}

/// The cells of the old and of the new value; of a set, what came and what left.
pub fn values(difference: &Difference) -> (Cell<'_>, Cell<'_>) {
    let (old, new) = (difference.old.as_deref(), difference.new.as_deref());
    match set_change(old, new) {
        Some(change) => (Cell::Absent, Cell::from(change)),
        None => (Cell::raw(old), Cell::raw(new)),
    }
}

/// Writes changes, a row a field or an object a partner, as the format has it.
pub struct Rows<'o> {
    /// None where objects are written.
    columns: Vec<(&'static str, ColumnKind)>,
    writer: Writer<'o>,
}

impl<'o> Rows<'o> {
    /// Begins the output. People see neither SIDs nor, unless they ask for `amounts`, by how much an amount changed.
    pub fn begin(amounts: bool, style: Style, out: &'o mut dyn io::Write) -> io::Result<Self> {
        let columns = columns(style.format.layout().is_for_people(), amounts);
        let (columns, shape) = match style.format.layout() {
            Layout::Screen | Layout::Markup | Layout::Columns => {
                (columns.clone(), Shape::of(&columns).keeping("field"))
            }
            Layout::Document | Layout::Objects => (Vec::new(), Shape::default()),
        };
        Ok(Self { columns, writer: Writer::begin(style, shape, out)? })
    }

    /// Writes what became of one partner.
    pub fn write(&mut self, change: &Change) -> io::Result<()> {
        if self.columns.is_empty() {
            return self.writer.write(&line::object(change));
        }
        match change {
            Change::Changed { fields, .. } => fields.iter().try_for_each(|field| self.row(change, Some(field))),
            Change::Added(_) | Change::Gone(_) => self.row(change, None),
        }
    }

    fn row(&mut self, change: &Change, difference: Option<&Difference>) -> io::Result<()> {
        let (mut old, mut new) = difference.map(values).unwrap_or_default();
        let cell = |name: &str| match name {
            "change" => Cell::from(word(change)),
            "name" => Cell::raw(name_of(change)),
            "field" => Cell::from(difference.map(|difference| difference.field.clone())),
            "old" => std::mem::take(&mut old),
            "new" => std::mem::take(&mut new),
            "delta" => Cell::from(difference.and_then(|difference| difference.delta).map(|delta| delta.to_string())),
            field => Cell::raw(known(change, field)),
        };
        let cells = self.columns.iter().map(|(name, _)| *name).map(cell).collect();
        self.writer.write_cells(cells)
    }

    /// Ends the output, and gives the columns that there was no room for.
    pub fn end(mut self, facts: impl FnOnce(u64) -> Vec<Fact>) -> io::Result<Writer<'o>> {
        self.writer.state(facts);
        self.writer.end()?;
        Ok(self.writer)
    }
}
