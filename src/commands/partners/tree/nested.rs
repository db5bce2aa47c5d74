//! The tree as JSON: objects with their children in them.

use std::io::{self, Write};
use std::mem;

use crate::output::{FormatOptions, Projection, Row, Writer};
use crate::partners::hierarchy::Hierarchy;

use super::rows;

/// Writes one array of the roots.
pub fn write(
    hierarchy: &Hierarchy,
    depth: Option<usize>,
    options: FormatOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns = Projection::of(rows::members(hierarchy)).columns.unwrap_or_default();
    let mut writer = Writer::begin(options, Projection::default(), out)?;
    let mut root = String::new();
    let mut visits = hierarchy.walk(depth).peekable();
    while let Some(visit) = visits.next() {
        let row = Row::Picked(&columns, rows::cells(hierarchy, visit.number));
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
