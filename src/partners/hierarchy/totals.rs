//! Totals of branches.

use crate::partners::sums::Sum;

use super::Hierarchy;

/// The most partners with amounts that cannot be summed that are remembered.
const MAX_REMEMBERED: usize = 5;

/// What a branch sums up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many partners are below its beginning.
    pub below: u32,
    /// The balances, the beginning's included.
    pub balance: Sum,
    /// What was spent today, the beginning's included.
    pub daily_spent: Sum,
}

impl Totals {
    /// How many amounts its sums lack.
    pub fn left_out(&self) -> u64 {
        u64::from(self.balance.left_out) + u64::from(self.daily_spent.left_out)
    }
}

/// Sums up every branch, from its ends to its beginning.
pub fn add_up(hierarchy: &mut Hierarchy) {
    let numbers: Vec<u32> = hierarchy.walk(None).map(|visit| visit.number).collect();
    let mut totals = vec![Totals::default(); hierarchy.list.len()];
    let (mut count, mut first) = (0, Vec::new());
    for number in numbers.iter().copied().filter(|number| hierarchy.is_match(*number)) {
        let partner = hierarchy.partner(number);
        let own = &mut totals[number as usize];
        own.balance = Sum::of(partner.get("balance"));
        own.daily_spent = Sum::of(partner.get("daily_spent_amount"));
        if own.left_out() > 0 {
            count += 1;
            first.extend((first.len() < MAX_REMEMBERED).then_some(number));
        }
    }
    for number in numbers.into_iter().rev() {
        let Some(parent) = hierarchy.parent(number) else { continue };
        let branch = totals[number as usize];
        let above = &mut totals[parent as usize];
        above.below += branch.below + u32::from(hierarchy.is_match(number));
        above.balance.add(branch.balance);
        above.daily_spent.add(branch.daily_spent);
    }
    hierarchy.totals = totals;
    hierarchy.unsummable = (count, first);
}
