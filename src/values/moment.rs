//! Moments, read and written as RFC 3339 and the API have them, in UTC.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A moment of whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Timestamp);

impl Moment {
    pub fn now() -> Self {
        Self::from(Timestamp::now())
    }

    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration).unwrap_or(Timestamp::MIN))
    }

    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration).unwrap_or(Timestamp::MAX))
    }

    /// How long it is since an earlier moment; nothing since a later one.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::try_from(self.0.duration_since(earlier.0)).unwrap_or_default()
    }

    /// The first second of its day.
    pub fn start_of_day(self) -> Self {
        let second = self.0.as_second();
        self.before(Duration::from_secs(second.rem_euclid(86_400).unsigned_abs()))
    }

    /// The first second of a day.
    pub fn start_of(day: Date) -> Option<Self> {
        day.to_zoned_datetime(TimeZone::UTC).ok().map(|start| Self::from(start.timestamp()))
    }
}

/// A day as `2026-11-01`. Its length is checked, as the library reads `2026-1-1`, too.
pub fn day(text: &str) -> Option<Date> {
    Date::strptime("%Y-%m-%d", text).ok().filter(|_| text.len() == "2026-11-01".len())
}

/// A fraction of a second is cut off.
impl From<Timestamp> for Moment {
    fn from(timestamp: Timestamp) -> Self {
        Self(Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp))
    }
}

/// As in RFC 3339, with any offset.
impl FromStr for Moment {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse().map(|timestamp: Timestamp| Self::from(timestamp))
    }
}

/// In UTC, such as `2026-11-12T02:00:03Z`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Now, with milliseconds.
pub fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_rfc_3339_has_them_and_written_in_utc() {
        for (text, expected) in [
            ("2026-11-12T02:00:03Z", "2026-11-12T02:00:03Z"),
            ("2026-11-12t02:00:03.999z", "2026-11-12T02:00:03Z"),
            ("2026-11-12 02:00:03+01:30", "2026-11-12T00:30:03Z"),
            ("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z"),
            ("2024-02-29T23:59:60Z", "2024-02-29T23:59:59Z"),
        ] {
            assert_eq!(text.parse::<Moment>().expect(text).to_string(), expected);
        }
        for text in ["", "2026-11-12", "2026-11-12T02:00:03", "2026-02-29T00:00:00Z", "2026-11-12T02:00:03Zx", "é"] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
