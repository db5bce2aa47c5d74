//! `markdown`: a table in GitHub's flavor, for tickets and wikis, written row by row.

use std::borrow::Cow;
use std::io::{self, Write};

use super::row::Row;
use super::table::ABSENT;
use super::{Cell, Column, ColumnKind, Formatter, text};

pub struct Markdown {
    /// Whether there is one; rows without it continue a table that is there already.
    pub header: bool,
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
}

fn line<'c>(cells: impl Iterator<Item = Cow<'c, str>>, out: &mut dyn Write) -> io::Result<()> {
    for cell in cells {
        out.write_all(b"| ")?;
        out.write_all(cell.as_bytes())?;
        out.write_all(b" ")?;
    }
    out.write_all(b"|\n")
}

/// The text so that a renderer shows it as it is, on one line and with nothing in it that drives a terminal: as code
/// where plain text would become more than that.
fn escape(value: &str) -> Cow<'_, str> {
    let value = text::escape(value);
    if is_plain(&value) { value } else { Cow::Owned(code(&value)) }
}

/// Whether nothing in the text is markup, and no blank at its ends, where a renderer trims.
fn is_plain(value: &str) -> bool {
    // Within a word it begins no markup, and names of fields stay readable.
    let is_in_words = |part: &str| part.starts_with(char::is_alphanumeric) && part.ends_with(char::is_alphanumeric);
    // Without a semicolon, no `&` begins a character.
    value.trim_ascii().len() == value.len()
        && !value.contains(['\\', '`', '*', '[', ']', '<', '>', '~', '|', '$', ';'])
        && (!value.contains('_') || value.split('_').all(is_in_words))
        && !becomes_more(value)
}

/// Whether a renderer would make a link, a mention, an issue or an emoji of what is plain text. No backslash helps
/// there: it is gone when that is looked for.
fn becomes_more(value: &str) -> bool {
    let is_emoji = |name: &str| {
        let mut beginning = name.bytes().take_while(u8::is_ascii_alphanumeric);
        name.starts_with(['+', '-']) || beginning.any(|byte| byte.is_ascii_alphabetic())
    };
    let followed = |mark: &str, by: fn(char) -> bool| value.split(mark).skip(1).any(|rest| rest.starts_with(by));
    value.contains("://")
        || value.to_ascii_lowercase().contains("www.")
        || followed("@", char::is_alphanumeric)
        || ["#", "GH-", "gh-"].iter().any(|mark| followed(mark, |c| c.is_ascii_digit()))
        || value.split(':').skip(1).any(is_emoji)
}

/// The text as code, between more backticks than it has itself in one place. In a table, a pipe needs a backslash
/// even there.
fn code(value: &str) -> String {
    let longest = value.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    // A renderer takes away one blank at each end if there are two, and something between them.
    let needs_blanks = !value.trim().is_empty() && (value.starts_with([' ', '`']) || value.ends_with([' ', '`']));
    let blank = if needs_blanks { " " } else { "" };
    format!("{ticks}{blank}{}{blank}{ticks}", value.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::FormatOptions;
    use crate::output::tests::{plain, written};
    use crate::values::Format;

    #[test]
    fn amounts_are_to_the_right_and_what_is_absent_is_a_hyphen() {
        let partners = [r#"{"name":"Acme | Sons","balance":"4.40","zip":null}"#, r#"{"name":"","balance":-1}"#];
        assert_eq!(
            written(plain(Format::Markdown), &["name", "balance", "zip"], &partners),
            "| name | balance | zip |\n| --- | ---: | --- |\n| `Acme \\| Sons` | 4.40 | - |\n|  | -1 | - |\n"
        );
    }

    #[test]
    fn without_a_header_rows_continue_a_table() {
        let options = FormatOptions { header: false, ..plain(Format::Markdown) };
        assert_eq!(written(options, &["name"], &[r#"{"name":"a"}"#]), "| a |\n");
    }

    #[test]
    fn what_would_be_markup_is_code_and_names_of_fields_stay_readable() {
        for (text, expected) in [
            ("display_id", "display_id"),
            ("_a_ *b* `c`", "`` _a_ *b* `c` ``"),
            ("<b>[x](y)</b>", "`<b>[x](y)</b>`"),
            ("R&D &amp;", "`R&D &amp;`"),
            ("R&D (O'Brien)", "R&D (O'Brien)"),
            ("&#65;", "`&#65;`"),
            ("C:\\dir", "`C:\\dir`"),
            (" x  y ", "`  x  y  `"),
            ("  ", "`  `"),
            ("a\nb\r\u{1b}[m", "`a\\nb\\r\\u{1b}[m`"),
            ("~~$1$~~", "`~~$1$~~`"),
            ("東京_通信", "東京_通信"),
            ("http://x www.y", "`http://x www.y`"),
            ("a@b.c", "`a@b.c`"),
            ("ask @team or #12", "`ask @team or #12`"),
            (":smile: |", "`:smile: \\|`"),
            (":+1:", "`:+1:`"),
            (":8ball:", "`:8ball:`"),
            ("``@x`", "``` ``@x` ```"),
            ("a @ b # c: d", "a @ b # c: d"),
            ("ratio:x and y", "`ratio:x and y`"),
            ("2024-05-20T18:32:37.000Z", "2024-05-20T18:32:37.000Z"),
        ] {
            assert_eq!(escape(text), expected, "{text:?}");
        }
    }
}
