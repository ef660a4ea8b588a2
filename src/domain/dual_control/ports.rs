//! What takes two of the staff.

use async_trait::async_trait;

use super::Proposal;
use crate::domain::kernel::id::MeasureId;
use crate::domain::kernel::store_error::StoreError;

type Result<T> = std::result::Result<T, StoreError>;

/// Proposals.
#[async_trait]
pub trait Proposals: Send {
    /// Keeps one.
    async fn insert_proposal(&mut self, proposal: &Proposal) -> Result<()>;
    /// One of them.
    async fn find_proposal(&mut self, id: MeasureId) -> Result<Option<Proposal>>;
    /// The newest first, at most `limit`; about one subject when given.
    async fn list_proposals(&mut self, subject: Option<&str>, limit: u32) -> Result<Vec<Proposal>>;
    /// Keeps what another said; [`StoreError::Conflict`] when somebody said something before.
    async fn settle_proposal(&mut self, proposal: &Proposal) -> Result<()>;
    /// Keeps that it was fetched for the first time; [`StoreError::Conflict`] when it was before.
    async fn finish_proposal(&mut self, proposal: &Proposal) -> Result<()>;
}
