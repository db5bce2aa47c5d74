//! Whether a partner is near a limit: judged from the original text, exactly.

mod changes;

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::raw;
use crate::values::{Amount, Percent};

pub use changes::{Changes, Memory, Turn};

const SPENT: &str = "daily_spent_amount";
const DAILY_LIMIT: &str = "daily_spending_limit";
pub const BALANCE: &str = "balance";
const OWED_LIMIT: &str = "spending_limit";
const CHARGE_AT: &str = "charge_at";
const PAYMENT_TYPE: &str = "payment_type";

/// The fields that a judgement may need, beside those that name the partner.
pub const FIELDS: [&str; 6] = [SPENT, DAILY_LIMIT, BALANCE, OWED_LIMIT, CHARGE_AT, PAYMENT_TYPE];

/// The value of [`PAYMENT_TYPE`] of partners who are charged once their balance falls below their [`CHARGE_AT`].
const PREPAY: &str = "prepay";

/// From where on a partner is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Thresholds {
    /// The share of a limit.
    pub warn: Percent,
    pub crit: Percent,
    /// The amount that the balance is below.
    pub warn_balance: Option<Amount>,
    pub crit_balance: Option<Amount>,
    /// Whether a prepay balance below the partner's own `charge_at` is a warning.
    pub recharge: bool,
    /// The seconds within which the balance ends.
    pub runway_warn: Option<u64>,
    pub runway_crit: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Warning,
    Critical,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// Why a partner is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// What was spent today is near the daily limit.
    Spend,
    /// The debt is near the credit limit.
    Owed,
    /// The balance is low.
    Balance,
    /// The balance is below the one at which a charge should have come.
    Recharge,
    /// The balance ends soon.
    Runway,
}

/// Every reason and its name, in the order of [`Reason`].
const REASONS: [(Reason, &str); 5] = [
    (Reason::Spend, "spend"),
    (Reason::Owed, "owed"),
    (Reason::Balance, "balance"),
    (Reason::Recharge, "recharge"),
    (Reason::Runway, "runway"),
];

/// What fell of a balance in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub fallen: Amount,
    pub seconds: u64,
}

/// What is known of a partner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judgement {
    /// How bad it is by each of [`REASONS`].
    levels: [Option<Level>; REASONS.len()],
    /// How many hundredths of a percent of the daily limit are spent, rounded down; none without a limit.
    pub spent: Option<i128>,
    /// The same of the credit limit, by the debt.
    pub owed: Option<i128>,
    /// The balance, if it was to be compared with an amount.
    balance: Option<Amount>,
    /// In how many seconds the balance ends, rounded down, at the rate at which it falls; none if it does not fall,
    /// nobody asks, or the partner recharges by itself.
    runway: Option<i128>,
    /// Whether too little is known of the past to say that.
    pub is_rateless: bool,
    /// Whether every amount that was needed is there, and can be compared exactly.
    pub is_whole: bool,
}

impl Judgement {
    /// How bad it is in all; nothing of a partner that is well.
    pub fn level(&self) -> Option<Level> {
        self.levels.into_iter().flatten().max()
    }

    pub fn has(&self, reason: Reason) -> bool {
        self.levels[reason as usize].is_some()
    }

    /// The names of all reasons, joined by `+`, which no format has to quote; none of a partner that is well.
    pub fn reasons(&self) -> Option<String> {
        let reasons: Vec<_> = REASONS.iter().filter(|(reason, _)| self.has(*reason)).map(|(_, name)| *name).collect();
        (!reasons.is_empty()).then(|| reasons.join("+"))
    }

    /// The greatest share of a limit that is a reason.
    pub fn share(&self) -> Option<i128> {
        let spent = self.spent.filter(|_| self.has(Reason::Spend));
        spent.max(self.owed.filter(|_| self.has(Reason::Owed)))
    }

    /// In how many whole hours the balance ends, rounded down.
    pub fn runway_hours(&self) -> Option<i128> {
        self.runway.map(|seconds| seconds / 3600)
    }

    fn low_balance(&self) -> Option<Amount> {
        self.balance.filter(|_| self.has(Reason::Balance) || self.has(Reason::Recharge))
    }

    /// What is so bad, in our own digits: the share of a limit, else the balance, else how long it lasts.
    pub fn measure(&self) -> Option<String> {
        let share = self.share().map(|share| format!("{}%", share / 100));
        let balance = || self.low_balance().map(|balance| format!("balance {balance}"));
        let runway = || self.runway_hours().map(|hours| format!("runway {hours}h"));
        share.or_else(balance).or_else(runway)
    }

    /// Orders partners from the worst to the least: by level, then by the share of a limit that is used, then by how
    /// low the balance is, then by how soon it ends.
    pub fn rank(&self) -> impl Ord + use<> {
        let balance = self.low_balance();
        let ends_in = self.runway.filter(|_| self.has(Reason::Runway));
        (Reverse(self.level()), Reverse(self.share()), balance.is_none(), balance, ends_in.is_none(), ends_in)
    }
}

impl Thresholds {
    /// Whether it matters when a balance ends, so that its past has to be known.
    pub fn has_runway(&self) -> bool {
        self.runway_warn.is_some() || self.runway_crit.is_some()
    }

    /// Judges a partner, given as the original text: by each reason for itself, so that an amount that cannot be read
    /// hides nothing that can.
    ///
    /// A limit that is null, zero or negative is no limit. `rate` is what the history knows of the balance.
    pub fn judge(&self, partner: &str, rate: Option<Rate>) -> Judgement {
        let mut amounts = Amounts { partner, are_whole: true };
        let spent = amounts.spent();
        let owed = amounts.owed();
        let has_balance = self.warn_balance.is_some() || self.crit_balance.is_some();
        let balance = has_balance.then(|| amounts.needed(BALANCE)).flatten();
        let uncharged = self.recharge.then(|| amounts.uncharged()).flatten();
        let lasting = if self.has_runway() { amounts.lasting() } else { None };
        let runway = lasting.zip(rate).and_then(|(balance, rate)| balance.lasts(rate.fallen, rate.seconds));

        let of_share = |share: i128| level(Some(self.warn), Some(self.crit), |limit| share >= limit.hundredths());
        let of_balance = |balance: Amount| level(self.warn_balance, self.crit_balance, |limit| balance < limit);
        let of_runway = |seconds: i128| level(self.runway_warn, self.runway_crit, |limit| seconds <= limit.into());
        let levels = [
            spent.and_then(of_share),
            owed.and_then(of_share),
            balance.and_then(of_balance),
            uncharged.map(|_| Level::Warning),
            runway.and_then(of_runway),
        ];
        Judgement {
            levels,
            spent,
            owed,
            balance: balance.or(uncharged),
            runway,
            is_rateless: lasting.is_some() && rate.is_none(),
            is_whole: amounts.are_whole,
        }
    }
}

/// The level of what reaches one of two thresholds.
fn level<T>(warn: Option<T>, crit: Option<T>, is_reached: impl Fn(T) -> bool) -> Option<Level> {
    let critical = crit.is_some_and(&is_reached).then_some(Level::Critical);
    critical.or_else(|| warn.is_some_and(is_reached).then_some(Level::Warning))
}

/// The amount that a raw value is, unless it is null or cannot be read.
pub fn amount(value: &str) -> Option<Amount> {
    raw::text(value).parse().ok()
}

/// The amounts of a partner, read as they are needed.
struct Amounts<'p> {
    partner: &'p str,
    /// Whether all of them could be read so far.
    are_whole: bool,
}

impl<'p> Amounts<'p> {
    /// The raw value of a field. An absent one is unknown.
    fn value(&mut self, field: &str) -> Option<&'p str> {
        let value = raw::lookup(self.partner, [field]);
        self.are_whole &= value.is_some();
        value
    }

    /// The amount in a field; none if that is null.
    fn amount(&mut self, field: &str) -> Option<Amount> {
        let value = self.value(field).filter(|value| *value != "null")?;
        let amount = amount(value);
        self.are_whole &= amount.is_some();
        amount
    }

    /// The amount in a field that must have one.
    fn needed(&mut self, field: &str) -> Option<Amount> {
        let amount = self.amount(field);
        self.are_whole &= amount.is_some();
        amount
    }

    fn limit(&mut self, field: &str) -> Option<Amount> {
        self.amount(field).filter(|limit| limit.is_positive())
    }

    /// The share of the daily limit that is spent.
    fn spent(&mut self) -> Option<i128> {
        let limit = self.limit(DAILY_LIMIT)?;
        self.needed(SPENT)?.share_of(limit)
    }

    /// The share of the credit limit that is owed, if there is a debt.
    fn owed(&mut self) -> Option<i128> {
        let limit = self.limit(OWED_LIMIT)?;
        let debt = self.needed(BALANCE)?.negated();
        debt.share_of(limit).filter(|_| debt.is_positive())
    }

    /// The balance at which the partner recharges by itself, if it does.
    fn charge_at(&mut self) -> Option<Amount> {
        let payment_type = raw::text(self.value(PAYMENT_TYPE)?);
        if payment_type.eq_ignore_ascii_case(PREPAY) { self.amount(CHARGE_AT) } else { None }
    }

    /// The balance, if it is below the one at which a charge should have come.
    fn uncharged(&mut self) -> Option<Amount> {
        let charge_at = self.charge_at()?;
        self.needed(BALANCE).filter(|balance| *balance < charge_at)
    }

    /// The balance, unless the partner recharges by itself.
    fn lasting(&mut self) -> Option<Amount> {
        if self.charge_at().is_some() { None } else { self.needed(BALANCE) }
    }
}

#[cfg(test)]
pub mod tests;
