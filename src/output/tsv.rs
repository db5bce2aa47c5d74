//! `tsv`: a header and tab-separated values, one line a partner whatever the values hold.

use std::borrow::Cow;
use std::io::{self, Write};

use super::quoting::escape;
use super::row::Row;
use super::{Column, Formatter, formula, text};

#[derive(Default)]
pub struct Tsv {
    pub header: bool,
    /// Whether what could drive a terminal is escaped.
    pub terminal: bool,
    pub formula_guard: bool,
    /// The line; its buffer is reused.
    pub line: String,
}

impl Tsv {
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
        if self.header { self.line(formula::header(columns, self.formula_guard), out) } else { Ok(()) }
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        self.line(formula::cells(row, self.formula_guard), out)
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
