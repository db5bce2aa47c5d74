//! Amounts of money, exact to the last digit.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// The most digits before the point that an amount may have.
const MAX_BEFORE: u32 = 15;

/// The most digits after the point.
const MAX_AFTER: u32 = 8;

/// A sum stays below this, so that it and the next sum fit with all digits into the 96 bits of a decimal.
const BEYOND_SUMS: Decimal = Decimal::from_parts(0x6310_0000, 0x6bc7_5e2d, 5, false, 0);

/// A decimal amount.
///
/// It has so few digits that a sum of many is exact: decimal arithmetic rounds past 28 digits, and never says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(Decimal);

impl Amount {
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The sum, if it is exact.
    pub fn plus(self, other: Self) -> Option<Self> {
        let mut sum = self.0.checked_add(other.0)?;
        // Adding nothing, the library forgets how many digits nothing had after the point.
        sum.rescale(self.0.scale().max(other.0.scale()));
        (sum.abs() < BEYOND_SUMS).then_some(Self(sum))
    }

    /// The difference, if it is exact.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated())
    }

    /// What is owed where this is a balance, and the other way round.
    pub fn negated(self) -> Self {
        Self(-self.0)
    }

    /// The same amount without zeros at the end, but for those of cents.
    pub fn shortened(self) -> Self {
        let mut short = self.0.normalize();
        short.rescale(short.scale().max(self.0.scale().min(2)));
        Self(short)
    }

    /// Whether it is more than nothing.
    pub fn is_positive(self) -> bool {
        self > Self::ZERO
    }

    /// How many hundredths of a percent of `whole` this is, rounded down; none if the whole is nothing or less.
    pub fn share_of(self, whole: Self) -> Option<i128> {
        let part = self.units().checked_mul(10_000)?;
        whole.is_positive().then(|| part.div_euclid(whole.units()))
    }

    /// How many whole seconds it lasts if `fallen` of it goes in `seconds`; none if nothing goes.
    pub fn lasts(self, fallen: Self, seconds: u64) -> Option<i128> {
        if !fallen.is_positive() {
            return None;
        }
        Some(self.units().max(0).checked_mul(seconds.into())?.div_euclid(fallen.units()))
    }

    /// In units of the last digit after the point that any amount may have.
    fn units(self) -> i128 {
        self.0.mantissa() * 10_i128.pow(MAX_AFTER.saturating_sub(self.0.scale()))
    }
}

impl FromStr for Amount {
    type Err = String;

    /// Reads digits, with a point or without, with a sign or an exponent as JSON has them.
    fn from_str(text: &str) -> Result<Self, String> {
        let is_plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
        let read = match text.contains(['e', 'E']) {
            // Longer ones could be rounded while they are read.
            true if text.len() <= 28 => Decimal::from_scientific(text),
            true => return Err(format!("`{text}` has too many digits to be exact")),
            false => Decimal::from_str_exact(text),
        };
        let amount = read.ok().filter(|_| is_plain).ok_or("write an amount such as 12.50")?;
        let too_long = amount.scale() > MAX_AFTER || amount.trunc().abs() >= Decimal::from(10_u64.pow(MAX_BEFORE));
        if too_long {
            return Err(format!("`{text}` has more than {MAX_BEFORE} digits before the point or {MAX_AFTER} after it"));
        }
        Ok(Self(amount))
    }
}

impl Serialize for Amount {
    /// Equal amounts are the same text, however many zeros they were typed with.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.normalize())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().expect(text)
    }

    #[test]
    fn amounts_keep_their_digits() {
        for text in ["0", "4.40", "-12.75", "999999999999999.99999999", "-0.00000001", "1250.00"] {
            assert_eq!(amount(text).to_string(), text);
        }
        assert_eq!(amount("1.5E3").to_string(), "1500");
        assert_eq!(amount("25e-1"), amount("2.5"));
    }

    #[test]
    fn what_is_no_amount_or_too_long_for_exact_sums_is_refused() {
        for text in ["", "-", ".", "1,5", "1_000", "NaN", "12 ", "0x1", "1e", "--1", "$5"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
        for text in ["1000000000000000", "0.000000001", "0.100000000", "1e15", "1e-9", "1e400", "1e99999999999"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_amount_is_shortened_to_the_digits_it_needs_and_no_further_than_to_cents() {
        for (text, short) in [
            ("-20327.7200000", "-20327.72"),
            ("1.50", "1.50"),
            ("1.5000", "1.50"),
            ("12", "12"),
            ("0.125", "0.125"),
            ("0.5", "0.5"),
        ] {
            assert_eq!(amount(text).shortened().to_string(), short);
        }
    }

    #[test]
    fn a_sum_is_exact_or_none() {
        assert_eq!(amount("0.1").plus(amount("0.20")).map(|sum| sum.to_string()).as_deref(), Some("0.30"));
        assert_eq!(amount("-250.00").plus(amount("250")), Some(Amount::ZERO));
        for (nothing, other, sum) in [("0.00", "0", "0.00"), ("0", "0.00", "0.00"), ("0.00", "5", "5.00")] {
            assert_eq!(amount(nothing).plus(amount(other)).map(|sum| sum.to_string()).as_deref(), Some(sum));
        }
        assert_eq!(BEYOND_SUMS.to_string(), "100000000000000000000");
        let mut sum = amount("999999999999999.99999999");
        let doubled = std::iter::from_fn(|| {
            sum = sum.plus(sum)?;
            Some(sum)
        });
        // 2^17 times that has 21 digits before the point.
        assert_eq!(doubled.count(), 16);
    }

    #[test]
    fn a_share_is_in_hundredths_of_a_percent_and_rounded_down() {
        for (part, whole, share) in [
            ("97.20", "100.00", Some(9720)),
            ("2", "3", Some(6666)),
            ("-1", "3", Some(-3334)),
            ("0.00000001", "999999999999999", Some(0)),
            ("999999999999999.99999999", "0.00000001", Some(999_999_999_999_999_999_999_990_000)),
            ("5", "0", None),
            ("5", "-1", None),
        ] {
            assert_eq!(amount(part).share_of(amount(whole)), share, "{part} of {whole}");
        }
    }

    #[test]
    fn how_long_a_balance_lasts_is_exact_and_rounded_down() {
        for (balance, fallen, hours, seconds) in [
            ("10", "5", 24, Some(2 * 24 * 3600)),
            ("10", "3", 1, Some(12_000)),
            ("0.00000001", "0.00000003", 1, Some(1200)),
            ("999999999999999", "0.00000001", 168, Some(60_479_999_999_999_939_520_000_000_000)),
            ("-5", "1", 1, Some(0)),
            ("5", "0.00", 24, None),
        ] {
            assert_eq!(amount(balance).lasts(amount(fallen), hours * 3600), seconds, "{balance}");
        }
    }
}
