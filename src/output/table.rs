//! `table`: borderless columns for people to read.
//!
//! A library measures text, cuts and wraps it. Which columns there is room for is decided here, by their ranks.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::mem;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};

use crate::output::paint::{self, Paint, marked};
use crate::output::terminal::Viewport;
use crate::raw::Number;

use super::row::Row;
use super::{Cell, Column, ColumnKind, Fact, Formatter, Unseen, text};

/// Stands for what is absent or null.
pub const ABSENT: &str = "-";

/// Blanks between two columns.
const GAP: usize = 2;

/// The priority of a column if there is no room for all: the lowest is dropped first, and of equals the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A picture, dropped without a note.
    Decoration,
    Plain,
    /// What the command is about.
    Subject,
    /// Somebody named it.
    Named,
    /// Is never left out, as it identifies the row.
    Stays,
}

/// Gathers rows, as the width of a column is known only when the last of them is.
pub struct Table {
    header: bool,
    viewport: Viewport,
    columns: Vec<Column>,
    /// The cells, safe on a terminal.
    rows: Vec<Vec<Option<String>>>,
}

impl Table {
    /// A table for this viewport, below a header if wanted.
    pub fn new(header: bool, viewport: Viewport) -> Self {
        Self { header, viewport, columns: Vec::new(), rows: Vec::new() }
    }

    fn draw(&mut self, out: &mut dyn Write) -> io::Result<Unseen> {
        let has_prose = self.columns.iter().any(|column| column.kind() == ColumnKind::Prose);
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_truncation_indicator("…");
        if !has_prose {
            // No text has it, so that lines are cut at any character rather than between words.
            table.set_delimiter('\0');
        }
        let row = |cells: Vec<String>| {
            let mut row = comfy_table::Row::from(cells);
            if !has_prose {
                row.max_height(1);
            }
            row
        };
        if self.header {
            let name = |column: &Column| marked(&text::escape(column.name()), Paint::Name);
            table.set_header(row(self.columns.iter().map(name).collect()));
        }
        let points = self.points();
        let rows = mem::take(&mut self.rows).into_iter();
        table.add_rows(rows.map(|cells| row(self.cells(&cells, &points))));

        // The terminal may have been resized while the rows came.
        let room = self.viewport.width();
        let widest: Vec<usize> = table.column_max_content_widths().into_iter().map(usize::from).collect();
        let shown = self.shown(&widest, room);
        match room {
            Some(room) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width(room)),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        for (at, column) in table.column_iter_mut().enumerate() {
            let kind = self.columns[at].kind();
            if kind == ColumnKind::Number {
                column.set_cell_alignment(CellAlignment::Right);
            }
            column.set_padding((0, GAP as u16)).set_constraint(match kind {
                _ if !shown.contains(&at) => ColumnConstraint::Hidden,
                ColumnKind::Text | ColumnKind::Status | ColumnKind::Prose => {
                    ColumnConstraint::LowerBoundary(Width::Fixed(width(least(&self.columns[at], widest[at]))))
                }
                ColumnKind::Code | ColumnKind::Moment | ColumnKind::Number => ColumnConstraint::ContentWidth,
            });
        }
        let hidden = self.columns.iter().enumerate().filter(|(at, _)| !shown.contains(at)).map(|(_, column)| column);
        let columns = hidden.map(|column| (column.name().to_owned(), column.rank)).collect();
        for line in table.lines() {
            writeln!(out, "{}", paint::resolved(line.trim_end(), self.viewport.color))?;
        }
        Ok(Unseen { columns, ..Unseen::default() })
    }

    /// The columns that there is room for.
    fn shown(&self, widest: &[usize], room: Option<usize>) -> BTreeSet<usize> {
        let mut shown: BTreeSet<usize> = (0..widest.len()).collect();
        let Some(room) = room else { return shown };
        let least = |at: &usize| least(&self.columns[*at], widest[*at]) + GAP;
        while shown.iter().map(least).sum::<usize>() > room + GAP {
            let last = shown.iter().rev().copied().min_by_key(|at| self.columns[*at].rank);
            match last {
                Some(last) if shown.len() > 1 && self.columns[last].rank < Rank::Stays => shown.remove(&last),
                _ => break,
            };
        }
        shown
    }

    /// The most that a number of each column has from its decimal point on.
    fn points(&self) -> Vec<usize> {
        let of_column = |(at, column): (usize, &Column)| match column.kind() {
            ColumnKind::Number => {
                self.rows.iter().filter_map(|row| behind_point(row[at].as_deref())).max().unwrap_or(0)
            }
            _ => 0,
        };
        self.columns.iter().enumerate().map(of_column).collect()
    }

    /// The cells as they are drawn: painted, decimal points under each other.
    fn cells(&self, row: &[Option<String>], points: &[usize]) -> Vec<String> {
        let cell = |((cell, column), point): ((&Option<String>, &Column), &usize)| {
            let paint = match (cell, column.kind()) {
                (None, _) => Some(Paint::Aside),
                (Some(cell), ColumnKind::Status) => paint::of_status(cell),
                (Some(_), _) => None,
            };
            let text = cell.as_deref().unwrap_or(ABSENT);
            let drawn = paint.map_or_else(|| text.to_owned(), |paint| marked(text, paint));
            let blanks = behind_point(cell.as_deref()).map_or(0, |behind| point.saturating_sub(behind));
            drawn + &" ".repeat(blanks)
        };
        row.iter().zip(&self.columns).zip(points).map(cell).collect()
    }
}

/// The least that a column can do with, given its widest cell.
fn least(column: &Column, widest: usize) -> usize {
    let least = match column.kind() {
        ColumnKind::Text => column.lead + 8,
        // The words that are known are never cut.
        ColumnKind::Status => 12,
        ColumnKind::Prose => 16,
        ColumnKind::Code | ColumnKind::Moment | ColumnKind::Number => widest,
    };
    least.min(widest)
}

/// The text, truncated with `…` if it is very long. All rows are as wide as the widest, and the library takes a time
/// for each cell that grows with the square of its length.
fn cut(text: &str, kind: ColumnKind) -> String {
    let most = match kind {
        ColumnKind::Prose => 5_000,
        ColumnKind::Text => 500,
        _ => 200,
    };
    text::beginning(text, most).into_owned()
}

/// How much of a number stands behind its last whole digit; none of other text. A sum may be marked, and a dash stands
/// for what is absent.
fn behind_point(cell: Option<&str>) -> Option<usize> {
    let Some(cell) = cell else { return Some(0) };
    let number = Number::read(cell.trim_end_matches(['*', '%']))?;
    Some(cell.len() - usize::from(number.sign.is_some()) - number.whole.len())
}

/// A width with the gap behind it, as the library takes it.
fn width(columns: usize) -> u16 {
    u16::try_from(columns + GAP).unwrap_or(u16::MAX)
}

impl Formatter for Table {
    fn begin(&mut self, columns: &[Column], _out: &mut dyn Write) -> io::Result<()> {
        self.columns = columns.to_vec();
        Ok(())
    }

    fn row(&mut self, row: &Row, _out: &mut dyn Write) -> io::Result<()> {
        let text = |(cell, column): (&Cell, &Column)| cell.text().map(|text| cut(&text::escape(&text), column.kind()));
        self.rows.push(row.cells().iter().zip(&self.columns).map(text).collect());
        Ok(())
    }

    fn end(&mut self, _facts: &[Fact], out: &mut dyn Write) -> io::Result<Unseen> {
        self.break_off(out)
    }

    fn break_off(&mut self, out: &mut dyn Write) -> io::Result<Unseen> {
        if self.rows.is_empty() { Ok(Unseen::default()) } else { self.draw(out) }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;
    use crate::output::tests::{plain, written};
    use crate::output::{FormatOptions, Projection, Writer};
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
            // Text is aligned to the right, and moves no point.
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
    fn a_cell_that_nobody_reads_is_cut_and_costs_nothing() {
        let huge = "x".repeat(100_000);
        let partner = format!("{{\"display_id\":\"CX1\",\"name\":\"{huge}\",\"balance\":0.{}}}", "1".repeat(100_000));
        for columns in [None, Some(80)] {
            let viewport = Viewport { columns: columns.and_then(NonZeroU16::new), ..Viewport::default() };
            let table = written(
                FormatOptions { viewport, ..plain(Format::Table) },
                &["display_id", "name", "balance"],
                &[&partner],
            );
            let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
            assert!(widths.iter().all(|width| *width < 750) && table.contains("\nCX1 "), "{widths:?}");
        }
    }

    /// Which of columns as wide as their names there is room for.
    fn shown(columns: &[(&str, ColumnKind, Rank)], room: u16) -> String {
        let columns = columns.iter().map(|(name, kind, rank)| Column::of_key(name, *kind).ranked(*rank)).collect();
        let viewport = Viewport { columns: NonZeroU16::new(room), ..Viewport::default() };
        let mut out = Vec::new();
        let projection = Projection { columns: Some(columns), ..Projection::default() };
        let mut writer =
            Writer::begin(FormatOptions { viewport, ..plain(Format::Table) }, projection, &mut out).expect("memory");
        writer.write("{}").expect("memory");
        writer.end().expect("memory");
        drop(writer);
        String::from_utf8(out).expect("UTF-8").lines().next().expect("a header").to_owned()
    }

    #[test]
    fn what_matters_least_is_left_out_first_wherever_it_stands_and_of_equals_the_last() {
        use ColumnKind::{Code, Text};
        let columns = [
            ("decor", Code, Rank::Decoration),
            ("plain1", Code, Rank::Plain),
            ("plain2", Code, Rank::Plain),
            ("id", Code, Rank::Stays),
            ("subject", Code, Rank::Subject),
            ("named", Code, Rank::Named),
        ];
        for (room, expected) in [
            (43, "decor  plain1  plain2  id  subject  named"),
            (40, "plain1  plain2  id  subject  named"),
            (33, "plain1  id  subject  named"),
            (25, "id  subject  named"),
            (16, "id  named"),
            (3, "id"),
        ] {
            assert_eq!(shown(&columns, room), expected, "{room}");
        }
        let text = [("a long name", Text, Rank::Plain), ("id", Code, Rank::Stays)];
        assert_eq!((shown(&text, 12), shown(&text, 11)), ("a long …  id".to_owned(), "id".to_owned()));
    }

    /// What a table makes of partners on a terminal of so many columns.
    fn on_terminal(columns: u16, names: &[&str], partners: &[&str]) -> String {
        let viewport = Viewport { is_terminal: true, columns: NonZeroU16::new(columns), color: false };
        written(FormatOptions { viewport, ..plain(Format::Table) }, names, partners)
    }

    #[test]
    fn a_terminal_gets_text_that_is_shortened_and_numbers_that_are_whole() {
        let partner = r#"{"display_id":"CX1","name":"東京通信 Telecommunications","balance":"-1234567890.12"}"#;
        let names = ["display_id", "name", "balance"];
        assert_eq!(
            on_terminal(38, &names, &[partner]),
            "display_id  name               balance\n\
             CX1         東京通信 …  -1234567890.12\n"
        );
        assert_eq!(on_terminal(35, &names, &[partner]), "display_id  name\nCX1         東京通信 Telecommunica…\n");
        assert!(on_terminal(100, &names, &[partner]).contains("Telecommunications"));
    }

    #[test]
    fn names_absent_values_and_the_status_are_painted_and_read_the_same_without() {
        let partner = r#"{"name":null,"status":"suspended","zip":"90804"}"#;
        let names = ["name", "status", "zip"];
        let colored =
            FormatOptions { viewport: Viewport { color: true, ..Viewport::default() }, ..plain(Format::Table) };
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
        let options = FormatOptions { header: false, ..plain(Format::Table) };
        assert_eq!(written(options, &["name"], &PARTNERS[..1]), "Acme\n");
    }

    #[test]
    fn a_cell_stays_on_its_line_and_cannot_drive_the_terminal() {
        let partner = r#"{"name":"a\nb\u001b[2J\u202e"}"#;
        assert_eq!(written(plain(Format::Table), &["name"], &[partner]), "name\na\\nb\\u{1b}[2J\\u{202e}\n");
    }
}
