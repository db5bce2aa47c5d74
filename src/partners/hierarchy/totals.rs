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
    /// Those of a partner without any below it.
    fn of_one(number: u32, hierarchy: &Hierarchy) -> Self {
        if !hierarchy.is_match(number) {
            return Self::default();
        }
        let partner = hierarchy.partner(number);
        Self {
            below: 0,
            balance: Sum::of(partner.balance().as_deref()),
            daily_spent: Sum::of(partner.daily_spent_amount().as_deref()),
        }
    }

    /// How many amounts its sums lack.
    pub fn left_out(&self) -> u64 {
        u64::from(self.balance.left_out) + u64::from(self.daily_spent.left_out)
    }

    fn add(&mut self, other: Self, others: u32) {
        self.below += other.below + others;
        self.balance.add(other.balance);
        self.daily_spent.add(other.daily_spent);
    }
}

/// The totals of all branches; a partner without any below it needs none.
#[derive(Debug, Default)]
pub struct AllTotals {
    /// Where in `branches` that of each partner is, counted from 1.
    places: Vec<u32>,
    branches: Vec<Totals>,
    /// How many partners have amounts that cannot be summed, and the first of them.
    left_out: (u64, Vec<u32>),
}

impl AllTotals {
    /// Sums up every branch, from its ends to its beginning.
    pub fn new(hierarchy: &Hierarchy) -> Self {
        let mut all = Self { places: vec![0; hierarchy.len()], ..Self::default() };
        let numbers: Vec<u32> = hierarchy.walk(None).map(|visit| visit.number).collect();
        for &number in &numbers {
            let own = Totals::of_one(number, hierarchy);
            if own.left_out() > 0 {
                let (count, first) = &mut all.left_out;
                *count += 1;
                first.extend((first.len() < MAX_REMEMBERED).then_some(number));
            }
            if !hierarchy.children(number).is_empty() {
                all.branches.push(own);
                all.places[number as usize] = all.branches.len() as u32;
            }
        }
        for &number in numbers.iter().rev() {
            let Some(parent) = hierarchy.parent(number) else { continue };
            let place = all.places[parent as usize];
            let totals = all.of(number, hierarchy);
            all.branches[place as usize - 1].add(totals, u32::from(hierarchy.is_match(number)));
        }
        all
    }

    /// Those of the branch that begins at a partner.
    pub fn of(&self, number: u32, hierarchy: &Hierarchy) -> Totals {
        match self.places[number as usize] {
            0 => Totals::of_one(number, hierarchy),
            place => self.branches[place as usize - 1],
        }
    }

    /// How many partners have amounts that cannot be summed, and the first of them.
    pub fn left_out(&self) -> (u64, &[u32]) {
        (self.left_out.0, &self.left_out.1)
    }
}
