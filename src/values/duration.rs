//! Spans of time as people write them: `500ms`, `30s`, `2m`.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use jiff::SignedDuration;

/// How long one attempt at a request may take; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit(Duration);

/// A day: far beyond any use, and far below what would overflow a clock.
const MAX_TIME_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

impl TimeLimit {
    /// The default: 30 seconds.
    pub const DEFAULT: Self = Self(Duration::from_secs(30));
}

impl From<TimeLimit> for Duration {
    fn from(limit: TimeLimit) -> Self {
        limit.0
    }
}

impl FromStr for TimeLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match parse_duration(text)? {
            duration if !duration.is_zero() && duration <= MAX_TIME_LIMIT => Ok(Self(duration)),
            _ => Err("a timeout must be more than 0 and at most a day".to_owned()),
        }
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

/// Reads a number with `ms`, `s`, `m` or `h`; without any of them it is seconds.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let duration = match text.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => text.parse().ok().and_then(|duration: SignedDuration| Duration::try_from(duration).ok()),
    };
    duration.ok_or_else(|| "write a number with ms, s or m, such as 500ms, 30s or 2m".to_owned())
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        // At most a day.
        write!(f, "{:#}", SignedDuration::try_from(self.0).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_limit_is_a_number_with_its_unit_or_in_seconds() {
        for (text, milliseconds) in
            [("500ms", 500), ("30s", 30_000), ("30", 30_000), ("2m", 120_000), ("1.5s", 1_500), ("1h", 3_600_000)]
        {
            assert_eq!(text.parse::<TimeLimit>().map(Duration::from), Ok(Duration::from_millis(milliseconds)));
        }
        for text in ["0", "0ms", "", "s", "-1", "-1s", "1s ago", "1x", "25h", "99999999999999999999", "1mo"] {
            assert!(text.parse::<TimeLimit>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_limit_is_shown_as_it_can_be_typed() {
        for text in ["500ms", "30s", "2m", "1m 30s"] {
            assert_eq!(text.parse::<TimeLimit>().expect(text).to_string(), text);
        }
    }
}
