//! Percentages that people set as a threshold.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Serialize;

/// A percentage with at most two digits after the point, in hundredths: 92.5 % is 9250.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Percent(u32);

impl Percent {
    pub const fn whole(percent: u32) -> Self {
        Self(percent * 100)
    }

    /// In hundredths of a percent.
    pub fn hundredths(self) -> i128 {
        i128::from(self.0)
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix('%').unwrap_or(text);
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let are_digits = [whole, part].iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let fits = (1..=5).contains(&whole.len()) && (1..=2).contains(&part.len());
        let hundredths = format!("{whole}{part:0<2}").parse().ok().filter(|_| are_digits && fits);
        hundredths.map(Self).ok_or_else(|| "write a percentage such as 80 or 92.5".to_owned())
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        Decimal::new(self.0.into(), 2).normalize().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_two_digits_after_the_point_at_most() {
        for (text, hundredths, shown) in [
            ("80", 8000, "80"),
            ("92.5", 9250, "92.5"),
            ("0.05%", 5, "0.05"),
            ("120", 12000, "120"),
            ("95.00", 9500, "95"),
        ] {
            let percent: Percent = text.parse().expect(text);
            assert_eq!((percent.hundredths(), percent.to_string().as_str()), (hundredths, shown), "{text}");
        }
        for text in ["", "-1", "80.125", "x", "8e1", ".5", "5.", "100000", "80 %", "+8"] {
            assert!(text.parse::<Percent>().is_err(), "{text}");
        }
    }
}
