//! The tree as rows, each with its depth and its path, or as JSON objects with their children in them.

use std::io::{self, Write};
use std::mem;

use crate::commands::partners::{Job, phrase};
use crate::output::{Cell, ColumnKind, FormatOptions, Projection, Row, Sink, Writer};
use crate::partners::called;
use crate::partners::hierarchy::Hierarchy;
use crate::raw;

/// Writes the rows.
pub fn write(
    hierarchy: &Hierarchy,
    depth: Option<usize>,
    is_whole: bool,
    job: &Job,
    sink: &mut Sink,
) -> io::Result<()> {
    let columns = [&PLACE, members(hierarchy)].concat();
    let mut path: Vec<String> = Vec::new();
    job.write(sink, Projection::of(&columns), is_whole, |writer| {
        hierarchy.walk(depth).try_for_each(|visit| {
            path.truncate(visit.depth);
            path.push(id(hierarchy, visit.number));
            let place = vec![(visit.depth as u64).into(), path.join("/").into()];
            writer.write_cells([place, cells(hierarchy, visit.number)].concat())
        })
    })
}

/// Writes one array of the roots.
pub fn write_nested(
    hierarchy: &Hierarchy,
    depth: Option<usize>,
    options: FormatOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns = Projection::of(members(hierarchy)).columns.unwrap_or_default();
    let mut writer = Writer::begin(options, Projection::default(), out)?;
    let mut root = String::new();
    let mut visits = hierarchy.walk(depth).peekable();
    while let Some(visit) = visits.next() {
        let row = Row::Picked(&columns, cells(hierarchy, visit.number));
        root += &format!("{{{},\"children\":[", row.members());
        let next = visits.peek().map_or(0, |next| next.depth);
        if next <= visit.depth {
            root += &"]}".repeat(visit.depth + 1 - next);
        }
        match next {
            0 => writer.write(&mem::take(&mut root))?,
            depth if depth <= visit.depth => root.push(','),
            _ => {}
        }
    }
    writer.end().map(drop)
}

/// Where a partner stands, which JSON shows by nesting.
const PLACE: [(&str, ColumnKind); 2] = [("depth", ColumnKind::Number), ("path", ColumnKind::Code)];

/// What the row formats and JSON show of a partner; the last only in a filtered tree.
const MEMBERS: [(&str, ColumnKind); 13] = [
    ("partner_sid", ColumnKind::Code),
    ("parent_sid", ColumnKind::Code),
    ("parent_visible", ColumnKind::Code),
    ("display_id", ColumnKind::Code),
    ("partner", ColumnKind::Text),
    ("status", ColumnKind::Status),
    ("balance", ColumnKind::Number),
    ("daily_spent_amount", ColumnKind::Number),
    ("below", ColumnKind::Number),
    ("balance_sum", ColumnKind::Number),
    ("daily_spent_sum", ColumnKind::Number),
    ("left_out", ColumnKind::Number),
    ("matches", ColumnKind::Code),
];

/// The members of each partner's object.
fn members(hierarchy: &Hierarchy) -> &'static [(&'static str, ColumnKind)] {
    if hierarchy.is_filtered() { &MEMBERS } else { &MEMBERS[..MEMBERS.len() - 1] }
}

/// The cells of those members.
fn cells(hierarchy: &Hierarchy, number: usize) -> Vec<Cell<'_>> {
    let value = |field: &str| raw::lookup(hierarchy.partner(number), [field]);
    let branch = hierarchy.branch(number);
    let cell = |name: &str| match name {
        "parent_visible" => hierarchy.parent_is_visible(number).into(),
        "partner" => Cell::raw(called(value)),
        "below" => branch.below.into(),
        "balance_sum" => branch.balance.amount.to_string().into(),
        "daily_spent_sum" => branch.daily_spent.amount.to_string().into(),
        "left_out" => branch.left_out().into(),
        "matches" => hierarchy.is_match(number).into(),
        field => Cell::raw(value(field)),
    };
    members(hierarchy).iter().map(|(name, _)| cell(name)).collect()
}

/// What names a partner in a path, and where only one word is said of it.
pub fn id(hierarchy: &Hierarchy, number: usize) -> String {
    phrase::id_of(|field| raw::lookup(hierarchy.partner(number), [field]))
}
