//! What differs between two partners, field by field.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::api::field::FieldType;
use crate::api::partner::PARTNERS;
use crate::partners::sums::Sum;
use crate::raw::{self, Number};
use crate::values::{Amount, FieldName};

use super::value::{same, set_members};
use super::{Lacking, List, Movements, Rules};

/// A field whose value differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its name; dots reach into objects.
    pub field: String,
    /// The raw value on the old list; none where it is absent. Null is kept as it came.
    pub old: Option<String>,
    /// The raw value on the new list.
    pub new: Option<String>,
    /// By how much a decimal changed, where that can be said exactly.
    pub delta: Option<Amount>,
}

type Members<'a> = Vec<(&'a str, &'a str)>;

/// Compares the partners of two lists, one after the other.
pub struct Comparer<'l> {
    old: &'l List,
    new: &'l List,
    rules: &'l Rules,
    decimals: HashSet<&'static str>,
    /// Whether a key that one partner lacks is on none of its list.
    lacking_in_old: HashMap<String, bool>,
    lacking_in_new: HashMap<String, bool>,
    /// The keys of partners with different keys that could be compared.
    compared: HashSet<String>,
    movements: Movements,
    /// The raw keys of the last partner whose keys differ from each other, which they mostly do.
    distinct: Vec<String>,
    /// The keys of the partners at hand that could be taken for paths.
    dotted: Vec<String>,
}

impl<'l> Comparer<'l> {
    pub fn new(old: &'l List, new: &'l List, rules: &'l Rules) -> Self {
        let fields = PARTNERS.fields.iter();
        let decimals = fields.filter(|field| field.kind == FieldType::Decimal).map(|field| field.name).collect();
        Self {
            old,
            new,
            rules,
            decimals,
            lacking_in_old: HashMap::new(),
            lacking_in_new: HashMap::new(),
            compared: HashSet::new(),
            movements: HashMap::new(),
            distinct: Vec::new(),
            dotted: Vec::new(),
        }
    }

    /// The fields that differ, in the order of the new partner.
    pub fn differences(&mut self, old: &str, new: &str) -> Vec<Difference> {
        let mut differences = Vec::new();
        if old == new {
            return differences;
        }
        if !self.rules.only.is_empty() {
            for name in &self.rules.only {
                let (old, new) = (value_of(old, name), value_of(new, name));
                self.compare(name.as_str(), old.as_deref(), new.as_deref(), &mut differences);
            }
            return differences;
        }
        match raw::members_of_both(old, new).filter(|both| self.are_distinct(both)) {
            Some(both) => {
                for (key, old, new) in both.into_iter().filter(|(_, old, new)| old != new) {
                    self.compare(&raw::text(key), Some(old), Some(new), &mut differences);
                }
            }
            None => self.compare_by_key(old, new, &mut differences),
        }
        differences.retain(|difference| !self.is_left_out(&difference.field));
        differences
    }

    /// The fields that differ, given the members of a partner that may: name, old and new value.
    pub fn differences_of<'m>(
        &mut self,
        members: impl Iterator<Item = (&'m str, Option<&'m str>, Option<&'m str>)>,
    ) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (member, old, new) in members {
            if self.rules.only.is_empty() {
                self.compare(member, old, new, &mut differences);
            }
            for name in &self.rules.only {
                let value = |value: Option<&'m str>| -> Option<Cow<'m, str>> {
                    match name.as_str() == member {
                        true => value.map(Cow::Borrowed),
                        false => raw::value_at(value?, &name.path().skip(1).collect::<Vec<_>>()),
                    }
                };
                if name.as_str() == member || name.first() == member {
                    let (old, new) = (value(old), value(new));
                    self.compare(name.as_str(), old.as_deref(), new.as_deref(), &mut differences);
                }
            }
        }
        differences.retain(|difference| !self.is_left_out(&difference.field));
        differences
    }

    /// How often a field that is only added up differed.
    pub fn moved(&self) -> u64 {
        self.movements.values().map(|movement| movement.partners).sum()
    }

    /// Whether no key stands twice.
    fn are_distinct(&mut self, members: &[(&str, &str, &str)]) -> bool {
        let keys = members.iter().map(|(key, ..)| *key);
        if keys.clone().eq(self.distinct.iter()) {
            return true;
        }
        let mut seen = HashSet::new();
        if !keys.clone().all(|key| seen.insert(raw::text(key))) {
            return false;
        }
        self.distinct = keys.map(str::to_owned).collect();
        self.dotted = dotted(seen);
        true
    }

    fn compare_by_key(&mut self, old: &str, new: &str, out: &mut Vec<Difference>) {
        let [olds, news]: [&Members; 2] = [&raw::members(old).collect(), &raw::members(new).collect()];
        let (old_values, new_values) = (by_key(olds), by_key(news));
        self.distinct.clear();
        self.dotted = dotted(old_values.keys().chain(new_values.keys()).cloned());
        let only_in = |members: &Members, others: &HashMap<Cow<str>, &str>| -> Vec<String> {
            let keys = members.iter().map(|(key, _)| raw::text(key));
            keys.filter(|key| !others.contains_key(key)).map(Cow::into_owned).collect()
        };
        settle(&mut self.lacking_in_old, only_in(news, &old_values), self.old);
        settle(&mut self.lacking_in_new, only_in(olds, &new_values), self.new);
        let mut seen = HashSet::new();
        for (key, _) in news.iter().chain(olds) {
            let key = raw::text(key);
            if !seen.insert(key.clone()) {
                continue;
            }
            let of = |values: &HashMap<Cow<str>, &str>, partner, lacking: &HashMap<String, bool>| {
                match values.get(&key) {
                    Some(value) => Some(Some((*value).to_owned())),
                    // A column of a dotted name is found in the object that it was cut from.
                    None if lacking.get(&*key) == Some(&true) => reached(partner, &key).map(Some),
                    None => Some(None),
                }
            };
            let old = of(&old_values, old, &self.lacking_in_old);
            let new = of(&new_values, new, &self.lacking_in_new);
            if let (Some(old), Some(new)) = (old, new) {
                self.compared.insert(key.clone().into_owned());
                self.compare(&key, old.as_deref(), new.as_deref(), out);
            }
        }
    }

    /// Compares the values of one field, objects by the paths into them.
    fn compare(&mut self, field: &str, old: Option<&str>, new: Option<&str>, out: &mut Vec<Difference>) {
        let (old, new) = (self.set(old), self.set(new));
        let (old, new) = (old.as_deref(), new.as_deref());
        if old == new {
            return;
        }
        if let (Some(old), Some(new)) = (old, new) {
            if self.is_entered(field, old) && self.is_entered(field, new) {
                return self.compare_objects(field, old, new, out);
            }
            if same(old, new) || self.are_same_scalars(field, old, new) {
                return;
            }
        }
        let delta = self.decimals.contains(field).then(|| delta(old, new)).flatten();
        if let Some(moving) = self.rules.moving.iter().find(|moving| **moving == field) {
            let movement = self.movements.entry(moving).or_default();
            movement.partners += 1;
            movement.sum.add(match delta {
                Some(amount) => Sum { amount, left_out: 0 },
                None => Sum { amount: Amount::ZERO, left_out: 1 },
            });
            return;
        }
        out.push(Difference {
            field: field.to_owned(),
            old: old.map(|old| raw::compact(old).into_owned()),
            new: new.map(|new| raw::compact(new).into_owned()),
            delta,
        });
    }

    fn compare_objects(&mut self, field: &str, old: &str, new: &str, out: &mut Vec<Difference>) {
        let (olds, news) = (set_members(old), set_members(new));
        let keys = news.keys().chain(olds.keys().filter(|key| !news.contains_key(*key)));
        for key in keys {
            let get = |members: &BTreeMap<Cow<str>, &str>| members.get(key).map(|value| (*value).to_owned());
            self.compare(&format!("{field}.{key}"), get(&olds).as_deref(), get(&news).as_deref(), out);
        }
    }

    /// Whether two values of which each has one text are equal by it, where a field or cells have texts alone.
    fn are_same_scalars(&self, field: &str, old: &str, new: &str) -> bool {
        if is_nested(old) || is_nested(new) {
            return false;
        }
        let (old, new) = (raw::text(old), raw::text(new));
        let number = |text| self.decimals.contains(field).then(|| Number::read(text)).flatten();
        (self.rules.cells && old == new) || number(&old).is_some_and(|old| number(&new) == Some(old))
    }

    /// Whether a value is an object whose members can be named by paths, without being taken for anything else.
    fn is_entered(&self, field: &str, value: &str) -> bool {
        let is_inside = |key: &String| key.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'));
        value.starts_with('{') && has_plain_keys(value) && !self.dotted.iter().any(is_inside)
    }

    /// The value as it is compared; none where it is null or absent, and where a cell would be empty.
    fn set<'v>(&self, value: Option<&'v str>) -> Option<Cow<'v, str>> {
        let value = value.filter(|value| *value != "null")?;
        if !self.rules.cells {
            return Some(Cow::Borrowed(value));
        }
        match raw::text(value) {
            text if text.is_empty() => None,
            // In a cell, objects and arrays are text.
            text if value.starts_with('"') && is_nested(&text) && raw::checked(&text).is_ok() => {
                Some(Cow::Owned(text.into_owned()))
            }
            _ => Some(Cow::Borrowed(value)),
        }
    }

    fn is_left_out(&self, field: &str) -> bool {
        let covers = |name: &FieldName| {
            field.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.rules.except.iter().any(covers)
    }

    pub fn finish(self) -> (Movements, Lacking) {
        let named = |lacking: HashMap<String, bool>| {
            let mut names: Vec<_> = lacking.into_iter().filter(|(_, lacks)| *lacks).map(|(name, _)| name).collect();
            let is_left_out = |name: &String| self.rules.except.iter().any(|except| except.as_str() == name);
            names.retain(|name| !self.compared.contains(name) && !is_left_out(name));
            names.sort();
            names
        };
        (self.movements, Lacking { in_old: named(self.lacking_in_old), in_new: named(self.lacking_in_new) })
    }
}

/// Finds out which of the keys no partner of the list has, as far as it is not known.
fn settle(lacking: &mut HashMap<String, bool>, mut keys: Vec<String>, list: &List) {
    keys.retain(|key| !lacking.contains_key(key));
    if keys.is_empty() {
        return;
    }
    lacking.extend(keys.iter().map(|key| (key.clone(), false)));
    lacking.extend(list.lacks(keys).into_iter().map(|key| (key, true)));
}

fn dotted<'k>(keys: impl IntoIterator<Item = Cow<'k, str>>) -> Vec<String> {
    keys.into_iter().filter(|key| key.contains('.')).map(Cow::into_owned).collect()
}

/// The values by their keys; of a key that stands twice, the last.
fn by_key<'a>(members: &Members<'a>) -> HashMap<Cow<'a, str>, &'a str> {
    members.iter().map(|(key, value)| (raw::text(key), *value)).collect()
}

/// The value of a named field: of the key of that very name, else at the end of the path.
fn value_of<'p>(partner: &'p str, name: &FieldName) -> Option<Cow<'p, str>> {
    let path: Vec<&str> = name.path().collect();
    raw::lookup(partner, [name.as_str()]).map(Cow::Borrowed).or_else(|| raw::value_at(partner, &path))
}

/// The value at the end of a path of several keys, if the first of them is there.
fn reached(partner: &str, key: &str) -> Option<String> {
    let path: Vec<&str> = key.split('.').collect();
    raw::lookup(partner, [*path.first().filter(|_| path.len() > 1)?])?;
    Some(raw::value_at(partner, &path).map_or_else(|| "null".to_owned(), Cow::into_owned))
}

/// Whether each key can be a step of a path.
fn has_plain_keys(object: &str) -> bool {
    raw::members(object).all(|(key, _)| {
        let key = raw::text(key);
        !key.is_empty() && !key.contains('.')
    })
}

fn is_nested(value: &str) -> bool {
    value.starts_with(['{', '['])
}

/// By how much an amount changed.
pub fn delta(old: Option<&str>, new: Option<&str>) -> Option<Amount> {
    let amount = |value: Option<&str>| raw::text(value?).parse::<Amount>().ok();
    amount(new)?.minus(amount(old)?)
}
