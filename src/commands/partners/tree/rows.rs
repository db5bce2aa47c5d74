//! The tree as rows, each with its depth and its path, as JSON objects with their children in them, or drawn with
//! lines.

use std::io::{self, Write};
use std::mem;

use crate::commands::partners::{Job, phrase};
use crate::output::{Cell, Column, ColumnKind, FormatOptions, Projection, Rank, Row, Sink, Writer, text};
use crate::partners::called;
use crate::partners::hierarchy::{Hierarchy, Visit};
use crate::raw;
use crate::values::FormatKind;

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

/// Deeper partners are drawn with their depth as a number, as lines would leave no room for names: on a terminal, a
/// third of its width is for them at the most.
const MAX_LINES: usize = 24;

const DRAWN: [(&str, ColumnKind); 8] = [
    ("partner", ColumnKind::Text),
    ("display_id", ColumnKind::Code),
    ("status", ColumnKind::Status),
    ("balance", ColumnKind::Number),
    ("spent", ColumnKind::Number),
    ("balance_sum", ColumnKind::Number),
    ("spent_sum", ColumnKind::Number),
    ("below", ColumnKind::Number),
];

/// How many columns a level takes.
const LEVEL: usize = 4;

/// The lines to a partner that others follow, and to the last; beside them the line that passes by, or none.
const BRANCH: &str = "├── ";
const LAST: &str = "└── ";
const PASSING: &str = "│   ";
const BLANK: &str = "    ";

/// Stands before a root that has a parent.
const ORPHAN: &str = "↑ ";

/// Draws the tree.
pub fn draw(hierarchy: &Hierarchy, depth: Option<usize>, job: &Job, sink: &mut Sink) -> io::Result<()> {
    let (options, notices) = (job.format_options(sink), job.session.notices);
    if hierarchy.is_empty() {
        notices.note_on_terminal("no partners match (new partners appear only after an email address is verified)");
        return Ok(());
    }
    let is_markup = options.format.kind() == FormatKind::Markup;
    let width = options.viewport.width().filter(|_| !is_markup);
    let most_lines = width.map_or(MAX_LINES, |width| (width / 3 / LEVEL).min(MAX_LINES));
    let drawing = Drawing { hierarchy, depth, most_lines, is_markup };
    let deepest = hierarchy.walk(depth).map(|visit| visit.depth).max().unwrap_or(0);
    let mut columns = DRAWN.map(|(name, kind)| Column::of_key(name, kind)).to_vec();
    columns[0].lead = LEVEL * deepest.min(most_lines);
    let projection = Projection { columns: Some(columns), ..Projection::default() };
    let projection = projection
        .ranking(Rank::Stays, &["partner", "display_id"])
        .ranking(Rank::Subject, &["balance_sum", "spent_sum", "below"]);
    job.write(sink, projection, true, |writer| drawing.write(writer))?;
    if hierarchy.walk(Some(0)).any(|root| is_orphan(hierarchy, root.number)) {
        notices.note_on_terminal("↑ marks a root whose parent is not visible to this token");
    }
    if hierarchy.is_filtered() {
        notices.note_on_terminal("partners in parentheses do not match; they are shown to connect those that do");
    }
    Ok(())
}

/// A tree, and how it is drawn.
struct Drawing<'h> {
    hierarchy: &'h Hierarchy,
    depth: Option<usize>,
    most_lines: usize,
    /// Whether a renderer of markup makes the table, which would draw blanks together.
    is_markup: bool,
}

impl Drawing<'_> {
    fn write(&self, writer: &mut Writer) -> io::Result<()> {
        // Whether a line of each level goes on below.
        let mut passing: Vec<bool> = Vec::new();
        for visit in self.hierarchy.walk(self.depth) {
            passing.truncate(visit.depth);
            let lead = self.lead(&visit, &passing);
            passing.push(!visit.is_last);
            writer.write_cells(self.cells(visit.number, &lead))?;
        }
        Ok(())
    }

    /// The lines that lead to a partner; those to a root are none.
    fn lead(&self, visit: &Visit, passing: &[bool]) -> String {
        let Some(above) = passing.get(1..) else {
            return if is_orphan(self.hierarchy, visit.number) { ORPHAN } else { "" }.to_owned();
        };
        let end = if visit.is_last { LAST } else { BRANCH };
        if visit.depth > self.most_lines {
            return format!("[{}] {end}", visit.depth);
        }
        let above = above.iter().map(|passes| if *passes { PASSING } else { BLANK });
        let lead: String = above.chain([end]).collect();
        if self.is_markup { lead.replace(' ', "\u{a0}") } else { lead }
    }

    fn cells(&self, number: usize, lead: &str) -> Vec<Cell<'_>> {
        let value = |field: &str| raw::lookup(self.hierarchy.partner(number), [field]);
        let name = called(value).map_or("-".into(), |name| text::escape(&raw::text(name)).into_owned());
        let name = if self.hierarchy.is_match(number) { name } else { format!("({name})") };
        let branch = self.hierarchy.branch(number);
        // A partner with none below it has nothing to sum.
        let of_branch = |text: String| Cell::from(if branch.below > 0 { text } else { String::new() });
        vec![
            Cell::from(format!("{lead}{name}")),
            Cell::raw(value("display_id")),
            Cell::raw(value("status")),
            Cell::raw(value("balance")),
            Cell::raw(value("daily_spent_amount")),
            of_branch(branch.balance.marked()),
            of_branch(branch.daily_spent.marked()),
            of_branch(branch.below.to_string()),
        ]
    }
}

/// Whether it has a parent that this token does not see.
fn is_orphan(hierarchy: &Hierarchy, number: usize) -> bool {
    hierarchy.parent_is_visible(number) == Some(false)
}
