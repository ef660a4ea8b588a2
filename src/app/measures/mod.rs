//! What takes two of the staff: asked for, settled, and done.

pub mod alone;
mod carry_out;
pub mod fetch;
pub mod propose;
pub mod settle;

use crate::app::add_operator::AddOperatorError;
use crate::app::change_operator::ChangeOperatorError;
use crate::app::evidence::EvidenceError;
use crate::app::forget_factors::ForgetError;
use crate::app::manage_webhook::WebhookError;
use crate::app::registry::manage::ManageError;
use crate::app::staff::StaffError;
use crate::app::take_back::TakeBackError;
use crate::app::unlock_person::UnlockError;
use crate::domain::case_work::WorkFault;
use crate::domain::ports::StoreError;

/// Why nothing was asked for, or done.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
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
