//! The made-up partners as they were some days ago: balances were higher, a few limits lower, some partners were not
//! there yet, and one still was.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;

use crate::api::partner::PARTNERS as RESOURCE;
use crate::error::Result;
use crate::history::{History, Recorder};
use crate::partners::List;
use crate::raw;
use crate::values::Amount;
use crate::values::moment::Moment;

use super::documented;
use super::random::mix;

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

/// Partners that spend nothing, out of ten.
const IDLE: u64 = 4;

/// The history of the sample: a snapshot every evening up to yesterday's, so that it is the same all day.
pub fn history(now: Moment) -> Result<History> {
    let partners = super::partners(super::PARTNERS);
    let today: Vec<&str> = partners.iter().collect();
    let mut recorder = Recorder::in_memory()?;
    for days in (0..NIGHTS).rev() {
        let list: List = days_ago(days.into(), &today).into_iter().collect();
        let evening = now.start_of_day().before(HOUR * 2 + HOUR * 24 * days);
        // As a job that asks for a few seconds would have it.
        recorder.record(&list, evening.after(Duration::from_secs((days % 4).into())))?;
    }
    recorder.into_history()
}

/// Every partner as it was so many days ago, given as it is today.
fn days_ago(days: u64, today: &[&str]) -> Vec<String> {
    let there = today.len() - if days >= ADDED { NEW.min(today.len().saturating_sub(1)) } else { 0 };
    let made = today[..there].iter().enumerate();
    let mut partners: Vec<_> = made.map(|(number, text)| earlier(number, text, days).text()).collect();
    if days > GONE && LEFT < there {
        let mut left = earlier(LEFT, today[LEFT], days);
        for (field, value) in [
            (RESOURCE.key, "f7c5a1de-90a4-4e0c-8d2b-6b1f30c5e711"),
            (RESOURCE.label, "CX38765432"),
            ("login", "tessa.novak"),
            ("name", "Tessa Novak"),
            ("company_name", "Novak Telecom"),
        ] {
            left.set(field, value);
        }
        partners.insert(LEFT + 1, left.text());
    }
    partners
}

/// A partner whose values can be replaced.
struct Partner<'t>(Vec<(&'t str, Cow<'t, str>)>);

impl<'t> Partner<'t> {
    fn of(text: &'t str) -> Self {
        Self(raw::members(text).map(|(key, value)| (key, Cow::Borrowed(value))).collect())
    }

    fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| raw::is_called(key, field)).map(|(_, value)| &**value)
    }

    fn amount(&self, field: &str) -> Option<Amount> {
        raw::text(self.get(field)?).parse().ok()
    }

    /// Puts a text in the place of a value, if there is one.
    fn set(&mut self, field: &str, text: &str) {
        if let Some((_, value)) = self.0.iter_mut().find(|(key, _)| raw::is_called(key, field)) {
            *value = Value::from(text).to_string().into();
        }
    }

    fn text(&self) -> String {
        let members: Vec<_> = self.0.iter().map(|(key, value)| format!("{key}:{value}")).collect();
        format!("{{{}}}", members.join(","))
    }
}

fn earlier(number: usize, text: &str, days: u64) -> Partner<'_> {
    let mut partner = Partner::of(text);
    if text == documented::TEXT {
        documented_earlier(&mut partner, days);
        return partner;
    }
    let chance = mix(number as u64);
    if chance % 10 >= IDLE && days > 0 {
        let hundredths = (chance >> 8) % 900 + 1;
        let spent = amount(hundredths * days);
        if let Some(balance) = partner.amount("balance").and_then(|balance| balance.plus(spent?)) {
            partner.set("balance", &balance.to_string());
        }
        let today = amount(hundredths * (10 + mix(chance ^ days) % 10) / 20);
        if let Some(spent) = today.filter(|_| partner.amount("daily_spent_amount").is_some()) {
            partner.set("daily_spent_amount", &spent.to_string());
        }
    }
    let changed = chance >> 20;
    if changed.is_multiple_of(9)
        && days > changed % 50
        && let Some(limit) = partner.amount("daily_spending_limit").filter(|limit| limit.is_positive())
        && let Some(limit) = limit.plus(limit)
    {
        partner.set("daily_spending_limit", &limit.to_string());
    }
    if changed % 23 == 1 && days > changed % 40 && partner.get("status") == Some("\"active\"") {
        partner.set("status", "unverified");
    }
    partner
}

/// The partner of the documentation, by which examples show what can be seen.
fn documented_earlier(partner: &mut Partner, days: u64) {
    if days > 0 {
        partner.set("balance", &format!("{}.4", 4 + 3 * days));
    }
    for (since, field, before) in [(13, "daily_spending_limit", "200"), (5, "status", "unverified")] {
        if days > since {
            partner.set(field, before);
        }
    }
}

fn amount(hundredths: u64) -> Option<Amount> {
    format!("{}.{:02}", hundredths / 100, hundredths % 100).parse().ok()
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
