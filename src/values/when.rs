//! A moment of the past as people name it: `last`, `7d`, `2026-11-01`, `2026-11-01T02:00:00Z`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::values::moment::Moment;

/// What was typed for a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    typed: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Last,
    Ago(Duration),
    /// The first second of a day.
    Day(Moment),
    At(Moment),
}

/// The latest that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Latest {
    /// Whatever there is.
    Last,
    /// This moment, and nothing after it.
    By(Moment),
}

impl When {
    /// The latest moment that it covers: of a day, its last.
    pub fn latest(&self, now: Moment) -> Latest {
        match self.kind {
            Kind::Last => Latest::Last,
            Kind::Ago(age) => Latest::By(now.before(age)),
            Kind::Day(day) => Latest::By(day.end_of_day()),
            Kind::At(moment) => Latest::By(moment),
        }
    }

    /// The earliest moment that it covers: of a day, its first; none for the last look.
    pub fn earliest(&self, now: Moment) -> Option<Moment> {
        match self.kind {
            Kind::Last => None,
            Kind::Ago(age) => Some(now.before(age)),
            Kind::Day(moment) | Kind::At(moment) => Some(moment),
        }
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let kind = if text.eq_ignore_ascii_case("last") {
            Some(Kind::Last)
        } else if let Some(age) = age(text) {
            Some(Kind::Ago(age))
        } else if let Some(day) = Moment::of_day(text) {
            Some(Kind::Day(day))
        } else {
            text.parse().ok().map(Kind::At)
        };
        let kind = kind.ok_or_else(|| {
            "write `last`, an age such as 24h or 7d, a day such as 2026-11-01, or a moment such as 2026-11-01T02:00:00Z"
                .to_owned()
        })?;
        Ok(Self { typed: text.to_owned(), kind })
    }
}

/// A span of time as people write it: `2h`, `7d`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(Duration);

impl Age {
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    pub fn seconds(self) -> u64 {
        self.0.as_secs()
    }
}

impl From<Age> for Duration {
    fn from(age: Age) -> Self {
        age.0
    }
}

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        age(text).map(Self).ok_or_else(|| "write a whole number with m, h, d or w, such as 2h or 7d".to_owned())
    }
}

/// In the largest unit that makes it a whole number.
impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let minutes = self.0.as_secs() / 60;
        match minutes {
            minutes if minutes.is_multiple_of(24 * 60) => write!(f, "{}d", minutes / (24 * 60)),
            minutes if minutes.is_multiple_of(60) => write!(f, "{}h", minutes / 60),
            minutes => write!(f, "{minutes}m"),
        }
    }
}

/// A span of whole minutes, hours, days or weeks: `30m`, `24h`, `7d`, `4w`.
fn age(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|_| is_number)?;
    number.checked_mul(seconds).map(Duration::from_secs)
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_last_an_age_a_day_or_in_full() {
        let now: Moment = "2026-11-12T12:00:00Z".parse().expect("a moment");
        let by = |text: &str| Latest::By(text.parse().expect(text));
        for (text, latest, earliest) in [
            ("last", Latest::Last, None),
            ("LAST", Latest::Last, None),
            ("24h", by("2026-11-11T12:00:00Z"), Some("2026-11-11T12:00:00Z")),
            ("90m", by("2026-11-12T10:30:00Z"), Some("2026-11-12T10:30:00Z")),
            ("7d", by("2026-11-05T12:00:00Z"), Some("2026-11-05T12:00:00Z")),
            ("2w", by("2026-10-29T12:00:00Z"), Some("2026-10-29T12:00:00Z")),
            ("2026-11-01", by("2026-11-01T23:59:59Z"), Some("2026-11-01T00:00:00Z")),
            ("2026-11-01T02:00:00+02:00", by("2026-11-01T00:00:00Z"), Some("2026-11-01T00:00:00Z")),
        ] {
            let when: When = text.parse().expect(text);
            assert_eq!(when.latest(now), latest, "{text}");
            assert_eq!(when.earliest(now), earliest.map(|text| text.parse().expect(text)), "{text}");
            assert_eq!(when.to_string(), text);
        }
    }

    #[test]
    fn what_names_no_moment_is_refused() {
        for text in [
            "",
            "d",
            "7",
            "-7d",
            "+7d",
            "7D",
            "1.5d",
            "7 d",
            "yesterday",
            "2026-11",
            "2026-02-30",
            "99999999999999999999d",
            "é",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }
}
