//! What counts no more goes away, a range of people at a time, so that nobody waits long; cut short, it is gone on with.

use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;
use crate::domain::restrictions::{PersonKey, Version, VersionState};

/// About so many rows in one transaction.
const AT_ONCE: u64 = 5_000;
const MAX_RANGES: u64 = 65_536;
/// The job that tidies all sources: asked for by whoever has decided and need not wait.
pub const TIDY_JOB: &str = "superseded-restrictions";

/// Undoes versions that were discarded and removes rows that only superseded ones had; `progress` hears how far it is, of how
/// much.
pub async fn tidy(
    store: &dyn Store,
    source: &str,
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<(), StoreError> {
    let mut versions = store.read().await?.list_versions(source).await?;
    let ranges = ranges(&versions);
    let is = |state| move |version: &&Version| version.state == state;
    let discarded: Vec<Version> = versions.iter().filter(is(VersionState::Discarded)).cloned().collect();
    let superseded = versions.iter().any(|version| version.state == VersionState::Superseded);
    let of = (discarded.len() as u64 + u64::from(superseded)) * ranges.len() as u64;
    let mut done = 0;
    for version in &discarded {
        for (first, last) in &ranges {
            let mut unit = store.begin().await?;
            unit.undo_rows(version, *first, *last).await?;
            unit.commit().await?;
            done += 1;
            progress(done, of);
        }
    }
    mark_removed(store, &mut versions, VersionState::Discarded).await?;
    if superseded {
        for (first, last) in &ranges {
            let mut unit = store.begin().await?;
            unit.remove_rows(&versions, *first, *last).await?;
            unit.commit().await?;
            done += 1;
            progress(done, of);
        }
        mark_removed(store, &mut versions, VersionState::Superseded).await?;
    }
    Ok(())
}

async fn mark_removed(store: &dyn Store, versions: &mut [Version], state: VersionState) -> Result<(), StoreError> {
    if versions.iter().all(|version| version.state != state) {
        return Ok(());
    }
    let mut unit = store.begin().await?;
    for version in versions.iter_mut().filter(|version| version.state == state) {
        version.state = VersionState::Removed;
        unit.update_version(version).await?;
    }
    unit.commit().await
}

/// All keys, in ranges of about [`AT_ONCE`] rows: keys are spread evenly.
pub(super) fn ranges(versions: &[Version]) -> Vec<(PersonKey, PersonKey)> {
    let there = |version: &&Version| version.state != VersionState::Removed;
    let rows: u64 = versions.iter().filter(there).map(|version| version.counts.rows.max(version.counts.added)).sum();
    let count = rows.div_ceil(AT_ONCE).clamp(1, MAX_RANGES);
    let key = |place: u64, rest: u8| {
        let mut key = [rest; 32];
        key[..4].copy_from_slice(&u32::try_from(place).unwrap_or(u32::MAX).to_be_bytes());
        PersonKey(key)
    };
    let from = |place: u64| (place << 32) / count;
    (0..count).map(|place| (key(from(place), 0), key(from(place + 1) - 1, 0xff))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::time::Timestamp;
    use crate::domain::restrictions::{Counts, VersionKind};

    #[test]
    fn ranges_cover_every_key_once() {
        for rows in [0, 1, 12_345, 5_000_000, u64::MAX / 2] {
            let at = Timestamp::from_seconds(0);
            let version = Version::next("debtors", &[], VersionKind::Snapshot, (at, std::time::Duration::ZERO), at);
            let ranges = ranges(&[Version { counts: Counts { rows, ..Counts::default() }, ..version }]);
            assert_eq!(ranges[0].0, PersonKey([0; 32]));
            assert_eq!(ranges[ranges.len() - 1].1, PersonKey([0xff; 32]));
            for pair in ranges.windows(2) {
                let (last, first) = (pair[0].1.0, pair[1].0.0);
                let number = |key: [u8; 32]| u32::from_be_bytes([key[0], key[1], key[2], key[3]]);
                assert_eq!(number(last) + 1, number(first));
                assert!(last[4..].iter().all(|byte| *byte == 0xff) && first[4..].iter().all(|byte| *byte == 0));
            }
        }
    }
}
