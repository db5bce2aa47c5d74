//! Whether a partner is near a limit: judged from the text that came, exactly.

use std::cmp::Reverse;

use crate::raw;
use crate::values::{Amount, Percent};

/// The fields that a judgement needs, beside those that name the partner.
pub(crate) const FIELDS: [&str; 3] = ["daily_spent_amount", "daily_spending_limit", "balance"];

/// From where on a partner is reported.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thresholds {
    /// The share of the daily limit that is a warning.
    pub(crate) warn: Percent,
    /// The share of the daily limit that is critical.
    pub(crate) crit: Percent,
    /// A balance below this is critical.
    pub(crate) min_balance: Option<Amount>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// At or over the first threshold.
    Warning,
    /// At or over the second, or low on balance.
    Critical,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What is reported of a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    /// How many hundredths of a percent of the daily limit are spent, rounded down; none without a
    /// limit, or where an amount cannot be read.
    pub(crate) used: Option<i128>,
    /// Whether that is at or over a threshold.
    pub(crate) is_spent: bool,
    /// The balance, where it is below the least that is wanted.
    pub(crate) low_balance: Option<Amount>,
}

impl Finding {
    /// Orders findings from the worst to the least: by level, then by what is spent, then by how low the balance is.
    pub(crate) fn rank(&self) -> impl Ord + use<> {
        let spent = self.used.filter(|_| self.is_spent);
        (Reverse(self.level), Reverse(spent), self.low_balance.is_none(), self.low_balance)
    }

    pub(crate) fn reason(&self) -> &'static str {
        match (self.is_spent, self.low_balance.is_some()) {
            (true, true) => "both",
            (true, false) => "spend",
            _ => "balance",
        }
    }
}

/// What is known of a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// What is reported; nothing of one that is well.
    pub(crate) finding: Option<Finding>,
    /// Whether every amount that was needed is there, and can be compared exactly.
    pub(crate) is_whole: bool,
}

/// An amount that a judgement needs is missing, or none that can be compared exactly.
struct Unreadable;

/// Judges a partner, given as the text that came: what is spent and what is left each for itself, so that an amount
/// that cannot be read hides nothing that can.
///
/// A limit that is null, zero or negative is no limit.
pub(crate) fn judge(partner: &str, thresholds: Thresholds) -> Judgement {
    let used = used(partner);
    let low_balance = low_balance(partner, thresholds.min_balance);
    let is_whole = used.is_ok() && low_balance.is_ok();
    let finding = found(used.unwrap_or(None), low_balance.unwrap_or(None), thresholds);
    Judgement { finding, is_whole }
}

/// How many hundredths of a percent of the daily limit are spent, if there is one.
fn used(partner: &str) -> Result<Option<i128>, Unreadable> {
    let [spent, limit, _] = FIELDS;
    match amount(partner, limit)?.filter(|limit| limit.is_positive()) {
        Some(limit) => Ok(amount(partner, spent)?.ok_or(Unreadable)?.share_of(limit)),
        None => Ok(None),
    }
}

/// The balance, if it is below the least that is wanted.
fn low_balance(partner: &str, least: Option<Amount>) -> Result<Option<Amount>, Unreadable> {
    let Some(least) = least else { return Ok(None) };
    let [.., balance] = FIELDS;
    let balance = amount(partner, balance)?.ok_or(Unreadable)?;
    Ok(Some(balance).filter(|balance| *balance < least))
}

fn found(used: Option<i128>, low_balance: Option<Amount>, thresholds: Thresholds) -> Option<Finding> {
    let is_over = |threshold: Percent| used.is_some_and(|used| used >= threshold.hundredths());
    let is_spent = is_over(thresholds.warn);
    let level = match (is_over(thresholds.crit) || low_balance.is_some(), is_spent) {
        (true, _) => Level::Critical,
        (false, true) => Level::Warning,
        (false, false) => return None,
    };
    Some(Finding { level, used, is_spent, low_balance })
}

/// The amount in a field; none if that is null. Of an absent field nobody knows what it would be.
fn amount(partner: &str, field: &str) -> Result<Option<Amount>, Unreadable> {
    match raw::lookup(partner, [field]).ok_or(Unreadable)? {
        "null" => Ok(None),
        raw => raw::text(raw).parse().map(Some).map_err(|_| Unreadable),
    }
}

#[cfg(test)]
mod tests;
