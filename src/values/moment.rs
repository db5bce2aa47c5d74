//! Moments as text, in ISO 8601 as the API and RFC 3339 have it, in UTC.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds of a day.
const DAY: u64 = 86_400_000;

pub fn now() -> String {
    // A clock that stands before 1970 is wrong anyway.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    iso_8601(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A moment of whole seconds, from 1970 to the end of the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

/// The last second that has a year of four digits.
const LAST: u64 = 253_402_300_799;

/// Seconds of a day.
const DAY_SECONDS: u64 = DAY / 1000;

impl Moment {
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(since.as_secs().min(LAST))
    }

    /// So long before; never before 1970.
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration.as_secs()))
    }

    /// So long after.
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_secs()).min(LAST))
    }

    /// How long it is since an earlier moment; nothing since a later one.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// The first second of its day.
    pub fn start_of_day(self) -> Self {
        Self(self.0 - self.0 % DAY_SECONDS)
    }

    /// The last second of its day.
    pub fn end_of_day(self) -> Self {
        Self(self.start_of_day().0 + DAY_SECONDS - 1)
    }

    /// The first second of a day given as `2026-11-01`, if there is such a day.
    pub fn of_day(text: &str) -> Option<Self> {
        let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
        let (year_from_march, month_from_march) =
            if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
        // The inverse of `date`.
        let days_of_years = 365 * year_from_march + year_from_march / 4 - year_from_march / 100 + year_from_march / 400;
        let days = days_of_years + (153 * month_from_march + 2) / 5 + day.checked_sub(1)?;
        let days = days.checked_sub(DAYS_FROM_MARCH_OF_YEAR_0_TO_1970)?;
        (date(days) == (year, month, day)).then_some(Self(days * DAY_SECONDS))
    }
}

/// As in RFC 3339, with any offset; a fraction of a second is cut off.
impl FromStr for Moment {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (day, time) = text.split_at_checked(10).ok_or(())?;
        let day = Self::of_day(day).ok_or(())?;
        let time = time.strip_prefix(['T', 't', ' ']).ok_or(())?;
        let zone = time.find(['Z', 'z', '+', '-']).ok_or(())?;
        let (time, zone) = time.split_at(zone);
        let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
        let [hour, minute, second] = numbers(time, ':', [2, 2, 2]).filter(|_| is_fraction).ok_or(())?;
        if hour > 23 || minute > 59 || second > 60 {
            return Err(());
        }
        let local = day.0 + hour * 3600 + minute * 60 + second.min(59);
        let utc = match zone {
            "Z" | "z" => Some(local),
            _ => {
                let [hours, minutes] = numbers(&zone[1..], ':', [2, 2]).filter(|[h, m]| *h < 24 && *m < 60).ok_or(())?;
                let offset = hours * 3600 + minutes * 60;
                if zone.starts_with('+') { local.checked_sub(offset) } else { Some(local + offset) }
            }
        };
        utc.filter(|utc| *utc <= LAST).map(Self).ok_or(())
    }
}

/// Numbers of so many digits each, between separators.
fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[u64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = part.parse().ok().filter(|_| is_number)?;
    }
    parts.next().is_none().then_some(numbers)
}

/// As in RFC 3339, in UTC, such as `2026-11-12T02:00:03Z`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (year, month, day) = date(self.0 / DAY_SECONDS);
        let (hour, minute, second) = (self.0 / 3600 % 24, self.0 / 60 % 60, self.0 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

const DAYS_FROM_MARCH_OF_YEAR_0_TO_1970: u64 = 719_468;

/// A moment given in milliseconds since 1970.
pub fn iso_8601(moment: u64) -> String {
    let (year, month, day) = date(moment / DAY);
    let (seconds, milliseconds) = (moment % DAY / 1000, moment % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
}

/// Year, month and day, from days since 1970, after Howard Hinnant's `civil_from_days`.
///
/// Years start in March there, so that the leap day is a year's last day.
fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_OF_400_YEARS: u64 = 146_097;
    let days = days + DAYS_FROM_MARCH_OF_YEAR_0_TO_1970;
    let (era, day_of_era) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (400 * era + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_iso_8601_with_milliseconds() {
        assert_eq!(iso_8601(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso_8601(1_425_283_200_000), "2015-03-02T08:00:00.000Z");
        assert_eq!(iso_8601(1_764_547_200_000), "2025-12-01T00:00:00.000Z");
        assert_eq!(iso_8601(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso_8601(1_716_229_957_000), "2024-05-20T18:32:37.000Z");
        assert_eq!(iso_8601(1_735_689_599_999), "2024-12-31T23:59:59.999Z");
    }

    #[test]
    fn moments_are_read_as_rfc_3339_has_them_and_written_in_utc() {
        for (text, expected) in [
            ("2026-11-12T02:00:03Z", "2026-11-12T02:00:03Z"),
            ("2026-11-12t02:00:03.999z", "2026-11-12T02:00:03Z"),
            ("2026-11-12 02:00:03+01:30", "2026-11-12T00:30:03Z"),
            ("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
            ("9999-12-31T23:59:60Z", "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(text.parse::<Moment>().expect(text).to_string(), expected);
        }
        for text in [
            "",
            "2026-11-12",
            "2026-11-12T02:00:03",
            "2026-11-12T02:00Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-11-00T00:00:00Z",
            "2026-11-31T00:00:00Z",
            "2026-11-12T24:00:00Z",
            "2026-11-12T02:00:03.Z",
            "2026-11-12T02:00:03Zx",
            "2026-11-12T02:00:03+0130",
            "+026-11-12T02:00:03Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "2026-11-1€T02:00:03Z",
            "0000-01-01T00:00:00Z",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(()), "{text}");
        }
    }

    #[test]
    fn every_day_is_read_as_it_is_written() {
        for days in (0..2_932_896).step_by(97) {
            let day = Moment(days * DAY_SECONDS);
            assert_eq!(Moment::of_day(&day.to_string()[..10]), Some(day));
        }
    }
}
