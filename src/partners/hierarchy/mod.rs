//! Partners under their parents, with what each branch sums up to.
//!
//! It holds a million partners, so it keeps few bytes of each; and a chain of a hundred thousand, so nothing in here
//! calls itself.

mod link;
mod store;
#[cfg(all(test, unix))]
mod sums;
mod totals;
mod walk;

use crate::raw;

use link::{Index, Links, NONE};
use store::Store;
pub use store::{FIELDS, Partner};
pub use totals::Totals;
pub use walk::{Visit, Walk};

/// Partners that came, not yet linked.
#[derive(Debug, Default)]
pub struct Gathered {
    store: Store,
    /// Of a filtered hierarchy, those that match, of which only the SID is kept.
    matching: Option<Store>,
}

impl Gathered {
    /// Keeps a partner, given as its raw members.
    pub fn push<'p>(&mut self, members: impl Iterator<Item = (&'p str, &'p str)>) {
        self.store.push(members);
    }

    /// From now on only partners that match count, and their ancestors are kept to connect them.
    pub fn filter(&mut self) {
        self.matching = Some(Store::default());
    }

    /// Keeps that the partner of that SID, given as raw JSON, matches.
    pub fn push_match(&mut self, sid: Option<&str>) {
        self.matching.get_or_insert_default().push_sid(sid);
    }

    /// Links and sums them, all under the partner of that SID (raw JSON) if one is given; none if it did not come.
    pub fn linked(self, root: Option<&str>) -> Option<Hierarchy> {
        let Self { store, matching } = self;
        let index = Index::new(&store);
        let root = match root {
            Some(sid) => Some(index.find(&store::key_of(sid))?),
            None => None,
        };
        let Links { mut parents, orphans, repeated, loops } = Links::new(&store, &index, root);
        if let Some(root) = root {
            // What is above it is not shown.
            parents[root as usize] = NONE;
        }
        let (mut matches, mut unmatched) = (matching.as_ref().map(|_| vec![false; store.len()]), 0);
        if let (Some(matching), Some(matches)) = (&matching, &mut matches) {
            for number in 0..matching.len() as u32 {
                match matching.sid(number).and_then(|sid| index.find(sid)) {
                    Some(found) => matches[found as usize] = true,
                    None => unmatched += 1,
                }
            }
        }
        drop((index, matching));
        let kept = kept(&parents, &repeated, matches.as_deref());
        let (starts, mut children) = children(&parents, &kept);
        let roots =
            (0..store.len() as u32).filter(|number| kept[*number as usize] && parents[*number as usize] == NONE);
        let mut roots: Vec<u32> = root.map_or_else(
            || roots.collect(),
            |root| Some(root).filter(|root| kept[*root as usize]).into_iter().collect(),
        );
        sort_by_name(&mut roots, &store);
        starts.windows(2).for_each(|range| sort_by_name(&mut children[range[0] as usize..range[1] as usize], &store));
        let mut hierarchy = Hierarchy {
            store,
            parents,
            starts,
            children,
            roots,
            loops,
            matches,
            unmatched,
            orphans,
            totals: totals::AllTotals::default(),
        };
        hierarchy.totals = totals::AllTotals::new(&hierarchy);
        hierarchy.forget_loops_elsewhere();
        Some(hierarchy)
    }
}

/// Those that are shown: each once, and of a filtered hierarchy the matches and all that are above one.
fn kept(parents: &[u32], repeated: &[bool], matches: Option<&[bool]>) -> Vec<bool> {
    let Some(matches) = matches else {
        return repeated.iter().map(|repeated| !repeated).collect();
    };
    let mut kept = vec![false; parents.len()];
    for start in (0..parents.len()).filter(|number| matches[*number]) {
        let mut at = start as u32;
        while at != NONE && !kept[at as usize] {
            kept[at as usize] = true;
            at = parents[at as usize];
        }
    }
    kept
}

/// For each partner where its children begin, and all children.
fn children(parents: &[u32], kept: &[bool]) -> (Vec<u32>, Vec<u32>) {
    let linked = || parents.iter().enumerate().filter(|(number, parent)| kept[*number] && **parent != NONE);
    let mut starts = vec![0; parents.len() + 1];
    linked().for_each(|(_, parent)| starts[*parent as usize + 1] += 1);
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut children = vec![0; starts.last().map_or(0, |end| *end as usize)];
    for (number, parent) in linked() {
        let place = &mut next[*parent as usize];
        children[*place as usize] = number as u32;
        *place += 1;
    }
    (starts, children)
}

/// Orders partners as a reader of the names expects, and those of the same name as they came.
fn sort_by_name(partners: &mut [u32], store: &Store) {
    if partners.len() > 1 {
        let name = |number: &u32| Some(raw::text(&store.get(*number).name()?).to_lowercase());
        // Absent names last.
        partners.sort_by_cached_key(|number| {
            let name = name(number);
            (name.is_none(), name)
        });
    }
}

#[derive(Debug)]
pub struct Hierarchy {
    store: Store,
    parents: Vec<u32>,
    starts: Vec<u32>,
    children: Vec<u32>,
    roots: Vec<u32>,
    loops: Vec<Vec<u32>>,
    matches: Option<Vec<bool>>,
    unmatched: usize,
    orphans: Vec<bool>,
    totals: totals::AllTotals,
}

impl Hierarchy {
    pub fn partner(&self, number: u32) -> Partner<'_> {
        self.store.get(number)
    }

    /// The partners under which all others are.
    pub fn roots(&self) -> &[u32] {
        &self.roots
    }

    /// The partners right under this one, by their names.
    pub fn children(&self, number: u32) -> &[u32] {
        let range = self.starts[number as usize] as usize..self.starts[number as usize + 1] as usize;
        &self.children[range]
    }

    /// The parent, if it is visible and was not cut off.
    pub fn parent(&self, number: u32) -> Option<u32> {
        Some(self.parents[number as usize]).filter(|parent| *parent != NONE)
    }

    /// Whether it has a parent that is not among the partners.
    pub fn is_orphan(&self, number: u32) -> bool {
        self.orphans[number as usize]
    }

    /// Whether the parent that it has is among the partners; none if it has no parent.
    pub fn parent_is_visible(&self, number: u32) -> Option<bool> {
        self.store.parent_sid(number).map(|_| !self.is_orphan(number))
    }

    /// Whether it counts: in a filtered hierarchy only what matches does.
    pub fn is_match(&self, number: u32) -> bool {
        self.matches.as_ref().is_none_or(|matches| matches[number as usize])
    }

    /// Whether only what matches counts.
    pub fn is_filtered(&self) -> bool {
        self.matches.is_some()
    }

    /// Whoever looks at a part wants to know of its own loops.
    fn forget_loops_elsewhere(&mut self) {
        let mut loops = std::mem::take(&mut self.loops);
        if !loops.is_empty() {
            let mut is_shown = vec![false; self.len()];
            self.walk(None).for_each(|visit| is_shown[visit.number as usize] = true);
            loops.retain(|members| is_shown[members[0] as usize]);
        }
        self.loops = loops;
    }

    /// How many match and were not there when everything was listed.
    pub fn unmatched(&self) -> usize {
        self.unmatched
    }

    /// The loops among parents that were cut: the members of each, the one that lost its parent first; ordered by that
    /// one.
    pub fn loops(&self) -> &[Vec<u32>] {
        &self.loops
    }

    /// What the branch that begins here sums up to.
    pub fn totals(&self, number: u32) -> Totals {
        self.totals.of(number, self)
    }

    /// How many amounts, or branches too long to be added, are missing in the sums of the roots.
    pub fn left_out(&self) -> u64 {
        self.roots.iter().map(|root| self.totals(*root).left_out()).sum()
    }

    /// How many partners have amounts that cannot be summed, and the first of them.
    pub fn with_unsummable_amounts(&self) -> (u64, &[u32]) {
        self.totals.left_out()
    }

    /// All partners down to a depth, each after its parent; the roots have depth 0.
    pub fn walk(&self, depth: Option<usize>) -> Walk<'_> {
        Walk::new(self, depth)
    }

    fn len(&self) -> usize {
        self.store.len()
    }
}

#[cfg(test)]
mod tests;
