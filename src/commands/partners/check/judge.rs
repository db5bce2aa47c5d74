//! Whether a partner is near a limit: judged from the text that came, exactly.

use std::cmp::Reverse;

use crate::raw;
use crate::values::{Amount, Percent};

/// The fields that a judgement needs, beside those that name the partner.
pub const FIELDS: [&str; 3] = ["daily_spent_amount", "daily_spending_limit", "balance"];

/// From where on a partner is worth telling.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// The share of the daily limit that is a warning.
    pub warn: Percent,
    /// The share of the daily limit that is critical.
    pub crit: Percent,
    /// A balance below this is critical.
    pub min_balance: Option<Amount>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// At or over the first threshold.
    Warning,
    /// At or over the second, or low on balance.
    Critical,
}

impl Level {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What was found of a partner that is worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// How many hundredths of a percent of the daily limit are spent, rounded down; none without a
    /// limit, or where an amount cannot be read.
    pub used: Option<i128>,
    /// Whether that is at or over a threshold.
    pub is_spent: bool,
    /// The balance, where it is below the least that is wanted.
    pub low_balance: Option<Amount>,
}

impl Finding {
    /// Orders findings from the worst to the least: by level, then by what is spent, then by how low the balance is.
    pub fn rank(&self) -> impl Ord + use<> {
        let spent = self.used.filter(|_| self.is_spent);
        (Reverse(self.level), Reverse(spent), self.low_balance.is_none(), self.low_balance)
    }

    /// Why it is told.
    pub fn reason(&self) -> &'static str {
        match (self.is_spent, self.low_balance.is_some()) {
            (true, true) => "both",
            (true, false) => "spend",
            _ => "balance",
        }
    }
}

/// What is known of a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// What is worth telling; nothing of one that is well.
    pub finding: Option<Finding>,
    /// Whether every amount that was needed is there, and can be compared exactly.
    pub is_whole: bool,
}

/// An amount that a judgement needs is missing, or none that can be compared exactly.
struct Unreadable;

/// Judges a partner, given as the text that came: what is spent and what is left each for itself, so that an amount that
/// cannot be read hides nothing that can.
///
/// A limit that is null, zero or negative is no limit.
pub fn judge(partner: &str, thresholds: Thresholds) -> Judgement {
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
mod tests {
    use super::*;

    const THRESHOLDS: Thresholds = Thresholds { warn: Percent::whole(80), crit: Percent::whole(95), min_balance: None };

    /// What is found, if everything could be read.
    fn whole(judgement: Judgement) -> Result<Option<Finding>, Option<Finding>> {
        if judgement.is_whole { Ok(judgement.finding) } else { Err(judgement.finding) }
    }

    fn judged(spent: &str, limit: &str) -> Result<Option<(Level, Option<i128>)>, Option<Finding>> {
        let partner = format!(r#"{{"daily_spent_amount":{spent},"daily_spending_limit":{limit},"balance":"1"}}"#);
        Ok(whole(judge(&partner, THRESHOLDS))?.map(|finding| (finding.level, finding.used)))
    }

    #[test]
    fn a_partner_at_a_threshold_is_told_and_one_just_below_it_is_not() {
        for (spent, limit, expected) in [
            ("\"79.99\"", "\"100\"", None),
            ("\"80.00\"", "\"100\"", Some((Level::Warning, Some(8000)))),
            ("94.99999999", "100", Some((Level::Warning, Some(9499)))),
            ("\"95\"", "100.00", Some((Level::Critical, Some(9500)))),
            ("\"150\"", "\"100\"", Some((Level::Critical, Some(15000)))),
            // Exactly the threshold, which binary fractions miss.
            ("\"0.24\"", "\"0.30\"", Some((Level::Warning, Some(8000)))),
            ("\"-5\"", "\"100\"", None),
        ] {
            assert_eq!(judged(spent, limit), Ok(expected), "{spent} of {limit}");
        }
    }

    #[test]
    fn no_limit_is_never_reached() {
        for limit in ["null", "\"0\"", "0", "\"0.00\"", "\"-1\""] {
            assert_eq!(judged("\"1000000\"", limit), Ok(None), "{limit}");
        }
    }

    #[test]
    fn an_absent_field_is_not_null() {
        for partner in [
            "{}",
            r#"{"daily_spent_amount":"5"}"#,
            r#"{"daily_spent_amount":"5","daily_limit":"5","balance":"1"}"#,
            r#"{"daily_spending_limit":"5","balance":"1"}"#,
        ] {
            assert_eq!(whole(judge(partner, THRESHOLDS)), Err(None), "{partner}");
        }
        // Without a limit nobody asks what is spent.
        assert_eq!(whole(judge(r#"{"daily_spending_limit":null}"#, THRESHOLDS)), Ok(None));
    }

    #[test]
    fn an_amount_that_is_needed_and_cannot_be_read_is_no_good_news() {
        for (spent, limit) in
            [("null", "\"100\""), ("\"\"", "\"100\""), ("\"n/a\"", "1"), ("\"1\"", "\"x\""), ("1e30", "1"), ("[]", "1")]
        {
            assert_eq!(judged(spent, limit), Err(None), "{spent} of {limit}");
        }
        // Without a limit nobody asks what is spent.
        assert_eq!(judged("\"n/a\"", "null"), Ok(None));
    }

    #[test]
    fn a_balance_below_the_least_is_critical_whatever_is_spent() {
        let thresholds = |least: &str| Thresholds { min_balance: Some(least.parse().expect(least)), ..THRESHOLDS };
        let judged = |balance: &str, least: &str| {
            let finding = judge(&format!(r#"{{"daily_spending_limit":null,"balance":{balance}}}"#), thresholds(least));
            whole(finding).map(|finding| finding.map(|finding| (finding.level, finding.reason())))
        };
        for (balance, least) in [("\"9.99\"", "10"), ("-0.01", "0"), ("\"-20\"", "-10")] {
            assert_eq!(judged(balance, least), Ok(Some((Level::Critical, "balance"))), "{balance} under {least}");
        }
        for (balance, least) in [("\"10.00\"", "10"), ("0", "0"), ("\"-9.99\"", "-10")] {
            assert_eq!(judged(balance, least), Ok(None), "{balance} under {least}");
        }
        assert_eq!(judged("null", "10"), Err(None));
    }

    #[test]
    fn an_amount_that_cannot_be_read_hides_nothing_that_can() {
        let thresholds = Thresholds { min_balance: Some(Amount::ZERO), ..THRESHOLDS };
        for (partner, reason) in [
            (r#"{"daily_spent_amount":null,"daily_spending_limit":"100","balance":"-500"}"#, "balance"),
            (r#"{"daily_spent_amount":"200","daily_spending_limit":"100","balance":null}"#, "spend"),
        ] {
            let found = whole(judge(partner, thresholds)).expect_err("not whole").expect("a finding");
            assert_eq!((found.level, found.reason()), (Level::Critical, reason), "{partner}");
        }
    }

    #[test]
    fn the_worst_comes_first() {
        let finding = |level, used, balance: Option<&str>| Finding {
            level,
            used,
            is_spent: used.is_some(),
            low_balance: balance.map(|balance| balance.parse().expect(balance)),
        };
        let ordered = [
            finding(Level::Critical, Some(12000), None),
            finding(Level::Critical, Some(9600), Some("-5")),
            finding(Level::Critical, Some(9600), Some("2")),
            finding(Level::Critical, Some(9600), None),
            Finding { is_spent: false, ..finding(Level::Critical, Some(10), Some("-90000")) },
            finding(Level::Critical, None, Some("-1")),
            Finding { is_spent: false, ..finding(Level::Critical, Some(7000), Some("0.5")) },
            finding(Level::Warning, Some(9400), None),
            finding(Level::Warning, Some(8000), None),
        ];
        assert!(ordered.is_sorted_by_key(Finding::rank));
    }
}
