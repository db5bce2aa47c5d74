//! The made-up partners as they were some days ago: balances were higher, a few limits lower, some partners were not
//! there yet, and one still was.

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::api::partner::PARTNERS;
use crate::error::Result;
use crate::history::{History, Recorder, undone};
use crate::partners::List;
use crate::raw;
use crate::values::moment::Moment;

/// How many nights the sample has behind it.
const NIGHTS: u32 = 40;

const HOUR: Duration = Duration::from_secs(3600);

/// How long ago the last partners were added.
const ADDED: u64 = 12;

/// How many of them there are.
const NEW: usize = 2;

/// How long ago a partner left.
const GONE: u64 = 20;

/// The partner that left looks like this one.
const LEFT: usize = 40;

/// The number of the documentation's partner.
const DOCUMENTED: usize = 214;

/// Partners that spend nothing, out of ten.
const IDLE: u64 = 4;

/// The history of the sample: a snapshot every evening up to yesterday's, so that it is the same all day.
pub fn history(now: Moment) -> Result<History> {
    let partners = super::partners(super::COUNT);
    let today: Vec<Today> = partners.iter().map(Today::of).collect();
    let mut recorder = Recorder::in_memory()?;
    for days in (0..NIGHTS).rev() {
        let list: List = days_ago(days.into(), &today).into_iter().collect();
        let evening = now.start_of_day().before(HOUR * 2 + HOUR * 24 * days);
        // As a job that asks for a few seconds would have it.
        recorder.record(&list, evening.after(Duration::from_secs((days % 4).into())))?;
    }
    recorder.into_history()
}

/// A partner as it is today, and what its past depends on.
struct Today<'t> {
    text: &'t str,
    balance: Decimal,
    limit: Decimal,
    is_active: bool,
}

impl<'t> Today<'t> {
    fn of(text: &'t str) -> Self {
        let value = |field| raw::lookup(text, [field]).map(raw::text).unwrap_or_default();
        let amount = |field| value(field).parse().unwrap_or_default();
        let (balance, limit) = (amount("balance"), amount("daily_spending_limit"));
        Self { text, balance, limit, is_active: value("status") == "active" }
    }
}

/// Every partner as it was so many days ago.
fn days_ago(days: u64, today: &[Today]) -> Vec<String> {
    let there = today.len() - if days >= ADDED { NEW } else { 0 };
    let made = today[..there].iter().enumerate();
    let mut partners: Vec<_> = made.map(|(number, today)| with(today.text, &earlier(number, today, days))).collect();
    if days > GONE {
        let names = [
            (PARTNERS.key, "f7c5a1de-90a4-4e0c-8d2b-6b1f30c5e711"),
            (PARTNERS.label, "CX38765432"),
            ("login", "tessa.novak"),
            ("name", "Tessa Novak"),
            ("company_name", "Novak Telecom"),
        ];
        let left = with(&partners[LEFT], &names.map(|(field, name)| (field, name.to_owned())));
        partners.insert(LEFT + 1, left);
    }
    partners
}

/// The partner with these texts in the place of its own.
pub fn with(partner: &str, texts: &[(&str, String)]) -> String {
    if texts.is_empty() {
        return partner.to_owned();
    }
    let values: Vec<_> = texts.iter().map(|(field, text)| (*field, Value::from(text.as_str()).to_string())).collect();
    undone(partner, values.iter().map(|(field, value)| (*field, Some(value.as_str()))))
}

/// What a partner had so many days ago and has not today.
fn earlier(number: usize, today: &Today, days: u64) -> Vec<(&'static str, String)> {
    if number == DOCUMENTED {
        return documented_earlier(days);
    }
    let chance = mix(number as u64);
    let mut olds = Vec::new();
    if chance % 10 >= IDLE && days > 0 {
        let cents = ((chance >> 8) % 900 + 1) as i64;
        let spent = cents * (10 + mix(chance ^ days) % 10) as i64 / 20;
        olds.push(("balance", (today.balance + Decimal::new(cents * days as i64, 2)).to_string()));
        olds.push(("daily_spent_amount", Decimal::new(spent, 2).to_string()));
    }
    let changed = chance >> 20;
    if changed.is_multiple_of(9) && days > changed % 50 && today.limit > Decimal::ZERO {
        olds.push(("daily_spending_limit", (today.limit + today.limit).to_string()));
    }
    if changed % 23 == 1 && days > changed % 40 && today.is_active {
        olds.push(("status", "unverified".to_owned()));
    }
    olds
}

/// A number that looks random and depends on `number` alone (splitmix64).
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The same of the partner of the documentation, by which examples show what can be seen.
fn documented_earlier(days: u64) -> Vec<(&'static str, String)> {
    let olds = [
        (0, "balance", format!("{}.4", 4 + 3 * days)),
        (5, "status", "unverified".to_owned()),
        (13, "daily_spending_limit", "200".to_owned()),
    ];
    olds.into_iter().filter(|(since, ..)| days > *since).map(|(_, field, old)| (field, old)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::sandbox;

    #[test]
    fn today_is_what_the_sandbox_has_and_every_kind_of_change_led_there() {
        let partners = sandbox::partners(sandbox::COUNT);
        let today: Vec<_> = partners.iter().collect();
        let facts: Vec<_> = partners.iter().map(Today::of).collect();
        assert_eq!(days_ago(0, &facts), today);
        let before = days_ago(60, &facts);
        assert_eq!(before.len(), today.len() - NEW + 1);
        let has = |field: &str, changed: bool| {
            let differ = before.iter().zip(&today).filter(|(before, today)| {
                raw::lookup(before, [PARTNERS.key]) == raw::lookup(today, [PARTNERS.key])
                    && (raw::lookup(before, [field]) != raw::lookup(today, [field])) == changed
            });
            differ.count()
        };
        for field in ["balance", "daily_spending_limit", "status"] {
            assert!(has(field, true) > 0 && has(field, false) > 0, "{field}");
        }
    }
}
