//! `xlsx`: a workbook for people who open it by a double click.
//!
//! Text is stored as text, so that no ZIP code loses its zeros and no name becomes a formula. Rows go to a temporary
//! file as they come; the workbook is made of it at the end, and nothing is written before.

use std::fmt;
use std::io::{self, BufWriter, Seek, Write};

use jiff::Timestamp;
use rust_xlsxwriter::{ExcelDateTime, Format, IgnoreError, Workbook, XlsxError};

use super::row::Row;
use super::{Column, ColumnKind, Fact, Formatter, text};

/// The most rows that a sheet has, its header included.
const MAX_ROWS: u32 = 1_048_576;

/// The most columns that a sheet has.
const MAX_COLUMNS: usize = 16_384;

/// A spreadsheet keeps so many digits of a number, and no more.
const MAX_DIGITS: usize = 15;

/// The most digits after the point that a number is shown with.
const MAX_DECIMALS: usize = 30;

/// The widest that a column opens, in characters.
const MAX_WIDTH: usize = 60;

/// What is around the text of a cell, and the button of a filter in the header.
const PADDING: usize = 3;

/// What a sheet has no room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overflow {
    Rows,
    Columns(usize),
    /// A cell of this column is too long.
    Cell(String),
}

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Rows => write!(f, "a sheet has at most {MAX_ROWS} rows, its header included"),
            Self::Columns(columns) => write!(f, "a sheet has at most {MAX_COLUMNS} columns, not {columns}"),
            Self::Cell(column) => {
                write!(f, "a cell has at most 32767 characters, and a value of `{}` has more", text::escape(column))
            }
        }
    }
}

impl std::error::Error for Overflow {}

impl From<Overflow> for io::Error {
    fn from(overflow: Overflow) -> Self {
        Self::other(overflow)
    }
}

/// One sheet of rows, and one that says what they are.
pub struct Sheets {
    header: bool,
    workbook: Workbook,
    columns: Vec<(String, ColumnKind)>,
    /// The widest text so far in each column.
    widths: Vec<usize>,
    /// The row that comes next.
    next: u32,
    looks: Looks,
    facts: Vec<Fact>,
    unheld: u64,
}

/// How cells are shown.
struct Looks {
    bold: Format,
    moment: Format,
    moment_with_milliseconds: Format,
    /// Numbers, by how many digits they have after the point.
    numbers: Vec<Format>,
    number: Format,
}

impl Looks {
    fn new() -> Self {
        let shown = |format: &str| Format::new().set_num_format(format);
        let decimals = |count: usize| if count == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(count)) };
        Self {
            bold: Format::new().set_bold(),
            moment: shown("yyyy-mm-dd hh:mm:ss"),
            moment_with_milliseconds: shown("yyyy-mm-dd hh:mm:ss.000"),
            numbers: (0..=MAX_DECIMALS).map(|count| shown(&decimals(count))).collect(),
            number: Format::new(),
        }
    }
}

impl Sheets {
    /// A sheet of rows, below a header if wanted.
    pub fn new(header: bool) -> Self {
        Self {
            header,
            workbook: Workbook::new(),
            columns: Vec::new(),
            widths: Vec::new(),
            next: 0,
            looks: Looks::new(),
            facts: Vec::new(),
            unheld: 0,
        }
    }

    /// Makes the sheet ready to be read: where it scrolls, filters and is wide.
    fn finish_rows(&mut self) -> Result<(), XlsxError> {
        let (last_row, header) = (self.next.saturating_sub(1), self.header);
        let last_column = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, width) in (0..).zip(&self.widths) {
            sheet.set_column_width(column, ((*width).min(MAX_WIDTH) + PADDING) as f64)?;
        }
        if header && !self.columns.is_empty() {
            sheet.set_freeze_panes(1, 0)?;
            sheet.autofilter(0, 0, last_row, last_column)?;
        }
        // Digits that are text are meant to be; a mark in every such cell says otherwise.
        sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }

    fn add_facts(&mut self) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet().set_name("query")?;
        for (row, fact) in (0..).zip(&self.facts) {
            sheet.write_string_with_format(row, 0, fact.name, &self.looks.bold)?;
            match &fact.value {
                // A long filter is no reason to lose the list.
                text if text.encode_utf16().count() > MAX_FACT => {
                    sheet.write_string(row, 1, format!("{}…", text.chars().take(MAX_FACT / 2).collect::<String>()))?
                }
                text => sheet.write_string(row, 1, text)?,
            };
        }
        sheet.set_column_width(0, 14)?.set_column_width(1, 80)?;
        Ok(())
    }
}

/// The most characters of a fact.
const MAX_FACT: usize = 32_000;

impl Formatter for Sheets {
    fn begin(&mut self, columns: &[Column], _out: &mut dyn Write) -> io::Result<()> {
        if columns.len() > MAX_COLUMNS {
            return Err(Overflow::Columns(columns.len()).into());
        }
        self.columns = columns.iter().map(|column| (column.name().to_owned(), column.kind())).collect();
        self.widths = vec![0; columns.len()];
        let sheet = self.workbook.add_worksheet_with_constant_memory().and_then(|sheet| sheet.set_name("partners"));
        let sheet = sheet.map_err(|error| problem(error, ""))?;
        if self.header {
            for (at, (name, _)) in (0..).zip(&self.columns) {
                sheet.write_string_with_format(0, at, name, &self.looks.bold).map_err(|error| problem(error, name))?;
                self.widths[usize::from(at)] = text::width(name);
            }
            self.next = 1;
        }
        Ok(())
    }

    fn row(&mut self, row: &Row, _out: &mut dyn Write) -> io::Result<()> {
        if self.next >= MAX_ROWS {
            return Err(Overflow::Rows.into());
        }
        let at = self.next;
        self.next += 1;
        let sheet = self.workbook.worksheet_from_index(0).map_err(|error| problem(error, ""))?;
        for (column, ((name, kind), cell)) in (0..).zip(self.columns.iter().zip(row.cells())) {
            let Some(text) = cell.text() else { continue };
            let value = Value::of(&text, *kind);
            let width = &mut self.widths[usize::from(column)];
            *width = (*width).max(value.width());
            let written = match value {
                Value::Number { value, decimals } => {
                    let look = decimals.and_then(|count| self.looks.numbers.get(count)).unwrap_or(&self.looks.number);
                    sheet.write_number_with_format(at, column, value, look)
                }
                Value::Moment { moment, has_milliseconds: true } => {
                    sheet.write_datetime_with_format(at, column, moment, &self.looks.moment_with_milliseconds)
                }
                Value::Moment { moment, .. } => {
                    sheet.write_datetime_with_format(at, column, moment, &self.looks.moment)
                }
                Value::Text(text) => {
                    self.unheld += u64::from(*kind == ColumnKind::Number && is_numeral(text));
                    sheet.write_string(at, column, text)
                }
            };
            written.map_err(|error| problem(error, name))?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.finish_rows().and_then(|()| self.add_facts()).map_err(|error| problem(error, ""))?;
        // What is written to may belong to one thread alone, which the library does not accept.
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(BufWriter::new(&file)).map_err(|error| problem(error, ""))?;
        file.rewind()?;
        io::copy(&mut file, out).map(drop)
    }

    fn takes_facts(&self) -> bool {
        true
    }

    fn state(&mut self, facts: Vec<Fact>) {
        self.facts = facts;
    }

    fn unheld(&self) -> u64 {
        self.unheld
    }
}

/// What a cell holds for a spreadsheet.
enum Value<'t> {
    Text(&'t str),
    /// How many digits after the point it is shown with; none is as the spreadsheet likes.
    Number {
        value: f64,
        decimals: Option<usize>,
    },
    Moment {
        moment: ExcelDateTime,
        has_milliseconds: bool,
    },
}

impl<'t> Value<'t> {
    fn of(text: &'t str, kind: ColumnKind) -> Self {
        let value = match kind {
            ColumnKind::Number => number(text),
            ColumnKind::Moment => moment(text),
            _ => None,
        };
        value.unwrap_or(Self::Text(text))
    }

    /// About how wide it is shown.
    fn width(&self) -> usize {
        match self {
            Self::Text(text) if text.len() > MAX_WIDTH * 4 => MAX_WIDTH,
            Self::Text(text) => text::width(text),
            Self::Number { value, decimals } => format!("{value:.0}").len().min(MAX_DIGITS) + decimals.unwrap_or(0) + 1,
            Self::Moment { .. } => "2024-05-20 18:32:37.000".len(),
        }
    }
}

/// Whether the text is a number as JSON has them.
fn is_numeral(text: &str) -> bool {
    Numeral::read(text).is_some()
}

/// The parts of a number as JSON writes it.
struct Numeral<'t> {
    whole: &'t str,
    fraction: &'t str,
    has_exponent: bool,
}

impl<'t> Numeral<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if are_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let is_plain = are_digits(whole) && (whole == "0" || !whole.starts_with('0'));
        let exponent_is_plain =
            exponent.is_none_or(|exponent| are_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
        (is_plain && exponent_is_plain).then_some(Self { whole, fraction, has_exponent: exponent.is_some() })
    }

    /// The digits that count.
    fn digits(&self) -> usize {
        let digits = self.whole.bytes().chain(self.fraction.bytes());
        digits.skip_while(|digit| *digit == b'0').count()
    }
}

/// The number, if a spreadsheet keeps and shows every digit of it.
///
/// Nowhere else is an amount a floating-point number; a workbook knows no other, and keeps 15 digits exactly.
fn number(text: &str) -> Option<Value<'static>> {
    let numeral = Numeral::read(text)?;
    let (digits, decimals) = (numeral.digits(), numeral.fraction.len());
    if digits > MAX_DIGITS || decimals > MAX_DECIMALS {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    // No spreadsheet shows a negative zero, and too small or large ones are not what was written.
    let is_kept = if digits == 0 { value.is_sign_positive() } else { value.is_normal() };
    is_kept.then_some(Value::Number { value, decimals: (!numeral.has_exponent).then_some(decimals) })
}

/// The moment, if it is one in UTC that a spreadsheet has a date for, to the millisecond.
fn moment(text: &str) -> Option<Value<'static>> {
    let moment: Timestamp = text.parse().ok()?;
    // What is written otherwise, with an offset or a leap second, stays text.
    let is_kept = [format!("{moment}"), format!("{moment:.3}")].iter().any(|written| written == text);
    // In the first months of 1900, spreadsheets count a leap day that was none.
    if !is_kept || text < "1900-03-01" || moment.subsec_nanosecond() % 1_000_000 != 0 {
        return None;
    }
    let days = moment.as_millisecond() as f64 / 86_400_000.0 + DAYS_BEFORE_1970;
    let has_milliseconds = moment.subsec_millisecond() > 0;
    Some(Value::Moment { moment: ExcelDateTime::from_serial_datetime(days).ok()?, has_milliseconds })
}

/// The number that spreadsheets have for 1970-01-01.
const DAYS_BEFORE_1970: f64 = 25_569.0;

fn problem(error: XlsxError, column: &str) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        XlsxError::TempFileError(folder, error) => {
            io::Error::new(error.kind(), format!("a temporary file in {}: {error}", folder.display()))
        }
        XlsxError::MaxStringLengthExceeded => Overflow::Cell(column.to_owned()).into(),
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Cell;

    #[test]
    fn the_row_for_which_a_sheet_has_no_room_is_an_error() {
        let columns = [Column::of_key("name", ColumnKind::Text)];
        let mut sheets = Sheets::new(true);
        let mut out = Vec::new();
        sheets.begin(&columns, &mut out).expect("a beginning");
        sheets.next = MAX_ROWS - 1;
        let row = Row::Picked(&columns, vec![Cell::from("x")]);
        sheets.row(&row, &mut out).expect("the last row");
        let error = sheets.row(&row, &mut out).expect_err("one too many");
        assert_eq!(error.to_string(), "a sheet has at most 1048576 rows, its header included");
        assert!(out.is_empty());
    }

    #[test]
    fn columns_for_which_a_sheet_has_no_room_are_an_error() {
        let columns = vec![Column::of_key("name", ColumnKind::Text); MAX_COLUMNS + 1];
        assert!(Sheets::new(true).begin(&columns, &mut Vec::new()).is_err());
        assert!(Sheets::new(true).begin(&columns[1..], &mut Vec::new()).is_ok());
    }
}
