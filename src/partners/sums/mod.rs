//! Sums of amounts, exact to the last digit: of a branch, of a group.

mod groups;

pub use groups::{Group, Groups};

use crate::raw;
use crate::values::Amount;

/// A sum of amounts, exact but for those that had to be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub amount: Amount,
    /// How many amounts are not in it (not a decimal, or too many digits); where a whole sum would make it too long to
    /// be exact, that sum counts as one.
    pub left_out: u32,
}

impl Sum {
    /// The amount of one partner; null and absent count as nothing.
    pub fn of(raw: Option<&str>) -> Self {
        match raw.filter(|raw| *raw != "null").map(|raw| raw::text(raw).parse()) {
            None => Self::default(),
            Some(Ok(amount)) => Self { amount, left_out: 0 },
            Some(Err(_)) => Self { amount: Amount::ZERO, left_out: 1 },
        }
    }

    /// The amount for people, with a mark if it is not the sum of all.
    pub fn marked(self) -> String {
        format!("{}{}", self.amount, if self.left_out > 0 { "*" } else { "" })
    }

    pub fn add(&mut self, other: Self) {
        match self.amount.plus(other.amount) {
            Some(sum) => *self = Self { amount: sum, left_out: self.left_out + other.left_out },
            None => self.left_out += other.left_out + 1,
        }
    }
}
