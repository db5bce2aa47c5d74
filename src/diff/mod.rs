//! Two lists of partners, compared by SID and field by field.
//!
//! `list` keeps the partners of one side, `fields` compares two partners, `value` decides what is equal, and `line` is
//! what a change looks like as JSON. Partners come as JSON text; what differs goes out as JSON text, too. No file, no
//! API and no format is known in here.

mod fields;
pub(crate) mod line;
mod list;
mod value;

use std::collections::HashMap;

use crate::api::resource::Resource;
use crate::sums::Sum;
use crate::values::FieldName;

pub(crate) use fields::{Comparer, Difference, delta};
pub(crate) use list::{Defect, List, Sid, set_text};
pub(crate) use value::set_change;

/// What of two partners is compared, and how.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) resource: &'static Resource,
    /// The fields to compare; none for all.
    pub(crate) only: Vec<FieldName>,
    /// The fields to leave out.
    pub(crate) except: Vec<FieldName>,
    /// Decimal fields that are only added up, as they differ from day to day.
    pub(crate) moving: Vec<&'static str>,
    /// Whether values are compared as the cells of CSV and TSV, which know neither null nor types.
    pub(crate) cells: bool,
}

/// What became of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change<'l> {
    /// It is on the new list alone.
    Added(&'l str),
    /// It is on both, and differs.
    Changed { old: &'l str, new: &'l str, fields: Vec<Difference> },
    /// It is on the old list alone.
    Gone(&'l str),
}

/// The movements of a field that are only added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Movement {
    /// How many partners have another amount now.
    pub(crate) partners: u64,
    /// By how much all of them changed.
    pub(crate) sum: Sum,
}

/// Fields that could not be compared, as one of the lists does not have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lacking {
    pub(crate) in_old: Vec<String>,
    pub(crate) in_new: Vec<String>,
}

/// What differs between two lists.
#[derive(Debug)]
pub(crate) struct Comparison<'l> {
    /// In the order of the new list; those that are gone last, in the order of the old one.
    pub(crate) changes: Vec<Change<'l>>,
    /// Of each field that is only added up, in the order of the rules.
    pub(crate) movements: Vec<(&'static str, Movement)>,
    pub(crate) lacking: Lacking,
}

/// Compares two lists.
pub(crate) fn compare<'l>(old: &'l List, new: &'l List, rules: &Rules) -> Comparison<'l> {
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
