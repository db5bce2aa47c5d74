//! One record of facts: a line for each at the terminal, an object in JSON, a row in the other formats.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::output::{self, Column, ColumnKind, Shape, Style, Writer};
use crate::terminal::Terminal;
use crate::values::{FieldName, Format};

/// Writes the record.
///
/// # Errors
/// When the output cannot be written to.
pub fn write(facts: &[(&str, Value)], format: Format, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let object = || Value::from(Map::from_iter(facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone()))));
    let names: Vec<&str> = facts.iter().map(|(name, _)| *name).collect();
    let (rows, columns): (Vec<Value>, _) = match format {
        Format::Table => (
            facts.iter().map(|(name, value)| json!({ "field": name, "value": value })).collect(),
            vec!["field", "value"],
        ),
        Format::Json => {
            output::json::write_value(&object().to_string(), terminal.stdout, out)?;
            return out.flush();
        }
        Format::Jsonl | Format::Csv | Format::Tsv => (vec![object()], names),
    };
    rows_of(&columns, &rows, format, terminal, out)
}

/// Writes rows of our own, each an object, in the format.
///
/// # Errors
/// When the output cannot be written to.
pub fn rows_of(
    columns: &[&str],
    rows: &[impl ToString],
    format: Format,
    terminal: Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns = columns.iter().filter_map(|name| name.parse::<FieldName>().ok());
    let columns = columns.map(|name| Column::named(&name, ColumnKind::Text)).collect();
    let style = Style { format, header: true, terminal: terminal.stdout, formula_guard: false };
    let mut writer = Writer::begin(style, Shape { columns: Some(columns), ..Shape::default() }, out)?;
    rows.iter().try_for_each(|row| writer.write(&row.to_string()))?;
    writer.end()
}
