//! The evidence of cases: proven to be in the log, judged again, handed on as one signed bundle, held, erased.

pub mod bundle;
pub mod erase;
pub mod hold;
pub mod log_proof;
pub mod replay;
mod report;
pub mod taken_out;
pub mod verify_bundle;

use crate::domain::face::engine::EngineError;
use crate::domain::identity::register::RegisterError;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::credentials::SignError;
use crate::domain::review::evidence::retention::EraseFault;

/// Why something was not done with evidence.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// No such case.
    #[error("there is no such case")]
    Unknown,
    /// The key is gone.
    #[error("its evidence was erased at {}: the key was destroyed, and nothing is left to look at", .0.rfc3339())]
    Erased(Timestamp),
    /// It was opened before cases had sealed records.
    #[error("the case has no sealed record: it was opened by an older version")]
    NoRecord,
    /// Nobody stood before a camera.
    #[error("nothing was captured in this case: there is nothing to judge again")]
    NoCapture,
    /// What was sealed is not what the log has.
    #[error("the sealed record is not the one in the log: {0}")]
    Tampered(&'static str),
    /// The program or its models are not those of then.
    #[error("templates are of other models now ({now}) than then ({then}): only those of then can judge it again")]
    OtherModels {
        /// Of then.
        then: String,
        /// Of now.
        now: String,
    },
    /// It may not be erased.
    #[error(transparent)]
    Fault(#[from] EraseFault),
    /// The bundle cannot be written.
    #[error("the bundle cannot be written: {0}")]
    Bundle(String),
    /// The signer.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The population register.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The models.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
