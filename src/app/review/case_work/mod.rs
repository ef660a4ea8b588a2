//! Staff work on cases: the queue, a case, what it was, and what follows.

pub mod decide;
mod effects;
pub mod evidence;
pub mod overview;
pub mod pictures;
pub mod queue;
pub mod source_records;

use crate::app::PlayerError;
use crate::domain::face::engine::EngineError;
use crate::domain::identity::register::RegisterError;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::review::case_work::WorkFault;

/// Why nothing was done with a case.
#[derive(Debug, thiserror::Error)]
pub enum CaseWorkError {
    /// No such case.
    #[error("there is no such case")]
    Unknown,
    /// There is nobody on the staff with this login.
    #[error("there is nobody with this login")]
    NobodyThere,
    /// A look at evidence says why.
    #[error("say in 3 to 200 characters why you look")]
    NoReason,
    /// It cannot be done now, or not by them.
    #[error(transparent)]
    Fault(#[from] WorkFault),
    /// No such picture.
    #[error("there is no such picture")]
    NoPicture,
    /// The population register.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The picture cannot be shown.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What follows from a decision.
    #[error("what follows from the decision was not done: {0}")]
    Effect(#[from] PlayerError),
}
