//! Who is whose parent: SIDs looked up, repeated partners and loops found.

use std::hash::{BuildHasher, RandomState};

use super::store::Store;

/// In place of a parent where there is none that is visible.
pub const NONE: u32 = u32::MAX;

/// The parents of all partners, by number.
#[derive(Debug)]
pub struct Links {
    /// The parent of each, or [`NONE`].
    pub parents: Vec<u32>,
    /// Those that have a parent which is not visible.
    pub orphans: Vec<bool>,
    /// Those that repeat an earlier one.
    pub repeated: Vec<bool>,
    /// The loops that were cut: the members of each, the one that lost its parent first; ordered by that one.
    pub loops: Vec<Vec<u32>>,
}

/// Finds partners by their SIDs.
pub struct Index<'s> {
    store: &'s Store,
    hash: RandomState,
    /// The hash of each SID and the partner that has it, in order.
    entries: Vec<(u64, u32)>,
}

impl<'s> Index<'s> {
    /// An index of all partners that have a SID.
    pub fn new(store: &'s Store) -> Self {
        let hash = RandomState::new();
        let numbers = 0..store.len() as u32;
        let mut entries: Vec<_> =
            numbers.filter_map(|number| Some((hash.hash_one(store.sid(number)?), number))).collect();
        entries.sort_unstable();
        Self { store, hash, entries }
    }

    /// The first partner that has this SID.
    pub fn find(&self, sid: &[u8]) -> Option<u32> {
        let hash = self.hash.hash_one(sid);
        let start = self.entries.partition_point(|(known, _)| *known < hash);
        let same = self.entries[start..].iter().take_while(|(known, _)| *known == hash);
        same.map(|(_, number)| *number).find(|number| self.store.sid(*number) == Some(sid))
    }
}

impl Links {
    /// Links all partners to their parents; a loop that goes through `root` is cut above it.
    pub fn new(store: &Store, index: &Index, root: Option<u32>) -> Self {
        let numbers = || 0..store.len() as u32;
        let first = |number: u32| store.sid(number).and_then(|sid| index.find(sid)).unwrap_or(number);
        let parent = |number: u32| store.parent_sid(number).and_then(|sid| index.find(sid)).unwrap_or(NONE);
        let mut parents: Vec<u32> = numbers().map(parent).collect();
        let repeated: Vec<bool> = numbers().map(|number| first(number) != number).collect();
        let is_orphan = |number: u32| parents[number as usize] == NONE && store.parent_sid(number).is_some();
        let orphans = numbers().map(is_orphan).collect();
        let loops = cut_loops(&mut parents, root);
        Self { parents, orphans, repeated, loops }
    }
}

/// Takes the parent from one member of every loop, the root or the one that came first, and returns the cycles.
fn cut_loops(parents: &mut [u32], root: Option<u32>) -> Vec<Vec<u32>> {
    /// Not yet seen; seen from this very beginning; or known to lead to a root.
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        Now,
        Before,
    }
    let mut seen = vec![Seen::Not; parents.len()];
    let mut loops = Vec::new();
    for start in 0..parents.len() as u32 {
        let mut at = start;
        while at != NONE && seen[at as usize] == Seen::Not {
            seen[at as usize] = Seen::Now;
            at = parents[at as usize];
        }
        let meets_itself = at != NONE && seen[at as usize] == Seen::Now;
        let mut way = start;
        while way != NONE && seen[way as usize] == Seen::Now {
            seen[way as usize] = Seen::Before;
            way = parents[way as usize];
        }
        if meets_itself {
            let above = |number: &u32| Some(parents[*number as usize]).filter(|parent| *parent != at);
            let mut members: Vec<u32> = std::iter::successors(Some(at), above).collect();
            let rank = |number: &u32| (Some(*number) != root, *number);
            let first = members.iter().enumerate().min_by_key(|(_, number)| rank(number)).map_or(0, |(place, _)| place);
            members.rotate_left(first);
            parents[members[0] as usize] = NONE;
            loops.push(members);
        }
    }
    loops.sort_unstable_by_key(|members| members[0]);
    loops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_cut_once_and_everything_else_stays() {
        for (before, after, loops) in [
            (vec![NONE, 0, 1], vec![NONE, 0, 1], vec![]),
            (vec![0], vec![NONE], vec![vec![0]]),
            (vec![1, 2, 0, 0], vec![NONE, 2, 0, 0], vec![vec![0, 1, 2]]),
            (vec![1, 2, 1, NONE, 4], vec![1, NONE, 1, NONE, NONE], vec![vec![1, 2], vec![4]]),
            (vec![3, 2, 1, 0], vec![NONE, NONE, 1, 0], vec![vec![0, 3], vec![1, 2]]),
        ] {
            let mut parents = before.clone();
            assert_eq!(cut_loops(&mut parents, None), loops, "{before:?}");
            assert_eq!(parents, after, "{before:?}");
        }
    }
}
