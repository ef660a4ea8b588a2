//! Whom a version would free: people whom the one that counts restricts, and it does not.

use std::collections::HashSet;

use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::ports::RestrictionVersions;
use crate::domain::restrictions::{Freed, PersonKey, Version, VersionState};

/// About so many rows are looked at. Keys are hashes that a source cannot choose, so the people of one range stand for all.
const SAMPLE: u64 = 20_000;

/// Of the people whom the version that counts restricts at `now`, those whom `next`, staged whole, would not. `None` where nothing
/// counts, or where the two know people by different keys.
pub(super) async fn freed(
    unit: &mut (impl RestrictionVersions + ?Sized),
    versions: &[Version],
    next: &Version,
    now: Timestamp,
) -> Result<Option<Freed>, StoreError> {
    let Some(current) = Version::in_state(versions, VersionState::Current) else { return Ok(None) };
    if current.key_generation != next.key_generation {
        return Ok(None);
    }
    let last = last_of(current.counts.rows.max(next.counts.rows).div_ceil(SAMPLE));
    let before = restricted(unit, current, last, now).await?;
    let after = restricted(unit, next, last, now).await?;
    Ok(Some(Freed { people: before.difference(&after).count() as u64, of: before.len() as u64 }))
}

async fn restricted(
    unit: &mut (impl RestrictionVersions + ?Sized),
    version: &Version,
    last: PersonKey,
    now: Timestamp,
) -> Result<HashSet<PersonKey>, StoreError> {
    let rows = unit.counting_rows(version, PersonKey([0; 32]), last).await?;
    Ok(rows.into_iter().filter(|(_, restriction)| restriction.is_active(now)).map(|(person, _)| person).collect())
}

/// Where the first of so many equal ranges of keys ends.
fn last_of(ranges: u64) -> PersonKey {
    let mut last = [0xff; 32];
    last[..8].copy_from_slice(&(u64::MAX / ranges.max(1)).to_be_bytes());
    PersonKey(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_its_share_of_all_keys() {
        assert_eq!(last_of(0), PersonKey([0xff; 32]));
        assert_eq!(last_of(1), PersonKey([0xff; 32]));
        assert_eq!(last_of(2).0[..2], [0x7f, 0xff]);
        assert_eq!(last_of(256).0[..3], [0x00, 0xff, 0xff]);
    }
}
