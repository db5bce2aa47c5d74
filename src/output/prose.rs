//! Tables with words of our own, which are read whole or not at all: they go on in further lines of their column.

use std::io::{self, Write};

use anstyle::Style;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use crate::terminal::Look;

use super::fit::{self, ColumnSpec, GAP, Rank};
use super::{ColumnKind, paint, text};

/// Writes the rows, each cell with its look.
pub(crate) fn write<'t, R: Iterator<Item = (&'t str, Style)>>(
    names: &'t [String],
    kinds: &[ColumnKind],
    rows: impl Iterator<Item = R> + Clone,
    header: bool,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let spec = |column: usize| {
        let header = if header { text::width(&names[column]) } else { 0 };
        let cells = rows.clone().filter_map(|mut row| row.nth(column)).map(|(cell, _)| text::width(cell));
        let widest = cells.max().unwrap_or(0).max(header);
        ColumnSpec { kind: kinds[column], header, narrow: widest, widest, rank: Rank::Stays, lead: 0 }
    };
    let room = look.screen.and_then(|screen| screen.width()).unwrap_or(usize::MAX);
    let widths = fit::fit(&(0..names.len()).map(spec).collect::<Vec<_>>(), room);

    let painted = |(cell, style)| paint::painted(cell, style, look.color).into_owned();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if header {
        table.set_header(names.iter().map(|name| painted((name.as_str(), paint::NAME))));
    }
    rows.for_each(|row| _ = table.add_row(row.map(painted)));
    for (column, (width, kind)) in table.column_iter_mut().zip(widths.into_iter().flatten().zip(kinds)) {
        column.set_padding((0, GAP as u16));
        if *kind == ColumnKind::Prose {
            let width = u16::try_from(width + GAP).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
    if room < usize::MAX {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::MAX);
    }
    writeln!(out, "{}", table.trim_fmt())
}
