//! How the restrictions registry is filled; who asks it about a person asks the [`Store`](super::Store).

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;

use super::repositories::StoreError;
use crate::domain::id::GrantId;
use crate::domain::person::Iin;
use crate::domain::restrictions::{PersonKey, Restriction, Source, Version};
use crate::domain::time::Timestamp;

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A record of a source: whose, and the source's own key of it.
pub type RecordKey = (PersonKey, String);

/// How versions of what a source says come in, count, and go. A row counts in version `v` when a version from `v.base` to `v`
/// brought it and none up to `v` took it away.
#[async_trait]
pub trait RestrictionVersions {
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
    async fn bring_rows(&mut self, version: &Version, rows: &[(PersonKey, Restriction)]) -> Result<()>;
    /// Takes away with `version` what it would have of the version before; those that were there.
    async fn take_rows(&mut self, version: &Version, records: &[RecordKey]) -> Result<HashSet<RecordKey>>;
    /// Lets `version` count from now on: in this transaction, all its rows at once.
    async fn let_count(&mut self, version: &Version) -> Result<()>;
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
pub trait RegistryKeys {
    /// Says that the newest key is in use: who does not have it must refuse from now on.
    async fn announce_key(&mut self) -> Result<()>;
    /// Moves at most `limit` of the grants that stand at `now`, by their ids after `after`, to the newest key; those that were moved.
    async fn rekey_grants(&mut self, now: Timestamp, after: Option<GrantId>, limit: u32) -> Result<Vec<GrantId>>;
    /// Moves at most `limit` self-restrictions to the newest key; returns how many.
    async fn rekey_self_restrictions(&mut self, limit: u32) -> Result<u64>;
}

/// What a registry that is asked about one person said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteAnswer {
    /// Every restriction of the person that it knows, active or not.
    pub restrictions: Vec<Restriction>,
    /// Of when it is, never ahead.
    pub as_of: Timestamp,
}

/// A registry did not answer, or not so that it can be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RemoteRegistryError(pub String);

/// A registry outside that is asked about one person at a time.
#[async_trait]
pub trait RemoteRegistry: Send + Sync {
    /// Its name as a source.
    fn name(&self) -> &str;
    /// How old what it says may be.
    fn max_age(&self) -> Duration;
    /// How long an answer may be given again instead of asking.
    fn reuse(&self) -> Duration;
    /// What it says of the person.
    async fn ask(&self, iin: &Iin) -> Result<RemoteAnswer, RemoteRegistryError>;
}
