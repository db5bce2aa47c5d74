//! The tree drawn with lines.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::Style as Paint;

use crate::cli::partners::TreeArgs;
use crate::output::lines::{Extent, Heading, Lines};
use crate::output::notices::Notices;
use crate::output::{Cell, ColumnKind, Rank, Shape, Style, Writer, paint, text};
use crate::partners::hierarchy::{Hierarchy, Totals, Visit};
use crate::values::Layout;

use crate::commands::partners::selection;

/// Deeper partners are drawn with their depth as a number, as lines would leave no room for names: on a terminal, half
/// of its width is for them at the most.
const MAX_LINES: usize = 24;

pub const HEADINGS: [Heading; 8] = [
    Heading::new("partner", ColumnKind::Text, Rank::Stays),
    Heading::new("display_id", ColumnKind::Code, Rank::Stays),
    Heading::new("status", ColumnKind::Status, Rank::Plain),
    Heading::new("balance", ColumnKind::Number, Rank::Plain),
    Heading::new("spent", ColumnKind::Number, Rank::Plain),
    Heading::new("below", ColumnKind::Number, Rank::Subject),
    Heading::new("balance_sum", ColumnKind::Number, Rank::Subject),
    Heading::new("spent_sum", ColumnKind::Number, Rank::Subject),
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
pub fn write(
    hierarchy: &Hierarchy,
    args: &TreeArgs,
    style: Style,
    notices: &Notices,
    out: &mut dyn Write,
) -> io::Result<()> {
    if hierarchy.roots().is_empty() {
        notices.note_on_terminal("no partners match (a new partner shows only once an email address is verified)");
        return Ok(());
    }
    let is_markup = style.format.layout() == Layout::Markup;
    let width = style.look.width().filter(|_| !is_markup);
    let most_lines = width.map_or(MAX_LINES, |width| (width / 2 / LEVEL).min(MAX_LINES));
    let drawing = Drawing { hierarchy, depth: args.depth, most_lines, is_markup };
    let hidden = if is_markup { drawing.write_rows(style, out)? } else { drawing.write_lines(style, out)? };
    out.flush()?;
    if hierarchy.roots().iter().any(|root| hierarchy.is_orphan(*root)) {
        notices.note_on_terminal("↑ marks a root whose parent this token does not see");
    }
    if hierarchy.is_filtered() {
        notices.note_on_terminal("partners in parentheses do not match; they are shown to connect those that do");
    }
    selection::report_hidden(&hidden, "use -o csv", notices);
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

type Cells<'c> = [(Cow<'c, str>, Paint); HEADINGS.len()];

impl Drawing<'_> {
    /// Writes the lines of a screen; gives the columns that there was no room for.
    fn write_lines(&self, style: Style, out: &mut dyn Write) -> io::Result<Vec<(String, Rank)>> {
        let (mut headings, mut extents) = (HEADINGS.to_vec(), [Extent::default(); HEADINGS.len()]);
        self.for_each(|lead, cells| {
            headings[0].lead = headings[0].lead.max(lead);
            for ((extent, heading), (cell, _)) in extents.iter_mut().zip(HEADINGS).zip(cells) {
                extent.take_in(cell, heading.kind, style.look);
            }
            Ok(())
        })?;
        let lines = Lines::new(headings, &extents, style.header, style.look);
        lines.begin(out)?;
        self.for_each(|_, cells| lines.row(cells.iter().map(|(cell, paint)| (&**cell, *paint)), out))?;
        Ok(lines.hidden().map(|heading| (heading.name.to_owned(), heading.rank)).collect())
    }

    /// Writes the same cells as rows of markup, which has room for all of them.
    fn write_rows(&self, style: Style, out: &mut dyn Write) -> io::Result<Vec<(String, Rank)>> {
        let shape = Shape::of(&HEADINGS.map(|heading| (heading.name, heading.kind)));
        let mut writer = Writer::begin(style, shape, out)?;
        self.for_each(|_, cells| writer.write_cells(cells.iter().map(|(cell, _)| Cell::from(&**cell)).collect()))?;
        writer.end()?;
        Ok(writer.hidden().to_vec())
    }

    /// Hands over the cells of each partner, and how much of the first leads to its name.
    fn for_each(&self, mut take: impl FnMut(usize, &Cells) -> io::Result<()>) -> io::Result<()> {
        // Whether a line of each level goes on below.
        let mut passing: Vec<bool> = Vec::new();
        for visit in self.hierarchy.walk(self.depth) {
            passing.truncate(visit.depth);
            let lead = self.lead(&visit, &passing);
            passing.push(!visit.is_last);
            take(text::width(&lead), &self.cells(visit.number, lead))?;
        }
        Ok(())
    }

    /// The lines that lead to a partner; those to a root are none.
    fn lead(&self, visit: &Visit, passing: &[bool]) -> String {
        let Some(above) = passing.get(1..) else {
            let is_orphan = self.hierarchy.is_orphan(visit.number);
            return if is_orphan { ORPHAN } else { "" }.to_owned();
        };
        let end = if visit.is_last { LAST } else { BRANCH };
        if visit.depth > self.most_lines {
            return format!("[{}] {end}", visit.depth);
        }
        let above = above.iter().map(|passes| if *passes { PASSING } else { BLANK });
        let lead: String = above.chain([end]).collect();
        if self.is_markup { lead.replace(' ', "\u{a0}") } else { lead }
    }

    fn cells(&self, number: u32, lead: String) -> Cells<'static> {
        let partner = self.hierarchy.partner(number);
        let counts = self.hierarchy.is_match(number);
        let plain = if counts { Paint::new() } else { paint::ABSENT };
        let value = |value: Option<&str>| match Cell::raw(value).text() {
            Some(value) => (Cow::Owned(text::escape(&value).into_owned()), plain),
            None => (Cow::Borrowed("-"), paint::ABSENT),
        };
        let (name, name_paint) = value(partner.called());
        let name = unmistakable(&name);
        let name = if counts { name } else { format!("({name})").into() };
        let (status, status_paint) = value(partner.get("status"));
        let status_paint = if counts && status != "-" { paint::of_status(&status) } else { status_paint };
        let is_branch = !self.hierarchy.children(number).is_empty();
        // A partner with none below it has nothing to sum.
        let of_branch = |text: &dyn Fn(Totals) -> String| {
            (Cow::Owned(if is_branch { text(self.hierarchy.totals(number)) } else { String::new() }), Paint::new())
        };
        [
            (Cow::Owned(lead + &name), name_paint),
            value(partner.get("display_id")),
            (status, status_paint),
            value(partner.get("balance")),
            value(partner.get("daily_spent_amount")),
            of_branch(&|totals| totals.below.to_string()),
            of_branch(&|totals| totals.balance.marked()),
            of_branch(&|totals| totals.daily_spent.marked()),
        ]
    }
}

/// The name, in quotes if it begins as the drawing itself might: with a blank, a line, an arrow, a parenthesis.
fn unmistakable(name: &str) -> Cow<'_, str> {
    let is_mistakable = |c: char| c.is_whitespace() || "│├└─↑([".contains(c);
    if name.starts_with(is_mistakable) { format!("\"{name}\"").into() } else { name.into() }
}
