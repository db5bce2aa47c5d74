//! Two lists of partners, compared by SID and field by field.
//!
//! `list` keeps the partners of one side, `fields` compares two partners, `value` decides what is equal, and `line` is
//! what a change looks like as JSON. Partners come as JSON text; what differs goes out as JSON text, too. No file, no
//! API and no format is known in here.

mod fields;
pub mod line;
mod list;
mod value;

use std::collections::HashMap;

use crate::partners::sums::Sum;
use crate::values::FieldName;

pub use fields::{Comparer, Difference, delta};
pub use list::{Defect, List, Sid, set_text};
pub use value::set_change;

/// What of two partners is compared, and how.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The fields to compare; none for all.
    pub only: Vec<FieldName>,
    /// The fields to leave out.
    pub except: Vec<FieldName>,
    /// Decimal fields that are only added up, as they differ from day to day.
    pub moving: Vec<&'static str>,
    /// Whether values are compared as the cells of CSV and TSV, which know neither null nor types.
    pub cells: bool,
}

/// What became of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<'l> {
    /// It is on the new list alone.
    Added(&'l str),
    /// It is on both, and differs.
    Changed { old: &'l str, new: &'l str, fields: Vec<Difference> },
    /// It is on the old list alone.
    Gone(&'l str),
}

/// The movements of a field that are only added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Movement {
    /// How many partners have another amount now.
    pub partners: u64,
    /// By how much all of them changed.
    pub sum: Sum,
}

/// Fields that could not be compared, as one of the lists does not have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lacking {
    pub in_old: Vec<String>,
    pub in_new: Vec<String>,
}

/// What differs between two lists.
#[derive(Debug)]
pub struct Comparison<'l> {
    /// In the order of the new list; those that are gone last, in the order of the old one.
    pub changes: Vec<Change<'l>>,
    /// Of each field that is only added up, in the order of the rules.
    pub movements: Vec<(&'static str, Movement)>,
    pub lacking: Lacking,
}

/// Compares two lists.
pub fn compare<'l>(old: &'l List, new: &'l List, rules: &Rules) -> Comparison<'l> {
    let mut comparer = Comparer::new(old, new, rules);
    let mut changes = Vec::new();
    let mut is_left = vec![false; old.len()];
    for (sid, text) in new.iter() {
        let Some(place) = old.place(sid) else {
            changes.push(Change::Added(text));
            continue;
        };
        is_left[place] = true;
        let fields = comparer.differences(old.at(place), text);
        if !fields.is_empty() {
            changes.push(Change::Changed { old: old.at(place), new: text, fields });
        }
    }
    let gone = (0..old.len()).filter(|place| !is_left[*place]);
    changes.extend(gone.map(|place| Change::Gone(old.at(place))));
    let (mut movements, lacking) = comparer.finish();
    Comparison {
        changes,
        movements: rules.moving.iter().map(|field| (*field, movements.remove(field).unwrap_or_default())).collect(),
        lacking,
    }
}

type Movements = HashMap<&'static str, Movement>;

#[cfg(test)]
mod tests;
