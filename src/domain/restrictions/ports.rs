//! How the restrictions registry is filled; who asks it about a person asks the store.

use super::self_restriction::SelfRestriction;
use super::{PersonKey, Restriction, Source, Version};
use crate::domain::kernel::id::{GrantId, PlayerId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use async_trait::async_trait;
use std::collections::HashSet;

type Result<T> = std::result::Result<T, StoreError>;

/// What people restricted themselves to. Nothing changes it or takes it back.
#[async_trait]
pub trait SelfRestrictions: Send {
    /// Keeps one; it counts from this transaction on.
    async fn insert_self_restriction(&mut self, restriction: &SelfRestriction) -> Result<()>;
    /// Those of a player that could be taken back at `now`, the oldest first.
    async fn revocable_self_restrictions(&mut self, player: PlayerId, now: Timestamp) -> Result<Vec<SelfRestriction>>;
    /// Keeps that one was taken back; [`StoreError::Conflict`] when it was before, cannot be, or not any more.
    async fn end_self_restriction(&mut self, restriction: &SelfRestriction) -> Result<()>;
    /// Until when the player has restricted themselves, at the latest; a time that is past when they are free.
    async fn self_restricted_until(&mut self, player: PlayerId) -> Result<Option<Timestamp>>;
}

/// A record of a source: whose, and the source's own key of it.
pub type RecordKey = (PersonKey, String);

/// How versions of what a source says come in, count, and go. A row counts in version `v` when a version from `v.base` to `v`
/// brought it and none up to `v` took it away.
#[async_trait]
pub trait RestrictionVersions: Send {
    /// Every source of which a version counts.
    async fn list_sources(&mut self) -> Result<Vec<Source>>;
    /// Holds a source, where there is one, until this transaction ends: whoever changes what counts holds it before its versions,
    /// as [`RestrictionVersions::insert_version`] does, so that no two wait for each other.
    async fn hold_source(&mut self, source: &str) -> Result<()>;
    /// All versions of a source, the newest first.
    async fn list_versions(&mut self, source: &str) -> Result<Vec<Version>>;
    /// Keeps a new one; [`StoreError::Conflict`] when its number is taken.
    async fn insert_version(&mut self, version: &Version) -> Result<()>;
    /// Keeps it as it is now.
    async fn update_version(&mut self, version: &Version) -> Result<()>;
    /// Says that its rows are still coming in, and how many came; [`StoreError::Conflict`] when it is no longer staged.
    async fn touch_version(&mut self, version: &Version) -> Result<()>;
    /// Brings rows with `version`; [`StoreError::Conflict`], which ends the transaction, when a record comes twice.
    async fn add_version_rows(&mut self, version: &Version, rows: &[(PersonKey, Restriction)]) -> Result<()>;
    /// Takes away with `version` what it would have of the version before; those that were there.
    async fn withdraw_version_rows(&mut self, version: &Version, records: &[RecordKey]) -> Result<HashSet<RecordKey>>;
    /// Lets `version` count from now on: in this transaction, all its rows at once.
    async fn activate_version(&mut self, version: &Version) -> Result<()>;
    /// Rows that count in `version`, of the people from `first` to `last`, both included.
    async fn counting_rows(
        &mut self,
        version: &Version,
        first: PersonKey,
        last: PersonKey,
    ) -> Result<Vec<(PersonKey, Restriction)>>;
    /// Undoes what `version` brought and took of the people from `first` to `last`, both included.
    async fn undo_rows(&mut self, version: &Version, first: PersonKey, last: PersonKey) -> Result<u64>;
    /// Removes rows of the people from `first` to `last` that came with one of `versions`, which are all of a source up to
    /// some moment, and count in none of those whose rows must stay.
    async fn remove_rows(&mut self, versions: &[Version], first: PersonKey, last: PersonKey) -> Result<u64>;
}

/// Keys under which the registry finds people. A further one is wrapped around those before, and rows are moved to it (ADR 28).
#[async_trait]
pub trait RegistryKeys: Send {
    /// Says that the newest key is in use: who does not have it must refuse from now on.
    async fn announce_key(&mut self) -> Result<()>;
    /// Moves at most `limit` of the grants that stand at `now`, by their ids after `after`, to the newest key; those that were moved.
    async fn rekey_grants(&mut self, now: Timestamp, after: Option<GrantId>, limit: u32) -> Result<Vec<GrantId>>;
    /// Moves at most `limit` self-restrictions to the newest key; returns how many.
    async fn rekey_self_restrictions(&mut self, limit: u32) -> Result<u64>;
}
