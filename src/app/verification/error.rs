//! Why a player's step was refused; one enum for all of them, since one audience reads it.

use std::time::Duration;

use crate::app::notices::queue::NoticeError;
use crate::domain::face::engine::EngineError;
use crate::domain::identity::person::IinError;
use crate::domain::identity::register::{ContactError, RegisterError};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::restrictions::self_restriction::SelfRestrictionError;
use crate::domain::review::case::ContestError;
use crate::domain::second_factor::ceremony::PasskeyError;
use crate::domain::second_factor::own::{FactorNameFault, OwnFactorFault};
use crate::domain::verification::StepError;

/// A refusal on a player's way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlayerError {
    /// The browser has no session with us.
    #[error("no verification belongs to this browser session")]
    SessionUnknown,
    /// The `request_uri` is unknown, used, expired or opened too often, or another operator's.
    #[error("the authorization request is unknown, used or expired")]
    RequestUnknown,
    /// Another browser or window consented to what this one was opened with.
    #[error("the authorization request was used up by another browser session")]
    RequestTaken,
    /// A code of this verification was redeemed, or so many were drawn.
    #[error("the player has returned to the operator already")]
    AlreadyReturned,
    /// Out of turn, expired.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The box was not ticked, or for another text.
    #[error("consent to the current text is needed")]
    ConsentNeeded,
    /// No IIN.
    #[error(transparent)]
    Iin(#[from] IinError),
    /// The register did not answer.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A second factor exists already: it must be shown, not enrolled.
    #[error("a second factor is enrolled already")]
    FactorEnrolled,
    /// The player has no such factor.
    #[error("no such second factor is enrolled")]
    FactorMissing,
    /// It cannot be added or removed.
    #[error(transparent)]
    OwnFactor(#[from] OwnFactorFault),
    /// No name.
    #[error(transparent)]
    FactorName(#[from] FactorNameFault),
    /// The ceremony was never begun, is used up or has expired.
    #[error("the passkey ceremony is unknown, used up or expired")]
    CeremonyUnknown,
    /// The authenticator's answer does not hold.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// The passkey shown does not hold.
    #[error("the passkey was rejected")]
    PasskeyRejected,
    /// Not the right code, or one that was used.
    #[error("the code is wrong or was used before")]
    CodeWrong,
    /// A code of another time: as wrong as any other, and a further one is looked at after `wait`.
    #[error("the code is of another time: a clock is off by about {minutes} minutes")]
    ClockOff {
        /// By how much.
        minutes: u64,
        /// How long the second factor is locked.
        wait: Duration,
    },
    /// Too many wrong codes.
    #[error("the second factor is locked for {0:?}")]
    Locked(Duration),
    /// No code went out in this verification, or none that may still be tried.
    #[error("no code is there that may be tried: another one is needed")]
    CodeExpired,
    /// Another code may not be sent yet.
    #[error("another code may be sent in {0:?}")]
    CodeTooSoon(Duration),
    /// No contact of record is at this place.
    #[error("no contact of record is at this place of the list")]
    ContactUnknown,
    /// A code is wanted, and the deployer lets nobody wait instead.
    #[error("a code of a contact of record is needed")]
    ContactNeeded,
    /// What is on record cannot be told.
    #[error(transparent)]
    Contacts(#[from] ContactError),
    /// An enrolment waits already, and this visit has no better proof.
    #[error("an enrolment waits already")]
    EnrolmentPending,
    /// No enrolment waits.
    #[error("no enrolment waits")]
    NothingHeld,
    /// A recovery waits: nothing that is shown hurries it.
    #[error("a recovery waits already")]
    RecoveryPending,
    /// Somebody objected to a recovery.
    #[error("somebody objected to a recovery: staff alone can help")]
    RecoveryClosed,
    /// The link is unknown, used up or too old.
    #[error("the link is unknown, was used or is too old")]
    LinkUnknown,
    /// Too many captures failed.
    #[error("captures of this person or from this device are locked for {0:?}")]
    FaceLocked(Duration),
    /// Browser or address have tried too much.
    #[error("this browser, or its address, may try again in {0:?}")]
    TooManyTries(Duration),
    /// Not a term, or no longer one than stands.
    #[error(transparent)]
    SelfRestriction(#[from] SelfRestrictionError),
    /// Nothing that can be contested, or not in these words.
    #[error(transparent)]
    Contest(#[from] ContestError),
    /// This reason is contested already.
    #[error("this reason is contested already")]
    Contested,
    /// Nobody whom the sandbox plays, or no sandbox.
    #[error("no scenario of a sandbox plays this person")]
    NoScenario,
    /// Faces.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The live face could not be searched among others, so nothing was decided.
    #[error("the face search is not up to date or failed")]
    FaceSearchUnavailable,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A worker thread died.
    #[error("a worker thread died")]
    Worker,
}

impl From<NoticeError> for PlayerError {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::TooMany { wait } => Self::CodeTooSoon(wait),
            NoticeError::Store(store) => store.into(),
        }
    }
}
