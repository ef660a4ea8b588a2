//! Standing grants of people who are restricted, found without looking at everybody each time.

use async_trait::async_trait;

use super::repositories::StoreError;
use crate::domain::grant::Grant;
use crate::domain::id::GrantId;
use crate::domain::time::Timestamp;

type Result<T> = std::result::Result<T, StoreError>;

/// What the registry holds: two marks are equal when nothing came and nothing went between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryMark(pub String);

/// Grants that stand though they should not.
#[async_trait]
pub trait RestrictedGrants {
    /// What the registry holds by now.
    async fn registry_mark(&mut self) -> Result<RegistryMark>;
    /// When the next restriction begins after `now`, of those that count.
    async fn next_restriction(&mut self, now: Timestamp) -> Result<Option<Timestamp>>;
    /// When the last of the first `count` grants expires that stand and expire from `from` on; `None` when there are fewer.
    async fn expiry_of_standing(&mut self, from: Timestamp, count: u32) -> Result<Option<Timestamp>>;
    /// Those that stand at `now`, expire from `from` to `through` (to the last one without it), and whose person an active
    /// restriction names.
    async fn restricted_grants(
        &mut self,
        now: Timestamp,
        from: Timestamp,
        through: Option<Timestamp>,
    ) -> Result<Vec<Grant>>;
    /// The same of those from `first` on, by id and so by age.
    async fn restricted_grants_since(&mut self, now: Timestamp, first: GrantId) -> Result<Vec<Grant>>;
}
