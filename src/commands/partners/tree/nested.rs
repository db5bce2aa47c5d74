//! The tree as JSON: objects with their children in them.

use std::io::Write;

use crate::error;
use crate::output::{Column, Row, Shape, Style, Unseen, Writer};
use crate::partners::hierarchy::Hierarchy;

use super::{MAX_LEVELS, rows};

/// Writes one array of the roots.
pub fn write(hierarchy: &Hierarchy, depth: Option<usize>, style: Style, out: &mut dyn Write) -> error::Result<Unseen> {
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
