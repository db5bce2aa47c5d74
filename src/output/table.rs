//! `table`: borderless columns for people to read.
//!
//! It keeps its rows, as the width of a column is known only when the last of them is.

use std::io::{self, Write};

use anstyle::Style;

use crate::output::terminal::Look;

use super::fit::Rank;
use super::lines::{Extent, Heading, Lines};
use super::row::Row;
use super::{Cell, Column, ColumnKind, Formatter, paint, prose, text};

/// Stands for what is absent or null.
pub const ABSENT: &str = "-";

/// Gathers rows and writes them at the end.
pub struct Table {
    header: bool,
    look: Look,
    names: Vec<String>,
    kinds: Vec<ColumnKind>,
    ranks: Vec<Rank>,
    rows: Vec<Vec<Option<String>>>,
    hidden: Vec<(String, Rank)>,
}

impl Table {
    /// A table for this look, below a header if wanted.
    pub fn new(header: bool, look: Look) -> Self {
        Self {
            header,
            look,
            names: Vec::new(),
            kinds: Vec::new(),
            ranks: Vec::new(),
            rows: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// The columns, and the room that the cells of each take.
    fn headings(&self) -> (Vec<Heading<'_>>, Vec<Extent>) {
        let columns = self.names.iter().zip(&self.kinds).zip(&self.ranks);
        let headings = columns.map(|((name, kind), rank)| Heading::new(name, *kind, *rank)).collect();
        let mut extents = vec![Extent::default(); self.names.len()];
        for row in &self.rows {
            for ((extent, kind), cell) in extents.iter_mut().zip(&self.kinds).zip(row) {
                extent.take_in(cell.as_deref().unwrap_or(ABSENT), *kind, self.look);
            }
        }
        (headings, extents)
    }

    /// The cells of a row, and the look of each.
    fn cells<'t>(&'t self, row: &'t [Option<String>]) -> impl Iterator<Item = (&'t str, Style)> {
        row.iter().zip(&self.kinds).map(|(cell, kind)| match (cell, kind) {
            (None, _) => (ABSENT, paint::ABSENT),
            (Some(cell), ColumnKind::Status) => (cell.as_str(), paint::of_status(cell)),
            (Some(cell), _) => (cell.as_str(), Style::new()),
        })
    }
}

impl Formatter for Table {
    fn begin(&mut self, columns: &[Column], _out: &mut dyn Write) -> io::Result<()> {
        self.names = columns.iter().map(|column| text::escape(column.name()).into_owned()).collect();
        self.kinds = columns.iter().map(Column::kind).collect();
        self.ranks = columns.iter().map(Column::rank).collect();
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
        let (headings, extents) = self.headings();
        if self.kinds.contains(&ColumnKind::Prose) {
            let rows = self.rows.iter().map(|row| self.cells(row));
            self.hidden = prose::write(&headings, rows, self.header, self.look, out)?;
            return Ok(());
        }
        let lines = Lines::new(headings, &extents, self.header, self.look);
        lines.begin(out)?;
        self.rows.iter().try_for_each(|row| lines.row(self.cells(row), out))?;
        self.hidden = lines.hidden().map(|heading| (heading.name.to_owned(), heading.rank)).collect();
        self.rows.clear();
        Ok(())
    }

    fn break_off(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.end(out)
    }

    fn hidden(&self) -> &[(String, Rank)] {
        &self.hidden
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use crate::output::Style;
    use crate::output::terminal::Look;
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
             -             0     -\n"
        );
    }

    #[test]
    fn decimal_points_stand_under_each_other_and_digits_are_as_they_came() {
        for (balances, expected) in [
            (&["975553.5199001", "66378.595", "10", "-4.40"][..], "975553.5199001\n 66378.595\n    10\n    -4.40\n"),
            (&["1", "100"], "      1\n    100\n"),
            (&["12*", "7", "3.5*"], "  12*\n   7\n   3.5*\n"),
            (&["1e5", "22.5E-3", "333"], "  1e5\n 22.5E-3\n333\n"),
            (&["1.5", "null", "10"], "    1.5\n    -\n   10\n"),
            // What is no number is to the right, and moves no point.
            (&["1.25", "none", "1.2.3", "e5", "10"], "   1.25\n   none\n  1.2.3\n     e5\n  10\n"),
            (&["1.5", "not a number", "22"], "         1.5\nnot a number\n        22\n"),
        ] {
            let partner = |text: &&str| format!("{{\"balance\":\"{text}\"}}").replace("\"null\"", "null");
            let partners: Vec<String> = balances.iter().map(partner).collect();
            let partners: Vec<&str> = partners.iter().map(String::as_str).collect();
            let table = written(plain(Format::Table), &["balance"], &partners);
            let (header, rows) = table.split_once('\n').expect("a header");
            assert_eq!(rows, expected, "{balances:?}");
            assert!(header.ends_with("balance") && header.len() >= rows.lines().map(str::len).max().expect("rows"));
        }
    }

    #[test]
    fn an_amount_of_hundreds_of_digits_widens_its_column_only_so_far() {
        let long = format!("{{\"balance\":0.{}}}", "1".repeat(1000));
        let table = written(plain(Format::Table), &["balance", "zip"], &[r#"{"balance":12.5,"zip":"1"}"#, &long]);
        assert_eq!(table.lines().nth(1).expect("a row"), "   12.5  1");
    }

    /// What a table makes of partners on a terminal of so many columns.
    fn on_terminal(columns: u16, names: &[&str], partners: &[&str]) -> String {
        let look = Look { is_terminal: true, columns: NonZeroU16::new(columns), color: false };
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
        let colored = Style { look: Look { color: true, ..Look::default() }, ..plain(Format::Table) };
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
