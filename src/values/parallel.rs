//! How many requests are on their way at a time.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

/// Requests at a time, from 1 to 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parallel(NonZeroUsize);

impl Parallel {
    /// What holds when nobody says otherwise.
    pub(crate) const DEFAULT: Self = Self(NonZeroUsize::new(4).unwrap());

    /// More than these would be unkind to the server.
    const MAX: NonZeroUsize = NonZeroUsize::new(16).unwrap();

    pub(crate) fn get(self) -> usize {
        self.0.get()
    }
}

impl FromStr for Parallel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.parse().ok().filter(|number| *number <= Self::MAX);
        number.map(Self).ok_or_else(|| format!("write a whole number from 1 to {}", Self::MAX))
    }
}

impl fmt::Display for Parallel {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_1_to_16_requests_go_at_a_time() {
        for (text, fits) in [("0", false), ("1", true), ("16", true), ("17", false), ("x", false)] {
            assert_eq!(text.parse::<Parallel>().is_ok(), fits, "{text}");
        }
    }
}
