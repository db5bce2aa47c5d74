//! The tree as JSON: objects with their children in them.

use std::io::{self, Write};

use crate::error::{self, Failure, Kind};
use crate::output::{Column, Row, Shape, text};
use crate::partners::hierarchy::Hierarchy;
use crate::raw;

use super::rows;

/// How many levels of children there may be. Readers of JSON set limits to nesting, some of them lower ones: a level is
/// a list and an object.
const MAX_LEVELS: usize = 100;

/// Writes one array of the roots.
pub fn write(hierarchy: &Hierarchy, depth: Option<usize>, terminal: bool, out: &mut dyn Write) -> error::Result<()> {
    let deepest = hierarchy.walk(depth).map(|visit| visit.depth).max();
    if deepest.is_some_and(|deepest| deepest > MAX_LEVELS) {
        let message = format!("the tree is {} levels deep, and JSON is nested to {MAX_LEVELS}", deepest.unwrap_or(0));
        let hint = format!(
            "-o jsonl, csv and tsv have rows with depth and path; --depth {MAX_LEVELS} leaves out what is deeper"
        );
        return Err(Failure::new(Kind::Other, message).hint(hint).into());
    }
    let columns = Shape::of(rows::members(hierarchy)).columns.unwrap_or_default();
    let nested = Nested { hierarchy, columns, depth: depth.unwrap_or(usize::MAX), terminal };
    nested.list(hierarchy.roots(), 0, out)?;
    Ok(out.write_all(b"\n")?)
}

/// The member that has the objects of a partner's children.
pub const CHILDREN: &str = "children";

struct Nested<'h> {
    hierarchy: &'h Hierarchy,
    columns: Vec<Column>,
    depth: usize,
    terminal: bool,
}

impl Nested<'_> {
    /// Writes partners of one level, with all that is below them.
    fn list(&self, numbers: &[u32], depth: usize, out: &mut dyn Write) -> io::Result<()> {
        if numbers.is_empty() || depth > self.depth {
            return out.write_all(b"[]");
        }
        // Each object is in the list of its parent's children.
        let level = 1 + 2 * depth;
        let indent = "  ".repeat(level);
        let mut before = "[";
        for number in numbers {
            let row = Row::Picked(&self.columns, rows::cells(self.hierarchy, *number));
            let object = format!("{{{},\"{CHILDREN}\":", row.members());
            let mut lines = format!("{before}\n{indent}").into_bytes();
            raw::indent(&object, level, &mut lines);
            let lines = String::from_utf8_lossy(&lines);
            out.write_all(if self.terminal { text::escape_json(&lines) } else { lines }.as_bytes())?;
            self.list(self.hierarchy.children(*number), depth + 1, out)?;
            write!(out, "\n{indent}}}")?;
            before = ",";
        }
        write!(out, "\n{}]", "  ".repeat(level - 1))
    }
}
