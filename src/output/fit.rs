//! How wide the columns of a table are, and which of them there is room for.

use super::ColumnKind;

/// Blanks between two columns.
pub const GAP: usize = 2;

/// Text is not shortened to less than this many columns.
const LEAST_TEXT: usize = 8;

/// The words that are known for a status are never shortened.
const LEAST_STATUS: usize = 12;

/// Our own words are not broken into less than this many columns.
const LEAST_PROSE: usize = 16;

/// How long a column stays where there is no room for all: the least goes first, and of equals the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Shows once more what another column has.
    Decoration,
    Plain,
    /// What the command is about.
    Subject,
    /// Somebody named it.
    Named,
    /// Is never left out, as it identifies the row.
    Stays,
}

/// What is known of a column before there is a place for it.
#[derive(Debug, Clone, Copy)]
pub struct ColumnSpec {
    /// What it holds, which decides whether it may be shrunk.
    pub kind: ColumnKind,
    /// Columns of the terminal that its name takes.
    pub header: usize,
    /// Columns of the terminal that its widest cell takes, the name being one of them.
    pub narrow: usize,
    /// The same with decimal points under each other.
    pub widest: usize,
    pub rank: Rank,
    /// What stands at the beginning of text that is not to be shortened, in columns of the terminal.
    pub lead: usize,
}

/// What is given up so that more columns fit, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Squeeze {
    /// Only text is shrunk, to its column's name at the least.
    Text,
    /// The names of columns are shrunk as well.
    Names,
    /// Decimal points do not stand under each other any more.
    Points,
}

impl ColumnSpec {
    /// The least that it can do with.
    fn least(&self, squeeze: Squeeze) -> usize {
        let least = match self.kind {
            ColumnKind::Text if squeeze == Squeeze::Text => self.header.max(self.lead + LEAST_TEXT),
            ColumnKind::Text => self.lead + LEAST_TEXT,
            ColumnKind::Status => LEAST_STATUS,
            ColumnKind::Prose => LEAST_PROSE,
            ColumnKind::Number if squeeze == Squeeze::Points => self.narrow,
            ColumnKind::Code | ColumnKind::Moment | ColumnKind::Number => self.widest,
        };
        least.min(self.widest)
    }
}

/// The width of each column in a table that takes at most `room` columns of the terminal; none for one that is left
/// out.
///
/// Text is shrunk first, the widest before all others, so that no column suffers while a wider one does not. If that is
/// not enough, decoration goes, then names of columns are shrunk and decimal points no longer aligned, and then columns
/// are left out by their rank. What stays may still be too wide.
pub fn fit(specs: &[ColumnSpec], room: usize) -> Vec<Option<usize>> {
    let mut shown: Vec<bool> = specs.iter().map(|_| true).collect();
    loop {
        let columns = || (0..specs.len()).filter(|&column| shown[column]);
        let least = columns().rev().min_by_key(|&column| specs[column].rank);
        let rank = least.map_or(Rank::Stays, |least| specs[least].rank);
        let squeezes: &[_] = match rank {
            Rank::Decoration => &[Squeeze::Text],
            _ => &[Squeeze::Text, Squeeze::Names, Squeeze::Points],
        };
        if let Some(widths) = squeezes.iter().find_map(|squeeze| shrunk(specs, &shown, room, *squeeze)) {
            return widths;
        }
        match least {
            Some(least) if rank < Rank::Stays && columns().count() > 1 => shown[least] = false,
            _ => {
                let width = |(spec, shown): (&ColumnSpec, &bool)| shown.then(|| spec.least(Squeeze::Points));
                return specs.iter().zip(&shown).map(width).collect();
            }
        }
    }
}

/// The widths of the columns that are shown, if they fit.
fn shrunk(specs: &[ColumnSpec], shown: &[bool], room: usize, squeeze: Squeeze) -> Option<Vec<Option<usize>>> {
    let columns = || specs.iter().zip(shown).filter(|(_, shown)| **shown).map(|(spec, _)| spec);
    let gaps = GAP * columns().count().saturating_sub(1);
    let width = |spec: &ColumnSpec, cap: usize| spec.widest.min(cap.max(spec.least(squeeze)));
    let taken = |cap: usize| gaps + columns().map(|spec| width(spec, cap)).sum::<usize>();
    if taken(0) > room {
        return None;
    }
    // The highest cap that fits; what it leaves over goes to the columns that it cuts, one each, from the left.
    let widest = columns().map(|spec| spec.widest).max().unwrap_or(0);
    let (mut fits, mut beyond) = (0, widest + 1);
    while beyond - fits > 1 {
        let middle = usize::midpoint(fits, beyond);
        *(if taken(middle) <= room { &mut fits } else { &mut beyond }) = middle;
    }
    let mut left = room - taken(fits);
    let widths = specs.iter().zip(shown).map(|(spec, shown)| {
        let is_cut = *shown && left > 0 && width(spec, fits) < width(spec, fits + 1);
        left -= usize::from(is_cut);
        shown.then(|| width(spec, fits) + usize::from(is_cut))
    });
    Some(widths.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(kind: ColumnKind, header: usize, widest: usize) -> ColumnSpec {
        ColumnSpec { kind, header, narrow: widest, widest, rank: Rank::Plain, lead: 0 }
    }

    fn text(widest: usize) -> ColumnSpec {
        spec(ColumnKind::Text, 4, widest)
    }

    #[test]
    fn what_fits_is_as_wide_as_its_widest_cell() {
        let specs = [spec(ColumnKind::Code, 10, 10), text(30), spec(ColumnKind::Number, 7, 7)];
        assert_eq!(fit(&specs, 51), [Some(10), Some(30), Some(7)]);
        assert_eq!(fit(&specs, 500), [Some(10), Some(30), Some(7)]);
    }

    #[test]
    fn the_widest_text_is_shrunk_first_and_codes_and_numbers_never() {
        let specs = [spec(ColumnKind::Code, 10, 10), text(40), text(12), text(20), spec(ColumnKind::Number, 7, 9)];
        assert_eq!(fit(&specs, 79), [Some(10), Some(20), Some(12), Some(20), Some(9)]);
        // An odd column goes to the left.
        assert_eq!(fit(&specs, 76), [Some(10), Some(19), Some(12), Some(18), Some(9)]);
        assert_eq!(fit(&specs, 60), [Some(10), Some(11), Some(11), Some(11), Some(9)]);
    }

    #[test]
    fn names_are_shortened_only_when_all_text_is_as_narrow_as_its_name() {
        let specs = [spec(ColumnKind::Text, 20, 30), spec(ColumnKind::Text, 5, 30)];
        assert_eq!(fit(&specs, 34), [Some(20), Some(12)]);
        assert_eq!(fit(&specs, 29), [Some(14), Some(13)]);
    }

    #[test]
    fn a_lead_leaves_room_for_the_text_after_it() {
        let led = ColumnSpec { rank: Rank::Stays, lead: 12, ..text(40) };
        assert_eq!(fit(&[led, text(30)], 30), [Some(20), Some(8)]);
        assert_eq!(fit(&[led, text(30)], 29), [Some(29), None]);
    }

    #[test]
    fn columns_of_one_rank_are_left_out_from_the_right_but_those_that_stay() {
        let stays = ColumnSpec { rank: Rank::Stays, ..spec(ColumnKind::Code, 10, 10) };
        assert_eq!(fit(&[text(8), stays, text(8)], 20), [Some(8), Some(10), None]);
        assert_eq!(fit(&[text(8), stays, text(8)], 19), [None, Some(10), None]);
        assert_eq!(fit(&[stays, text(8)], 5), [Some(10), None]);
        assert_eq!(fit(&[spec(ColumnKind::Code, 10, 36), text(8)], 5), [Some(36), None]);
        assert_eq!(fit(&[], 5), []);
    }

    #[test]
    fn what_matters_least_is_left_out_first_wherever_it_stands() {
        let ranked = |rank| ColumnSpec { rank, ..spec(ColumnKind::Code, 4, 8) };
        let specs = [Rank::Subject, Rank::Stays, Rank::Named, Rank::Plain].map(ranked);
        let shown = |room| fit(&specs, room).iter().map(Option::is_some).collect::<Vec<_>>();
        assert_eq!(shown(37), [true, true, true, false]);
        assert_eq!(shown(27), [false, true, true, false]);
        assert_eq!(shown(17), [false, true, false, false]);
    }

    #[test]
    fn decoration_goes_before_a_name_is_shortened_and_after_text_is() {
        let bar = ColumnSpec { rank: Rank::Decoration, ..spec(ColumnKind::Code, 0, 10) };
        let specs = [bar, spec(ColumnKind::Text, 12, 30), spec(ColumnKind::Code, 4, 8)];
        assert_eq!(fit(&specs, 34), [Some(10), Some(12), Some(8)]);
        assert_eq!(fit(&specs, 33), [None, Some(23), Some(8)]);
    }

    #[test]
    fn decimal_points_are_aligned_as_long_as_no_column_has_to_go_for_it() {
        let amounts = ColumnSpec { narrow: 8, widest: 12, ..spec(ColumnKind::Number, 4, 0) };
        assert_eq!(fit(&[text(30), amounts], 22), [Some(8), Some(12)]);
        assert_eq!(fit(&[text(30), amounts], 18), [Some(8), Some(8)]);
        assert_eq!(fit(&[text(30), amounts], 17), [Some(17), None]);
    }

    #[test]
    fn nothing_is_ever_wider_than_the_room_while_it_can_be_shrunk() {
        for room in 8..200 {
            let specs = [text(100), text(3), spec(ColumnKind::Prose, 7, 60), text(50)];
            let widths = fit(&specs, room);
            let shown: Vec<usize> = widths.into_iter().flatten().collect();
            let taken = shown.iter().sum::<usize>() + GAP * (shown.len() - 1);
            assert!(taken <= room, "{taken} of {room}");
            assert!(room < 60 || taken == room, "{taken} of {room}");
        }
    }
}
