//! `csv`: a header and comma-separated records, quoted as RFC 4180 says, lines ended by LF.

use std::borrow::Cow;
use std::io::{self, Write};

use super::quoting::Record;
use super::row::Row;
use super::{Column, Formatter, formula, text};

#[derive(Default)]
pub struct Csv {
    pub header: bool,
    /// Whether what could drive a terminal is escaped.
    pub terminal: bool,
    pub formula_guard: bool,
    pub record: Record,
}

impl Csv {
    fn line<'c>(&mut self, cells: impl ExactSizeIterator<Item = Cow<'c, str>>, out: &mut dyn Write) -> io::Result<()> {
        self.record.clear();
        let is_alone = cells.len() == 1;
        for cell in cells {
            let cell = if self.terminal { text::escape(&cell) } else { Cow::Borrowed(&*cell) };
            if is_alone && cell.trim().is_empty() {
                // Many readers drop a line of blanks as they drop an empty one.
                return out.write_all(format!("\"{cell}\"\n").as_bytes());
            }
            self.record.push(&cell);
        }
        self.record.end();
        out.write_all(self.record.as_bytes())
    }
}

impl Formatter for Csv {
    fn begin(&mut self, columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
        if self.header { self.line(formula::header(columns, self.formula_guard), out) } else { Ok(()) }
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        self.line(formula::cells(row, self.formula_guard), out)
    }
}

#[cfg(test)]
mod tests {
    use crate::output::FormatOptions;
    use crate::output::terminal::Viewport;
    use crate::output::tests::{plain, written};
    use crate::values::Format;

    #[test]
    fn fields_are_quoted_only_where_they_must_be() {
        let partners = [
            r#"{"name":"Acme, \"the\" Inc","balance":"4.40","x":null}"#,
            r#"{"name":"two\nlines\r","balance":-1,"x":{"a" : [1, 2]}}"#,
            r#"{"name":"","balance":1E5}"#,
        ];
        assert_eq!(
            written(plain(Format::Csv), &["name", "balance", "x"], &partners),
            "name,balance,x\n\"Acme, \"\"the\"\" Inc\",4.40,\n\"two\nlines\r\",-1,\"{\"\"a\"\":[1,2]}\"\n,1E5,\n"
        );
    }

    #[test]
    fn a_record_of_one_empty_field_is_not_an_empty_line() {
        assert_eq!(written(plain(Format::Csv), &["name"], &[r#"{"name":null}"#]), "name\n\"\"\n");
        for blanks in [" ", "  ", "\\t", "\\n", "\u{a0}", "\u{3000} "] {
            let partner = format!("{{\"name\":\"{blanks}\",\"zip\":\" \"}}");
            let blanks = blanks.replace("\\t", "\t").replace("\\n", "\n");
            assert_eq!(written(plain(Format::Csv), &["name"], &[&partner]), format!("name\n\"{blanks}\"\n"));
            let quoted = if blanks == "\n" { "\"\n\"" } else { &blanks };
            assert_eq!(written(plain(Format::Csv), &["name", "zip"], &[&partner]), format!("name,zip\n{quoted}, \n"));
        }
    }

    #[test]
    fn every_byte_quoted_fits() {
        let name = "\"".repeat(1000);
        let partner = format!("{{\"name\":{}}}", serde_json::Value::from(name.as_str()));
        assert_eq!(written(plain(Format::Csv), &["name"], &[&partner]), format!("name\n\"{}\"\n", name.repeat(2)));
    }

    #[test]
    fn values_are_exact_in_a_file_and_escaped_on_a_terminal() {
        let partner = r#"{"name":"a\u001b[1m"}"#;
        let options = FormatOptions { header: false, ..plain(Format::Csv) };
        assert_eq!(written(options, &["name"], &[partner]), "a\u{1b}[1m\n");
        assert_eq!(
            written(
                FormatOptions { viewport: Viewport { is_terminal: true, ..Viewport::default() }, ..options },
                &["name"],
                &[partner]
            ),
            "a\\u{1b}[1m\n"
        );
    }
}
