//! What differs between two partners, field by field.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::api::field::FieldType;
use crate::api::partner::PARTNERS;
use crate::output::unguarded;
use crate::partners::sums::Sum;
use crate::raw::{self, Number};
use crate::values::{Amount, FieldName};

use super::value::{same, set_members};
use super::{Difference, Lacking, Movement, Rules};

/// Compares partners, one after the other.
pub struct Comparer<'r> {
    rules: &'r Rules,
    has_cells: bool,
    /// Of each field that is only added up.
    movements: Vec<Movement>,
    lacking: Lacking,
}

impl<'r> Comparer<'r> {
    pub fn new(rules: &'r Rules) -> Self {
        let has_cells = rules.columns.iter().any(Option::is_some);
        let lacking = rules.columns.each_ref().map(|columns| match columns {
            Some(columns) => {
                let has = |name: &FieldName| columns.contains(name.as_str()) || columns.contains(name.first());
                rules.only.iter().filter(|name| !has(name)).map(ToString::to_string).collect()
            }
            None => Default::default(),
        });
        Self { rules, has_cells, movements: vec![Movement::default(); rules.moving.len()], lacking }
    }

    /// The fields that differ, in the order of the new partner.
    pub fn differences(&mut self, old: &str, new: &str) -> Vec<Difference> {
        let mut differences = Vec::new();
        if old == new {
            return differences;
        }
        // Mostly both have the same keys in the same order.
        if let Some(changed) = raw::changed_members(old, new) {
            return self.differences_of(changed.iter().map(|(name, old, new)| (&**name, Some(*old), Some(*new))));
        }
        let [old_values, new_values] = [by_key(old), by_key(new)];
        let mut seen = HashSet::new();
        for (key, _) in raw::members(new).chain(raw::members(old)) {
            let key = raw::text(key);
            if !seen.insert(key.clone()) || self.is_lacking(&key) {
                continue;
            }
            let (old, new) = (self.value(&key, &old_values), self.value(&key, &new_values));
            self.compare_member(&key, old.as_deref(), new.as_deref(), &mut differences);
        }
        differences
    }

    /// The fields that differ, given the members of a partner that may: name, old and new value.
    pub fn differences_of<'m>(
        &mut self,
        members: impl Iterator<Item = (&'m str, Option<&'m str>, Option<&'m str>)>,
    ) -> Vec<Difference> {
        let mut differences = Vec::new();
        members.for_each(|(member, old, new)| self.compare_member(member, old, new, &mut differences));
        differences
    }

    /// How the fields that are only added up differed.
    pub fn movements(&self) -> impl Iterator<Item = (&'static str, Movement)> {
        self.rules.moving.iter().copied().zip(self.movements.iter().copied())
    }

    /// The fields that were not compared, as the old or the new list has no column for them.
    pub fn lacking(&self) -> &Lacking {
        &self.lacking
    }

    /// Whether one of the lists has no column for a key of the other; a key that was not requested is not missing.
    fn is_lacking(&mut self, key: &str) -> bool {
        let is_wanted = self.rules.only.is_empty() && !self.is_left_out(key);
        let mut is_lacking = false;
        for (columns, lacking) in self.rules.columns.iter().zip(&mut self.lacking) {
            if columns.as_ref().is_some_and(|columns| !columns.contains(key)) {
                is_lacking = true;
                lacking.extend(is_wanted.then(|| key.to_owned()));
            }
        }
        is_lacking
    }

    /// The value of a key. What a column of a dotted name was cut from is an object on a list that is no cells.
    fn value<'p>(&self, key: &str, values: &HashMap<Cow<str>, &'p str>) -> Option<Cow<'p, str>> {
        if let Some(value) = values.get(key) {
            return Some(Cow::Borrowed(value));
        }
        let (first, inside) = key.split_once('.').filter(|_| self.has_cells)?;
        raw::value_at(values.get(first)?, &inside.split('.').collect::<Vec<_>>())
    }

    /// Compares a member of two partners: what of it was asked for.
    fn compare_member(&mut self, member: &str, old: Option<&str>, new: Option<&str>, out: &mut Vec<Difference>) {
        if self.rules.only.is_empty() {
            return self.compare(member, old, new, out);
        }
        for name in &self.rules.only {
            if name.as_str() == member {
                self.compare(member, old, new, out);
            } else if name.first() == member {
                let inside: Vec<&str> = name.path().skip(1).collect();
                let [old, new] = [old, new].map(|value| raw::value_at(value?, &inside));
                self.compare(name.as_str(), old.as_deref(), new.as_deref(), out);
            }
        }
    }

    /// Compares the values of one field, objects by the paths into them.
    fn compare(&mut self, field: &str, old: Option<&str>, new: Option<&str>, out: &mut Vec<Difference>) {
        let (set_old, set_new) = (self.set(old), self.set(new));
        if set_old == set_new || self.is_left_out(field) {
            return;
        }
        if let (Some(old), Some(new)) = (&set_old, &set_new) {
            if has_plain_keys(old) && has_plain_keys(new) {
                return self.compare_objects(field, old, new, out);
            }
            if same(old, new) || self.are_same_scalars(field, old, new) {
                return;
            }
        }
        let delta = is_decimal(field).then(|| delta(set_old.as_deref(), set_new.as_deref())).flatten();
        if let Some(moving) = self.rules.moving.iter().position(|moving| *moving == field) {
            let movement = &mut self.movements[moving];
            movement.partners += 1;
            movement.sum.add(match delta {
                Some(amount) => Sum { amount, left_out: 0 },
                None => Sum { amount: Amount::ZERO, left_out: 1 },
            });
            return;
        }
        let shown = |value: Option<&str>, set: Option<Cow<str>>| {
            let value = set.or(value.filter(|value| *value == "null").map(Cow::Borrowed))?;
            Some(raw::compact(&value).into_owned())
        };
        out.push(Difference { field: field.to_owned(), old: shown(old, set_old), new: shown(new, set_new), delta });
    }

    fn compare_objects(&mut self, field: &str, old: &str, new: &str, out: &mut Vec<Difference>) {
        let (olds, news) = (set_members(old), set_members(new));
        for key in news.keys().chain(olds.keys().filter(|key| !news.contains_key(*key))) {
            self.compare(&format!("{field}.{key}"), olds.get(key).copied(), news.get(key).copied(), out);
        }
    }

    /// Whether two values of which each has one text are equal by it, where a field or cells have texts alone.
    fn are_same_scalars(&self, field: &str, old: &str, new: &str) -> bool {
        if is_nested(old) || is_nested(new) {
            return false;
        }
        let (old, new) = (raw::text(old), raw::text(new));
        let number = |text| is_decimal(field).then(|| Number::read(text)).flatten();
        (self.has_cells && old == new) || number(&old).is_some_and(|old| number(&new) == Some(old))
    }

    /// The value as it is compared; none where it is null or absent, and where a cell would be empty.
    fn set<'v>(&self, value: Option<&'v str>) -> Option<Cow<'v, str>> {
        let value = value.filter(|value| *value != "null")?;
        if !self.has_cells || !value.starts_with('"') {
            return Some(Cow::Borrowed(value));
        }
        let text = raw::text(value);
        match unguarded(&text) {
            "" => None,
            // In a cell, objects and arrays are text.
            inside if is_nested(inside) && raw::checked(inside).is_ok() => Some(Cow::Owned(inside.to_owned())),
            inside if inside.len() < text.len() => Some(Cow::Owned(serde_json::Value::from(inside).to_string())),
            _ => Some(Cow::Borrowed(value)),
        }
    }

    fn is_left_out(&self, field: &str) -> bool {
        let covers = |name: &FieldName| {
            field.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.rules.except.iter().any(covers)
    }
}

/// The values by their keys; of a key that appears twice, the last.
fn by_key(partner: &str) -> HashMap<Cow<'_, str>, &str> {
    raw::members(partner).map(|(key, value)| (raw::text(key), value)).collect()
}

/// Whether a field holds amounts.
fn is_decimal(field: &str) -> bool {
    PARTNERS.field(field).is_some_and(|field| field.kind == FieldType::Decimal)
}

/// Whether a value is an object of which each key can be a step of a path.
fn has_plain_keys(value: &str) -> bool {
    let is_plain = |key: Cow<str>| !key.is_empty() && !key.contains('.');
    value.starts_with('{') && raw::members(value).all(|(key, _)| is_plain(raw::text(key)))
}

fn is_nested(value: &str) -> bool {
    value.starts_with(['{', '['])
}

/// By how much an amount changed.
fn delta(old: Option<&str>, new: Option<&str>) -> Option<Amount> {
    let amount = |value: Option<&str>| raw::text(value?).parse::<Amount>().ok();
    amount(new)?.minus(amount(old)?)
}
