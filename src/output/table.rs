//! `table`: borderless columns for people to read.
//!
//! It is the one format that keeps its rows, as the width of a column is known only when the last of them is.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, presets};

use crate::raw;

use super::row::Row;
use super::{Column, ColumnKind, Formatter, text};

/// Between two columns.
const GAP: u16 = 2;

/// Gathers rows and writes them at the end.
pub struct Table {
    header: bool,
    names: Vec<String>,
    alignments: Vec<CellAlignment>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table, below a header if wanted.
    pub fn new(header: bool) -> Self {
        Self { header, names: Vec::new(), alignments: Vec::new(), rows: Vec::new() }
    }
}

/// The text of a raw value, safe on a terminal; null and absent ones are a dash.
fn cell_text(cell: Option<&str>) -> String {
    match cell {
        None | Some("null") => "-".to_owned(),
        Some(value) => text::escape(&raw::text(value)).into_owned(),
    }
}

impl Formatter for Table {
    fn begin(&mut self, columns: &[Column], _out: &mut dyn Write) -> io::Result<()> {
        self.names = columns.iter().map(|column| text::escape(column.name()).into_owned()).collect();
        self.alignments = columns
            .iter()
            .map(|column| match column.kind() {
                ColumnKind::Text | ColumnKind::Code => CellAlignment::Left,
                ColumnKind::Number => CellAlignment::Right,
            })
            .collect();
        Ok(())
    }

    fn row(&mut self, row: &Row, _out: &mut dyn Write) -> io::Result<()> {
        self.rows.push(row.cells().iter().map(|cell| cell_text(*cell)).collect());
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        if self.header {
            table.set_header(std::mem::take(&mut self.names));
        }
        table.add_rows(self.rows.drain(..));
        for (column, alignment) in table.column_iter_mut().zip(&self.alignments) {
            column.set_padding((0, GAP)).set_cell_alignment(*alignment);
        }
        writeln!(out, "{}", table.trim_fmt())
    }

    fn break_off(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.end(out)
    }
}

#[cfg(test)]
mod tests {
    use crate::output::Style;
    use crate::output::tests::{plain, written};
    use crate::values::Format;

    const PARTNERS: [&str; 3] = [
        r#"{"name":"Acme","balance":"4.40","zip":"90804"}"#,
        r#"{"name":"東京通信","balance":-1250.00,"zip":""}"#,
        r#"{"name":null,"balance":"0"}"#,
    ];

    #[test]
    fn columns_are_aligned_by_display_width_and_lines_have_no_trailing_blanks() {
        assert_eq!(
            written(plain(Format::Table), &["name", "balance", "zip"], &PARTNERS),
            "name       balance  zip\n\
             Acme          4.40  90804\n\
             東京通信  -1250.00\n\
             -                0  -\n"
        );
    }

    #[test]
    fn the_header_can_be_left_out() {
        let style = Style { header: false, ..plain(Format::Table) };
        assert_eq!(written(style, &["name"], &PARTNERS[..1]), "Acme\n");
    }

    #[test]
    fn a_cell_stays_on_its_line_and_cannot_drive_the_terminal() {
        let partner = r#"{"name":"a\nb\u001b[2J\u202e"}"#;
        assert_eq!(written(plain(Format::Table), &["name"], &[partner]), "name\na\\nb\\u{1b}[2J\\u{202e}\n");
    }
}
