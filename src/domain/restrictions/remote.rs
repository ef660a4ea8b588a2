//! Registries that are asked about one person at a time.

use super::Restriction;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::time::Timestamp;
use async_trait::async_trait;
use std::time::Duration;

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
