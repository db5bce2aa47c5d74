//! A decimal number as it is written, compared by its value whatever it is written like.

use std::cmp::Ordering;
use std::iter;

/// The parts of a number. Its value is never rounded, however many digits it has.
#[derive(Debug, Clone, Copy)]
pub struct Number<'t> {
    pub sign: Option<char>,
    pub whole: &'t str,
    /// The digits after the point; empty without one.
    pub fraction: &'t str,
    pub exponent: Option<i32>,
}

impl<'t> Number<'t> {
    /// Reads digits with or without a sign, digits after a point, and an exponent.
    pub fn read(text: &'t str) -> Option<Self> {
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let sign = text.chars().next().filter(|first| matches!(first, '-' | '+'));
        let unsigned = &text[sign.map_or(0, char::len_utf8)..];
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent.parse().ok()?)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => are_digits(fraction).then_some((whole, fraction))?,
            None => (mantissa, ""),
        };
        are_digits(whole).then_some(Self { sign, whole, fraction, exponent })
    }

    /// The digits from the first that is not zero.
    pub fn digits(self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes()).skip_while(|digit| *digit == b'0')
    }

    /// How many places before the point the first digit is that is not zero; none of zero.
    fn magnitude(self) -> Option<i64> {
        let digits = self.digits().count().checked_sub(1)?;
        Some(digits as i64 - self.fraction.len() as i64 + i64::from(self.exponent.unwrap_or(0)))
    }

    /// Compares without the signs.
    fn compare_sizes(self, other: Self) -> Ordering {
        let length = self.digits().count().max(other.digits().count());
        let digits = |number: Self| number.digits().chain(iter::repeat(b'0')).take(length);
        self.magnitude().cmp(&other.magnitude()).then_with(|| digits(self).cmp(digits(other)))
    }

    fn is_negative(self) -> bool {
        self.sign == Some('-') && self.magnitude().is_some()
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative(), other.is_negative()) {
            (false, false) => self.compare_sizes(*other),
            (true, true) => other.compare_sizes(*self),
            (is_negative, is_other_negative) => is_other_negative.cmp(&is_negative),
        }
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_by_value_with_however_many_digits() {
        let rising = [
            "-1e400",
            "-12345678901234567890123.2",
            "-12345678901234567890123.1",
            "-1",
            "-0.001",
            "0",
            "1e-401",
            "0.00999",
            "0.01",
            "9",
            "10",
            "4.40e2",
            "12345678901234567890123",
            "12345678901234567890124",
            "1e400",
        ];
        let numbers = rising.map(|text| Number::read(text).expect(text));
        for (at, number) in numbers.iter().enumerate() {
            assert!(numbers.iter().enumerate().all(|(other, it)| number.cmp(it) == at.cmp(&other)), "{}", rising[at]);
        }
        for (one, other) in [("4.40", "+4.4"), ("0", "-0.00"), ("0e5", "0"), ("1e3", "1000.0"), ("100e-2", "0001")] {
            assert_eq!(Number::read(one), Number::read(other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "5.", ".5", "1e", "1e+", "1e-+1", "--1", "1,5", "1 ", "much", "1e99999999999", "é"]
        {
            assert!(Number::read(text).is_none(), "{text}");
        }
    }
}
