//! One record: a line for each field to read, a row of markup for each, an object in JSON, one row in the
//! other formats.

use std::io::{self, Write};

use serde_json::value::RawValue;

use crate::api::{FieldGroup, PARTNERS};
use crate::output::paint::{self, Paint, marked};
use crate::output::{self, ABSENT, Cell, Column, ColumnKind, FormatOptions, Projection, Row, Viewport, Writer, text};
use crate::raw;
use crate::values::FormatKind;

/// Writes the record in the format.
pub fn write(row: &Row, options: FormatOptions, out: &mut dyn Write) -> io::Result<()> {
    let (projection, rows) = match options.format.kind() {
        FormatKind::Screen => return lines(row, options.viewport, out),
        FormatKind::Document => return output::json::write_value(&row.object(), options.viewport.is_terminal, out),
        FormatKind::Markup => {
            let facts = row.columns().iter().zip(row.cells());
            let facts = facts.map(|(column, cell)| vec![column.name().into(), cell.clone()]).collect();
            (Projection::of(&[("field", ColumnKind::Code), ("value", ColumnKind::Text)]), facts)
        }
        FormatKind::Objects | FormatKind::Columns => {
            let projection = Projection { columns: Some(row.columns().to_vec()), ..Projection::default() };
            (projection, vec![row.cells().to_vec()])
        }
    };
    let mut writer = Writer::begin(options, projection, out)?;
    rows.into_iter().try_for_each(|cells| writer.write_cells(cells))?;
    writer.end().map(drop)
}

/// Writes a line for each column: its name, then its value.
fn lines(row: &Row, viewport: Viewport, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<_> = row.columns().iter().map(|column| text::escape(column.name())).collect();
    // A longer name moves no values but its own.
    let longest = names.iter().map(|name| text::width(name)).filter(|width| *width <= 60).max().unwrap_or(0);
    for ((column, name), cell) in row.columns().iter().zip(&names).zip(row.cells()) {
        let value =
            cell.text().map_or_else(|| marked(ABSENT, Paint::Aside), |value| painted(&text::escape(&value), column));
        let line = entry(name, &value, longest);
        writeln!(out, "{}", paint::resolved(line.trim_end(), viewport.color))?;
    }
    out.flush()
}

/// Writes what of a partner fits one screen: lists and objects in short, what is not set by its name alone; with the
/// balance what it was in the last 30 nights, if that is known.
pub fn short(row: &Row, mut nights: Option<String>, viewport: Viewport, out: &mut dyn Write) -> io::Result<()> {
    let width = viewport.width().unwrap_or(80);
    let mut unset = Vec::new();
    let mut groups: Vec<(Option<FieldGroup>, Vec<Entry>)> = Vec::new();
    for (column, cell) in row.columns().iter().zip(row.cells()) {
        let name = text::escape(column.name()).into_owned();
        let group = PARTNERS.field(column.name()).map(|field| field.group);
        let Some(value) = summary(cell) else {
            unset.push(name);
            continue;
        };
        let value = painted(&text::escape(&value), column);
        let is_address = group == Some(FieldGroup::Address);
        match groups.last_mut() {
            Some((last, entries)) if *last == group => match entries.last_mut() {
                Some((_, address)) if is_address => *address = format!("{address}, {value}"),
                _ => entries.push((name, value)),
            },
            // It belongs to the contacts before it.
            Some((last, entries)) if is_address => {
                *last = group;
                entries.push(("address".to_owned(), value));
            }
            _ => groups.push((group, vec![(name, value)])),
        }
        if column.name() == "balance"
            && let (Some((_, entries)), Some(nights)) = (groups.last_mut(), nights.take())
        {
            entries.push(("30 nights".to_owned(), nights));
        }
    }
    let mut groups: Vec<_> = groups.iter().map(|(_, entries)| flow(entries, width)).collect();
    groups.extend((!unset.is_empty()).then(|| flow(&[("not set".to_owned(), unset.join(", "))], width)));
    let is_roomy = groups.iter().map(|lines| lines.len() + 1).sum::<usize>() <= SCREEN + 1;
    for line in groups.join(&is_roomy.then(String::new).into_iter().collect::<Vec<_>>()[..]) {
        writeln!(out, "{}", paint::resolved(&line, viewport.color))?;
    }
    out.flush()
}

/// The lines of a record that fit a screen of 24, with those of the shell, and a note.
const SCREEN: usize = 22;

/// Blanks between names and values, and between two of them in a line.
const GAP: usize = 2;

/// A name and its value.
type Entry = (String, String);

/// The lines of names with their values: two in a line where both fit, none longer than the width.
fn flow(entries: &[Entry], width: usize) -> Vec<String> {
    let half = width.saturating_sub(GAP) / 2;
    let longest = entries.iter().map(|(name, _)| text::width(name)).filter(|width| *width <= half).max().unwrap_or(0);
    let mut lines: Vec<String> = Vec::new();
    let mut has_room = false;
    for (name, value) in entries {
        let entry = text::cut(&entry(name, value, longest), width).into_owned();
        let is_short = text::width(&entry) <= half;
        match lines.last_mut().filter(|_| has_room && is_short) {
            Some(line) => {
                let blanks = (half + GAP).saturating_sub(text::width(line));
                *line = format!("{line}{}{entry}", " ".repeat(blanks));
                has_room = false;
            }
            None => {
                lines.push(entry);
                has_room = is_short;
            }
        }
    }
    lines
}

fn entry(name: &str, value: &str, longest: usize) -> String {
    let blanks = " ".repeat(longest.saturating_sub(text::width(name)) + GAP);
    format!("{}{blanks}{value}", marked(name, Paint::Name))
}

fn painted(value: &str, column: &Column) -> String {
    let paint = (column.kind() == ColumnKind::Status).then(|| paint::of_status(value)).flatten();
    paint.map_or_else(|| value.to_owned(), |paint| marked(value, paint))
}

/// The value in short: how many entries a list has and the first of them, the keys of an object; none of what is not
/// set or empty.
fn summary(cell: &Cell) -> Option<String> {
    let keys = |value| raw::members(value).map(|(key, _)| raw::text(key).into_owned()).collect::<Vec<_>>();
    let shown = match cell.value() {
        Some(value) if value.starts_with('[') => {
            let entries: Vec<&RawValue> = serde_json::from_str(value).unwrap_or_default();
            let texts: Vec<_> = entries.iter().map(|entry| raw::text(entry.get())).collect();
            if texts.is_empty() { String::new() } else { format!("{}: {}", texts.len(), texts.join(", ")) }
        }
        Some(value) if value.starts_with('{') => keys(value).join(", "),
        _ => cell.text()?.into_owned(),
    };
    (!shown.is_empty()).then_some(shown)
}
