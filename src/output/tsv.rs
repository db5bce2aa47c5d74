//! `tsv`: a header and tab-separated values, one line a partner whatever the values hold.

use std::borrow::Cow;
use std::io::{self, Write};

use super::formula::Cells;
use super::quoting::escape;
use super::row::Row;
use super::{Column, Formatter, text};

pub struct Tsv {
    header: bool,
    terminal: bool,
    cells: Cells,
    /// The line; its room is kept for the next one.
    line: String,
}

impl Tsv {
    /// Lines, below a header if wanted; on a terminal, what could drive it is escaped.
    pub fn new(header: bool, terminal: bool, cells: Cells) -> Self {
        Self { header, terminal, cells, line: String::new() }
    }

    fn line<'c>(&mut self, cells: impl Iterator<Item = Cow<'c, str>>, out: &mut dyn Write) -> io::Result<()> {
        self.line.clear();
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                self.line.push('\t');
            }
            let start = self.line.len();
            escape(&cell, &mut self.line);
            if self.terminal {
                let shown = text::escape(&self.line[start..]).into_owned();
                self.line.replace_range(start.., &shown);
            }
        }
        self.line.push('\n');
        out.write_all(self.line.as_bytes())
    }
}

impl Formatter for Tsv {
    fn begin(&mut self, columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
        if self.header { self.line(self.cells.of_header(columns), out) } else { Ok(()) }
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        self.line(self.cells.of_row(row), out)
    }

    fn end(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::output::tests::{plain, written};
    use crate::values::Format;

    #[test]
    fn a_partner_is_one_line_whatever_its_values_hold() {
        let partner = r#"{"name":"a\tb\nc\rd\\n \"q\"","balance":4.40,"x":[1, 2]}"#;
        assert_eq!(
            written(plain(Format::Tsv), &["name", "balance", "x", "none"], &[partner]),
            "name\tbalance\tx\tnone\na\\tb\\nc\\rd\\\\n \"q\"\t4.40\t[1,2]\t\n"
        );
    }
}
