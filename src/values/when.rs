//! A moment of the past as people name it: `last`, `7d`, `2026-10`, `2026-11-01`, `2026-11-01T02:00:00Z`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Span, SpanFieldwise, SpanRelativeTo, Timestamp, civil};

use crate::values::moment::{self, Moment};

/// What was typed for a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    typed: String,
    meaning: Meaning,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Last,
    Ago(Age),
    /// A day, a month, or a moment, which begins and ends in the same second.
    Within {
        first: Moment,
        last: Moment,
    },
}

impl When {
    /// The first and the last moment that it covers, which of a day or month are not the same; none for the last
    /// snapshot.
    pub fn span(&self, now: Moment) -> Option<(Moment, Moment)> {
        match self.meaning {
            Meaning::Last => None,
            Meaning::Ago(age) => Some((age.before(now), age.before(now))),
            Meaning::Within { first, last } => Some((first, last)),
        }
    }

    /// The moment that a text means, if it means one, such as `7d` and not `partners.csv`.
    pub fn of(text: &str) -> Result<Option<Self>, String> {
        let meaning = if text.eq_ignore_ascii_case("last") {
            Some(Meaning::Last)
        } else if let Some(day) = moment::day(text) {
            days(day, day)
        } else if let Some(first) = moment::day(&format!("{text}-01")) {
            days(first, first.last_of_month())
        } else if let Ok(moment) = text.parse() {
            Some(Meaning::Within { first: moment, last: moment })
        } else {
            Age::read(text)?.map(Meaning::Ago)
        };
        Ok(meaning.map(|meaning| Self { typed: text.to_owned(), meaning }))
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::of(text)?.ok_or_else(|| {
            "write `last`, an age such as 24h, 7d or 1mo, a month or day such as 2026-11 or 2026-11-01, or a time \
             such as 2026-11-01T02:00:00Z"
                .to_owned()
        })
    }
}

/// From the first second of one day to the last of another.
fn days(first: civil::Date, last: civil::Date) -> Option<Meaning> {
    let end = Moment::start_of(last.tomorrow().ok()?)?;
    Some(Meaning::Within { first: Moment::start_of(first)?, last: end.before(Duration::from_secs(1)) })
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

/// A span of time as people write it: `2h`, `7d`, `1mo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age(SpanFieldwise);

impl Age {
    /// The moment that is so old; months and years have their days.
    pub fn before(self, now: Moment) -> Moment {
        let now = now.timestamp().to_zoned_datetime(TimeZone::UTC);
        Moment::from(now.checked_sub(self.0.0).map_or(Timestamp::MIN, |then| then.timestamp()))
    }

    /// How long it is; a month is as long as January.
    pub fn seconds(self) -> u64 {
        let length = self.0.0.to_duration(SpanRelativeTo::from(civil::date(2001, 1, 1)));
        length.ok().and_then(|length| u64::try_from(length.as_secs()).ok()).unwrap_or(u64::MAX)
    }

    /// What was typed, if it is an age; an error if it may be one of two.
    fn read(text: &str) -> Result<Option<Self>, String> {
        // The library reads `-7d` and `7d ago` as well, which would lie in the future.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let span = text.parse().ok().filter(|span: &Span| is_plain && !span.is_negative());
        let Some(span) = span else { return Ok(None) };
        if text.split(|c: char| c.is_ascii_digit()).any(|unit| unit == "m") {
            return Err("`m` may be minutes or months: write `min` or `mo`, such as 30min or 1mo".to_owned());
        }
        Ok(Some(Self(SpanFieldwise(span))))
    }
}

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::read(text)?.ok_or_else(|| "write a number with h, d, w, mo or y, such as 2h, 7d or 1mo".to_owned())
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:#}", self.0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_last_an_age_a_day_a_month_or_in_full() {
        let now: Moment = "2026-11-30T12:00:00Z".parse().expect("a moment");
        for (text, latest, earliest) in [
            ("24h", "2026-11-29T12:00:00Z", None),
            ("90min", "2026-11-30T10:30:00Z", None),
            ("7d", "2026-11-23T12:00:00Z", None),
            ("2w", "2026-11-16T12:00:00Z", None),
            ("1mo", "2026-10-30T12:00:00Z", None),
            ("9mo", "2026-02-28T12:00:00Z", None),
            ("1y", "2025-11-30T12:00:00Z", None),
            ("2026-11-01", "2026-11-01T23:59:59Z", Some("2026-11-01T00:00:00Z")),
            ("2026-10", "2026-10-31T23:59:59Z", Some("2026-10-01T00:00:00Z")),
            ("2024-02", "2024-02-29T23:59:59Z", Some("2024-02-01T00:00:00Z")),
            ("2026-11-01T02:00:00+02:00", "2026-11-01T00:00:00Z", None),
        ] {
            let when: When = text.parse().expect(text);
            let span = [earliest.unwrap_or(latest), latest].map(|moment| moment.parse().expect(moment));
            assert_eq!(when.span(now), Some(span.into()), "{text}");
            assert_eq!(when.to_string(), text);
        }
        for text in ["last", "LAST"] {
            let when: When = text.parse().expect(text);
            assert_eq!(when.span(now), None);
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
            "7d ago",
            "yesterday",
            "2026-1",
            "2026-13",
            "2026-1-01",
            "2026-02-30",
            "99999999999999999999d",
            "é",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }

    #[test]
    fn m_alone_is_refused_as_it_may_be_minutes_or_months() {
        for text in ["1m", "90m", "1h30m"] {
            for problem in [text.parse::<When>().err(), text.parse::<Age>().err()] {
                assert!(problem.expect(text).contains("write `min` or `mo`"), "{text}");
            }
        }
    }

    #[test]
    fn ages_have_lengths_and_are_shown_as_typed() {
        let age = |text: &str| text.parse::<Age>().expect(text);
        assert_eq!(
            [age("24h"), age("1d"), age("1w"), age("1mo")].map(Age::seconds),
            [86_400, 86_400, 604_800, 2_678_400]
        );
        for text in ["2h", "7d", "1mo", "4w"] {
            assert_eq!(age(text).to_string(), text);
        }
    }
}
