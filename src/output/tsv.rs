//! `tsv`: a header and tab-separated values, one line a partner whatever the values hold.

use std::borrow::Cow;
use std::io::{self, Write};

use super::formula::Cells;
use super::row::Row;
use super::{Column, Formatter, text};

pub(crate) struct Tsv {
    header: bool,
    terminal: bool,
    cells: Cells,
}

impl Tsv {
    /// Lines, below a header if wanted; on a terminal, what could drive it is escaped.
    pub(crate) fn new(header: bool, terminal: bool, cells: Cells) -> Self {
        Self { header, terminal, cells }
    }

    fn line<'c>(&self, cells: impl Iterator<Item = Cow<'c, str>>, out: &mut dyn Write) -> io::Result<()> {
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                out.write_all(b"\t")?;
            }
            let cell = escape(&cell);
            out.write_all(if self.terminal { text::escape(&cell) } else { Cow::Borrowed(&*cell) }.as_bytes())?;
        }
        out.write_all(b"\n")
    }
}

/// The value with what would end a cell or a line, and the escape itself, escaped by a backslash.
fn escape(value: &str) -> Cow<'_, str> {
    if !value.contains(['\t', '\n', '\r', '\\']) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r"))
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
