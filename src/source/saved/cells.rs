//! CSV and TSV: a header, and rows of cells below it.
//!
//! What the cells hold is turned into a JSON object of strings, so that all lists are read alike.

use std::borrow::Cow;
use std::collections::HashSet;

use csv::{Reader, ReaderBuilder, StringRecord};
use memchr::{memchr_iter, memchr2};
use serde_json::Value;

use crate::api::partner::{PARTNERS, SID};
use crate::error::{Failure, Kind};
use crate::output::message::quoted;

use super::{Lines, Saved, Source};

/// Reads the rows of a list; gives the line at which the text ends, if it may end within a row.
pub fn read(text: &str, is_tsv: bool, source: Source) -> Result<(Saved, Option<u64>), Failure> {
    let form = Form::of(text, is_tsv);
    let mut rows = form.reader();
    let columns = rows.headers().cloned().map_err(|error| unreadable(&error, source))?;
    let key = key(&columns, source)?;
    let names: Vec<String> = columns.iter().map(|name| Value::from(form.text_of(name)).to_string()).collect();
    let mut saved = Saved { has_cells: true, ..Saved::default() };
    let mut object = String::new();
    let mut lines = Lines::of(text.as_bytes());
    let mut rows = rows.records().peekable();
    while let Some(row) = rows.next() {
        let row = row.map_err(|error| unreadable(&error, source))?;
        let line = lines.at(form.start_of(&row));
        if form.is_cut && rows.peek().is_none() {
            return Ok((saved, Some(line)));
        }
        check(&row, line, columns.len(), key, source)?;
        object.clear();
        let mut sid = 0..0;
        for (column, (name, cell)) in names.iter().zip(&row).enumerate() {
            object.push(if object.is_empty() { '{' } else { ',' });
            object.push_str(name);
            object.push(':');
            let start = object.len();
            push_string(&form.text_of(cell), &mut object);
            if column == key {
                sid = start..object.len();
            }
        }
        object.push('}');
        saved.partners.add_known(&object, Some(&object[sid]));
        saved.lines.push(line);
    }
    Ok((saved, form.is_cut.then_some(1)))
}

/// How the rows of a text are written.
struct Form<'t> {
    /// Without the line that names the delimiter.
    rows: &'t str,
    /// Where in the text they begin.
    begin: usize,
    delimiter: u8,
    /// Whether a cell with a quote before it ends at another one.
    has_quotes: bool,
    /// Whether the text may end within a row.
    is_cut: bool,
}

impl<'t> Form<'t> {
    fn of(text: &'t str, is_tsv: bool) -> Self {
        let first_line = |text: &'t str| text.split_inclusive(['\n', '\r']).next().unwrap_or_default();
        let beginning = first_line(text);
        // Some spreadsheets say first what stands between cells.
        let named = beginning.trim_end().strip_prefix("sep=").and_then(|delimiter| delimiter.bytes().next());
        let rows = if named.is_some() { text[beginning.len()..].trim_start_matches('\n') } else { text };
        let header = first_line(rows);
        let form = |delimiter| {
            // TSV of ours has no quotes; that of spreadsheets is known by those of its header, or by its line ends.
            let has_quotes = delimiter != b'\t' || header.starts_with('"') || header.ends_with('\r');
            let is_open = has_quotes && memchr_iter(b'"', rows.as_bytes()).count() % 2 == 1;
            let is_cut = is_open || !rows.ends_with(['\n', '\r']);
            Self { rows, begin: text.len() - rows.len(), delimiter, has_quotes, is_cut }
        };
        let delimiters = named.or(is_tsv.then_some(b'\t')).map_or(b",;\t|".to_vec(), |delimiter| vec![delimiter]);
        // Only with the right one is there a column of that name.
        let has_key = |form: &Self| form.reader().headers().is_ok_and(|columns| columns.iter().any(|name| name == SID));
        delimiters.into_iter().map(form).find(has_key).unwrap_or_else(|| form(b','))
    }

    fn reader(&self) -> Reader<&'t [u8]> {
        let mut builder = ReaderBuilder::new();
        builder.delimiter(self.delimiter).quoting(self.has_quotes).flexible(true).from_reader(self.rows.as_bytes())
    }

    /// Where in the text a row begins; the reader may name the end of the line before.
    fn start_of(&self, row: &StringRecord) -> usize {
        let place = row.position().map_or(0, |position| position.byte() as usize);
        self.begin + self.rows.len() - self.rows[place..].trim_start_matches(['\r', '\n']).len()
    }

    /// What a cell says: in TSV, a backslash begins an escape.
    fn text_of<'c>(&self, cell: &'c str) -> Cow<'c, str> {
        if self.delimiter == b'\t' { unescaped(cell) } else { Cow::Borrowed(cell) }
    }
}

/// The column of the SID.
fn key(columns: &StringRecord, source: Source) -> Result<usize, Failure> {
    let mut names = HashSet::new();
    for name in columns {
        if !names.insert(name) {
            let what = format!("has the column {} twice", quoted(name));
            return Err(source.refused(Kind::Usage, &what, "take one of the two out, or save the list again"));
        }
    }
    columns.iter().position(|name| name == SID).ok_or_else(|| {
        let hint = "save the list with all fields, or add partner_sid to -F";
        source.refused(Kind::Usage, &format!("has no column {SID} in line 1"), hint)
    })
}

/// Refuses a row that cannot belong to the list.
fn check(row: &StringRecord, line: u64, columns: usize, key: usize, source: Source) -> Result<(), Failure> {
    // Names of fields are no SIDs, but the header of another list.
    if row.get(key).is_some_and(|sid| PARTNERS.field(sid).is_some()) {
        let what = format!("has a second header, in line {line}");
        return Err(source.refused(Kind::Usage, &what, "split the file there: it holds two lists"));
    }
    let cells = row.len();
    if cells == columns { Ok(()) } else { Err(source.no_list(line, &format!("{cells} cells, the header {columns}"))) }
}

fn unreadable(error: &csv::Error, source: Source) -> Failure {
    source.no_list(error.position().map_or(1, csv::Position::line), "a row that cannot be read")
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
