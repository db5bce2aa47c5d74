//! Whether a partner is near a limit: judged from the text that came, exactly.

use std::cmp::Reverse;

use crate::raw;
use crate::values::{Age, Amount, Percent};

use super::trend::Trend;

const SPENT: &str = "daily_spent_amount";
const DAILY_LIMIT: &str = "daily_spending_limit";
pub const BALANCE: &str = "balance";
const OWED_LIMIT: &str = "spending_limit";
pub const CHARGE_AT: &str = "charge_at";
pub const PAYMENT_TYPE: &str = "payment_type";

/// The fields that a judgement may need, beside those that name the partner.
pub const FIELDS: [&str; 6] = [SPENT, DAILY_LIMIT, BALANCE, OWED_LIMIT, CHARGE_AT, PAYMENT_TYPE];

/// The value of [`PAYMENT_TYPE`] of partners who are charged once their balance falls below their [`CHARGE_AT`].
pub const PREPAY: &str = "prepay";

/// From where on a partner is reported.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// The share of a limit that is a warning.
    pub warn: Percent,
    /// The share of a limit that is critical.
    pub crit: Percent,
    /// A balance below this is a warning.
    pub warn_balance: Option<Amount>,
    /// A balance below this is critical.
    pub crit_balance: Option<Amount>,
    /// For how long a prepay balance has to be below the partner's own `charge_at` to be a warning, if that is one.
    pub recharge: Option<Age>,
    /// A balance that ends within this time is a warning.
    pub runway_warn: Option<Age>,
    /// A balance that ends within this time is critical.
    pub runway_crit: Option<Age>,
}

impl Thresholds {
    /// The level of a share of a limit.
    fn of_share(&self, share: i128) -> Option<Level> {
        self.level(|threshold| share >= threshold.hundredths(), Some(self.warn), Some(self.crit))
    }

    /// The level of a balance.
    fn of_balance(&self, balance: Amount) -> Option<Level> {
        self.level(|threshold| balance < threshold, self.warn_balance, self.crit_balance)
    }

    /// Whether it matters when a balance ends.
    pub fn has_runway(&self) -> bool {
        self.runway_warn.is_some() || self.runway_crit.is_some()
    }

    /// Whether the past has to be known.
    pub fn needs_history(&self) -> bool {
        self.has_runway() || self.recharge.is_some_and(|age| !age.is_zero())
    }

    /// The level of a balance that ends in so many seconds.
    fn of_runway(&self, seconds: i128) -> Option<Level> {
        self.level(|threshold| seconds <= threshold.seconds().into(), self.runway_warn, self.runway_crit)
    }

    fn level<T>(&self, is_reached: impl Fn(T) -> bool, warn: Option<T>, crit: Option<T>) -> Option<Level> {
        let critical = crit.is_some_and(&is_reached).then_some(Level::Critical);
        critical.or_else(|| warn.is_some_and(&is_reached).then_some(Level::Warning))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
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
    /// The debt is near the most that may be owed.
    Owed,
    /// The balance is low.
    Balance,
    /// The balance is below the one at which a charge should have come.
    Recharge,
    /// The balance ends soon.
    Runway,
}

impl Reason {
    const ALL: [Self; 5] = [Self::Spend, Self::Owed, Self::Balance, Self::Recharge, Self::Runway];

    fn name(self) -> &'static str {
        match self {
            Self::Spend => "spend",
            Self::Owed => "owed",
            Self::Balance => "balance",
            Self::Recharge => "recharge",
            Self::Runway => "runway",
        }
    }
}

/// What is reported of a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    pub level: Level,
    /// How bad it is by each of [`Reason::ALL`].
    levels: [Option<Level>; Reason::ALL.len()],
    /// The greatest share of a limit that is a reason.
    share: Option<i128>,
    /// The balance, where that is a reason.
    low_balance: Option<Amount>,
    /// In how many seconds the balance ends, where that is a reason.
    ends_in: Option<i128>,
}

impl Finding {
    fn new(
        levels: [Option<Level>; Reason::ALL.len()],
        shares: Shares,
        balance: Option<Amount>,
        runway: Runway,
    ) -> Option<Self> {
        let level = levels.into_iter().flatten().max()?;
        let finding = Self { level, levels, share: None, low_balance: None, ends_in: None };
        let share = shares.spent.filter(|_| finding.has(Reason::Spend));
        let share = share.max(shares.owed.filter(|_| finding.has(Reason::Owed)));
        let is_low = finding.has(Reason::Balance) || finding.has(Reason::Recharge);
        let ends_in = runway.seconds().filter(|_| finding.has(Reason::Runway));
        Some(Self { share, low_balance: balance.filter(|_| is_low), ends_in, ..finding })
    }

    /// Orders findings from the worst to the least: by level, then by the share of a limit that is used, then by how
    /// low the balance is, then by how soon it ends.
    pub fn rank(&self) -> impl Ord + use<> {
        let balance = (self.low_balance.is_none(), self.low_balance);
        (Reverse(self.level), Reverse(self.share), balance, self.ends_in.is_none(), self.ends_in)
    }

    pub fn has(&self, reason: Reason) -> bool {
        self.reasons().any(|own| own == reason)
    }

    fn reasons(&self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().zip(self.levels).filter_map(|(reason, level)| level.map(|_| reason))
    }

    /// The names of all reasons, joined by `+`, which no format has to quote.
    pub fn reason(&self) -> String {
        self.reasons().map(Reason::name).collect::<Vec<_>>().join("+")
    }
}

/// How many hundredths of a percent of a limit are used, rounded down; none without a limit, or where an amount cannot
/// be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// Of the daily limit, by what was spent today.
    pub spent: Option<i128>,
    /// Of the most that may be owed, by the debt.
    pub owed: Option<i128>,
}

/// What is known of a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// What is reported; nothing of one that is well.
    pub finding: Option<Finding>,
    /// What is used of the limits, also of one that is well.
    pub shares: Shares,
    /// When the balance ends.
    pub runway: Runway,
    /// Whether every amount that was needed is there, and can be compared exactly.
    pub is_whole: bool,
}

/// When a balance ends at the rate at which it falls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Runway {
    /// Nobody asks, or the partner recharges by itself.
    #[default]
    None,
    /// Too little is known of the past.
    NoRate,
    /// It does not fall.
    Endless,
    /// In so many seconds, rounded down.
    EndsIn(i128),
}

impl Runway {
    fn seconds(self) -> Option<i128> {
        match self {
            Self::EndsIn(seconds) => Some(seconds),
            Self::None | Self::NoRate | Self::Endless => None,
        }
    }

    /// Whole hours, rounded down.
    pub fn hours(self) -> Option<i128> {
        self.seconds().map(|seconds| seconds / 3600)
    }
}

/// An amount that a judgement needs is missing, or none that can be compared exactly.
struct Unreadable;

/// Judges a partner, given as the text that came: by each reason for itself, so that an amount that cannot be read
/// hides nothing that can.
///
/// A limit that is null, zero or negative is no limit. `trend` is what the history says of the partner.
pub fn judge(partner: &str, thresholds: Thresholds, trend: Option<Trend>) -> Judgement {
    let mut is_whole = true;
    let spent = known(spent(partner), &mut is_whole);
    let owed = known(owed(partner), &mut is_whole);
    let balance = known(balance(partner, thresholds), &mut is_whole);
    let uncharged = known(uncharged(partner, thresholds), &mut is_whole);
    let uncharged = uncharged.filter(|_| {
        let age = thresholds.recharge.unwrap_or_default();
        age.is_zero() || trend.is_some_and(|trend| trend.is_uncharged_for(age))
    });
    let runway = known(runway(partner, thresholds, trend), &mut is_whole).unwrap_or_default();

    let levels = [
        spent.and_then(|share| thresholds.of_share(share)),
        owed.and_then(|share| thresholds.of_share(share)),
        balance.and_then(|balance| thresholds.of_balance(balance)),
        uncharged.map(|_| Level::Warning),
        runway.seconds().and_then(|seconds| thresholds.of_runway(seconds)),
    ];
    let shares = Shares { spent, owed };
    let finding = Finding::new(levels, shares, balance.or(uncharged), runway);
    Judgement { finding, shares, runway, is_whole }
}

/// What can be read; what cannot leaves the judgement incomplete.
fn known<T>(read: Result<Option<T>, Unreadable>, is_whole: &mut bool) -> Option<T> {
    read.unwrap_or_else(|Unreadable| {
        *is_whole = false;
        None
    })
}

/// The share of the daily limit that is spent, if there is a limit.
fn spent(partner: &str) -> Result<Option<i128>, Unreadable> {
    match limit(partner, DAILY_LIMIT)? {
        Some(limit) => Ok(needed(partner, SPENT)?.share_of(limit)),
        None => Ok(None),
    }
}

/// The share of what may be owed that is, if there is a limit and a debt.
fn owed(partner: &str) -> Result<Option<i128>, Unreadable> {
    match limit(partner, OWED_LIMIT)? {
        Some(limit) => {
            let debt = needed(partner, BALANCE)?.negated();
            Ok(debt.share_of(limit).filter(|_| debt.is_positive()))
        }
        None => Ok(None),
    }
}

fn limit(partner: &str, field: &str) -> Result<Option<Amount>, Unreadable> {
    Ok(amount(partner, field)?.filter(|limit| limit.is_positive()))
}

/// The balance, if a threshold is there to compare it with.
fn balance(partner: &str, thresholds: Thresholds) -> Result<Option<Amount>, Unreadable> {
    let is_needed = thresholds.warn_balance.is_some() || thresholds.crit_balance.is_some();
    is_needed.then(|| needed(partner, BALANCE)).transpose()
}

/// The balance of a prepay partner, if it is below the one at which a charge should have come.
fn uncharged(partner: &str, thresholds: Thresholds) -> Result<Option<Amount>, Unreadable> {
    if thresholds.recharge.is_none() {
        return Ok(None);
    }
    match charge_at(partner)? {
        Some(charge_at) => Ok(Some(needed(partner, BALANCE)?).filter(|balance| *balance < charge_at)),
        None => Ok(None),
    }
}

/// The balance at which the partner recharges by itself, if it does.
fn charge_at(partner: &str) -> Result<Option<Amount>, Unreadable> {
    let is_prepay = raw::text(raw::lookup(partner, [PAYMENT_TYPE]).ok_or(Unreadable)?) == PREPAY;
    if is_prepay { amount(partner, CHARGE_AT) } else { Ok(None) }
}

/// When the balance ends, if somebody asks.
fn runway(partner: &str, thresholds: Thresholds, trend: Option<Trend>) -> Result<Option<Runway>, Unreadable> {
    if !thresholds.has_runway() || charge_at(partner)?.is_some() {
        return Ok(None);
    }
    let balance = needed(partner, BALANCE)?;
    let Some(rate) = trend.and_then(|trend| trend.rate) else { return Ok(Some(Runway::NoRate)) };
    Ok(Some(match rate.time_to_fall(balance) {
        Some(seconds) => Runway::EndsIn(seconds),
        None => Runway::Endless,
    }))
}

/// The amount in a field that must have one.
fn needed(partner: &str, field: &str) -> Result<Amount, Unreadable> {
    amount(partner, field)?.ok_or(Unreadable)
}

/// The amount in a field; none if that is null. Of an absent field nobody knows what it would be.
fn amount(partner: &str, field: &str) -> Result<Option<Amount>, Unreadable> {
    match raw::lookup(partner, [field]).ok_or(Unreadable)? {
        "null" => Ok(None),
        raw => raw::text(raw).parse().map(Some).map_err(|_| Unreadable),
    }
}

#[cfg(test)]
pub mod tests;
