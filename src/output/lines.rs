//! Rows in columns whose widths are known before the first of them, so that rows can be written as they come.
//!
//! A list gathers its rows to know the widths; a tree of a million partners, which would not fit, walks twice. The
//! measure of text is that of terminals: the table library takes two Arabic letters for one where they join.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::Style;

use crate::output::terminal::Look;

use super::ColumnKind;
use super::fit::{self, ColumnSpec, GAP, Rank};
use super::{paint, text};

/// A column, before there is a place for it.
#[derive(Debug, Clone, Copy)]
pub struct Heading<'n> {
    pub name: &'n str,
    pub kind: ColumnKind,
    /// How long it stays where there is no room for all.
    pub rank: Rank,
    /// How much of the beginning of its text is not to be shortened, in columns of the terminal.
    pub lead: usize,
}

impl<'n> Heading<'n> {
    /// A column whose text may be shortened from its beginning on.
    pub const fn new(name: &'n str, kind: ColumnKind, rank: Rank) -> Self {
        Self { name, kind, rank, lead: 0 }
    }
}

/// The room that the cells of a column take: numbers stand with their decimal points under each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// The most that one cell takes.
    widest: usize,
    /// The most that a number takes before its decimal point.
    before: usize,
    /// The most that a number takes from its decimal point on.
    after: usize,
}

impl Extent {
    /// Makes room for a cell, too.
    pub fn take_in(&mut self, cell: &str, kind: ColumnKind, look: Look) {
        let columns = text::measure(cell).most;
        // Such a cell stands out of its column rather than making every row as wide.
        if columns > MAX_CELL && !(is_shortened(kind) && look.width().is_some()) {
            return;
        }
        self.widest = self.widest.max(columns);
        if kind == ColumnKind::Number
            && let Some(point) = point(cell)
        {
            self.before = self.before.max(point);
            self.after = self.after.max(cell.len() - point);
        }
    }

    /// The room for all cells, decimal points under each other.
    fn aligned(self) -> usize {
        self.widest.max(self.before + self.after)
    }
}

/// Where the decimal point of a number is, or would be if it had one. A sum may be marked, and a dash alone stands for
/// what is absent.
fn point(cell: &str) -> Option<usize> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let point = match cell.strip_prefix(['-', '+']) {
        Some("") => return Some(1),
        Some(unsigned) => 1 + digits(unsigned),
        None => digits(cell),
    };
    let rest = &cell[point..];
    let rest = rest.strip_prefix('.').map_or(rest, |rest| &rest[digits(rest)..]);
    let has_digits = cell[..cell.len() - rest.len()].bytes().any(|byte| byte.is_ascii_digit());
    let exponent = rest.strip_prefix(['e', 'E']).map(|rest| rest.strip_prefix(['-', '+']).unwrap_or(rest));
    let rest = match exponent.map(|exponent| (exponent, digits(exponent))) {
        Some((exponent, digits @ 1..)) => &exponent[digits..],
        _ => rest,
    };
    (has_digits && matches!(rest, "" | "*")).then_some(point)
}

/// The most columns that a cell may take in its own column if it is not shortened.
const MAX_CELL: usize = 200;

/// Whether cells of that kind are cut to the width of their column, where there is one to fit.
fn is_shortened(kind: ColumnKind) -> bool {
    !matches!(kind, ColumnKind::Code | ColumnKind::Moment | ColumnKind::Number)
}

/// The columns, ready for rows.
pub struct Lines<'n> {
    headings: Vec<Heading<'n>>,
    widths: Vec<Option<usize>>,
    /// The room after the decimal points of a column, if they stand under each other there.
    after: Vec<Option<usize>>,
    room: usize,
    header: bool,
    look: Look,
}

impl<'n> Lines<'n> {
    /// Columns with cells of these extents, fitted to the terminal if there is one; with their names if wanted.
    pub fn new(headings: Vec<Heading<'n>>, extents: &[Extent], header: bool, look: Look) -> Self {
        let specs = headings.iter().zip(extents).map(|(heading, extent)| {
            let mut name = Extent::default();
            if header {
                name.take_in(heading.name, ColumnKind::Text, look);
            }
            ColumnSpec {
                kind: heading.kind,
                header: name.widest,
                narrow: name.widest.max(extent.widest),
                widest: name.widest.max(extent.aligned()),
                rank: heading.rank,
                lead: heading.lead,
            }
        });
        // The terminal may have been resized while the rows came.
        let room = look.width().unwrap_or(usize::MAX);
        let widths = fit::fit(&specs.collect::<Vec<_>>(), room);
        let after = |(extent, width): (&Extent, &Option<usize>)| {
            width.is_some_and(|width| width >= extent.aligned()).then_some(extent.after)
        };
        let after = extents.iter().zip(&widths).map(after).collect();
        Self { headings, widths, after, room, header, look }
    }

    /// The columns that there is no room for; decoration is not missed.
    pub fn hidden(&self) -> impl Iterator<Item = &Heading<'n>> {
        let hidden = self.headings.iter().zip(&self.widths).filter(|(_, width)| width.is_none());
        hidden.map(|(heading, _)| heading).filter(|heading| heading.rank != Rank::Decoration)
    }

    /// Writes what stands above the rows.
    pub fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.header {
            return Ok(());
        }
        self.row(self.headings.iter().map(|heading| (heading.name, paint::NAME)), out)
    }

    /// Writes a row: the text of each cell, safe on a terminal, and its look.
    pub fn row<'c>(&self, cells: impl Iterator<Item = (&'c str, Style)>, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.headings.iter().zip(&self.widths).zip(&self.after);
        let measured = cells.zip(columns).filter_map(|((cell, style), ((heading, width), after))| {
            let width = (*width)?;
            let (cell, taken) = match self.room < usize::MAX && is_shortened(heading.kind) {
                true => text::shorten(cell, width),
                false => (Cow::Borrowed(cell), text::measure(cell)),
            };
            Some((cell, style, (heading.kind, *after), width, taken))
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
        for (cell, style, (kind, room_after), width, taken) in cells {
            let taken = if is_tight { taken.most } else { taken.usual };
            let padding = width.saturating_sub(taken);
            let after = match (kind, room_after) {
                (ColumnKind::Number, Some(room_after)) => {
                    point(&cell).map_or(0, |point| room_after.saturating_sub(cell.len() - point)).min(padding)
                }
                (ColumnKind::Number, None) => 0,
                _ => padding,
            };
            let before = padding - after;
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

    const HEADINGS: [Heading; 3] = [
        Heading::new("name", ColumnKind::Text, Rank::Stays),
        Heading::new("sum", ColumnKind::Number, Rank::Plain),
        Heading::new("note", ColumnKind::Code, Rank::Plain),
    ];

    /// The extents of columns of these kinds.
    fn extents(kinds: &[ColumnKind], rows: &[&[&str]], look: Look) -> Vec<Extent> {
        let mut extents = vec![Extent::default(); kinds.len()];
        for row in rows {
            for ((extent, kind), cell) in extents.iter_mut().zip(kinds).zip(*row) {
                extent.take_in(cell, *kind, look);
            }
        }
        extents
    }

    fn written(columns: Option<u16>, color: bool) -> String {
        let look = Look { is_terminal: columns.is_some(), columns: columns.and_then(NonZeroU16::new), color };
        let cells = ["東京通信社", "1.25", ""];
        let extents = extents(&HEADINGS.map(|heading| heading.kind), &[&cells, &["", "99.25", "ab"]], look);
        let lines = Lines::new(HEADINGS.to_vec(), &extents, true, look);
        let mut out = Vec::new();
        lines.begin(&mut out).expect("memory");
        let cells = cells.into_iter().zip([paint::ABSENT, Style::new(), Style::new()]);
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
            (ColumnKind::Code, Look { is_terminal: true, columns: NonZeroU16::new(80), color: false }),
        ] {
            let extents = extents(&[kind, ColumnKind::Text], &[&[&huge, "zip"], &["ab", "1"]], look);
            let headings =
                vec![Heading::new("name", kind, Rank::Stays), Heading::new("zip", ColumnKind::Text, Rank::Plain)];
            let lines = Lines::new(headings, &extents, true, look);
            let mut out = Vec::new();
            for cell in [&huge, "ab"] {
                lines.row([(cell, Style::new()), ("1", Style::new())].into_iter(), &mut out).expect("memory");
            }
            assert_eq!(String::from_utf8(out).expect("UTF-8"), format!("{huge}  1\nab    1\n"));
        }
    }

    #[test]
    fn a_row_wraps_in_no_terminal_however_wide_its_emoji_are_there() {
        let look = Look { is_terminal: true, columns: NonZeroU16::new(30), color: false };
        let name = "👩‍💻👍🏽❤\u{fe0f}".repeat(10);
        let headings = vec![
            Heading::new("name", ColumnKind::Text, Rank::Stays),
            Heading::new("zip", ColumnKind::Code, Rank::Plain),
        ];
        let extents = extents(&[ColumnKind::Text, ColumnKind::Code], &[&[&name, "12345"]], look);
        let lines = Lines::new(headings, &extents, false, look);
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
