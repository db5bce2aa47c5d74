//! CSV and TSV: a header, and rows of cells below it.
//!
//! What the cells hold is turned into a JSON object of strings, so that all lists are read alike.

use std::borrow::Cow;
use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord};
use memchr::memchr_iter;

use crate::api::partner::{PARTNERS, SID};
use crate::error::{Failure, Kind};
use crate::output::message::quoted;
use crate::raw;

use super::{Lines, Saved, SavedFile};

/// Reads the rows of a list.
pub fn read(text: &str, is_named_tsv: bool, source: SavedFile) -> Result<Saved, Failure> {
    // Spreadsheets of some countries write semicolons.
    let header = text.split(['\n', '\r']).next().unwrap_or_default();
    let has_key = |delimiter: &u8| header.split(char::from(*delimiter)).any(|name| name.trim_matches('"') == SID);
    let delimiters = if is_named_tsv { b"\t".as_slice() } else { b",;\t" };
    let delimiter = delimiters.iter().copied().find(has_key).unwrap_or(delimiters[0]);
    let is_tsv = delimiter == b'\t';
    // TSV of ours has no quotes; that of spreadsheets is known by those of its header, or by its line ends.
    let has_quotes = !is_tsv || header.starts_with('"') || text[header.len()..].starts_with('\r');
    let mut builder = ReaderBuilder::new();
    let mut rows = builder.delimiter(delimiter).quoting(has_quotes).flexible(true).from_reader(text.as_bytes());
    let columns = rows.headers().cloned().map_err(|error| unreadable(&error, source))?;
    let key = key(&columns, source)?;
    let mut lines = Lines::of(text.as_bytes());
    let is_open = has_quotes && memchr_iter(b'"', text.as_bytes()).count() % 2 == 1;
    if is_open || !text.ends_with(['\n', '\r']) {
        return Err(source.cut(lines.at(text.len())));
    }
    let push = |cell: &str, json: &mut String| {
        let cell = if is_tsv { unescaped(cell) } else { Cow::Borrowed(cell) };
        raw::push_string(&cell, json);
    };
    let mut saved = Saved { has_cells: true, ..Saved::default() };
    let mut names = Vec::new();
    for name in &columns {
        let mut begin = if names.is_empty() { "{" } else { "," }.to_owned();
        push(name, &mut begin);
        names.push(begin + ":");
    }
    let (mut row, mut json, mut sid) = (StringRecord::new(), String::new(), 0..0);
    while rows.read_record(&mut row).map_err(|error| unreadable(&error, source))? {
        let line = lines.at(start_of(&row, text));
        check(&row, line, columns.len(), key, source)?;
        let start = json.len();
        for (at, (name, cell)) in names.iter().zip(&row).enumerate() {
            json.push_str(name);
            let value = json.len();
            push(cell, &mut json);
            if at == key {
                sid = value..json.len();
            }
        }
        json.push('}');
        saved.partners.note(start..json.len(), Some(&json[sid.clone()]), None);
        saved.lines.push(line);
    }
    saved.partners = saved.partners.on(json);
    Ok(saved)
}

/// Where in the text a row begins; the reader may name the end of the line before.
fn start_of(row: &StringRecord, text: &str) -> usize {
    let place = row.position().map_or(0, |position| position.byte() as usize);
    text.len() - text[place..].trim_start_matches(['\r', '\n']).len()
}

/// The column of the SID.
fn key(columns: &StringRecord, source: SavedFile) -> Result<usize, Failure> {
    let mut names = HashSet::new();
    for name in columns {
        if !names.insert(name) {
            let what = format!("has the column {} twice", quoted(name));
            return Err(source.refused(Kind::Usage, &what, "remove one of them, or save the list again"));
        }
    }
    columns.iter().position(|name| name == SID).ok_or_else(|| {
        let hint = "save the list with all fields, or add partner_sid to -F";
        source.refused(Kind::Usage, &format!("has no column {SID} in line 1"), hint)
    })
}

/// Refuses a row that cannot belong to the list.
fn check(row: &StringRecord, line: u64, columns: usize, key: usize, source: SavedFile) -> Result<(), Failure> {
    // Field names in place of SIDs are the header of another list.
    if row.get(key).is_some_and(|sid| PARTNERS.field(sid).is_some()) {
        let what = format!("has a second header, in line {line}");
        return Err(source.refused(Kind::Usage, &what, "split the file there: it holds two lists"));
    }
    let cells = row.len();
    if cells == columns { Ok(()) } else { Err(source.no_list(line, &format!("{cells} cells, the header {columns}"))) }
}

fn unreadable(error: &csv::Error, source: SavedFile) -> Failure {
    source.no_list(error.position().map_or(1, csv::Position::line), "a row that cannot be read")
}

/// The text of a cell of TSV, in which a backslash begins an escape.
fn unescaped(cell: &str) -> Cow<'_, str> {
    if !cell.contains('\\') {
        return Cow::Borrowed(cell);
    }
    let (mut text, mut rest) = (String::with_capacity(cell.len()), cell);
    while let Some((before, after)) = rest.split_once('\\') {
        let (c, length) = match after.as_bytes().first() {
            Some(b't') => ('\t', 1),
            Some(b'n') => ('\n', 1),
            Some(b'r') => ('\r', 1),
            Some(b'\\') => ('\\', 1),
            _ => ('\\', 0),
        };
        text.push_str(before);
        text.push(c);
        rest = &after[length..];
    }
    Cow::Owned(text + rest)
}
