//! Partners under their parents, with what each branch sums up to.
//!
//! It holds a million partners, so it keeps few bytes of each; and a chain of a hundred thousand, so nothing in here calls
//! itself.

mod link;
mod store;
mod totals;
mod walk;

use crate::raw;

use link::{Index, Links, NONE};
use store::Store;
pub use store::{FIELDS, Partner};
pub use totals::{Sum, Totals};
pub use walk::{Visit, Walk};

/// Partners that came, not yet linked.
#[derive(Debug, Default)]
pub struct Gathered {
    store: Store,
    /// Of a filtered hierarchy, those that match, of which only the SID is kept.
    matching: Option<Store>,
}

impl Gathered {
    /// Keeps a partner, given as the text that came.
    pub fn push(&mut self, partner: &str) {
        self.store.push(partner);
    }

    /// From now on only partners that match count, and their ancestors are kept to connect them.
    pub fn filter(&mut self) {
        self.matching = Some(Store::default());
    }

    /// Keeps that a partner matches, given as the text that came.
    pub fn push_match(&mut self, partner: &str) {
        let sid = raw::lookup(partner, [FIELDS[0]]).unwrap_or("null");
        self.matching.get_or_insert_default().push(&format!("{{\"{}\":{sid}}}", FIELDS[0]));
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

/// Partners under their parents.
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
    /// A partner.
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
mod tests {
    use super::*;

    /// A partner whose name is its SID, with a balance.
    fn partner(sid: &str, parent: Option<&str>, balance: &str) -> String {
        let parent = parent.map_or("null".to_owned(), |parent| format!("\"{parent}\""));
        format!(r#"{{"partner_sid":"{sid}","parent_sid":{parent},"name":"{sid}","balance":{balance}}}"#)
    }

    fn gathered(partners: &[(&str, Option<&str>, &str)]) -> Gathered {
        let mut gathered = Gathered::default();
        partners.iter().for_each(|(sid, parent, balance)| gathered.push(&partner(sid, *parent, balance)));
        gathered
    }

    fn name(hierarchy: &Hierarchy, number: u32) -> String {
        hierarchy.partner(number).name().unwrap_or_default().trim_matches('"').to_owned()
    }

    /// Each partner as its depth, name, count and sum.
    fn drawn(hierarchy: &Hierarchy, depth: Option<usize>) -> Vec<String> {
        let line = |visit: Visit| {
            let totals = hierarchy.totals(visit.number);
            let name = name(hierarchy, visit.number);
            format!("{}{name} {} {}", " ".repeat(visit.depth), totals.below, totals.balance.amount)
        };
        hierarchy.walk(depth).map(line).collect()
    }

    const FAMILY: [(&str, Option<&str>, &str); 6] = [
        ("d", Some("b"), "null"),
        ("b", Some("a"), "\"1.10\""),
        ("a", Some("beyond"), "100"),
        ("C", Some("a"), "-3"),
        ("e", Some("d"), "\"0.005\""),
        ("f", None, "\"7\""),
    ];

    #[test]
    fn children_stand_under_their_parents_by_name_and_branches_sum_up() {
        let hierarchy = gathered(&FAMILY).linked(None).expect("a hierarchy");
        let lines = ["a 4 98.105", " b 2 1.105", "  d 1 0.005", "   e 0 0.005", " C 0 -3", "f 0 7"];
        assert_eq!(drawn(&hierarchy, None), lines);
        assert_eq!(drawn(&hierarchy, Some(1)), [lines[0], lines[1], lines[4], lines[5]]);
        assert!(hierarchy.is_orphan(2) && !hierarchy.is_orphan(5) && !hierarchy.is_orphan(0));
    }

    #[test]
    fn partners_without_a_name_come_last_and_one_called_null_does_not() {
        let mut gathered = Gathered::default();
        for (sid, name) in [("1", "null"), ("2", "\"\""), ("3", "\"Null\""), ("4", "\"z\"")] {
            gathered.push(&format!(r#"{{"partner_sid":"{sid}","name":{name}}}"#));
        }
        assert_eq!(gathered.linked(None).expect("a hierarchy").roots(), [2, 3, 0, 1]);
    }

    #[test]
    fn one_branch_can_be_shown_alone() {
        let hierarchy = gathered(&FAMILY).linked(Some("\"b\"")).expect("a hierarchy");
        assert_eq!(drawn(&hierarchy, None), ["b 2 1.105", " d 1 0.005", "  e 0 0.005"]);
        assert!(!hierarchy.is_orphan(1));
        assert_eq!(
            ["b", "a"].map(|sid| gathered(&FAMILY)
                .linked(Some(&format!("\"{sid}\"")))
                .map(|part| part.parent_is_visible(part.roots()[0]))),
            [Some(Some(true)), Some(Some(false))]
        );
        assert!(gathered(&FAMILY).linked(Some("\"x\"")).is_none());
    }

    #[test]
    fn a_filter_keeps_ancestors_that_do_not_count() {
        let mut gathered = gathered(&FAMILY);
        gathered.filter();
        ["b", "e", "gone"].iter().for_each(|sid| gathered.push_match(&partner(sid, None, "0")));
        let hierarchy = gathered.linked(None).expect("a hierarchy");
        assert_eq!(drawn(&hierarchy, None), ["a 2 1.105", " b 1 1.105", "  d 1 0.005", "   e 0 0.005"]);
        assert!(hierarchy.is_match(1) && !hierarchy.is_match(2));
        assert_eq!(hierarchy.unmatched(), 1);
    }

    #[test]
    fn a_partner_that_comes_twice_counts_once() {
        let hierarchy = gathered(&[("a", None, "1"), ("b", Some("a"), "2"), ("b", Some("a"), "2"), ("a", None, "1")]);
        assert_eq!(drawn(&hierarchy.linked(None).expect("a hierarchy"), None), ["a 1 3", " b 0 2"]);
    }

    #[test]
    fn a_loop_is_told_and_shown_once() {
        let hierarchy =
            gathered(&[("z", Some("y"), "1"), ("x", Some("z"), "2"), ("y", Some("x"), "4"), ("s", Some("s"), "8")]);
        let hierarchy = hierarchy.linked(None).expect("a hierarchy");
        assert_eq!(drawn(&hierarchy, None), ["s 0 8", "z 2 7", " x 1 6", "  y 0 4"]);
        let names: Vec<Vec<String>> = hierarchy
            .loops()
            .iter()
            .map(|members| members.iter().map(|number| name(&hierarchy, *number)).collect())
            .collect();
        assert_eq!(names, [vec!["z", "y", "x"], vec!["s"]]);
    }

    #[test]
    fn a_loop_elsewhere_is_not_told() {
        let partners = [("a", None, "1"), ("s", Some("s"), "8")];
        assert!(gathered(&partners).linked(Some("\"a\"")).expect("a hierarchy").loops().is_empty());
        assert_eq!(gathered(&partners).linked(None).expect("a hierarchy").loops(), [[1]]);
    }

    #[test]
    fn a_root_in_a_loop_has_all_others_of_the_loop_below_it() {
        let gathered = gathered(&[("z", Some("y"), "1"), ("x", Some("z"), "2"), ("y", Some("x"), "4")]);
        let hierarchy = gathered.linked(Some("\"x\"")).expect("a hierarchy");
        assert_eq!(drawn(&hierarchy, None), ["x 2 7", " y 1 5", "  z 0 1"]);
    }

    #[test]
    fn what_cannot_be_summed_exactly_is_left_out_and_told() {
        let hierarchy = gathered(&[("a", None, "1"), ("b", Some("a"), "\"0.000000001\""), ("c", Some("b"), "\"n/a\"")]);
        let hierarchy = hierarchy.linked(None).expect("a hierarchy");
        let sum = |number| hierarchy.totals(number).balance;
        assert_eq!((sum(0).left_out, sum(1).left_out, sum(2).left_out), (2, 2, 1));
        assert_eq!(sum(0).amount.to_string(), "1");
        assert_eq!((hierarchy.left_out(), hierarchy.with_unsummable_amounts()), (2, (2, &[1, 2][..])));
    }

    #[test]
    fn a_long_chain_is_no_burden() {
        let mut gathered = Gathered::default();
        for number in 0..100_000 {
            gathered.push(&partner(&format!("{number}"), Some(&format!("{}", number - 1)), "\"0.01\""));
        }
        let hierarchy = gathered.linked(None).expect("a hierarchy");
        let totals = hierarchy.totals(0);
        assert_eq!((totals.below, totals.balance.amount.to_string().as_str()), (99_999, "1000.00"));
        assert_eq!(hierarchy.walk(None).last().map(|visit| visit.depth), Some(99_999));
    }
}
