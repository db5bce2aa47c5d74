//! The text of a cell, as CSV and TSV have it.

use std::borrow::Cow;

use crate::raw;

use super::row::{Column, ColumnKind, Row};

/// Makes the cells of rows and headers.
#[derive(Debug, Clone, Copy)]
pub struct Cells {
    /// Whether text that a spreadsheet would run as a formula is given an apostrophe.
    pub formula_guard: bool,
}

impl Cells {
    /// The names of the columns.
    pub fn of_header<'a>(self, columns: &'a [Column]) -> impl Iterator<Item = Cow<'a, str>> {
        // Names of unknown keys are the server's words as much as any value.
        columns.iter().map(move |column| self.guarded(column.name().into(), ColumnKind::Text))
    }

    /// The values of a row; null and absent ones are empty.
    pub fn of_row<'a>(self, row: &'a Row<'a>) -> impl Iterator<Item = Cow<'a, str>> {
        row.columns().iter().zip(row.cells()).map(move |(column, cell)| {
            let cell = cell.filter(|cell| *cell != "null").unwrap_or_default();
            // A number is none that people chose, whatever column it stands in.
            let kind = if cell.starts_with('"') { column.kind() } else { ColumnKind::Number };
            self.guarded(raw::text(cell), kind)
        })
    }

    /// Spreadsheets run a cell as a formula by its first character, even one that was quoted.
    fn guarded(self, text: Cow<'_, str>, kind: ColumnKind) -> Cow<'_, str> {
        if self.formula_guard && kind == ColumnKind::Text && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            return Cow::Owned(format!("'{text}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(text: &str, kind: ColumnKind) -> String {
        Cells { formula_guard: true }.guarded(text.into(), kind).into_owned()
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_gets_an_apostrophe() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(guarded(text, ColumnKind::Text), format!("'{text}"));
        }
        for text in ["", "Acme", "a=b", "'=1", " =1"] {
            assert_eq!(guarded(text, ColumnKind::Text), text);
        }
    }

    #[test]
    fn amounts_and_codes_are_left_alone_and_so_is_everything_without_the_guard() {
        assert_eq!(guarded("-12.75", ColumnKind::Number), "-12.75");
        assert_eq!(guarded("+15551234", ColumnKind::Code), "+15551234");
        assert_eq!(Cells { formula_guard: false }.guarded("=1".into(), ColumnKind::Text), "=1");
    }
}
