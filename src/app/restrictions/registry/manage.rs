//! What a person does with versions: lets one count that waits, drops it, goes back a step.

use std::time::Duration;

use serde_json::{Value, json};

use super::tidy::tidy;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::domain::restrictions::ports::RestrictionVersions;
use crate::domain::restrictions::{Position, Restriction, Source, Version, VersionKind, VersionState};

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManageError {
    /// None of its versions waits.
    #[error("no version of source {0} waits for a person")]
    NothingWaits(String),
    /// There is no step back.
    #[error("source {0} has no version to go back to; the one before the last is kept, and only one step")]
    NoPrevious(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets the version that waits count from now on; `details` say who decided.
pub async fn release(
    store: &dyn Store,
    clock: &dyn Clock,
    source: &str,
    details: Value,
) -> Result<Version, ManageError> {
    let mut unit = store.begin().await?;
    let released = release_version(unit.as_mut(), source, None, details, clock.now()).await?;
    unit.commit().await?;
    Ok(released)
}

/// The same within a transaction: of this version, where one is named; `details` say who decided.
pub async fn release_version(
    unit: &mut (impl AuditLog + RestrictionVersions + ?Sized),
    source: &str,
    number: Option<u32>,
    details: Value,
    now: Timestamp,
) -> Result<Version, ManageError> {
    let versions = unit.list_versions(source).await?;
    let waits = named(waiting(&versions, source)?, number)?;
    let looked_at = Version { released: true, ..waits };
    let released = activate_version(unit, &versions, looked_at, now).await?;
    unit.append_audit(&event(AuditKind::RegistryReleased, &released, details, now)).await?;
    Ok(released)
}

/// Drops the version that waits; `details` say who decided.
pub async fn discard(
    store: &dyn Store,
    clock: &dyn Clock,
    source: &str,
    details: Value,
) -> Result<Version, ManageError> {
    let mut unit = store.begin().await?;
    let dropped = discard_version(unit.as_mut(), source, None, details, clock.now()).await?;
    unit.commit().await?;
    Ok(dropped)
}

/// The same within a transaction: of this version, where one is named.
pub async fn discard_version(
    unit: &mut (impl AuditLog + RestrictionVersions + ?Sized),
    source: &str,
    number: Option<u32>,
    details: Value,
    now: Timestamp,
) -> Result<Version, ManageError> {
    let versions = unit.list_versions(source).await?;
    let waits = named(waiting(&versions, source)?, number)?;
    let dropped = Version { state: VersionState::Discarded, released: true, ..waits };
    unit.update_version(&dropped).await?;
    unit.append_audit(&event(AuditKind::RegistryDiscarded, &dropped, details, now)).await?;
    Ok(dropped)
}

/// Goes back to the version before, with its age: where that is past its limit, everybody is refused until a new one comes.
/// `details` say who decided.
pub async fn roll_back(
    store: &dyn Store,
    clock: &dyn Clock,
    source: &str,
    details: Value,
) -> Result<Version, ManageError> {
    let mut unit = store.begin().await?;
    let back = roll_back_version(unit.as_mut(), source, None, details, clock.now()).await?;
    unit.commit().await?;
    Ok(back)
}

/// The same within a transaction: from this version to that one, where they are named.
pub async fn roll_back_version(
    unit: &mut (impl AuditLog + RestrictionVersions + ?Sized),
    source: &str,
    numbers: Option<(u32, u32)>,
    details: Value,
    now: Timestamp,
) -> Result<Version, ManageError> {
    unit.hold_source(source).await?;
    let versions = unit.list_versions(source).await?;
    let (current, previous) = step_back(&versions, source)?;
    if numbers.is_some_and(|seen| seen != (current.number, previous.number)) {
        // Another counts since: nobody has said yes to leaving that one.
        return Err(ManageError::NoPrevious(source.to_owned()));
    }
    // What waits was compared with what is left behind.
    for left in [Some(current), Version::in_state(&versions, VersionState::Quarantined)].into_iter().flatten() {
        let left = Version { state: VersionState::Discarded, counted_at: None, released: true, ..left.clone() };
        unit.update_version(&left).await?;
    }
    let back = Version { state: VersionState::Current, counted_at: Some(now), released: true, ..previous.clone() };
    unit.update_version(&back).await?;
    unit.activate_version(&back).await?;
    let mut details = details;
    details["from"] = json!(current.number);
    unit.append_audit(&event(AuditKind::RegistryRolledBack, &back, details, now)).await?;
    Ok(back)
}

/// Puts a few rows in place of all that a source said, without an event: a demo's own, or a test's.
pub async fn put(store: &dyn Store, source: &Source, rows: &[(Iin, Restriction)]) -> Result<(), StoreError> {
    let mut unit = store.begin().await?;
    let versions = unit.list_versions(&source.name).await?;
    let trust = (source.refreshed_at, source.max_age);
    let mut version = Version::next(&source.name, &versions, VersionKind::Snapshot, trust, source.refreshed_at);
    version.counts.rows = rows.len() as u64;
    version.counts.added = version.counts.rows;
    version.key_generation = store.key_generation();
    let keyed =
        rows.iter().map(|(iin, restriction)| Ok((store.person_key(iin, version.key_generation)?, restriction.clone())));
    let keyed: Vec<_> = keyed.collect::<Result<_, StoreError>>()?;
    unit.insert_version(&version).await?;
    unit.add_version_rows(&version, &keyed).await?;
    activate_version(unit.as_mut(), &versions, version, source.refreshed_at).await?;
    unit.commit().await?;
    tidy(store, &source.name, |_, _| ()).await
}

/// The version counts from the end of this transaction on; what counted is a step back, and what was that, is superseded.
pub(super) async fn activate_version(
    unit: &mut (impl RestrictionVersions + ?Sized),
    versions: &[Version],
    version: Version,
    now: Timestamp,
) -> Result<Version, StoreError> {
    unit.hold_source(&version.source).await?;
    for (from, to) in
        [(VersionState::Previous, VersionState::Superseded), (VersionState::Current, VersionState::Previous)]
    {
        if let Some(before) = Version::in_state(versions, from) {
            unit.update_version(&Version { state: to, ..before.clone() }).await?;
        }
    }
    let current = Version { state: VersionState::Current, counted_at: Some(now), ..version };
    unit.update_version(&current).await?;
    unit.activate_version(&current).await?;
    Ok(current)
}

/// The version that counts is confirmed: it is as fresh as `as_of`, and its source goes on from `position`.
pub(super) async fn confirm(
    unit: &mut (impl AuditLog + RestrictionVersions + ?Sized),
    current: &Version,
    (as_of, max_age): (Timestamp, Duration),
    position: Position,
    now: Timestamp,
) -> Result<Version, StoreError> {
    unit.hold_source(&current.source).await?;
    let confirmed = Version { as_of, max_age, position, ..current.clone() };
    unit.update_version(&confirmed).await?;
    unit.activate_version(&confirmed).await?;
    let event = event(AuditKind::RegistryImported, &confirmed, json!({ "unchanged": true }), now);
    unit.append_audit(&event).await?;
    Ok(confirmed)
}

/// Which version counts, and which one may be gone back to.
pub fn step_back<'a>(versions: &'a [Version], source: &str) -> Result<(&'a Version, &'a Version), ManageError> {
    let current = Version::in_state(versions, VersionState::Current);
    let previous = Version::in_state(versions, VersionState::Previous);
    current.zip(previous).ok_or_else(|| ManageError::NoPrevious(source.to_owned()))
}

/// The version where it is the one that is meant: another has come since, at which nobody has looked.
fn named(waits: Version, number: Option<u32>) -> Result<Version, ManageError> {
    if number.is_some_and(|number| number != waits.number) {
        return Err(ManageError::NothingWaits(waits.source));
    }
    Ok(waits)
}

/// The version that waits for a person.
fn waiting(versions: &[Version], source: &str) -> Result<Version, ManageError> {
    let waiting = Version::in_state(versions, VersionState::Quarantined).cloned();
    waiting.ok_or_else(|| ManageError::NothingWaits(source.to_owned()))
}

/// What the log says of a version; `more` beside it.
pub(super) fn event(kind: AuditKind, version: &Version, more: Value, at: Timestamp) -> NewAuditEvent {
    let mut details = json!({
        "version": version.number,
        "kind": version.kind.as_str(),
        "sha256": version.sha256,
        "rows": version.counts.rows,
        "added": version.counts.added,
        "removed": version.counts.removed,
        "refused": version.counts.refused,
        "as_of": version.as_of.rfc3339(),
        "max_age_seconds": version.max_age.as_secs(),
    });
    if let (Value::Object(details), Value::Object(more)) = (&mut details, more) {
        details.extend(more);
    }
    NewAuditEvent { kind, at, subject: version.source.clone(), details }
}
