//! Partners by groups: how many are in each, and the totals of their amounts.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use serde_json::Value;

use crate::api::field::FieldType;
use crate::api::partner::PARTNERS;
use crate::raw::{self, Object};
use crate::values::{FieldName, GroupKey};

use super::Sum;

/// Partners who have the same values.
#[derive(Debug, Clone)]
pub struct Group {
    /// Each value as raw JSON, the first that came; none where it is null or absent.
    pub values: Vec<Option<String>>,
    pub partners: u64,
    pub sums: Vec<Sum>,
}

impl Group {
    fn new(values: Vec<Option<String>>, sums: usize) -> Self {
        Self { values, partners: 0, sums: vec![Sum::default(); sums] }
    }

    fn add(&mut self, partners: u64, amounts: &[Sum]) {
        self.partners += partners;
        self.sums.iter_mut().zip(amounts).for_each(|(sum, amount)| sum.add(*amount));
    }

    /// How many amounts its sums lack.
    pub fn left_out(&self) -> u64 {
        self.sums.iter().map(|sum| u64::from(sum.left_out)).sum()
    }
}

/// All groups, as partners come.
#[derive(Debug)]
pub struct Groups<'q> {
    by: &'q [GroupKey],
    sums: &'q [FieldName],
    /// By the texts of their values.
    groups: HashMap<Vec<Option<String>>, Group>,
    /// The fields that no partner has had a value in.
    unseen: Vec<&'q FieldName>,
}

impl<'q> Groups<'q> {
    /// Groups by these values, each with the sums of these fields.
    pub fn new(by: &'q [GroupKey], sums: &'q [FieldName]) -> Self {
        let fields = by.iter().map(|key| &key.field).chain(sums);
        Self { by, sums, groups: HashMap::new(), unseen: fields.collect() }
    }

    /// Adds a partner, and gives how many of its amounts cannot be summed; the key whose value makes no group, as it
    /// is an object or an array.
    pub fn add(&mut self, partner: Object) -> Result<u32, &'q GroupKey> {
        let mut values = Vec::new();
        for key in self.by {
            let value = self.value(partner, &key.field);
            if value.as_deref().is_some_and(|raw| raw.starts_with(['{', '['])) {
                return Err(key);
            }
            values.push(value.map(|raw| match key.part {
                Some(part) => Value::from(part.of(&raw::text(&raw))).to_string(),
                None => raw.into_owned(),
            }));
        }
        let amounts: Vec<_> = self.sums.iter().map(|field| Sum::of(self.value(partner, field).as_deref())).collect();
        let texts = values.iter().map(|value| value.as_deref().map(|raw| raw::text(raw).into_owned())).collect();
        let group = self.groups.entry(texts).or_insert_with(|| Group::new(values, amounts.len()));
        group.add(1, &amounts);
        Ok(amounts.iter().map(|amount| amount.left_out).sum())
    }

    /// The raw value of a field, unless it is null; dots reach into objects.
    fn value<'p>(&mut self, partner: Object<'p>, name: &FieldName) -> Option<Cow<'p, str>> {
        let value = raw::value_at(partner.get(name.first())?, &name.path().skip(1).collect::<Vec<_>>());
        let value = value.filter(|value| value != "null")?;
        self.unseen.retain(|unseen| *unseen != name);
        Some(value)
    }

    /// The fields that no partner has a value in.
    pub fn unseen(&self) -> &[&'q FieldName] {
        &self.unseen
    }

    /// The groups, and all partners as one group. Groups of times stand in the order of time, all others by the first
    /// sum, the greatest first, without sums by their partners; ties go by text.
    pub fn sorted(self) -> (Vec<Group>, Group) {
        let mut total = Group::new(Vec::new(), self.sums.len());
        self.groups.values().for_each(|group| total.add(group.partners, &group.sums));
        let is_time =
            |name: &FieldName| PARTNERS.field(name.as_str()).is_some_and(|field| field.kind == FieldType::Timestamp);
        let are_times = self.by.iter().any(|key| key.part.is_some() || is_time(&key.field));
        let size = |group: &Group| match group.sums.first() {
            _ if are_times => (None, 0),
            Some(sum) => (Some(sum.amount), 0),
            None => (None, group.partners),
        };
        let mut groups: Vec<_> = self.groups.into_iter().collect();
        groups.sort_by(|(text, group), (other, than)| (Reverse(size(group)), text).cmp(&(Reverse(size(than)), other)));
        (groups.into_iter().map(|(_, group)| group).collect(), total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groups of partners by these keys, with the sums of these fields, and all partners as one; or the key by
    /// which they make no group.
    fn groups(by: &str, sums: &str, partners: &[&str]) -> Result<(Vec<String>, String), String> {
        let by: Vec<GroupKey> = by.split(' ').map(|key| key.parse().expect(key)).collect();
        let sums: Vec<FieldName> = sums.split_whitespace().map(|name| name.parse().expect(name)).collect();
        let mut groups = Groups::new(&by, &sums);
        for partner in partners {
            let mut members = Vec::new();
            let place = raw::Checker::new(partner).object(&mut members).expect(partner);
            groups.add(Object::new(partner, &place, &members)).map_err(ToString::to_string)?;
        }
        let (groups, total) = groups.sorted();
        Ok((groups.iter().map(shown).collect(), shown(&total)))
    }

    fn shown(group: &Group) -> String {
        let values = group.values.iter().map(|value| value.as_deref().map_or("-".into(), raw::text).into_owned());
        let sums = group.sums.iter().map(|sum| format!("{}!{}", sum.amount, sum.left_out));
        values.chain([group.partners.to_string()]).chain(sums).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_greatest_sum_comes_first_and_amounts_that_are_none_are_counted() {
        let partners = [
            r#"{"k":"a","x":"0.10","y":1}"#,
            r#"{"k":"b","x":5}"#,
            r#"{"k":"a","x":0.2,"y":"much"}"#,
            r#"{"k":"c","x":null,"y":1e400}"#,
        ];
        let expected = ["b 1 5!0 0!0", "a 2 0.30!0 1!1", "c 1 0!0 0!1"].map(str::to_owned);
        assert_eq!(groups("k", "x y", &partners), Ok((expected.into(), "4 5.30!0 1!2".to_owned())));
    }

    #[test]
    fn without_sums_the_most_partners_come_first_and_ties_go_by_text() {
        let [a, b, c] = ["a", "b", "c"].map(|text| format!(r#"{{"k":"{text}","n":1}}"#));
        let expected = ["c 1 2", "a 1 1", "b 1 1"].map(str::to_owned);
        assert_eq!(groups("k n", "", &[&b, &a, &c, &c]), Ok((expected.into(), "4".to_owned())));
    }

    #[test]
    fn null_and_absent_are_one_group_and_no_text_is_taken_for_it() {
        let partners = ["{}", r#"{"k":null}"#, r#"{"k":"null"}"#, r#"{"k":""}"#, r#"{"k":"-"}"#];
        let (groups, _) = groups("k", "", &partners).expect("scalars");
        assert_eq!((groups.len(), &*groups[0]), (4, "- 2"));
    }

    #[test]
    fn timestamps_are_grouped_by_year_month_or_day_and_what_is_none_by_itself() {
        let dates = ["2024-05-20T18:32:37.000Z", "2024-05-20", "2024-5-20 noon"];
        let partners = dates.map(|date| format!(r#"{{"k":"{date}"}}"#));
        for (key, group) in [("k:year", "2024"), ("k:month", "2024-05"), ("k:day", "2024-05-20")] {
            let (groups, _) = groups(key, "", &partners.each_ref().map(String::as_str)).expect("scalars");
            assert_eq!(groups, [format!("{group} 2"), "2024-5-20 noon 1".to_owned()]);
        }
    }

    #[test]
    fn objects_and_arrays_make_no_group() {
        assert_eq!(groups("a b", "", &[r#"{"a":1,"b":[]}"#]), Err("b".to_owned()));
        assert_eq!(groups("a.x b", "", &[r#"{"a":{"x":{}}}"#]), Err("a.x".to_owned()));
    }
}
