//! When the sample partners were created: spread over the years, each a little later than the one before.

use super::random::mix;

/// 2015-03-02T08:00:00Z, in milliseconds since 1970: nobody was created before.
const FIRST: u64 = 1_425_283_200_000;

/// 2025-12-01T00:00:00Z: nobody was created after.
const LAST: u64 = 1_764_547_200_000;

const DAY: u64 = 86_400_000;

/// When partner `number` of `count` was created, in ISO 8601, so that text order is time order.
///
/// Chance moves a moment by less than half the distance to the next one, which keeps them apart. The milliseconds are
/// always odd: none is the moment of the documentation's partner, whose milliseconds are zero.
pub fn moment(number: usize, count: usize) -> String {
    let number = number as u64;
    let distance = (LAST - FIRST) / (count as u64).max(1);
    let shift = mix(number) % (distance / 2).max(1);
    iso_8601((FIRST + number * distance + shift) | 1)
}

fn iso_8601(moment: u64) -> String {
    let (year, month, day) = date(moment / DAY);
    let (seconds, milliseconds) = (moment % DAY / 1000, moment % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
}

/// Year, month and day, from days since 1970, after Howard Hinnant's `civil_from_days`.
///
/// Years start in March there, so that the leap day is a year's last day.
fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_FROM_MARCH_OF_YEAR_0_TO_1970: u64 = 719_468;
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
        assert_eq!(iso_8601(FIRST), "2015-03-02T08:00:00.000Z");
        assert_eq!(iso_8601(LAST), "2025-12-01T00:00:00.000Z");
        assert_eq!(iso_8601(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso_8601(1_716_229_957_000), "2024-05-20T18:32:37.000Z");
        assert_eq!(iso_8601(1_735_689_599_999), "2024-12-31T23:59:59.999Z");
    }

    #[test]
    fn moments_rise_strictly_and_stay_within_the_years() {
        for count in [1, 2, 250, 100_000] {
            let moments: Vec<_> = (0..count).map(|number| moment(number, count)).collect();
            assert!(moments.is_sorted_by(|a, b| a < b), "{count}");
            assert!(moments.iter().all(|moment| ("2015".."2026").contains(&moment.as_str())), "{count}");
        }
        let million = 1_000_000;
        assert!(moment(million - 2, million) < moment(million - 1, million));
    }
}
