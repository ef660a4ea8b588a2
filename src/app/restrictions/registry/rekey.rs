//! The registry is moved to a further key: what finds a person is hashed once more, source by source, as a version of its own. Cut
//! short, it is gone on with.

use std::io;

use serde_json::json;

use super::file::Change;
use super::import::DEAD_AFTER;
use super::import::sorted::{SortedRow, Sorter};
use super::manage::event;
use super::tidy::{ranges, tidy};
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;
use crate::domain::restrictions::{Counts, PersonKey, Restriction, Version, VersionState};

/// Grants and self-restrictions of one transaction.
const AT_ONCE: u32 = 500;
/// Rows of sources in one transaction.
const ROWS_AT_ONCE: usize = 5_000;
/// About so long is a row that is put aside, bytes.
const ROW_BYTES: u64 = 128;

/// What was moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rekeyed {
    /// The number of the key.
    pub generation: u32,
    /// Sources that were moved, with their rows.
    pub sources: Vec<(String, u64)>,
    /// Grants.
    pub grants: u64,
    /// Self-restrictions.
    pub self_restrictions: u64,
}

/// Why the registry is not wholly moved; what was until then stays moved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RekeyError {
    /// There is but the first key.
    #[error(
        "the key file has no further key of the registry: put one behind `registry`, in the key file of every replica"
    )]
    NoKey,
    /// It is more than one key behind.
    #[error("source {0} is more than one key behind: take the last ones out again, and add one at a time")]
    TooFarBehind(String),
    /// A version waits for a person, and builds on rows under the older key.
    #[error("version {1} of source {0} waits for a person; release or discard it first")]
    Waits(String, u32),
    /// Somebody imports it.
    #[error("source {0} is being imported; an import that died is out of the way after {DEAD_AFTER:?}")]
    UnderWay(String),
    /// Another version came to count meanwhile.
    #[error("another version of source {0} has come to count meanwhile; begin again")]
    Overtaken(String),
    /// Rows could not be put aside.
    #[error("rows cannot be put aside in the folder for temporary files: {0}")]
    Scratch(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<io::Error> for RekeyError {
    fn from(error: io::Error) -> Self {
        Self::Scratch(error.to_string())
    }
}

/// Moves all that is not under the newest key yet; `progress` hears of which source how many rows are done, of how many.
pub async fn rekey(
    store: &dyn Store,
    clock: &dyn Clock,
    mut progress: impl FnMut(&str, u64, u64) + Send,
) -> Result<Rekeyed, RekeyError> {
    let generation = store.key_generation();
    if generation == 0 {
        return Err(RekeyError::NoKey);
    }
    let mut done = Rekeyed { generation, ..Rekeyed::default() };
    let sources = store.read().await?.list_sources().await?;
    for source in &sources {
        expect_near(store, &source.name, generation).await?;
    }
    let mut unit = store.begin().await?;
    unit.announce_key().await?;
    unit.commit().await?;
    // Grants first: they are found by the keys before, too, and sources then move to what all of them have.
    done.grants += rekey_grants(store, clock).await?;
    done.self_restrictions += rekey_self_restrictions(store).await?;
    for source in &sources {
        if let Some(rows) = rekey_source(store, clock, &source.name, &mut progress).await? {
            done.sources.push((source.name.clone(), rows));
        }
    }
    // A replica that did not have the key yet may have made some meanwhile.
    done.grants += rekey_grants(store, clock).await?;
    done.self_restrictions += rekey_self_restrictions(store).await?;
    Ok(done)
}

async fn expect_near(store: &dyn Store, source: &str, generation: u32) -> Result<(), RekeyError> {
    let versions = store.read().await?.list_versions(source).await?;
    let current = Version::in_state(&versions, VersionState::Current);
    let far = current.is_some_and(|current| current.key_generation + 1 < generation);
    if far { Err(RekeyError::TooFarBehind(source.to_owned())) } else { Ok(()) }
}

async fn rekey_grants(store: &dyn Store, clock: &dyn Clock) -> Result<u64, StoreError> {
    let (mut moved, mut last) = (0, None);
    loop {
        let mut unit = store.begin().await?;
        let ids = unit.rekey_grants(clock.now(), last, AT_ONCE).await?;
        unit.commit().await?;
        moved += ids.len() as u64;
        match ids.last() {
            Some(id) => last = Some(*id),
            None => return Ok(moved),
        }
    }
}

async fn rekey_self_restrictions(store: &dyn Store) -> Result<u64, StoreError> {
    let mut moved = 0;
    loop {
        let mut unit = store.begin().await?;
        let some = unit.rekey_self_restrictions(AT_ONCE).await?;
        unit.commit().await?;
        moved += some;
        if some == 0 {
            return Ok(moved);
        }
    }
}

/// Moves the version of a source that counts; how many rows, `None` when there was nothing to do.
async fn rekey_source(
    store: &dyn Store,
    clock: &dyn Clock,
    source: &str,
    progress: &mut (impl FnMut(&str, u64, u64) + Send),
) -> Result<Option<u64>, RekeyError> {
    let Some((current, mut version)) = begin(store, clock, source).await? else { return Ok(None) };
    let of = current.counts.rows;
    let mut sorter = Sorter::new(source, of.saturating_mul(ROW_BYTES))?;
    for (first, last) in ranges(std::slice::from_ref(&current)) {
        let rows = store.read().await?.counting_rows(&current, first, last).await?;
        for (person, restriction) in rows {
            let person = store.rekeyed(person, current.key_generation)?;
            sorter.push(SortedRow { person, line: 0, unproven_zeros: 0, change: Change::Add(restriction) })?;
        }
    }
    for bucket in sorter.finish()? {
        let rows = bucket.rows()?;
        for chunk in rows.chunks(ROWS_AT_ONCE) {
            let brought: Vec<(PersonKey, Restriction)> = chunk.iter().filter_map(added).collect();
            version.counts.added += brought.len() as u64;
            version.touched_at = clock.now();
            let mut unit = store.begin().await?;
            unit.touch_version(&version).await?;
            unit.add_version_rows(&version, &brought).await?;
            unit.commit().await?;
            progress(source, version.counts.added, of);
        }
    }
    version.counts.rows = version.counts.added;
    finish(store, clock, &current, &version).await?;
    tidy(store, source, |_, _| ()).await?;
    Ok(Some(version.counts.rows))
}

fn added(row: &SortedRow) -> Option<(PersonKey, Restriction)> {
    match &row.change {
        Change::Add(restriction) => Some((row.person, restriction.clone())),
        Change::Remove(_) => None,
    }
}

/// The version that counts, and a copy of it to be filled, when it is under an older key.
async fn begin(store: &dyn Store, clock: &dyn Clock, source: &str) -> Result<Option<(Version, Version)>, RekeyError> {
    let now = clock.now();
    let mut unit = store.begin().await?;
    let versions = unit.list_versions(source).await?;
    let in_state = |state| Version::in_state(&versions, state);
    let generation = store.key_generation();
    let Some(current) = in_state(VersionState::Current).filter(|current| current.key_generation < generation) else {
        return Ok(None);
    };
    if let Some(waiting) = in_state(VersionState::Quarantined) {
        return Err(RekeyError::Waits(source.to_owned(), waiting.number));
    }
    if let Some(staging) = in_state(VersionState::Staging) {
        if now.since(staging.touched_at) < DEAD_AFTER {
            return Err(RekeyError::UnderWay(source.to_owned()));
        }
        unit.update_version(&Version { state: VersionState::Discarded, ..staging.clone() }).await?;
    }
    let next = Version::next(source, &versions, current.kind, (current.as_of, current.max_age), now);
    // All that it says, in rows of its own, whatever it was made of: what its source goes on from stays.
    let version = Version {
        base: next.number,
        sha256: current.sha256.clone(),
        report: current.report.clone(),
        position: current.position.clone(),
        counts: Counts { refused: current.counts.refused, ..Counts::default() },
        key_generation: generation,
        ..next
    };
    unit.insert_version(&version).await?;
    unit.commit().await?;
    Ok(Some((current.clone(), version)))
}

/// It counts, and there is no step back: what lies under the older key goes.
async fn finish(store: &dyn Store, clock: &dyn Clock, from: &Version, version: &Version) -> Result<(), RekeyError> {
    let mut unit = store.begin().await?;
    let versions = unit.list_versions(&version.source).await?;
    let stands = |number, state| versions.iter().any(|known| known.number == number && known.state == state);
    if !stands(from.number, VersionState::Current) || !stands(version.number, VersionState::Staging) {
        unit.update_version(&Version { state: VersionState::Discarded, ..version.clone() }).await?;
        unit.commit().await?;
        return Err(RekeyError::Overtaken(version.source.clone()));
    }
    for state in [VersionState::Current, VersionState::Previous] {
        if let Some(before) = Version::in_state(&versions, state) {
            unit.update_version(&Version { state: VersionState::Superseded, ..before.clone() }).await?;
        }
    }
    // As fresh as the source was made meanwhile, if it was confirmed.
    let confirmed = Version::in_state(&versions, VersionState::Current).unwrap_or(from);
    let current = Version {
        state: VersionState::Current,
        as_of: confirmed.as_of,
        max_age: confirmed.max_age,
        position: confirmed.position.clone(),
        counted_at: Some(clock.now()),
        ..version.clone()
    };
    unit.update_version(&current).await?;
    unit.activate_version(&current).await?;
    let told: NewAuditEvent = event(
        AuditKind::RegistryRekeyed,
        &current,
        json!({ "from": from.number, "key_generation": current.key_generation }),
        clock.now(),
    );
    unit.append_audit(&told).await?;
    unit.commit().await?;
    Ok(())
}
