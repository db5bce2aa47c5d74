//! CSV and TSV: a header, and rows of cells below it.
//!
//! What the cells hold is turned into a JSON object of strings, so that all lists are read alike.

use std::borrow::Cow;
use std::io::BufRead;

use memchr::{memchr_iter, memchr2};
use serde_json::Value;

use crate::api::partner::PARTNERS;

use super::{MAX_RECORD, Problem, Record, on_line};

/// Reads row after row.
pub struct Cells<R> {
    source: R,
    line: u64,
    is_tsv: bool,
    /// What stands between cells of CSV.
    delimiter: char,
    /// The names of the columns as JSON strings.
    columns: Vec<String>,
    /// The column of the SID.
    key: usize,
}

impl<R: BufRead> Cells<R> {
    /// Reads the header.
    pub fn new(source: R, is_tsv: bool, key: &'static str) -> Result<Self, Problem> {
        let mut cells = Self { source, line: 1, is_tsv, delimiter: ',', columns: Vec::new(), key: 0 };
        let Some((_, header)) = cells.row()? else { return Err(Problem::Empty) };
        // Some programs want another delimiter; only with the right one is there a column of that name.
        let others = ('\t'..='~').filter(|c| !c.is_ascii_alphanumeric() && header.contains(*c));
        let delimiters: Vec<char> = std::iter::once(',').chain(others).collect();
        let key = delimiters.into_iter().find_map(|delimiter| {
            cells.delimiter = delimiter;
            cells.is_tsv = is_tsv || delimiter == '\t';
            cells.split(&header).iter().position(|name| name == key)
        });
        cells.key = key.ok_or(Problem::NoKey)?;
        let names = cells.split(&header);
        cells.columns = names.iter().map(|name| Value::from(&**name).to_string()).collect();
        Ok(cells)
    }

    pub fn next(&mut self) -> Option<Result<Record, Problem>> {
        loop {
            return match self.row().transpose()? {
                Ok((_, row)) if row.is_empty() => continue,
                Ok((line, row)) => Some(self.record(line, &row)),
                Err(problem) => Some(Err(problem)),
            };
        }
    }

    fn record(&self, line: u64, row: &str) -> Result<Record, Problem> {
        let cells = self.split(row);
        // Names of fields are no SIDs, but the header of another list.
        if cells.get(self.key).is_some_and(|sid| PARTNERS.field(sid).is_some()) {
            return Err(Problem::SecondHeader { line });
        }
        if cells.len() != self.columns.len() {
            return Err(Problem::OtherWidth { line, cells: cells.len(), columns: self.columns.len() });
        }
        // The names of the columns and the escapes take about as much as the row.
        let mut object = String::with_capacity(2 * row.len());
        for (name, cell) in self.columns.iter().zip(&cells) {
            object.push(if object.is_empty() { '{' } else { ',' });
            object.push_str(name);
            object.push(':');
            push_string(cell, &mut object);
        }
        object.push('}');
        Ok(Record { line, text: object.into_boxed_str() })
    }

    /// The next row without its end, and the line where it begins. A cell in quotes may go over several lines.
    fn row(&mut self) -> Result<Option<(u64, String)>, Problem> {
        let line = self.line;
        let mut row = Vec::new();
        let mut quotes = 0;
        loop {
            let begin = row.len();
            let limit = MAX_RECORD as u64 + 2 - begin as u64;
            std::io::Read::take(&mut self.source, limit)
                .read_until(b'\n', &mut row)
                .map_err(|error| on_line(error, self.line))?;
            let is_ended = row.len() > begin && row.ends_with(b"\n");
            if row.len() > MAX_RECORD {
                return Err(Problem::TooLarge { line });
            }
            if !is_ended {
                return if row.is_empty() { Ok(None) } else { Err(Problem::Cut { line }) };
            }
            self.line += 1;
            quotes += memchr_iter(b'"', &row[begin..]).count();
            if self.is_tsv || quotes % 2 == 0 {
                break;
            }
        }
        row.pop();
        if row.ends_with(b"\r") {
            row.pop();
        }
        let row = String::from_utf8(row).map_err(|_| Problem::Unexpected { line, found: "text that is not UTF-8" })?;
        Ok(Some((line, row)))
    }

    /// The cells of a row.
    fn split<'r>(&self, row: &'r str) -> Vec<Cow<'r, str>> {
        if self.is_tsv {
            return row.split('\t').map(unescaped).collect();
        }
        let mut cells = Vec::new();
        let mut rest = Some(row);
        while let Some(row) = rest {
            let (cell, after) = match row.strip_prefix('"') {
                Some(quoted) => in_quotes(quoted, self.delimiter),
                None => match row.split_once(self.delimiter) {
                    Some((cell, after)) => (cell.into(), Some(after)),
                    None => (row.into(), None),
                },
            };
            cells.push(cell);
            rest = after;
        }
        cells
    }
}

/// Adds a text as a JSON string. Objects and arrays in cells have many quotes, which are escaped in one go.
fn push_string(text: &str, out: &mut String) {
    if text.bytes().any(|byte| byte < b' ') {
        return out.push_str(&Value::from(text).to_string());
    }
    out.push('"');
    let mut rest = text;
    while let Some(at) = memchr2(b'"', b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push('\\');
        out.push_str(&rest[at..=at]);
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// A cell in quotes, of which the first is gone, and what follows the delimiter after it.
fn in_quotes(text: &str, delimiter: char) -> (Cow<'_, str>, Option<&str>) {
    let mut from = 0;
    let end = loop {
        match text[from..].find('"') {
            Some(at) if text[from + at + 1..].starts_with('"') => from += at + 2,
            Some(at) => break from + at,
            None => break text.len(),
        }
    };
    let cell = &text[..end];
    let cell = if cell.contains('"') { Cow::Owned(cell.replace("\"\"", "\"")) } else { Cow::Borrowed(cell) };
    let after = text.get(end + 1..).unwrap_or_default();
    match after.split_once(delimiter) {
        Some(("", after)) => (cell, Some(after)),
        // Some programs write on after a quote.
        Some((more, after)) => (cell + more, Some(after)),
        None => (cell + after, None),
    }
}

/// The text of a cell of TSV, in which a backslash begins an escape.
fn unescaped(cell: &str) -> Cow<'_, str> {
    if !cell.contains('\\') {
        return Cow::Borrowed(cell);
    }
    let mut text = String::with_capacity(cell.len());
    let mut characters = cell.chars();
    while let Some(c) = characters.next() {
        let escaped = match (c, characters.clone().next()) {
            ('\\', Some('t')) => '\t',
            ('\\', Some('n')) => '\n',
            ('\\', Some('r')) => '\r',
            ('\\', Some('\\')) => '\\',
            _ => {
                text.push(c);
                continue;
            }
        };
        text.push(escaped);
        characters.next();
    }
    Cow::Owned(text)
}
