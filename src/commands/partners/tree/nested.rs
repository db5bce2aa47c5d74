//! The tree as JSON: objects with their children in them.

use std::io::{self, Write};

use crate::error::{self, Failure, Kind};
use crate::output::{Row, Shape, text};
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
    // Of each object that is open, whether it has a child yet.
    let mut open: Vec<bool> = Vec::new();
    let mut has_root = false;
    out.write_all(b"[")?;
    for visit in hierarchy.walk(depth) {
        close(&mut open, visit.depth, out)?;
        let has_elder = std::mem::replace(open.last_mut().unwrap_or(&mut has_root), true);
        open.push(false);

        let level = level_of(visit.depth);
        let row = Row::Picked(&columns, rows::cells(hierarchy, visit.number));
        let object = format!("{{{},\"{CHILDREN}\":", row.members());
        let mut lines = format!("{}\n{}", if has_elder { "," } else { "" }, "  ".repeat(level)).into_bytes();
        raw::indent(&object, level, &mut lines);
        let shown = String::from_utf8_lossy(&lines);
        out.write_all(if terminal { text::escape_json(&shown) } else { shown }.as_bytes())?;
        out.write_all(b"[")?;
    }
    close(&mut open, 0, out)?;
    Ok(out.write_all(if has_root { b"\n]\n" } else { b"]\n" })?)
}

/// The member that has the objects of a partner's children.
pub const CHILDREN: &str = "children";

/// Closes objects until so many are open.
fn close(open: &mut Vec<bool>, left: usize, out: &mut dyn Write) -> io::Result<()> {
    while open.len() > left {
        let has_children = open.pop().unwrap_or(false);
        let indent = "  ".repeat(level_of(open.len()));
        let before = if has_children { format!("\n{indent}  ") } else { String::new() };
        write!(out, "{before}]\n{indent}}}")?;
    }
    Ok(())
}

/// How far an object is indented: each is in the list of its parent's children.
fn level_of(depth: usize) -> usize {
    1 + 2 * depth
}
