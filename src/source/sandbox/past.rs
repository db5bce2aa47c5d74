//! The made-up partners as they were some days ago: balances were higher, a few limits lower, some partners were not
//! there yet, and one still was.

use serde_json::Value;

use crate::api::partner::PARTNERS as RESOURCE;
use crate::raw;
use crate::values::Amount;

use super::documented;
use super::random::mix;

/// How long ago the last partners were added.
const ADDED: u64 = 12;

/// How many of them there are.
const NEW: usize = 2;

/// How long ago a partner left.
const GONE: u64 = 20;

/// The partner that left looks like this one.
const LEFT: usize = 40;

/// Partners that spend nothing, out of ten.
const IDLE: u64 = 4;

/// Every partner as it was so many days ago, given as it is today.
pub fn days_ago(days: u64, today: &[&str]) -> Vec<String> {
    let there = today.len() - if days >= ADDED { NEW.min(today.len().saturating_sub(1)) } else { 0 };
    let mut partners: Vec<_> = today.iter().enumerate().map(|(number, text)| earlier(number, text, days)).collect();
    partners.truncate(there);
    if days > GONE && LEFT < there {
        let left = [
            (RESOURCE.key, "f7c5a1de-90a4-4e0c-8d2b-6b1f30c5e711"),
            (RESOURCE.label, "CX38765432"),
            ("login", "tessa.novak"),
            ("name", "Tessa Novak"),
            ("company_name", "Novak Telecom"),
        ];
        let text = left.iter().fold(partners[LEFT].clone(), |text, (key, value)| with(&text, key, value));
        partners.insert(LEFT + 1, text);
    }
    partners
}

fn earlier(number: usize, text: &str, days: u64) -> String {
    if text == documented::TEXT {
        return documented_earlier(days);
    }
    let chance = mix(number as u64);
    let mut text = text.to_owned();
    if chance % 10 >= IDLE && days > 0 {
        let hundredths = (chance >> 8) % 900 + 1;
        let spent = amount(hundredths * days);
        if let Some(balance) = value(&text, "balance").and_then(|balance| balance.plus(spent?)) {
            text = with(&text, "balance", &balance.to_string());
        }
        let today = amount(hundredths * (10 + mix(chance ^ days) % 10) / 20);
        if let Some(spent) = today.filter(|_| value(&text, "daily_spent_amount").is_some()) {
            text = with(&text, "daily_spent_amount", &spent.to_string());
        }
    }
    let changed = chance >> 20;
    if changed.is_multiple_of(9)
        && days > changed % 50
        && let Some(limit) = value(&text, "daily_spending_limit").filter(|limit| limit.is_positive())
        && let Some(limit) = limit.plus(limit)
    {
        text = with(&text, "daily_spending_limit", &limit.to_string());
    }
    if changed % 23 == 1 && days > changed % 40 && raw::lookup(&text, ["status"]) == Some("\"active\"") {
        text = with(&text, "status", "unverified");
    }
    text
}

/// The partner of the documentation, by which examples show what can be seen.
fn documented_earlier(days: u64) -> String {
    let mut text = documented::TEXT.to_owned();
    if days > 0 {
        text = with(&text, "balance", &format!("{}.4", 4 + 3 * days));
    }
    for (since, field, before) in [(13, "daily_spending_limit", "200"), (5, "status", "unverified")] {
        if days > since {
            text = with(&text, field, before);
        }
    }
    text
}

fn amount(hundredths: u64) -> Option<Amount> {
    format!("{}.{:02}", hundredths / 100, hundredths % 100).parse().ok()
}

fn value(partner: &str, field: &str) -> Option<Amount> {
    raw::lookup(partner, [field]).and_then(|value| raw::text(value).parse().ok())
}

/// The partner with another text in a member that it has.
fn with(partner: &str, field: &str, text: &str) -> String {
    let members = raw::members(partner).map(|(key, value)| match raw::text(key) == field {
        true => format!("{key}:{}", Value::from(text)),
        false => format!("{key}:{value}"),
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::sandbox;

    #[test]
    fn today_is_what_the_sandbox_has_and_every_kind_of_change_led_there() {
        let partners = sandbox::partners(sandbox::PARTNERS);
        let today: Vec<_> = partners.iter().collect();
        assert_eq!(days_ago(0, &today), today);
        let before = days_ago(60, &today);
        assert_eq!(before.len(), today.len() - NEW + 1);
        let has = |field: &str, changed: bool| {
            let differ = before.iter().zip(&today).filter(|(before, today)| {
                raw::lookup(before, [RESOURCE.key]) == raw::lookup(today, [RESOURCE.key])
                    && (raw::lookup(before, [field]) != raw::lookup(today, [field])) == changed
            });
            differ.count()
        };
        for field in ["balance", "daily_spending_limit", "status"] {
            assert!(has(field, true) > 0 && has(field, false) > 0, "{field}");
        }
    }
}
