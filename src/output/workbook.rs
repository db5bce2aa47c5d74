//! `xlsx`: a workbook for people who open it by a double click.
//!
//! Text is stored as text, so that no ZIP code loses its zeros and no name becomes a formula. Rows go to a temporary
//! file as they come, as the number format and the width of a column are known only when the last of them is; the
//! workbook is made of it at the end, and nothing is written before.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use jiff::Timestamp;
use rust_xlsxwriter::{Format, FormatAlign, IgnoreError, Workbook, Worksheet, XlsxError};

use crate::raw::Number;

use super::row::Row;
use super::{Column, ColumnKind, Fact, Formatter, Unseen, text};

/// The most rows that a sheet has, its header included.
const MAX_ROWS: u32 = 1_048_576;

/// The most columns that a sheet has.
const MAX_COLUMNS: usize = 16_384;

/// The most characters of a cell, in UTF-16.
const MAX_CELL: usize = 32_767;

/// A spreadsheet keeps so many digits of a number, and no more.
const MAX_DIGITS: usize = 15;

/// The most digits after the point that a number is shown with.
const MAX_DECIMALS: usize = 30;

/// The widest that a column opens, in characters.
const MAX_WIDTH: usize = 60;

/// What is around the text of a cell, and the button of a filter in the header.
const PADDING: usize = 3;

/// The error of what a sheet has no room for.
fn overflow(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, problem)
}

/// One sheet of rows, and one that says what they are.
pub struct Sheets {
    header: bool,
    columns: Vec<SheetColumn>,
    /// The rows so far: of each cell what it holds, how long its text is, and that.
    rows: Option<BufWriter<File>>,
    /// The row that comes next.
    next: u32,
    unheld: u64,
}

/// A column, and what is known of its cells so far.
struct SheetColumn {
    name: String,
    kind: ColumnKind,
    widest: usize,
    /// The most digits after the point of one of its numbers.
    decimals: usize,
    has_milliseconds: bool,
}

impl Sheets {
    /// A sheet of rows, below a header if wanted.
    pub fn new(header: bool) -> Self {
        Self { header, columns: Vec::new(), rows: None, next: 0, unheld: 0 }
    }

    fn workbook(&self, facts: &[Fact], rows: BufReader<File>) -> io::Result<Workbook> {
        let mut workbook = Workbook::new();
        // Half the time of the usual level, for a file that is a quarter larger.
        workbook.set_zip_compression_level(2);
        let sheet = workbook.add_worksheet_with_constant_memory().and_then(|sheet| sheet.set_name("partners"));
        let sheet = sheet.map_err(problem)?;
        self.fill(sheet, rows)?;
        self.finish(sheet).map_err(problem)?;
        add_facts(facts, workbook.add_worksheet()).map_err(problem)?;
        Ok(workbook)
    }

    /// Writes the header and the rows.
    fn fill(&self, sheet: &mut Worksheet, mut rows: BufReader<File>) -> io::Result<()> {
        let looks: Vec<Looks> = self.columns.iter().map(Looks::of).collect();
        if self.header {
            for (at, column) in (0..).zip(&self.columns) {
                sheet.write_string_with_format(0, at, &column.name, &Format::new().set_bold()).map_err(problem)?;
            }
        }
        for row in u32::from(self.header)..self.next {
            for (at, looks) in (0..).zip(&looks) {
                let mut head = [0; 5];
                rows.read_exact(&mut head)?;
                let [value, length @ ..] = head;
                let mut text = vec![0; u32::from_le_bytes(length) as usize];
                rows.read_exact(&mut text)?;
                let text = String::from_utf8(text).map_err(io::Error::other)?;
                write(sheet, (row, at), value, text, looks).map_err(problem)?;
            }
        }
        Ok(())
    }

    /// Makes the sheet ready to be read: where it scrolls, filters and is wide.
    fn finish(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let last_row = self.next.saturating_sub(1);
        let last_column = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        for (at, column) in (0..).zip(&self.columns) {
            sheet.set_column_width(at, (column.widest.min(MAX_WIDTH) + PADDING) as f64)?;
        }
        if self.header && !self.columns.is_empty() {
            sheet.set_freeze_panes(1, 0)?;
            sheet.autofilter(0, 0, last_row, last_column)?;
        }
        // Digits that are text are meant to be; a mark in every such cell says otherwise.
        sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }
}

fn add_facts(facts: &[Fact], sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("query")?;
    for (row, (name, kind, value)) in (0..).zip(facts) {
        sheet.write_string_with_format(row, 0, *name, &Format::new().set_bold())?;
        let mut column = SheetColumn::new(name, *kind);
        // A long filter must not lose the list.
        let text: String = value.chars().take(MAX_CELL / 2).collect();
        let (value, text) = column.take_in(text.into(), *kind);
        let Looks { number, moment } = Looks::of(&column);
        let [number, moment] = [number, moment].map(|look| look.set_align(FormatAlign::Left));
        write(sheet, (row, 1), value, text.into_owned(), &Looks { number, moment })?;
    }
    sheet.set_column_width(0, 14)?.set_column_width(1, 80)?;
    sheet.ignore_error_range(0, 1, facts.len() as u32, 1, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

impl Formatter for Sheets {
    fn begin(&mut self, columns: &[Column], _out: &mut dyn Write) -> io::Result<()> {
        if columns.len() > MAX_COLUMNS {
            let columns = columns.len();
            return Err(overflow(format!("a sheet has at most {MAX_COLUMNS} columns, not {columns}")));
        }
        self.columns = columns.iter().map(|column| SheetColumn::new(column.name(), column.kind())).collect();
        self.next = u32::from(self.header);
        self.rows = Some(BufWriter::new(temporary()?));
        Ok(())
    }

    fn row(&mut self, row: &Row, _out: &mut dyn Write) -> io::Result<()> {
        if self.next >= MAX_ROWS {
            return Err(overflow(format!("a sheet has at most {MAX_ROWS} rows, its header included")));
        }
        self.next += 1;
        let Some(rows) = &mut self.rows else { return Ok(()) };
        for (column, cell) in self.columns.iter_mut().zip(row.cells()) {
            let text = cell.text().unwrap_or_default();
            if text.len() > MAX_CELL && text.encode_utf16().count() > MAX_CELL {
                let name = text::escape(&column.name);
                let message = format!("a cell has at most {MAX_CELL} characters, and a value of `{name}` has more");
                return Err(overflow(message));
            }
            let kind = cell.kind(column.kind);
            let (value, text) = column.take_in(text, kind);
            let is_numeral = || kind == ColumnKind::Number && Number::read(&text).is_some();
            self.unheld += u64::from(value == TEXT && is_numeral());
            let [a, b, c, d] = (text.len() as u32).to_le_bytes();
            let written = rows.write_all(&[value, a, b, c, d]).and_then(|()| rows.write_all(text.as_bytes()));
            written.map_err(in_temporary_folder)?;
        }
        Ok(())
    }

    fn end(&mut self, facts: &[Fact], out: &mut dyn Write) -> io::Result<Unseen> {
        let Some(rows) = self.rows.take() else { return Ok(Unseen::default()) };
        let mut rows = rows.into_inner().map_err(|error| in_temporary_folder(error.into_error()))?;
        rows.rewind()?;
        let mut workbook = self.workbook(facts, BufReader::new(rows))?;
        // What is written to may belong to one thread alone, which the library does not accept.
        let mut file = temporary()?;
        workbook.save_to_writer(BufWriter::new(&file)).map_err(problem)?;
        file.rewind()?;
        io::copy(&mut file, out)?;
        Ok(Unseen { numbers: self.unheld, ..Unseen::default() })
    }
}

/// What a cell holds for a spreadsheet: text, a number, or a moment as the days since the last one of 1899.
const TEXT: u8 = b't';
const NUMBER: u8 = b'n';
const MOMENT: u8 = b'm';

impl SheetColumn {
    fn new(name: &str, kind: ColumnKind) -> Self {
        Self { name: name.to_owned(), kind, widest: text::width(name), decimals: 0, has_milliseconds: false }
    }

    /// What a cell of that kind holds, given its text, and how that is written; the column has room for it then.
    fn take_in<'t>(&mut self, text: Cow<'t, str>, kind: ColumnKind) -> (u8, Cow<'t, str>) {
        let decimals = if kind == ColumnKind::Number { decimals(&text) } else { None };
        let milliseconds = if kind == ColumnKind::Moment { milliseconds(&text) } else { None };
        let (value, width, text) = if let Some(decimals) = decimals {
            self.decimals = self.decimals.max(decimals);
            (NUMBER, text.len() + self.decimals, text)
        } else if let Some(milliseconds) = milliseconds {
            self.has_milliseconds |= milliseconds % 1000 != 0;
            let days = milliseconds as f64 / 86_400_000.0 + 25_569.0;
            (MOMENT, text.len(), days.to_string().into())
        } else {
            // No text takes more columns than bytes.
            let width = match text.len() {
                length if length.min(MAX_WIDTH) <= self.widest => 0,
                length if length > MAX_WIDTH * 4 => MAX_WIDTH,
                _ => text::width(&text),
            };
            (TEXT, width, text)
        };
        self.widest = self.widest.max(width);
        (value, text)
    }
}

/// How the numbers and the moments of a column are shown, each in one way.
struct Looks {
    number: Format,
    moment: Format,
}

impl Looks {
    fn of(column: &SheetColumn) -> Self {
        let decimals = if column.decimals == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(column.decimals)) };
        let milliseconds = if column.has_milliseconds { ".000" } else { "" };
        Self {
            number: Format::new().set_num_format(decimals),
            moment: Format::new().set_num_format(format!("yyyy-mm-dd hh:mm:ss{milliseconds}")),
        }
    }
}

fn write(sheet: &mut Worksheet, place: (u32, u16), value: u8, text: String, looks: &Looks) -> Result<(), XlsxError> {
    let (row, column) = place;
    let look = match value {
        NUMBER => &looks.number,
        MOMENT => &looks.moment,
        _ => return sheet.write_string(row, column, text).map(drop),
    };
    sheet.write_number_with_format(row, column, text.parse::<f64>().unwrap_or_default(), look).map(drop)
}

/// How many digits after the point a number has, if a spreadsheet keeps and shows every digit of it.
///
/// Nowhere else is an amount a floating-point number; a workbook knows no other, and keeps 15 digits exactly.
fn decimals(text: &str) -> Option<usize> {
    let number = Number::read(text)?;
    let is_written_so = number.sign != Some('+') && (number.whole == "0" || !number.whole.starts_with('0'));
    let decimals = number.fraction.len() as i64 - i64::from(number.exponent.unwrap_or(0));
    let (digits, decimals) = (number.digits().count(), usize::try_from(decimals.max(0)).ok()?);
    let value: f64 = text.parse().ok()?;
    // No spreadsheet shows a negative zero, and too small or large ones are not what was written.
    let is_kept = if digits == 0 { value.is_sign_positive() } else { value.is_normal() };
    (is_written_so && digits <= MAX_DIGITS && decimals <= MAX_DECIMALS && is_kept).then_some(decimals)
}

/// The milliseconds since 1970 of a time in UTC, if a spreadsheet has a date for it. What is written otherwise, with
/// an offset or a leap second, stays text. In early 1900, spreadsheets count a leap day that did not exist.
fn milliseconds(text: &str) -> Option<i64> {
    let moment: Timestamp = text.parse().ok()?;
    let written =
        if text.len() == "1900-03-01T00:00:00.000Z".len() { format!("{moment:.3}") } else { moment.to_string() };
    let is_whole = moment.subsec_nanosecond() % 1_000_000 == 0;
    (written == text && is_whole && text >= "1900-03-01").then(|| moment.as_millisecond())
}

fn temporary() -> io::Result<File> {
    tempfile::tempfile().map_err(in_temporary_folder)
}

/// The error with the name of its directory.
fn in_temporary_folder(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("a temporary file in {}: {error}", std::env::temp_dir().display()))
}

fn problem(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => in_temporary_folder(error),
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
