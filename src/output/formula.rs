//! The text of cells in CSV and TSV, which a spreadsheet may run as a formula.

use std::borrow::Cow;

use crate::raw::Number;

use super::row::{Column, Row};
use super::text::is_ignorable;

/// The names of the columns.
pub fn header(columns: &[Column], formula_guard: bool) -> impl ExactSizeIterator<Item = Cow<'_, str>> {
    // Names of unknown keys are the server's words as much as any value.
    columns.iter().map(move |column| if formula_guard { guarded(column.name().into()) } else { column.name().into() })
}

/// The values of a row; null and absent ones are empty.
pub fn cells<'a>(row: &'a Row<'a>, formula_guard: bool) -> impl ExactSizeIterator<Item = Cow<'a, str>> {
    row.cells().iter().map(move |cell| match cell.text() {
        Some(text) if formula_guard => guarded(text),
        text => text.unwrap_or_default(),
    })
}

/// Spreadsheets run a cell as a formula by its first character, even one that was quoted. With the guard, such text is
/// given an apostrophe.
///
/// No column is exempt, whatever it should hold: only the form of a value shows that it is harmless.
fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_guarded(&text) { Cow::Owned(format!("'{text}")) } else { text }
}

/// The text of a cell without the apostrophe that the guard gave it.
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|text| is_guarded(text)).unwrap_or(text)
}

fn is_guarded(text: &str) -> bool {
    could_run(text) && !is_plain_value(text)
}

/// Whether a spreadsheet may take the text for a formula. Some drop blanks, and what is not seen, before they look.
fn could_run(text: &str) -> bool {
    let is_dropped = |c: char| c.is_whitespace() || c.is_control() || is_ignorable(c);
    let is_sign = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫');
    text.starts_with(['\t', '\r', '\n']) || text.trim_start_matches(is_dropped).starts_with(is_sign)
}

/// Whether the whole text has the form of an amount, a phone number or an identifier, signs included. Dates begin with
/// a digit and need no rule.
fn is_plain_value(text: &str) -> bool {
    Number::read(text).is_some() || is_phone_number(text) || is_identifier(text)
}

/// An international number: a plus, then 7 to 15 digits with the usual marks between them.
fn is_phone_number(text: &str) -> bool {
    let Some(number) = text.strip_prefix('+') else { return false };
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    (7..=15).contains(&digits)
        && number.starts_with(|c: char| c.is_ascii_digit() || c == '(')
        && number.bytes().all(|byte| byte.is_ascii_digit() || b" ().-".contains(&byte))
}

/// A SID that happens to begin with a hyphen: 20 or more letters, digits and underscores, a single word.
fn is_identifier(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() >= 20 && text.strip_prefix('-').is_some_and(|word| word.bytes().all(is_part))
}

#[cfg(test)]
mod tests {
    use crate::output::{Column, ColumnKind};

    fn guarded(text: &str) -> String {
        super::guarded(text.into()).into_owned()
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "-A1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\nx",
            "\n=1",
            "\0=1+1",
            "\u{1}\u{2}@x",
            " =1",
            "\u{a0}=1",
            "\u{feff}=1",
            "\u{200b}-x",
            "＝1+1",
            "＋1",
            "－1",
            "＠x",
            "﹦1",
            "=HYPERLINK(\"http://x\",\"y\")",
            "+1+1",
            "+1 (844)*2",
            "+15551234567+1",
            "+cmd|' /C calc'!A0",
            "-1+1",
            "-1.5.5",
            "-1e",
            "--1",
            "+-1",
            "-",
            "+",
            "-A1-B2-C3-D4-E5-F6-G7",
            "+(123456)",
        ] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
    }

    #[test]
    fn what_has_the_form_of_an_amount_an_identifier_or_a_phone_number_is_left_alone() {
        for text in [
            "-12.75",
            "+5",
            "-1E5",
            "-1.5e-10",
            "-12345678901234567890123.10",
            "+15551234567",
            "+1 (844) 844-0707",
            "+49.30.1234567",
            "-dGhpc0lzQVNpZFRoYXRJc0xvbmc",
            "2024-05-20T18:32:37.000Z",
            "6bace9c5-3eef-4f75-8f48-fb98e04408be",
        ] {
            assert_eq!(guarded(text), text);
        }
    }

    #[test]
    fn what_no_spreadsheet_would_run_is_left_alone_and_so_is_everything_without_the_guard() {
        for text in ["", "Acme", "a=b", "'=1", " x", "[\"=1\"]", "\u{301}x"] {
            assert_eq!(guarded(text), text);
        }
        let columns = [Column::of_key("=1", ColumnKind::Text)];
        assert_eq!(super::header(&columns, false).collect::<String>(), "=1");
    }
}
