//! What takes two of the staff: asked for, settled, and done.

pub mod alone;
mod carry_out;
pub mod fetch;
pub mod list;
pub mod propose;
pub mod settle;

use crate::app::operators::add::AddOperatorError;
use crate::app::operators::change::ChangeOperatorError;
use crate::app::restrictions::registry::manage::ManageError;
use crate::app::review::evidence::EvidenceError;
use crate::app::staff::StaffError;
use crate::app::verification::face::unlock::UnlockError;
use crate::app::verification::second_factor::reset::ForgetError;
use crate::app::verification::self_service::take_back::TakeBackError;
use crate::app::webhooks::manage::WebhookError;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::review::case_work::WorkFault;

/// Why nothing was asked for, or done.
#[derive(Debug, thiserror::Error)]
pub enum DualControlError {
    /// No such proposal, or nothing that it is about.
    #[error("there is no such thing")]
    Unknown,
    /// The same waits for somebody already.
    #[error("the same was asked for and waits for a second person")]
    Asked,
    /// It cannot be settled or fetched now, or not by them.
    #[error(transparent)]
    Fault(#[from] WorkFault),
    /// Evidence.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// Nobody said how they made sure of whom they speak with, or said it where nobody asks.
    #[error("say which document was seen and how, where and only where that is asked")]
    IdentityCheck,
    /// Factors.
    #[error(transparent)]
    Forget(#[from] ForgetError),
    /// A self-restriction.
    #[error(transparent)]
    TakeBack(#[from] TakeBackError),
    /// A lock.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// A source.
    #[error(transparent)]
    Source(#[from] ManageError),
    /// An operator that cannot be added.
    #[error(transparent)]
    AddOperator(#[from] AddOperatorError),
    /// An operator that cannot be changed.
    #[error(transparent)]
    ChangeOperator(#[from] ChangeOperatorError),
    /// A webhook endpoint.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// Staff.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
