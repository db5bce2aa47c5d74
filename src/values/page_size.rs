//! How many partners one request asks for.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// Partners per request, from 1 to the API's 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageSize(NonZeroU64);

impl PageSize {
    /// The most that the API allows, which makes the fewest requests.
    pub(crate) const MAX: Self = Self(NonZeroU64::new(1000).unwrap());

    pub(crate) fn get(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for PageSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let size = text.parse().ok().filter(|size| *size <= Self::MAX.0);
        size.map(Self).ok_or_else(|| format!("write a whole number from 1 to {}", Self::MAX))
    }
}

impl fmt::Display for PageSize {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_1_to_1000_partners() {
        for (text, fits) in [("0", false), ("1", true), ("1000", true), ("1001", false), ("x", false), ("-1", false)] {
            assert_eq!(text.parse::<PageSize>().is_ok(), fits, "{text}");
        }
    }
}
