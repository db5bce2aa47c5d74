//! Whole numbers with a most: partners per request, and requests at a time.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// A whole number from 1 to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpTo<const MAX: u64>(NonZeroU64);

/// Partners per request; the API allows no more.
pub type PageSize = UpTo<1000>;

/// Requests at a time; more would be unkind to the server.
pub type Parallel = UpTo<16>;

impl<const MAX: u64> UpTo<MAX> {
    pub const MAX: Self = Self(NonZeroU64::new(MAX).unwrap());

    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl Parallel {
    pub const DEFAULT: Self = Self(NonZeroU64::new(8).unwrap());
    /// One after the other.
    pub const ONE: Self = Self(NonZeroU64::MIN);
}

impl<const MAX: u64> FromStr for UpTo<MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.parse().ok().filter(|number| *number <= Self::MAX.0);
        number.map(Self).ok_or_else(|| format!("write a whole number from 1 to {MAX}"))
    }
}

impl<const MAX: u64> fmt::Display for UpTo<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_from_1_to_its_most() {
        for (text, fits) in [("0", false), ("1", true), ("16", true), ("17", false), ("x", false), ("-1", false)] {
            assert_eq!(text.parse::<Parallel>().is_ok(), fits, "{text}");
        }
        assert_eq!("1000".parse(), Ok(PageSize::MAX));
        assert_eq!("1001".parse::<PageSize>(), Err("write a whole number from 1 to 1000".to_owned()));
    }
}
