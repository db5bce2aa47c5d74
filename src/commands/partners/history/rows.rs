//! The rows that show what changed, and when.

use std::io;

use serde_json::Value;

use crate::api::partner::PARTNERS;
use crate::commands::partners::changes::values;
use crate::history::{Change, What};
use crate::output::{Cell, ColumnKind, Fact, Shape, Style, Writer};
use crate::partners::diff::Difference;
use crate::raw;
use crate::values::Layout;

/// The columns of rows, for people or for programs. People who asked for a single partner do not see whose each change
/// is.
pub fn columns(for_people: bool, is_single: bool, amounts: bool) -> Vec<(&'static str, ColumnKind)> {
    let columns = [
        (true, ("moment", ColumnKind::Moment)),
        (true, ("change", ColumnKind::Code)),
        (!for_people, (PARTNERS.key, ColumnKind::Code)),
        (!for_people || !is_single, (PARTNERS.label, ColumnKind::Code)),
        (!for_people || !is_single, ("name", ColumnKind::Text)),
        (true, ("field", ColumnKind::Code)),
        (true, ("old", ColumnKind::Text)),
        (true, ("new", ColumnKind::Text)),
        (!for_people || amounts, ("delta", ColumnKind::Number)),
    ];
    columns.into_iter().filter_map(|(is_shown, column)| is_shown.then_some(column)).collect()
}

/// Writes changes, a row a field.
pub struct Rows<'o> {
    /// None where objects are written.
    columns: Vec<(&'static str, ColumnKind)>,
    writer: Writer<'o>,
}

impl<'o> Rows<'o> {
    /// Begins the output.
    pub fn begin(is_single: bool, amounts: bool, style: Style, out: &'o mut dyn io::Write) -> io::Result<Self> {
        let columns = columns(style.format.layout().is_for_people(), is_single, amounts);
        let (columns, shape) = match style.format.layout() {
            Layout::Screen | Layout::Markup | Layout::Columns => {
                let shape = Shape::of(&columns).keeping("moment").keeping("field");
                (columns, shape)
            }
            Layout::Document | Layout::Objects => (Vec::new(), Shape::default()),
        };
        Ok(Self { columns, writer: Writer::begin(style, shape, out)? })
    }

    /// Writes a change; of one that changed, of a field.
    pub fn write(&mut self, change: &Change, difference: Option<&Difference>) -> io::Result<()> {
        if self.columns.is_empty() {
            return self.writer.write(&self.object(change, difference));
        }
        let (mut old, mut new) = difference.map(|difference| values(difference, false)).unwrap_or_default();
        let cell = |name: &str| match name {
            "moment" => Cell::from(change.moment.to_string()),
            "change" => Cell::from(word(change)),
            "field" => Cell::from(difference.map(|difference| &*difference.field)),
            "old" => std::mem::take(&mut old),
            "new" => std::mem::take(&mut new),
            "delta" => Cell::from(difference.and_then(|difference| difference.delta).map(|delta| delta.to_string())),
            field => Cell::raw(known(change, field)),
        };
        let cells = self.columns.iter().map(|(name, _)| *name).map(cell).collect();
        self.writer.write_cells(cells)
    }

    /// The row as one JSON object. What was absent is not there, so that it is not taken for null.
    fn object(&self, change: &Change, difference: Option<&Difference>) -> String {
        let text = |text: String| Value::from(text).to_string();
        let mut members = vec![("moment", text(change.moment.to_string())), ("change", text(word(change).to_owned()))];
        let mut add = |key, value: Option<String>| members.extend(value.map(|value| (key, value)));
        for field in [PARTNERS.key, PARTNERS.label, "name"] {
            add(field, known(change, field).map(str::to_owned));
        }
        match difference {
            Some(difference) => {
                add("field", Some(text(difference.field.clone())));
                add("old", difference.old.clone());
                add("new", difference.new.clone());
                add("delta", difference.delta.map(|delta| text(delta.to_string())));
            }
            None => add("partner", Some(change.named.to_owned())),
        }
        let members: Vec<_> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }

    /// Ends the output with facts about the rows.
    pub fn end(mut self, facts: impl FnOnce(u64) -> Vec<Fact>) -> io::Result<Writer<'o>> {
        self.writer.state(facts);
        self.writer.end()?;
        Ok(self.writer)
    }

    /// Ends an output that misses rows.
    pub fn break_off(mut self) -> io::Result<()> {
        self.writer.break_off()
    }
}

fn word(change: &Change) -> &'static str {
    match change.what {
        What::Added => "added",
        What::Changed(_) => "changed",
        What::Gone => "gone",
    }
}

/// The value of a field that names the partner; of the name, the company's where it has none.
fn known<'c>(change: &Change<'c>, field: &str) -> Option<&'c str> {
    let value = |field| raw::lookup(change.named, [field]).filter(|value| raw::is_set(value));
    value(field).or_else(|| value("company_name").filter(|_| field == "name"))
}
