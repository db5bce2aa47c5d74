//! The order of a list by a field, rising or falling.

use crate::api::partner::{CREATED, SID};
use crate::partners::List;
use crate::values::Order;

use super::paths::{Comparable, Path};

/// An order that can be put on partners: those where the field is null come last either way, and equal ones stay in the
/// order they came in.
#[derive(Debug)]
pub struct SortOrder {
    path: Path,
    /// Whether the greatest comes first.
    descending: bool,
}

impl SortOrder {
    /// Reads `FIELD`, `FIELD asc`, `FIELD desc` or `shuffle`.
    pub fn read(typed: &str) -> Result<Self, String> {
        let order: Order = typed.parse()?;
        let descending = matches!(order, Order::By { direction: Some("desc"), .. });
        // SIDs are random, and pages of another order at every request could not be put together.
        Ok(Self { path: Path::new(order.path().unwrap_or(SID)), descending })
    }

    /// The field that it is by.
    pub fn field(&self) -> &str {
        self.path.first()
    }

    /// Puts the places of partners of a list into this order.
    pub fn arrange(&self, places: &mut [usize], list: &List) {
        let value = |place: usize| match list.created(place).filter(|_| self.path.is(CREATED)) {
            Some(created) => self.path.value_of(created),
            None => self.path.value(list.get(place)),
        };
        let mut keyed: Vec<(Option<Comparable>, usize)> = places.iter().map(|at| (value(*at), *at)).collect();
        keyed.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) if self.descending => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
        places.iter_mut().zip(keyed).for_each(|(place, (_, sorted))| *place = sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arranged(order: &str, values: [&str; 4]) -> Vec<String> {
        let list: List = values.map(|value| format!(r#"{{"balance":{value}}}"#)).iter().collect();
        let mut places = [0, 1, 2, 3];
        SortOrder::read(order).expect(order).arrange(&mut places, &list);
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
