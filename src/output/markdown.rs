//! `markdown`: a table in GitHub's flavor, for tickets and wikis, written row by row.

use std::borrow::Cow;
use std::io::{self, Write};

use super::row::Row;
use super::table::ABSENT;
use super::{Cell, Column, ColumnKind, Formatter, text};

pub struct Markdown {
    header: bool,
}

impl Markdown {
    /// Rows, below a header if wanted; without one they continue a table that is there already.
    pub fn new(header: bool) -> Self {
        Self { header }
    }
}

impl Formatter for Markdown {
    fn begin(&mut self, columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
        if !self.header {
            return Ok(());
        }
        line(columns.iter().map(|column| escape(column.name())), out)?;
        line(columns.iter().map(|column| if column.kind() == ColumnKind::Number { "---:" } else { "---" }.into()), out)
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let text = |cell: &Cell| cell.text().map_or(ABSENT.into(), |text| escape(&text).into_owned().into());
        line(row.cells().iter().map(text), out)
    }

    fn end(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

fn line<'c>(cells: impl Iterator<Item = Cow<'c, str>>, out: &mut dyn Write) -> io::Result<()> {
    for cell in cells {
        out.write_all(b"| ")?;
        out.write_all(cell.as_bytes())?;
        out.write_all(b" ")?;
    }
    out.write_all(b"|\n")
}

/// The text so that a renderer shows it as it is, on one line and with nothing in it that drives a terminal.
///
/// What could begin markup gets a backslash. An underscore within a word begins none, and names of fields stay
/// readable without.
fn escape(value: &str) -> Cow<'_, str> {
    let value = text::escape(value);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"-.,/ ".contains(&byte);
    if value.bytes().all(is_plain) && !value.contains("www.") && value.trim_ascii().len() == value.len() {
        return value;
    }
    let mut out = String::with_capacity(value.len() + 8);
    let inside = value.len() - value.trim_ascii_start().len()..value.trim_ascii_end().len();
    let mut before = None;
    for (at, c) in value.char_indices() {
        let rest = &value[at + c.len_utf8()..];
        match c {
            // A renderer trims blanks at both ends of a cell.
            ' ' if !inside.contains(&at) => out.push_str("&#32;"),
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '~' | '|' | '$' => out.extend(['\\', c]),
            // A name that is a URL is no link, in which a backslash would be part of the address.
            ':' if rest.starts_with("//") => out.push_str("\\:"),
            '.' if value[..at].ends_with("www") => out.push_str("\\."),
            '_' if !(is_word(before) && is_word(rest.chars().next())) => out.push_str("\\_"),
            '&' if begins_entity(rest) => out.push_str("\\&"),
            _ => out.push(c),
        }
        before = Some(c);
    }
    Cow::Owned(out)
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

/// Whether what follows an ampersand makes it one of HTML's names for characters, such as `amp;`.
fn begins_entity(rest: &str) -> bool {
    let name = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
    name.is_some_and(|end| end > 0 && rest[end..].starts_with(';'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Style;
    use crate::output::tests::{plain, written};
    use crate::values::Format;

    #[test]
    fn amounts_are_to_the_right_and_what_is_absent_is_a_hyphen() {
        let partners = [r#"{"name":"Acme | Sons","balance":"4.40","zip":null}"#, r#"{"name":"","balance":-1}"#];
        assert_eq!(
            written(plain(Format::Markdown), &["name", "balance", "zip"], &partners),
            "| name | balance | zip |\n| --- | ---: | --- |\n| Acme \\| Sons | 4.40 | - |\n|  | -1 | - |\n"
        );
    }

    #[test]
    fn without_a_header_rows_continue_a_table() {
        let style = Style { header: false, ..plain(Format::Markdown) };
        assert_eq!(written(style, &["name"], &[r#"{"name":"a"}"#]), "| a |\n");
    }

    #[test]
    fn what_would_be_markup_is_escaped_and_names_of_fields_stay_readable() {
        for (text, expected) in [
            ("display_id", "display_id"),
            ("_a_ *b* `c`", "\\_a\\_ \\*b\\* \\`c\\`"),
            ("<b>[x](y)</b>", "\\<b\\>\\[x\\](y)\\</b\\>"),
            ("R&D &amp; &#65; a&b c;", "R&D \\&amp; \\&#65; a&b c;"),
            ("C:\\dir", "C:\\\\dir"),
            (" x  y ", "&#32;x  y&#32;"),
            ("  ", "&#32;&#32;"),
            ("a\nb\r\u{1b}[m", "a\\\\nb\\\\r\\\\u{1b}\\[m"),
            ("~~$1$~~", "\\~\\~\\$1\\$\\~\\~"),
            ("東京_通信", "東京_通信"),
            ("http://x www.y", "http\\://x www\\.y"),
        ] {
            assert_eq!(escape(text), expected, "{text:?}");
        }
    }
}
