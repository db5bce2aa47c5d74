//! Tables with words of our own, which are read whole or not at all: they go on in further lines of their column.

use std::io::{self, Write};

use anstyle::Style;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use crate::output::terminal::Look;

use super::fit::{self, ColumnSpec, GAP, Rank};
use super::lines::Heading;
use super::{ColumnKind, paint, text};

/// Writes the rows, each cell with its look; gives the columns that there was no room for.
pub fn write<'t, R: Iterator<Item = (&'t str, Style)>>(
    headings: &[Heading<'t>],
    rows: impl Iterator<Item = R> + Clone,
    header: bool,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<Vec<(String, Rank)>> {
    let spec = |column: usize| {
        let Heading { name, kind, rank, .. } = headings[column];
        let header = if header { text::width(name) } else { 0 };
        let cells = rows.clone().filter_map(|mut row| row.nth(column)).map(|(cell, _)| text::width(cell));
        let widest = cells.max().unwrap_or(0).max(header);
        ColumnSpec { kind, header, narrow: widest, widest, rank, lead: 0 }
    };
    let room = look.width().unwrap_or(usize::MAX);
    let widths = fit::fit(&(0..headings.len()).map(spec).collect::<Vec<_>>(), room);

    let shown = || headings.iter().zip(&widths).filter_map(|(heading, width)| Some((heading, (*width)?)));

    let painted = |(cell, style)| paint::painted(cell, style, look.color).into_owned();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if header {
        table.set_header(shown().map(|(heading, _)| painted((heading.name, paint::NAME))));
    }
    rows.for_each(|row| {
        let cells = row.zip(&widths).filter(|(_, width)| width.is_some());
        table.add_row(cells.map(|(cell, _)| painted(cell)));
    });
    for (column, (Heading { kind, .. }, width)) in table.column_iter_mut().zip(shown()) {
        column.set_padding((0, GAP as u16));
        if *kind == ColumnKind::Prose {
            let width = u16::try_from(width + GAP).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
    if room < usize::MAX {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::MAX);
    }
    writeln!(out, "{}", table.trim_fmt())?;
    let hidden = headings.iter().zip(&widths).filter(|(_, width)| width.is_none());
    Ok(hidden.map(|(heading, _)| (heading.name.to_owned(), heading.rank)).collect())
}
