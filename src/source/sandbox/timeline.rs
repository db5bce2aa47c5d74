//! When the sample partners were created: spread over the years, each a little later than the one before.

use crate::values::moment::iso_8601;

use super::random::mix;

/// 2015-03-02T08:00:00Z, in milliseconds since 1970: nobody was created before.
const FIRST: u64 = 1_425_283_200_000;

/// 2025-12-01T00:00:00Z: nobody was created after.
const LAST: u64 = 1_764_547_200_000;

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

#[cfg(test)]
mod tests {
    use super::*;

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
