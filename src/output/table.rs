//! `table`: borderless columns for people to read.
//!
//! It keeps its rows, as the width of a column is known only when the last of them is.

use std::io::{self, Write};

use anstyle::Style;

use crate::terminal::Look;

use super::lines::{self, Heading, Lines};
use super::row::Row;
use super::{Cell, Column, ColumnKind, Formatter, paint, prose, text};

/// Gathers rows and writes them at the end.
pub(crate) struct Table {
    header: bool,
    look: Look,
    names: Vec<String>,
    kinds: Vec<ColumnKind>,
    staying: Vec<bool>,
    rows: Vec<Vec<Option<String>>>,
    hidden: Vec<String>,
}

impl Table {
    /// A table for this look, below a header if wanted.
    pub(crate) fn new(header: bool, look: Look) -> Self {
        Self {
            header,
            look,
            names: Vec::new(),
            kinds: Vec::new(),
            staying: Vec::new(),
            rows: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// The columns, and how wide the widest cell of each is.
    fn headings(&self) -> (Vec<Heading<'_>>, Vec<usize>) {
        let columns = self.names.iter().zip(&self.kinds).zip(&self.staying);
        let headings = columns.map(|((name, kind), stays)| Heading::new(name, *kind, *stays)).collect();
        let width = |row: &Vec<Option<String>>, column: usize| {
            row[column].as_deref().map_or(1, |cell| lines::widening(cell, self.kinds[column], self.look))
        };
        let widest = |column| self.rows.iter().map(|row| width(row, column)).max().unwrap_or(0);
        (headings, (0..self.names.len()).map(widest).collect())
    }

    /// The cells of a row, and the look of each.
    fn cells<'t>(&'t self, row: &'t [Option<String>]) -> impl Iterator<Item = (&'t str, Style)> {
        row.iter().zip(&self.kinds).map(|(cell, kind)| match (cell, kind) {
            (None, _) => ("-", paint::ABSENT),
            (Some(cell), ColumnKind::Status) => (cell.as_str(), paint::of_status(cell)),
            (Some(cell), _) => (cell.as_str(), Style::new()),
        })
    }
}

impl Formatter for Table {
    fn begin(&mut self, columns: &[Column], _out: &mut dyn Write) -> io::Result<()> {
        self.names = columns.iter().map(|column| text::escape(column.name()).into_owned()).collect();
        self.kinds = columns.iter().map(Column::kind).collect();
        self.staying = columns.iter().map(Column::stays).collect();
        Ok(())
    }

    fn row(&mut self, row: &Row, _out: &mut dyn Write) -> io::Result<()> {
        let text = |cell: &Cell| cell.text().map(|text| text::escape(&text).into_owned());
        self.rows.push(row.cells().iter().map(text).collect());
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        if self.kinds.contains(&ColumnKind::Prose) {
            let rows = self.rows.iter().map(|row| self.cells(row));
            return prose::write(&self.names, &self.kinds, rows, self.header, self.look, out);
        }
        let (headings, widest) = self.headings();
        let lines = Lines::new(headings, &widest, self.header, self.look);
        lines.begin(out)?;
        self.rows.iter().try_for_each(|row| lines.row(self.cells(row), out))?;
        self.hidden = lines.hidden().map(str::to_owned).collect();
        self.rows.clear();
        Ok(())
    }

    fn break_off(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.end(out)
    }

    fn hidden(&self) -> &[String] {
        &self.hidden
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use crate::output::Style;
    use crate::output::tests::{plain, written};
    use crate::terminal::{Look, Screen};
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

    /// What a table makes of partners on a terminal of so many columns.
    fn on_terminal(columns: u16, names: &[&str], partners: &[&str]) -> String {
        let look = Look { screen: Some(Screen { columns: NonZeroU16::new(columns) }), color: false };
        written(Style { look, ..plain(Format::Table) }, names, partners)
    }

    #[test]
    fn a_terminal_gets_text_that_is_shortened_and_numbers_that_are_whole() {
        let partner = r#"{"display_id":"CX1","name":"東京通信 Telecommunications","balance":"-1234567890.12"}"#;
        let names = ["display_id", "name", "balance"];
        assert_eq!(
            on_terminal(38, &names, &[partner]),
            "display_id  name               balance\n\
             CX1         東京通信…   -1234567890.12\n"
        );
        assert_eq!(on_terminal(35, &names, &[partner]), "display_id  name\nCX1         東京通信 Telecommunica…\n");
        assert!(on_terminal(100, &names, &[partner]).contains("Telecommunications"));
    }

    #[test]
    fn names_absent_values_and_the_status_are_painted_and_read_the_same_without() {
        let partner = r#"{"name":null,"status":"suspended","zip":"90804"}"#;
        let names = ["name", "status", "zip"];
        let colored = Style { look: Look { screen: None, color: true }, ..plain(Format::Table) };
        let painted = written(colored, &names, &[partner]);
        assert_eq!(
            painted,
            "\u{1b}[1mname\u{1b}[0m  \u{1b}[1mstatus\u{1b}[0m     \u{1b}[1mzip\u{1b}[0m\n\
             \u{1b}[2m-\u{1b}[0m     \u{1b}[31msuspended\u{1b}[0m  90804\n"
        );
        let unpainted = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[0m"];
        let unpainted = unpainted.iter().fold(painted, |text, code| text.replace(code, ""));
        assert_eq!(unpainted, written(plain(Format::Table), &names, &[partner]));
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
