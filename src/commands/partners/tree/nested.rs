//! The tree as JSON: objects with their children in them.

use std::io::Write;

use crate::error::{self, Failure, Kind};
use crate::output::{Column, Row, Shape, Style, Unseen, Writer};
use crate::partners::hierarchy::Hierarchy;

use super::rows;

/// How many levels of children there may be. Readers of JSON set limits to nesting, some of them lower ones: a level is
/// a list and an object.
const MAX_LEVELS: usize = 100;

/// Writes one array of the roots.
pub fn write(hierarchy: &Hierarchy, depth: Option<usize>, style: Style, out: &mut dyn Write) -> error::Result<Unseen> {
    let deepest = hierarchy.walk(depth).map(|visit| visit.depth).max();
    if deepest.is_some_and(|deepest| deepest > MAX_LEVELS) {
        let message = format!("the tree is {} levels deep, and JSON is nested to {MAX_LEVELS}", deepest.unwrap_or(0));
        let hint = format!(
            "-o jsonl, csv and tsv have rows with depth and path; --depth {MAX_LEVELS} leaves out what is deeper"
        );
        return Err(Failure::new(Kind::Other, message).hint(hint).into());
    }
    let columns = Shape::of(rows::members(hierarchy)).columns.unwrap_or_default();
    let mut writer = Writer::begin(style, Shape::default(), out)?;
    for root in hierarchy.roots() {
        let mut object = String::new();
        push_object(*root, hierarchy, &columns, depth.unwrap_or(MAX_LEVELS), &mut object);
        writer.write(&object)?;
    }
    Ok(writer.end()?)
}

/// The member that has the objects of a partner's children.
pub const CHILDREN: &str = "children";

/// Appends a partner's object, with so many levels of those below it.
fn push_object(number: u32, hierarchy: &Hierarchy, columns: &[Column], levels: usize, out: &mut String) {
    let row = Row::Picked(columns, rows::cells(hierarchy, number));
    *out += &format!("{{{},\"{CHILDREN}\":[", row.members());
    let children = if levels == 0 { &[] } else { hierarchy.children(number) };
    for (at, child) in children.iter().enumerate() {
        *out += if at == 0 { "" } else { "," };
        push_object(*child, hierarchy, columns, levels - 1, out);
    }
    *out += "]}";
}
