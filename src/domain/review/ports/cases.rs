//! Cases for compliance staff.

use crate::domain::kernel::id::{CaseId, VerificationId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::reason::ReasonCode;
use crate::domain::review::case::Case;
use async_trait::async_trait;

type Result<T> = std::result::Result<T, StoreError>;

/// Cases for compliance staff.
#[async_trait]
pub trait Cases: Send {
    /// Keeps a case, its frame encrypted; [`StoreError::Conflict`] when the reason that it contests is contested already.
    async fn insert_case(&mut self, case: &Case) -> Result<()>;
    /// Reasons of a verification that the player contested.
    async fn contested_reasons(&mut self, verification: VerificationId) -> Result<Vec<ReasonCode>>;
    /// The newest first, without frames and statements; those older than `before` when given.
    async fn list_cases(&mut self, limit: u32, before: Option<CaseId>) -> Result<Vec<Case>>;
    /// One, with all that is kept of it.
    async fn find_case(&mut self, id: CaseId) -> Result<Option<Case>>;
}
