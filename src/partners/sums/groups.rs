//! Partners by groups: how many are in each, and the totals of their amounts.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt::Write;

use serde_json::Value;

use crate::raw;
use crate::values::DatePart;

use super::Sum;

/// Partners who have the same values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Each value as raw JSON, the first that came; none where it is null or absent.
    pub values: Vec<Option<String>>,
    pub partners: u64,
    /// None of what no partner has.
    pub sums: Vec<Option<Sum>>,
}

impl Group {
    /// How many amounts its sums lack.
    pub fn left_out(&self) -> u64 {
        self.sums.iter().flatten().map(|sum| u64::from(sum.left_out)).sum()
    }

    /// Takes back the sums of which nobody has an amount.
    pub fn forget(&mut self, is_unknown: impl Fn(usize) -> bool) {
        self.sums.iter_mut().enumerate().filter(|(at, _)| is_unknown(*at)).for_each(|(_, sum)| *sum = None);
    }

    /// The texts that order groups of the same size.
    fn texts(&self) -> Vec<Option<String>> {
        self.values.iter().map(|value| value.as_deref().map(|raw| raw::text(raw).into_owned())).collect()
    }
}

/// All groups, as partners come.
#[derive(Debug)]
pub struct Groups {
    /// The part that counts of each value; without one, all of it does.
    by: Vec<Option<DatePart>>,
    sums: usize,
    /// Where in `groups` that of each key is.
    places: HashMap<String, usize>,
    groups: Vec<Group>,
    /// That of the partner at hand; kept for its room.
    key: String,
}

impl Groups {
    /// Groups by these values, with so many sums each.
    pub fn new(by: Vec<Option<DatePart>>, sums: usize) -> Self {
        Self { by, sums, places: HashMap::new(), groups: Vec::new(), key: String::new() }
    }

    /// Adds a partner, given the raw values that it is grouped by and the raw amounts, and returns how many of the
    /// amounts cannot be summed.
    pub fn add(&mut self, values: &[Option<&str>], amounts: &[Option<&str>]) -> Result<u32, usize> {
        let is_nested = |value: &Option<&str>| value.is_some_and(|raw| raw.starts_with(['{', '[']));
        if let Some(at) = values.iter().position(is_nested) {
            return Err(at);
        }
        self.key.clear();
        for (value, part) in values.iter().zip(&self.by) {
            match value.filter(|raw| *raw != "null").map(|raw| text_of(raw, *part)) {
                // The length before each text keeps two texts from being taken for two others.
                Some(text) => _ = write!(self.key, "{}:{text}", text.len()),
                None => self.key.push('-'),
            }
        }
        let place = match self.places.get(self.key.as_str()) {
            Some(place) => *place,
            None => self.begin(values),
        };
        let group = &mut self.groups[place];
        group.partners += 1;
        let mut left_out = 0;
        for (sum, amount) in group.sums.iter_mut().flatten().zip(amounts) {
            let amount = Sum::of(*amount);
            left_out += amount.left_out;
            sum.add(amount);
        }
        Ok(left_out)
    }

    /// Begins the group of the key at hand.
    fn begin(&mut self, values: &[Option<&str>]) -> usize {
        let value = |(value, part): (&Option<&str>, &Option<DatePart>)| {
            let raw = value.filter(|raw| *raw != "null")?;
            Some(part.map_or_else(|| raw.to_owned(), |part| Value::from(part.of(&raw::text(raw))).to_string()))
        };
        let values = values.iter().zip(&self.by).map(value).collect();
        self.groups.push(Group { values, partners: 0, sums: vec![Some(Sum::default()); self.sums] });
        self.places.insert(self.key.clone(), self.groups.len() - 1);
        self.groups.len() - 1
    }

    /// The groups, and all partners as one group. Groups of times stand in the order of time, all others by the first
    /// sum, the greatest first, without sums by their partners; ties go by text.
    pub fn sorted(self, are_times: bool) -> (Vec<Group>, Group) {
        let mut groups = self.groups;
        let mut total = Group { values: Vec::new(), partners: 0, sums: vec![Some(Sum::default()); self.sums] };
        for group in &groups {
            total.partners += group.partners;
            total.sums.iter_mut().flatten().zip(group.sums.iter().flatten()).for_each(|(total, sum)| total.add(*sum));
        }
        groups.sort_by_cached_key(|group| {
            let size = match group.sums.first() {
                _ if are_times => (None, 0),
                Some(sum) => (sum.map(|sum| sum.amount), 0),
                None => (None, group.partners),
            };
            (Reverse(size), group.texts())
        });
        (groups, total)
    }
}

/// The text of a raw value, as much as counts of it.
fn text_of(raw: &str, part: Option<DatePart>) -> Cow<'_, str> {
    match (part, raw::text(raw)) {
        (None, text) => text,
        (Some(part), Cow::Borrowed(text)) => Cow::Borrowed(part.of(text)),
        (Some(part), Cow::Owned(text)) => Cow::Owned(part.of(&text).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(by: &[Option<DatePart>], sums: usize, rows: &[&[Option<&str>]]) -> (Vec<Group>, Group) {
        let mut groups = Groups::new(by.to_vec(), sums);
        for row in rows {
            let (values, amounts) = row.split_at(by.len());
            groups.add(values, amounts).expect("scalars");
        }
        groups.sorted(by.iter().any(Option::is_some))
    }

    fn shown(group: &Group) -> String {
        let texts = group.texts();
        let values = texts.iter().map(|value| value.as_deref().unwrap_or("-"));
        let sums = group.sums.iter().flatten().map(|sum| format!("{}!{}", sum.amount, sum.left_out));
        let values: Vec<_> = values.map(str::to_owned).chain([group.partners.to_string()]).chain(sums).collect();
        values.join(" ")
    }

    #[test]
    fn the_greatest_sum_comes_first_and_amounts_that_are_none_are_counted() {
        let (rows, total) = groups(
            &[None],
            2,
            &[
                &[Some("\"a\""), Some("\"0.10\""), Some("1")],
                &[Some("\"b\""), Some("5"), None],
                &[Some("\"a\""), Some("0.2"), Some("\"much\"")],
                &[Some("\"c\""), Some("null"), Some("1e400")],
            ],
        );
        assert_eq!(rows.iter().map(shown).collect::<Vec<_>>(), ["b 1 5!0 0!0", "a 2 0.30!0 1!1", "c 1 0!0 0!1"]);
        assert_eq!((shown(&total).as_str(), total.left_out()), ("4 5.30!0 1!2", 2));
    }

    #[test]
    fn without_sums_the_most_partners_come_first_and_ties_go_by_text() {
        let (rows, total) = groups(
            &[None, None],
            0,
            &[
                &[Some("\"b\""), Some("1")],
                &[Some("\"a\""), Some("1")],
                &[Some("\"c\""), Some("1")],
                &[Some("\"c\""), Some("1")],
            ],
        );
        assert_eq!(rows.iter().map(shown).collect::<Vec<_>>(), ["c 1 2", "a 1 1", "b 1 1"]);
        assert_eq!(total.partners, 4);
    }

    #[test]
    fn null_and_absent_are_one_group_and_no_text_is_taken_for_it() {
        let texts = [None, Some("null"), Some("\"null\""), Some("\"\""), Some("\"-\"")];
        let rows = texts.map(|text| [text]);
        let rows: Vec<&[Option<&str>]> = rows.iter().map(|row| &row[..]).collect();
        let (rows, _) = groups(&[None], 0, &rows);
        assert_eq!(rows.len(), 4);
        assert_eq!((rows[0].values[0].clone(), rows[0].partners), (None, 2));
    }

    #[test]
    fn two_values_are_not_taken_for_two_others() {
        let (rows, _) = groups(
            &[None, None],
            0,
            &[
                &[Some("\"a1:b\""), Some("\"c\"")],
                &[Some("\"a\""), Some("\"b1:c\"")],
                &[Some("\"a1\""), Some("\":bc\"")],
            ],
        );
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn timestamps_are_grouped_by_year_month_or_day_and_what_is_none_by_itself() {
        for (part, group) in [(DatePart::Year, "2024"), (DatePart::Month, "2024-05"), (DatePart::Day, "2024-05-20")] {
            let (rows, _) = groups(
                &[Some(part)],
                0,
                &[&[Some("\"2024-05-20T18:32:37.000Z\"")], &[Some("\"2024-05-20\"")], &[Some("\"2024-5-20 noon\"")]],
            );
            assert_eq!(
                rows.iter().map(shown).collect::<Vec<_>>(),
                [format!("{group} 2"), "2024-5-20 noon 1".to_owned()]
            );
        }
    }

    #[test]
    fn objects_and_arrays_make_no_group() {
        let mut groups = Groups::new(vec![None; 2], 0);
        assert_eq!(groups.add(&[Some("1"), Some("[]")], &[]), Err(1));
        assert_eq!(groups.add(&[Some("{}"), None], &[]), Err(0));
    }
}
