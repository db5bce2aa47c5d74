//! One record of facts: a line for each to read, an object in JSON, a row in the other formats; and rows of our own.

use std::io::{self, Write};

use serde_json::value::RawValue;

use crate::api::field::Group;
use crate::output::paint::{self, Paint, marked};
use crate::output::terminal::Look;
use crate::output::{self, ABSENT, Cell, Column, ColumnKind, Rank, Row, Shape, Style, Writer, text};
use crate::raw;
use crate::values::{Format, Layout};

/// Writes the record.
pub fn write(list: Vec<(&str, Cell)>, format: Format, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let (names, cells): (Vec<_>, Vec<_>) =
        list.into_iter().map(|(name, cell)| ((name, ColumnKind::Text), cell)).unzip();
    let columns = Shape::of(&names).columns.unwrap_or_default();
    match format.layout() {
        Layout::Screen => lines(&Row::Picked(&columns, cells), |_| None, look, out),
        Layout::Document => output::json::write_value(&Row::Picked(&columns, cells).object(), look.is_terminal, out),
        Layout::Markup => {
            facts(&Row::Picked(&columns, cells), Style { format, header: true, look, formula_guard: false }, out)
        }
        Layout::Objects | Layout::Columns => rows(Shape::of(&names), [cells], format, look, out).map(drop),
    }
}

/// Writes a row of markup for each column.
pub fn facts(row: &Row, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let shape = Shape::of(&[("field", ColumnKind::Code), ("value", ColumnKind::Text)]);
    let mut writer = Writer::begin(Style { format: Format::Markdown, ..style }, shape, out)?;
    for (column, cell) in row.columns().iter().zip(row.cells()) {
        writer.write_cells(vec![column.name().into(), cell.clone()])?;
    }
    writer.end()
}

/// Writes a line for each column: its name, then its value. An empty line parts columns of different groups.
pub fn lines(row: &Row, group: impl Fn(&str) -> Option<Group>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<_> = row.columns().iter().map(|column| text::escape(column.name())).collect();
    // A longer name moves no values but its own.
    let longest = names.iter().map(|name| text::width(name)).filter(|width| *width <= 60).max().unwrap_or(0);
    let mut last = None;
    for ((column, name), cell) in row.columns().iter().zip(&names).zip(row.cells()) {
        let group = Some(group(column.name()));
        if last.is_some() && last != group {
            writeln!(out)?;
        }
        last = group;
        let value =
            cell.text().map_or_else(|| marked(ABSENT, Paint::Aside), |value| painted(&text::escape(&value), column));
        let line = entry(name, &value, longest);
        writeln!(out, "{}", paint::resolved(line.trim_end(), look.color))?;
    }
    out.flush()
}

/// Writes what of a partner fits one screen: lists and objects in short, what is not set by its name alone.
pub fn short(row: &Row, group: impl Fn(&str) -> Option<Group>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let width = look.width().unwrap_or(80);
    let mut unset = Vec::new();
    let mut groups: Vec<(Option<Group>, Vec<(String, String)>)> = Vec::new();
    for (column, cell) in row.columns().iter().zip(row.cells()) {
        let (name, group) = (text::escape(column.name()).into_owned(), group(column.name()));
        let Some(value) = summary(cell) else {
            unset.push(name);
            continue;
        };
        let value = painted(&text::escape(&value), column);
        match groups.last_mut() {
            Some((last, entries)) if *last == group => match entries.first_mut() {
                Some((_, address)) if group == Some(Group::Address) => *address = format!("{address}, {value}"),
                _ => entries.push((name, value)),
            },
            _ if group == Some(Group::Address) => groups.push((group, vec![("address".to_owned(), value)])),
            _ => groups.push((group, vec![(name, value)])),
        }
    }
    let mut groups: Vec<_> = groups.iter().map(|(_, entries)| flow(entries, width)).collect();
    groups.extend((!unset.is_empty()).then(|| flow(&[("not set".to_owned(), unset.join(", "))], width)));
    let is_roomy = groups.iter().map(|lines| lines.len() + 1).sum::<usize>() <= SCREEN + 1;
    for line in groups.join(&is_roomy.then(String::new).into_iter().collect::<Vec<_>>()[..]) {
        writeln!(out, "{}", paint::resolved(&line, look.color))?;
    }
    out.flush()
}

/// The lines of a record that fit a screen of 24, with those of the shell, and a note.
const SCREEN: usize = 22;

/// Blanks between names and values, and between two of them in a line.
const GAP: usize = 2;

/// The lines of names with their values: two in a line where both fit, none longer than the width.
fn flow(entries: &[(String, String)], width: usize) -> Vec<String> {
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

/// Writes rows of our own in the format; gives the columns that there was no room for.
pub fn rows<'c>(
    shape: Shape,
    rows: impl IntoIterator<Item = Vec<Cell<'c>>>,
    format: Format,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<Vec<(String, Rank)>> {
    let style = Style { format, header: true, look, formula_guard: false };
    let mut writer = Writer::begin(style, shape, out)?;
    rows.into_iter().try_for_each(|row| writer.write_cells(row))?;
    writer.end()?;
    Ok(writer.hidden().to_vec())
}
