//! Spans of time as people write them: `500ms`, `30s`, `2m`.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// How long one attempt at a request may take; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit(Duration);

/// A day: far beyond any use, and far below what would overflow a clock.
const MAX_TIME_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

impl TimeLimit {
    /// What holds when nobody says otherwise: 30 seconds.
    pub const DEFAULT: Self = Self(Duration::from_secs(30));

    /// A limit of whole seconds, if that is a limit at all.
    pub fn from_seconds(seconds: u64) -> Option<Self> {
        Self::new(Duration::from_secs(seconds))
    }

    fn new(duration: Duration) -> Option<Self> {
        (!duration.is_zero() && duration <= MAX_TIME_LIMIT).then_some(Self(duration))
    }
}

impl From<TimeLimit> for Duration {
    fn from(limit: TimeLimit) -> Self {
        limit.0
    }
}

impl FromStr for TimeLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse_duration(text).and_then(|duration| {
            Self::new(duration).ok_or_else(|| "a time limit is more than 0 and at most a day".to_owned())
        })
    }
}

/// The moment by which a whole command must have ended. The time runs from when the option is read.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    at: Instant,
    limit: TimeLimit,
}

impl Deadline {
    /// How much time is left; zero from the deadline on.
    pub fn left(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }
}

impl From<TimeLimit> for Deadline {
    fn from(limit: TimeLimit) -> Self {
        Self { at: Instant::now() + limit.0, limit }
    }
}

impl FromStr for Deadline {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(TimeLimit::into)
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.limit.fmt(f)
    }
}

/// Reads a whole number with `ms`, `s` or `m`; without any of them it is seconds.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: Option<u64> = text[..digits].parse().ok();
    let milliseconds = match &text[digits..] {
        "ms" => number,
        "" | "s" => number.and_then(|number| number.checked_mul(1_000)),
        "m" => number.and_then(|number| number.checked_mul(60_000)),
        _ => None,
    };
    let usage = || "write a whole number with ms, s or m, such as 500ms, 30s or 2m".to_owned();
    milliseconds.map(Duration::from_millis).ok_or_else(usage)
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.0.as_millis() {
            ms if !ms.is_multiple_of(1_000) => write!(f, "{ms}ms"),
            ms if !ms.is_multiple_of(60_000) => write!(f, "{}s", ms / 1_000),
            ms => write!(f, "{}m", ms / 60_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_milliseconds_seconds_and_minutes_and_none_means_seconds() {
        for (text, milliseconds) in [("500ms", 500), ("30s", 30_000), ("30", 30_000), ("2m", 120_000)] {
            assert_eq!(text.parse::<TimeLimit>().map(Duration::from), Ok(Duration::from_millis(milliseconds)));
        }
    }

    #[test]
    fn zero_and_nonsense_are_refused() {
        for text in ["0", "0ms", "", "s", "1h", "-1", "1.5s", "1 s", "99999999999999999999", "18446744073709551615m"] {
            assert!(text.parse::<TimeLimit>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_limit_is_shown_in_its_largest_whole_unit() {
        for text in ["500ms", "90s", "2m"] {
            assert_eq!(text.parse::<TimeLimit>().expect(text).to_string(), text);
        }
    }
}
