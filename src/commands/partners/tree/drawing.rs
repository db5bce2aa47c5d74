//! The tree drawn with lines.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::Style as Paint;

use crate::cli::partners::TreeArgs;
use crate::hierarchy::{Hierarchy, Sum, Visit};
use crate::notices::Notices;
use crate::output::lines::{Heading, Lines};
use crate::output::{ColumnKind, Style, paint, text};
use crate::raw;

use crate::commands::partners::selection;

/// Deeper partners are drawn with their depth as a number, as lines would leave no room for names.
const MOST_LINES: usize = 24;

// Where the terminal has no room for all, they are left out from the right.
const HEADINGS: [Heading; 8] = [
    Heading { name: "name", kind: ColumnKind::Text, stays: true },
    Heading { name: "display_id", kind: ColumnKind::Code, stays: true },
    Heading { name: "status", kind: ColumnKind::Status, stays: false },
    Heading { name: "balance", kind: ColumnKind::Number, stays: false },
    Heading { name: "spent", kind: ColumnKind::Number, stays: false },
    Heading { name: "below", kind: ColumnKind::Number, stays: false },
    Heading { name: "balance_sum", kind: ColumnKind::Number, stays: false },
    Heading { name: "spent_sum", kind: ColumnKind::Number, stays: false },
];

/// What lines are made of.
struct Strokes {
    branch: &'static str,
    last: &'static str,
    passing: &'static str,
    blank: &'static str,
    /// Stands before a root that has a parent.
    orphan: &'static str,
}

const BOX: Strokes =
    Strokes { branch: "├── ", last: "└── ", passing: "│   ", blank: "    ", orphan: "↑ " };
const ASCII: Strokes = Strokes { branch: "|-- ", last: "`-- ", passing: "|   ", blank: "    ", orphan: "^ " };

/// Draws the tree.
///
/// # Errors
/// When the output cannot be written to.
pub fn write(
    hierarchy: &Hierarchy,
    args: &TreeArgs,
    style: Style,
    notices: &Notices,
    out: &mut dyn Write,
) -> io::Result<()> {
    let strokes = if args.ascii { &ASCII } else { &BOX };
    let mut widest = [0; HEADINGS.len()];
    for_each(hierarchy, args.depth, strokes, |cells| {
        widest.iter_mut().zip(cells).for_each(|(widest, (cell, _))| *widest = (*widest).max(text::width(cell)));
        Ok(())
    })?;
    if hierarchy.roots().is_empty() {
        notices.note_on_terminal("no partners match (a new partner shows only once an email address is verified)");
        return Ok(());
    }
    let lines = Lines::new(HEADINGS.to_vec(), &widest, style.header, style.look);
    lines.begin(out)?;
    for_each(hierarchy, args.depth, strokes, |cells| {
        lines.row(cells.iter().map(|(cell, paint)| (&**cell, *paint)), out)
    })?;
    out.flush()?;
    if hierarchy.roots().iter().any(|root| hierarchy.is_orphan(*root)) {
        let mark = strokes.orphan.trim_end();
        notices.note_on_terminal(&format!("{mark} marks a root whose parent this token does not see"));
    }
    if hierarchy.is_filtered() {
        notices.note_on_terminal("partners in parentheses do not match; they are shown to connect those that do");
    }
    selection::say_what_is_hidden(&lines.hidden().collect::<Vec<_>>(), "widen it, or take another format", notices);
    Ok(())
}

type Cells<'c> = [(Cow<'c, str>, Paint); HEADINGS.len()];

/// Hands over the cells of each line, from the first to the last.
fn for_each(
    hierarchy: &Hierarchy,
    depth: Option<usize>,
    strokes: &Strokes,
    mut take: impl FnMut(&Cells) -> io::Result<()>,
) -> io::Result<()> {
    // Whether a line of each level goes on below.
    let mut passing: Vec<bool> = Vec::new();
    for visit in hierarchy.walk(depth) {
        passing.truncate(visit.depth);
        let lines = lines(&visit, &passing, strokes);
        passing.push(!visit.is_last);
        take(&cells(hierarchy, visit, &lines, strokes.orphan))?;
    }
    Ok(())
}

/// The lines that lead to a partner. Roots have none.
fn lines(visit: &Visit, passing: &[bool], strokes: &Strokes) -> String {
    let Some(above) = passing.get(1..) else { return String::new() };
    let end = if visit.is_last { strokes.last } else { strokes.branch };
    if visit.depth > MOST_LINES {
        return format!("[{}] {end}", visit.depth);
    }
    let above = above.iter().map(|passes| if *passes { strokes.passing } else { strokes.blank });
    above.chain([end]).collect()
}

fn cells(hierarchy: &Hierarchy, visit: Visit, lines: &str, orphan: &str) -> Cells<'static> {
    let partner = hierarchy.partner(visit.number);
    let counts = hierarchy.is_match(visit.number);
    let plain = if counts { Paint::new() } else { paint::ABSENT };
    let value = |value: Option<Cow<str>>| match value.filter(|value| value != "null") {
        Some(value) => (Cow::Owned(text::escape(&raw::text(&value)).into_owned()), plain),
        None => (Cow::Borrowed("-"), paint::ABSENT),
    };
    let (mut name, name_paint) = value(partner.name());
    if !counts {
        name = Cow::Owned(format!("({name})"));
    }
    let mark = if hierarchy.is_orphan(visit.number) { orphan } else { "" };
    let (status, status_paint) = value(partner.status());
    let status_paint = if counts && status != "-" { paint::of_status(&status) } else { status_paint };
    let totals = hierarchy.totals(visit.number);
    let is_branch = !hierarchy.children(visit.number).is_empty();
    // A partner with none below it has nothing to sum.
    let of_branch = |text: String| (Cow::Owned(if is_branch { text } else { String::new() }), Paint::new());
    [
        (Cow::Owned(format!("{lines}{mark}{name}")), name_paint),
        value(partner.display_id()),
        (status, status_paint),
        value(partner.balance()),
        value(partner.daily_spent_amount()),
        of_branch(totals.below.to_string()),
        of_branch(sum(totals.balance)),
        of_branch(sum(totals.daily_spent)),
    ]
}

fn sum(sum: Sum) -> String {
    let mark = if sum.left_out > 0 { "*" } else { "" };
    format!("{}{mark}", sum.amount)
}
