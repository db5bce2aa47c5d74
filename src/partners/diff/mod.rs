//! Two lists of partners, compared by SID and field by field.
//!
//! `fields` compares two partners, and `value` decides what is equal. Partners come as JSON text; what differs goes out
//! as JSON text, too. No file, no API and no format is known in here.

mod fields;
mod value;

use std::collections::{BTreeSet, HashSet};

use crate::partners::List;
use crate::partners::sums::Sum;
use crate::raw;
use crate::values::{Amount, FieldName};

pub use fields::Comparer;
pub use value::{look_alike, set_change};

/// What of two partners is compared, and how.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The fields to compare; none for all.
    pub only: Vec<FieldName>,
    /// The fields to leave out.
    pub except: Vec<FieldName>,
    /// Decimal fields that are only added up, as they differ from day to day.
    pub moving: Vec<&'static str>,
    /// The columns of the old and of the new list, if they are cells, as of CSV and TSV: those know neither null nor
    /// types, and what has no column is not compared. All else has every field.
    pub columns: [Option<HashSet<String>>; 2],
}

/// A field whose value differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its name; dots reach into objects.
    pub field: String,
    /// The raw value on the old list; none where it is absent.
    pub old: Option<String>,
    /// The raw value on the new list.
    pub new: Option<String>,
    /// By how much a decimal changed, where that can be said exactly.
    pub delta: Option<Amount>,
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

impl<'l> Change<'l> {
    /// The raw value of a field, the newest that is set.
    pub fn value(&self, field: &str) -> Option<&'l str> {
        let of = |partner: &'l str| raw::lookup(partner, [field]).filter(|value| raw::is_set(value));
        match self {
            Self::Added(partner) | Self::Gone(partner) => of(partner),
            Self::Changed { old, new, .. } => of(new).or_else(|| of(old)),
        }
    }
}

/// The movements of a field that is only added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Movement {
    /// How many partners have another amount now.
    pub partners: u64,
    /// By how much all of them changed.
    pub sum: Sum,
}

/// Hands over what differs between two lists: in the order of the new one, and at the end those that are gone, in the
/// order of the old one.
pub fn compare<'l, E>(
    old: &'l List,
    new: &'l List,
    comparer: &mut Comparer,
    mut each: impl FnMut(Change<'l>) -> Result<(), E>,
) -> Result<(), E> {
    let mut is_left = vec![false; old.len()];
    for (place, text) in new.iter().enumerate() {
        let Some(before) = new.sid(place).and_then(|sid| old.place(sid)) else {
            each(Change::Added(text))?;
            continue;
        };
        is_left[before] = true;
        let before = old.get(before);
        let fields = comparer.differences(before, text);
        if !fields.is_empty() {
            each(Change::Changed { old: before, new: text, fields })?;
        }
    }
    let gone = (0..old.len()).filter(|place| !is_left[*place]);
    gone.map(|place| old.get(place)).try_for_each(|partner| each(Change::Gone(partner)))
}

/// Fields for which the old or the new list has no column.
pub type Lacking = [BTreeSet<String>; 2];

#[cfg(test)]
mod tests;
