//! What differs between two texts of a partner, member by member, and one text made of the other again.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::raw;

/// A member whose text differs. Absent is not null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberChange<'a> {
    /// Its name, as text.
    pub name: Cow<'a, str>,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
}

/// The members that differ, each once, in the order of the new text, then those that it does not have any more. Of a
/// key that appears twice, the last counts.
pub fn members<'a>(old: &'a str, new: &'a str) -> Vec<MemberChange<'a>> {
    if let Some(changed) = raw::changed_members(old, new) {
        let member = |(name, old, new)| MemberChange { name, old: Some(old), new: Some(new) };
        return changed.into_iter().map(member).collect();
    }
    let values = |partner: &'a str| -> HashMap<Cow<'a, str>, &'a str> {
        raw::members(partner).map(|(key, value)| (raw::text(key), value)).collect()
    };
    let (olds, news) = (values(old), values(new));
    let mut seen = HashSet::new();
    let mut differ = Vec::new();
    for (key, _) in raw::members(new).chain(raw::members(old)) {
        let name = raw::text(key);
        let (old, new) = (olds.get(&name).copied(), news.get(&name).copied());
        if old != new && seen.insert(name.clone()) {
            differ.push(MemberChange { name, old, new });
        }
    }
    differ
}

/// The text with the old values of these members in the place of its own, and without those that have none.
///
/// Nothing is ever put where it was not: so it is all the same in which order the changes of several nights are undone.
pub fn undone<'m>(text: &str, olds: impl IntoIterator<Item = (&'m str, Option<&'m str>)>) -> String {
    let olds: HashMap<_, _> = olds.into_iter().collect();
    let mut out = String::with_capacity(text.len() + 64);
    for (key, value) in raw::members(text) {
        let value = match olds.get(&*raw::text(key)) {
            Some(None) => continue,
            Some(Some(old)) => old,
            None => value,
        };
        out.push(if out.is_empty() { '{' } else { ',' });
        out.push_str(key);
        out.push(':');
        out.push_str(value);
    }
    if out.is_empty() {
        out.push('{');
    }
    out.push('}');
    out
}
