//! The order of a list: by a field, rising or falling, or shuffled.

use crate::api::partner::SID;
use crate::raw;

use super::paths::{Comparable, Path};

/// An order that can be put on partners.
#[derive(Debug)]
pub enum SortOrder {
    /// By a field. Partners where it is null come last either way, and equal ones stay in the order they came in.
    By {
        path: Path,
        /// Whether the greatest comes first.
        descending: bool,
    },
    /// No visible order, but the same one at every request, or pages could not be put together.
    Shuffled,
}

impl SortOrder {
    /// Reads `FIELD`, `FIELD asc`, `FIELD desc` or `shuffle`.
    pub fn read(typed: &str) -> Result<Self, String> {
        let words: Vec<&str> = typed.split_whitespace().collect();
        let by = |field, descending| Ok(Self::By { path: Path::new(field), descending });
        match words.as_slice() {
            ["shuffle"] => Ok(Self::Shuffled),
            [field] => by(field, false),
            [field, direction] if direction.eq_ignore_ascii_case("asc") => by(field, false),
            [field, direction] if direction.eq_ignore_ascii_case("desc") => by(field, true),
            _ => Err(format!("unknown order: {typed}")),
        }
    }

    /// The field that it is by.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::By { path, .. } => Some(path.first()),
            Self::Shuffled => None,
        }
    }

    /// What decides on the place of a partner.
    pub fn value<'p>(&self, partner: &'p str) -> Option<Comparable<'p>> {
        match self {
            Self::By { path, .. } => path.value(partner),
            // SIDs are random, so their order is as good as none.
            Self::Shuffled => raw::lookup(partner, [SID]).map(|sid| Comparable::Text(raw::text(sid))),
        }
    }

    /// Puts the numbers of partners into this order, which is that of their values.
    pub fn arrange<'p>(&self, numbers: &mut [usize], value: impl Fn(usize) -> Option<Comparable<'p>>) {
        let descending = matches!(self, Self::By { descending: true, .. });
        let mut keyed: Vec<_> = numbers.iter().map(|number| (value(*number), *number)).collect();
        keyed.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) if descending => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
        numbers.iter_mut().zip(keyed).for_each(|(number, (_, sorted))| *number = sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arranged(order: &str, values: [&str; 4]) -> Vec<String> {
        let partners = values.map(|value| format!(r#"{{"balance":{value}}}"#));
        let mut places = [0, 1, 2, 3];
        let order = SortOrder::read(order).expect(order);
        order.arrange(&mut places, |number| order.value(&partners[number]));
        places.map(|place| values[place].to_owned()).to_vec()
    }

    #[test]
    fn amounts_are_ordered_as_numbers_and_nulls_come_last() {
        let values = [r#""10""#, "null", r#""9.5""#, r#""-3""#];
        assert_eq!(arranged("balance", values), [r#""-3""#, r#""9.5""#, r#""10""#, "null"]);
        assert_eq!(arranged("balance ASC", values), [r#""-3""#, r#""9.5""#, r#""10""#, "null"]);
        assert_eq!(arranged("balance desc", values), [r#""10""#, r#""9.5""#, r#""-3""#, "null"]);
    }

    #[test]
    fn equal_partners_keep_their_order_in_both_directions() {
        let values = [r#""1""#, r#""1.0""#, r#""0""#, r#""1.00""#];
        assert_eq!(arranged("balance", values), [r#""0""#, r#""1""#, r#""1.0""#, r#""1.00""#]);
        assert_eq!(arranged("balance desc", values), [r#""1""#, r#""1.0""#, r#""1.00""#, r#""0""#]);
    }

    #[test]
    fn an_unknown_direction_is_refused() {
        for order in ["balance up", "", "balance desc, name"] {
            assert!(SortOrder::read(order).is_err(), "{order}");
        }
    }
}
