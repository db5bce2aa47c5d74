//! Rows in columns whose widths are known before the first of them, so that rows can be written as they come.
//!
//! A list gathers its rows to know the widths; a tree of a million partners, which would not fit, walks twice. The
//! measure of text is that of terminals: the table library takes two Arabic letters for one where they join.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::Style;

use crate::terminal::Look;

use super::ColumnKind;
use super::fit::{self, ColumnSpec, GAP};
use super::{paint, text};

/// A column, before there is a place for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heading<'n> {
    pub(crate) name: &'n str,
    pub(crate) kind: ColumnKind,
    /// Whether it stays even where there is no room for it.
    pub(crate) stays: bool,
    /// How much of the beginning of its text is not to be shortened, in columns of the terminal.
    pub(crate) lead: usize,
}

impl<'n> Heading<'n> {
    /// A column whose text may be shortened from its beginning on.
    pub(crate) const fn new(name: &'n str, kind: ColumnKind, stays: bool) -> Self {
        Self { name, kind, stays, lead: 0 }
    }
}

/// A cell that takes more columns than this stands out of its column rather than making every row as wide.
const MAX_CELL: usize = 200;

/// How wide a cell makes its column.
pub(crate) fn widening(cell: &str, kind: ColumnKind, look: Look) -> usize {
    let columns = text::measure(cell).most;
    if columns <= MAX_CELL || is_shortened(kind, look) { columns } else { 0 }
}

/// Whether cells are cut to the width of their column.
fn is_shortened(kind: ColumnKind, look: Look) -> bool {
    look.screen.is_some_and(|screen| screen.width().is_some()) && !matches!(kind, ColumnKind::Code | ColumnKind::Number)
}

/// The columns, ready for rows.
pub(crate) struct Lines<'n> {
    headings: Vec<Heading<'n>>,
    widths: Vec<Option<usize>>,
    room: usize,
    header: bool,
    look: Look,
}

impl<'n> Lines<'n> {
    /// Columns with cells of at most these widths, fitted to the terminal if there is one; with their names if wanted.
    pub(crate) fn new(headings: Vec<Heading<'n>>, widest: &[usize], header: bool, look: Look) -> Self {
        let specs = headings.iter().zip(widest).map(|(heading, widest)| {
            let header = if header { widening(heading.name, heading.kind, look) } else { 0 };
            ColumnSpec {
                kind: heading.kind,
                header,
                widest: header.max(*widest),
                stays: heading.stays,
                lead: heading.lead,
            }
        });
        // The terminal may have been resized while the rows came.
        let room = look.screen.and_then(|screen| screen.width()).unwrap_or(usize::MAX);
        let widths = fit::fit(&specs.collect::<Vec<_>>(), room);
        Self { headings, widths, room, header, look }
    }

    /// The names of columns that there is no room for.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = &'n str> {
        let hidden = self.headings.iter().zip(&self.widths).filter(|(_, width)| width.is_none());
        hidden.map(|(heading, _)| heading.name)
    }

    /// Writes what stands above the rows.
    pub(crate) fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.header {
            return Ok(());
        }
        self.row(self.headings.iter().map(|heading| (heading.name, paint::NAME)), out)
    }

    /// Writes a row: the text of each cell, safe on a terminal, and its look.
    pub(crate) fn row<'c>(&self, cells: impl Iterator<Item = (&'c str, Style)>, out: &mut dyn Write) -> io::Result<()> {
        let measured =
            cells.zip(self.headings.iter().zip(&self.widths)).filter_map(|((cell, style), (heading, width))| {
                let width = (*width)?;
                let (cell, taken) = match is_shortened(heading.kind, self.look) {
                    true => text::shorten(cell, width),
                    false => (Cow::Borrowed(cell), text::measure(cell)),
                };
                Some((cell, style, heading, width, taken))
            });
        let mut cells = Vec::with_capacity(self.widths.len());
        cells.extend(measured);
        // Where some terminal would show an emoji wider than most do, the row must not wrap there.
        let excess: usize = cells.iter().map(|(.., taken)| taken.most - taken.usual).sum();
        let whole = cells.iter().map(|(.., width, _)| width + GAP).sum::<usize>().saturating_sub(GAP);
        let is_tight = excess > 0 && whole + excess > self.room;
        let mut line = String::new();
        // Blanks are written only before something, so that no line ends in them.
        let mut blanks = 0;
        for (cell, style, heading, width, taken) in cells {
            let taken = if is_tight { taken.most } else { taken.usual };
            let padding = width.saturating_sub(taken);
            let (before, after) = if heading.kind == ColumnKind::Number { (padding, 0) } else { (0, padding) };
            blanks += before;
            if !cell.is_empty() {
                line.extend(std::iter::repeat_n(' ', std::mem::take(&mut blanks)));
                line.push_str(&paint::painted(&cell, style, self.look.color));
            }
            blanks += after + GAP;
        }
        line.push('\n');
        out.write_all(line.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;
    use crate::terminal::Screen;

    const HEADINGS: [Heading; 3] = [
        Heading::new("name", ColumnKind::Text, true),
        Heading::new("sum", ColumnKind::Number, false),
        Heading::new("note", ColumnKind::Code, false),
    ];

    fn written(columns: Option<u16>, color: bool) -> String {
        let screen = columns.map(|columns| Screen { columns: NonZeroU16::new(columns) });
        let lines = Lines::new(HEADINGS.to_vec(), &[10, 5, 2], true, Look { screen, color });
        let mut out = Vec::new();
        lines.begin(&mut out).expect("memory");
        let cells = ["東京通信社", "1.25", ""].into_iter().zip([paint::ABSENT, Style::new(), Style::new()]);
        lines.row(cells, &mut out).expect("memory");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn rows_stand_under_their_names_and_end_without_blanks() {
        assert_eq!(written(None, false), "name          sum  note\n東京通信社   1.25\n");
        assert_eq!(written(Some(21), false), "name        sum  note\n東京通…    1.25\n");
        assert_eq!(written(Some(16), false), "name         sum\n東京通信…   1.25\n");
    }

    #[test]
    fn a_cell_beyond_all_measure_is_written_whole_and_widens_no_other() {
        let huge = "x".repeat(1000);
        for (kind, look) in [
            (ColumnKind::Text, Look::default()),
            (ColumnKind::Code, Look { screen: Some(Screen { columns: NonZeroU16::new(80) }), color: false }),
        ] {
            let widest = [&huge, "ab"].map(|cell| widening(cell, kind, look)).into_iter().max().expect("two");
            let headings = vec![Heading::new("name", kind, true), Heading::new("zip", ColumnKind::Text, false)];
            let lines = Lines::new(headings, &[widest, 3], true, look);
            let mut out = Vec::new();
            for cell in [&huge, "ab"] {
                lines.row([(cell, Style::new()), ("1", Style::new())].into_iter(), &mut out).expect("memory");
            }
            assert_eq!(String::from_utf8(out).expect("UTF-8"), format!("{huge}  1\nab    1\n"));
        }
    }

    #[test]
    fn a_row_wraps_in_no_terminal_however_wide_its_emoji_are_there() {
        let look = Look { screen: Some(Screen { columns: NonZeroU16::new(30) }), color: false };
        let name = "👩‍💻👍🏽❤\u{fe0f}".repeat(10);
        let headings = vec![Heading::new("name", ColumnKind::Text, true), Heading::new("zip", ColumnKind::Code, false)];
        let lines = Lines::new(headings, &[widening(&name, ColumnKind::Text, look), 5], false, look);
        let mut out = Vec::new();
        lines.row([(name.as_str(), Style::new()), ("12345", Style::new())].into_iter(), &mut out).expect("memory");
        let row = String::from_utf8(out).expect("UTF-8");
        assert!(text::measure(row.trim_end()).most <= 30 && row.contains("12345"), "{row}");
    }

    #[test]
    fn a_painted_cell_takes_the_room_of_a_plain_one() {
        let painted = written(None, true);
        assert!(painted.ends_with("\n\u{1b}[2m東京通信社\u{1b}[0m   1.25\n"), "{painted:?}");
    }
}
