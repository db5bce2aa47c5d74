//! Partners under their parents, with what each branch sums up to.
//!
//! It holds a million partners, so it keeps little of each; and a chain of a hundred thousand, so nothing in here
//! calls itself.

mod link;
mod totals;
mod walk;

use crate::partners::{List, Sid, called};
use crate::raw;

use link::NONE;
pub use totals::Totals;
pub use walk::{Visit, Walk};

/// The fields that a hierarchy needs of a partner, the names last.
pub const FIELDS: [&str; 8] =
    ["partner_sid", "parent_sid", "display_id", "status", "balance", "daily_spent_amount", "name", "company_name"];

/// Where in [`FIELDS`] the names begin; of them, only what the partner is called is kept.
const CALLED: usize = 6;

/// The values of one partner, as raw JSON.
#[derive(Debug, Clone, Copy)]
pub struct Partner<'h> {
    values: &'h str,
}

impl<'h> Partner<'h> {
    /// The value of one of [`FIELDS`] but the names; none where it is null or absent.
    pub fn get(self, field: &str) -> Option<&'h str> {
        self.value(FIELDS[..CALLED].iter().position(|known| *known == field)?)
    }

    pub fn called(self) -> Option<&'h str> {
        self.value(CALLED)
    }

    fn value(self, place: usize) -> Option<&'h str> {
        raw::elements(self.values).nth(place).filter(|value| *value != "null")
    }
}

/// Partners that came, not yet linked.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Of each partner, an array of its values.
    list: List,
    /// Of a filtered hierarchy, those that match.
    matching: Option<Vec<Option<Sid>>>,
}

impl Gathered {
    /// Keeps a partner, given as its raw members.
    pub fn push<'p>(&mut self, members: impl Iterator<Item = (&'p str, &'p str)>) {
        let mut values = [None; FIELDS.len()];
        for (key, value) in members {
            if let Some(found) = FIELDS.iter().position(|field| raw::is_called(key, field)) {
                values[found] = Some(value);
            }
        }
        let sid = values[0];
        values[CALLED] = called(|name| values[FIELDS.iter().position(|field| *field == name)?]);
        let kept: Vec<_> = values[..=CALLED].iter().map(|value| value.unwrap_or("null")).collect();
        self.list.add_known(&format!("[{}]", kept.join(",")), sid);
    }

    /// From now on only partners that match count, and their ancestors are kept to connect them.
    pub fn filter(&mut self) {
        self.matching = Some(Vec::new());
    }

    /// Keeps that the partner of that SID, given as raw JSON, matches.
    pub fn push_match(&mut self, sid: Option<&str>) {
        self.matching.get_or_insert_default().push(Sid::of_raw(sid));
    }

    /// Links and sums them, all under the partner of that SID if one is given; none if it did not come.
    pub fn linked(self, root: Option<&Sid>) -> Option<Hierarchy> {
        let Self { list, matching } = self;
        let root = match root {
            Some(sid) => Some(list.place(sid)? as u32),
            None => None,
        };
        let mut hierarchy = Hierarchy { list, ..Hierarchy::default() };
        let numbers = 0..hierarchy.list.len() as u32;
        hierarchy.parents = numbers.clone().map(|number| hierarchy.parent_place(number).unwrap_or(NONE)).collect();
        hierarchy.loops = link::cut_loops(&mut hierarchy.parents, root);
        if let Some(root) = root {
            // What is above it is not shown.
            hierarchy.parents[root as usize] = NONE;
        }
        if let Some(matching) = matching {
            hierarchy.mark(matching);
        }
        let kept = hierarchy.kept();
        hierarchy.children = vec![Vec::new(); kept.len()];
        for (number, parent) in numbers.clone().zip(&hierarchy.parents).filter(|(number, _)| kept[*number as usize]) {
            // Roots are under nobody.
            if let Some(siblings) = hierarchy.children.get_mut(*parent as usize) {
                siblings.push(number);
            }
        }
        let is_root = |number: &u32| kept[*number as usize] && hierarchy.parents[*number as usize] == NONE;
        hierarchy.roots = match root {
            Some(root) => Some(root).filter(is_root).into_iter().collect(),
            None => numbers.filter(is_root).collect(),
        };
        hierarchy.sort_by_name();
        totals::add_up(&mut hierarchy);
        Some(hierarchy)
    }
}

#[derive(Debug, Default)]
pub struct Hierarchy {
    list: List,
    parents: Vec<u32>,
    children: Vec<Vec<u32>>,
    roots: Vec<u32>,
    loops: Vec<Vec<u32>>,
    matches: Option<Vec<bool>>,
    unmatched: usize,
    totals: Vec<Totals>,
    /// How many partners have amounts that cannot be summed, and the first of them.
    unsummable: (u64, Vec<u32>),
}

impl Hierarchy {
    pub fn partner(&self, number: u32) -> Partner<'_> {
        Partner { values: self.list.get(number as usize) }
    }

    /// The SID of the parent that a partner has, visible or not.
    fn parent_sid(&self, number: u32) -> Option<Sid> {
        Sid::of_raw(self.partner(number).get("parent_sid"))
    }

    fn parent_place(&self, number: u32) -> Option<u32> {
        self.list.place(&self.parent_sid(number)?).map(|place| place as u32)
    }

    /// Marks those that match.
    fn mark(&mut self, matching: Vec<Option<Sid>>) {
        let mut matches = vec![false; self.list.len()];
        for sid in matching {
            match sid.and_then(|sid| self.list.place(&sid)) {
                Some(place) => matches[place] = true,
                None => self.unmatched += 1,
            }
        }
        self.matches = Some(matches);
    }

    /// Those that are shown: each once, and of a filtered hierarchy the matches and all that are above one.
    fn kept(&self) -> Vec<bool> {
        let Some(matches) = &self.matches else {
            let is_first =
                |place| self.list.sid(place).and_then(|sid| self.list.place(sid)).is_none_or(|it| it == place);
            return (0..self.list.len()).map(is_first).collect();
        };
        let mut kept = vec![false; matches.len()];
        for start in (0..matches.len()).filter(|number| matches[*number]) {
            let mut at = start as u32;
            while at != NONE && !kept[at as usize] {
                kept[at as usize] = true;
                at = self.parents[at as usize];
            }
        }
        kept
    }

    /// Orders partners as a reader of the names expects, those of the same name as they came, and those without last.
    fn sort_by_name(&mut self) {
        let Self { list, roots, children, .. } = self;
        let name = |number: &u32| {
            let partner = Partner { values: list.get(*number as usize) };
            let name = partner.called().map(|name| raw::text(name).to_lowercase());
            (name.is_none(), name)
        };
        children.iter_mut().chain([roots]).for_each(|siblings| siblings.sort_by_cached_key(name));
    }

    /// The partners under which all others are.
    pub fn roots(&self) -> &[u32] {
        &self.roots
    }

    /// The partners right under this one, by their names.
    pub fn children(&self, number: u32) -> &[u32] {
        &self.children[number as usize]
    }

    /// The parent, if it is visible and was not cut off.
    pub fn parent(&self, number: u32) -> Option<u32> {
        Some(self.parents[number as usize]).filter(|parent| *parent != NONE)
    }

    /// Whether the parent that it has is among the partners; none if it has no parent.
    pub fn parent_is_visible(&self, number: u32) -> Option<bool> {
        self.parent_sid(number).map(|sid| self.list.place(&sid).is_some())
    }

    /// Whether it has a parent that is not among the partners.
    pub fn is_orphan(&self, number: u32) -> bool {
        self.parent_is_visible(number) == Some(false)
    }

    /// Whether it counts: in a filtered hierarchy only what matches does.
    pub fn is_match(&self, number: u32) -> bool {
        self.matches.as_ref().is_none_or(|matches| matches[number as usize])
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
    pub fn loops(&self) -> &[Vec<u32>] {
        &self.loops
    }

    /// What the branch that begins here sums up to.
    pub fn totals(&self, number: u32) -> Totals {
        self.totals[number as usize]
    }

    /// How many amounts, or branches too long to be added, are missing in the sums of the roots.
    pub fn left_out(&self) -> u64 {
        self.roots.iter().map(|root| self.totals(*root).left_out()).sum()
    }

    /// How many partners have amounts that cannot be summed, and the first of them.
    pub fn with_unsummable_amounts(&self) -> (u64, &[u32]) {
        (self.unsummable.0, &self.unsummable.1)
    }

    /// All partners down to a depth, each after its parent; the roots have depth 0.
    pub fn walk(&self, depth: Option<usize>) -> Walk<'_> {
        Walk::new(self, depth)
    }
}

#[cfg(test)]
mod tests;
