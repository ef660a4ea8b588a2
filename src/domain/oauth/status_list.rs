//! Which grants have ended, as a list of bits that anyone may fetch and keep for seconds (Token Status List, IETF OAuth WG):
//! a token names its list and place, and a bit that is set means that it no longer stands.

use std::time::Duration;

use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::time::Timestamp;

/// Places of one list. Each day has a list of its own, so that a list is closed when its last grant has expired.
pub const PLACES: u32 = 1 << 20;
/// For so long a list may be kept by those who fetched it.
pub const TIME_TO_LIVE: Duration = Duration::from_secs(2);
/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// A place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StatusListIndex {
    /// The list: days since 1970, UTC.
    pub list: u32,
    /// The bit, below [`PLACES`].
    pub index: u32,
}

impl StatusListIndex {
    /// A place in the list of `now`, drawn: places in order would tell how many play, and who began after whom.
    pub fn draw(now: Timestamp, randomness: &dyn Randomness) -> Self {
        let mut bytes = [0; 4];
        randomness.fill(&mut bytes);
        // A power of two: every place is as likely as every other.
        Self { list: list_of(now), index: u32::from_le_bytes(bytes) % PLACES }
    }
}

/// The list of the day of `now`.
pub fn list_of(now: Timestamp) -> u32 {
    u32::try_from(now.seconds().div_euclid(DAY)).unwrap_or(0)
}

/// The bits of a list, the first in the lowest bit of the first byte; `ended` are the places that are set.
pub fn bits(ended: &[u32]) -> Vec<u8> {
    let mut bits = vec![0_u8; (PLACES / 8) as usize];
    for index in ended {
        if let Some(byte) = bits.get_mut((index / 8) as usize) {
            *byte |= 1 << (index % 8);
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;

    #[test]
    fn bits_stand_where_the_specification_has_them() {
        // Its example: 0xB9, 0xA3 for 1 0 0 1 1 1 0 1 1 1 0 0 0 1 0 1.
        let set = [0, 3, 4, 5, 7, 8, 9, 13, 15];
        assert_eq!(bits(&set)[..3], [0xB9, 0xA3, 0]);
        assert_eq!(bits(&[PLACES, u32::MAX]), vec![0; (PLACES / 8) as usize], "what lies outside sets nothing");
    }

    #[test]
    fn places_are_of_the_day_and_scattered() {
        let randomness = SeededRandomness::new(1);
        let now = Timestamp::from_seconds(10 * DAY + 5);
        let places: Vec<StatusListIndex> = (0..100).map(|_| StatusListIndex::draw(now, &randomness)).collect();
        assert!(places.iter().all(|place| place.list == 10 && place.index < PLACES));
        let high = places.iter().filter(|place| place.index >= PLACES / 2).count();
        assert!((25..75).contains(&high), "{high}");
    }
}
