//! Partners under their parents, with what each branch sums up to.
//!
//! It holds a million partners, so it keeps little of each; and a chain of a hundred thousand, so nothing in here
//! calls itself.

use std::iter;

use crate::api::partner::SID;
use crate::partners::sums::Sum;
use crate::partners::{List, Sid, called};
use crate::raw::{self, Object};

/// The fields that a hierarchy needs of a partner.
pub const FIELDS: [&str; 8] =
    [SID, "parent_sid", "display_id", "status", "balance", "daily_spent_amount", "name", "company_name"];

/// Adds a partner to those that will be linked, with the fields that are needed and no others.
pub fn gather(partner: Object, list: &mut List) {
    let is_needed = |key: &str| FIELDS.iter().any(|field| raw::is_called(key, field));
    let needed = partner.members().filter(|(key, _)| is_needed(key)).map(|(key, value)| format!("{key}:{value}"));
    list.add_known(&format!("{{{}}}", needed.collect::<Vec<_>>().join(",")), partner.get(SID));
}

/// Partners by their numbers, which are their places in the list that they came in.
#[derive(Debug)]
pub struct Hierarchy {
    list: List,
    /// The parent of each, if it is visible and was not cut off.
    parents: Vec<Option<usize>>,
    loops: Vec<Vec<usize>>,
    /// Of a filtered hierarchy, which of them match.
    matches: Option<Vec<bool>>,
    unmatched: usize,
    visits: Vec<Visit>,
    branches: Vec<Branch>,
    unsummable: Vec<usize>,
}

/// A partner on the way through a hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    pub number: usize,
    /// How many partners are above it.
    pub depth: usize,
    /// Whether it is the last one right under its parent.
    pub is_last: bool,
}

/// What a branch sums up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Branch {
    /// How many partners are below its beginning.
    pub below: u64,
    /// The balances, the beginning's included.
    pub balance: Sum,
    /// What was spent today, the beginning's included.
    pub daily_spent: Sum,
}

impl Branch {
    /// How many amounts its sums lack.
    pub fn left_out(&self) -> u64 {
        u64::from(self.balance.left_out) + u64::from(self.daily_spent.left_out)
    }
}

impl Hierarchy {
    /// Links partners that were gathered and sums them up, all under the partner of that SID if one is given; none if
    /// it is not among them. Where some of them are `matching`, only those count, and what is above them connects them.
    pub fn new(list: List, matching: Option<Vec<Option<Sid>>>, root: Option<&Sid>) -> Option<Self> {
        let root = match root {
            Some(sid) => Some(list.place(sid)?),
            None => None,
        };
        let mut parents: Vec<_> = (0..list.len()).map(|number| list.place(&list.parent(number)?)).collect();
        let loops = cut_loops(&mut parents, root);
        if let Some(root) = root {
            // What is above it is not shown.
            parents[root] = None;
        }
        let (mut matches, mut unmatched) = (matching.as_ref().map(|_| vec![false; list.len()]), 0);
        for sid in matching.iter().flatten() {
            match sid.as_ref().and_then(|sid| list.place(sid)).zip(matches.as_mut()) {
                Some((place, matches)) => matches[place] = true,
                None => unmatched += 1,
            }
        }
        let visits = visits(&list, &parents, matches.as_deref(), root);
        let branches = vec![Branch::default(); list.len()];
        let mut hierarchy = Self { list, parents, loops, matches, unmatched, visits, branches, unsummable: Vec::new() };
        hierarchy.add_up();
        Some(hierarchy)
    }

    /// Sums up every branch, from its ends to its beginning.
    fn add_up(&mut self) {
        for at in 0..self.visits.len() {
            let number = self.visits[at].number;
            if self.is_match(number) {
                let sum = |field| Sum::of(raw::lookup(self.partner(number), [field]));
                let own = Branch { below: 0, balance: sum("balance"), daily_spent: sum("daily_spent_amount") };
                self.unsummable.extend((own.left_out() > 0).then_some(number));
                self.branches[number] = own;
            }
        }
        for Visit { number, .. } in self.visits.iter().rev() {
            if let Some(parent) = self.parents[*number] {
                let (branch, is_match) = (self.branches[*number], self.is_match(*number));
                let above = &mut self.branches[parent];
                above.below += branch.below + u64::from(is_match);
                above.balance.add(branch.balance);
                above.daily_spent.add(branch.daily_spent);
            }
        }
    }

    /// What is known of a partner, as a JSON object.
    pub fn partner(&self, number: usize) -> &str {
        self.list.get(number)
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.visits.is_empty()
    }

    /// Whether the parent that it has is among the partners; none if it has no parent.
    pub fn parent_is_visible(&self, number: usize) -> Option<bool> {
        self.list.parent(number).map(|sid| self.list.place(&sid).is_some())
    }

    /// Whether it counts: in a filtered hierarchy only what matches does.
    pub fn is_match(&self, number: usize) -> bool {
        self.matches.as_ref().is_none_or(|matches| matches[number])
    }

    /// Whether only what matches counts.
    pub fn is_filtered(&self) -> bool {
        self.matches.is_some()
    }

    /// How many match and were not there when everything was listed.
    pub fn unmatched(&self) -> usize {
        self.unmatched
    }

    /// The loops among parents that were cut: the members of each, the one that lost its parent first; ordered by that
    /// one.
    pub fn loops(&self) -> &[Vec<usize>] {
        &self.loops
    }

    /// The branch that begins here.
    pub fn branch(&self, number: usize) -> Branch {
        self.branches[number]
    }

    /// How many amounts, or branches too long to be added, are missing in the sums of the roots.
    pub fn left_out(&self) -> u64 {
        self.walk(Some(0)).map(|root| self.branch(root.number).left_out()).sum()
    }

    /// The partners whose amounts cannot be summed.
    pub fn unsummable(&self) -> &[usize] {
        &self.unsummable
    }

    /// All partners down to a depth, each after its parent and siblings by their names; the roots have depth 0.
    pub fn walk(&self, deepest: Option<usize>) -> impl Iterator<Item = Visit> {
        let is_shown = move |visit: &&Visit| deepest.is_none_or(|deepest| visit.depth <= deepest);
        self.visits.iter().filter(is_shown).copied()
    }
}

/// Takes the parent from one member of every loop, the root or the one that came first, and gives the loops.
fn cut_loops(parents: &mut [Option<usize>], root: Option<usize>) -> Vec<Vec<usize>> {
    // From where each was seen first, on the way up.
    let mut seen = vec![None; parents.len()];
    let mut loops = Vec::new();
    for start in 0..parents.len() {
        let mut at = Some(start);
        while let Some(number) = at.filter(|number| seen[*number].is_none()) {
            seen[number] = Some(start);
            at = parents[number];
        }
        let Some(met) = at.filter(|number| seen[*number] == Some(start)) else { continue };
        let above = |number: &usize| parents[*number].filter(|parent| *parent != met);
        let mut members: Vec<usize> = iter::successors(Some(met), above).collect();
        let first = (0..members.len()).min_by_key(|place| (Some(members[*place]) != root, members[*place]));
        members.rotate_left(first.unwrap_or(0));
        parents[members[0]] = None;
        loops.push(members);
    }
    loops.sort_unstable_by_key(|members| members[0]);
    loops
}

/// Those that are shown, each once: all, or the matches and whatever is above one, or the root and what is below it.
/// Siblings are ordered as a reader of the names expects, those of the same name as they came, and those without last.
fn visits(list: &List, parents: &[Option<usize>], matches: Option<&[bool]>, root: Option<usize>) -> Vec<Visit> {
    let is_first = |number: usize| list.sid(number).and_then(|sid| list.place(sid)).is_none_or(|place| place == number);
    let mut is_shown: Vec<bool> = (0..list.len()).map(|number| matches.is_none() && is_first(number)).collect();
    for number in (0..list.len()).filter(|number| matches.is_some_and(|matches| matches[*number])) {
        let mut at = Some(number);
        while let Some(number) = at.filter(|number| !is_shown[*number]) {
            is_shown[number] = true;
            at = parents[number];
        }
    }
    let (mut roots, mut children) = (Vec::new(), vec![Vec::new(); list.len()]);
    for number in (0..list.len()).filter(|number| is_shown[*number]) {
        match parents[number] {
            Some(parent) => children[parent].push(number),
            None if root.is_none_or(|root| root == number) => roots.push(number),
            None => {}
        }
    }
    let name = |number: &usize| {
        let name = called(|field| raw::lookup(list.get(*number), [field])).map(|name| raw::text(name).to_lowercase());
        (name.is_none(), name)
    };
    children.iter_mut().chain([&mut roots]).for_each(|siblings| siblings.sort_by_cached_key(name));
    // What is to come, the next one last.
    let siblings = |numbers: &[usize], depth| {
        let last_first = numbers.iter().rev().enumerate();
        last_first.map(|(at, number)| Visit { number: *number, depth, is_last: at == 0 }).collect::<Vec<_>>()
    };
    let mut to_come = siblings(&roots, 0);
    let next = || {
        let visit = to_come.pop()?;
        to_come.extend(siblings(&children[visit.number], visit.depth + 1));
        Some(visit)
    };
    iter::from_fn(next).collect()
}

#[cfg(test)]
mod tests;
