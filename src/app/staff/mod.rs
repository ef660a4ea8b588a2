//! Compliance staff: how they come in, prove who they are, and go.

mod asker;
pub mod confirm;
pub mod join;
pub mod list;
mod made_up;
pub mod manage;
mod passkeys;
pub mod session;
pub mod sign_in;

pub use asker::Asker;

use crate::domain::kernel::store_error::StoreError;
use crate::domain::second_factor::ceremony::PasskeyError;
use crate::domain::staff::StaffFault;
use crate::domain::staff::confirmation::ConfirmFault;

/// Why somebody may not, or not now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    /// Unknown, stopped, or a passkey that is none of theirs; not said which.
    #[error("nobody is signed in with this")]
    SignInRefused,
    /// Used, expired, or never made.
    #[error("there is no such invitation, or it was used")]
    InvitationUnknown,
    /// Nothing was begun that this finishes.
    #[error("the ceremony is unknown or over")]
    CeremonyUnknown,
    /// The authenticator's answer does not hold.
    #[error("the passkey was refused: {0}")]
    PasskeyRefused(PasskeyError),
    /// No session, or one that is over.
    #[error("nobody is signed in")]
    SignedOut,
    /// None of their roles is for this.
    #[error("this takes another role")]
    Forbidden,
    /// Nobody has confirmed their passkey yet.
    #[error("another of the staff must confirm who this is")]
    Unconfirmed,
    /// They are not confirmed like this.
    #[error(transparent)]
    Confirm(#[from] ConfirmFault),
    /// There are people for it.
    #[error(
        "there are {0} of the staff who can confirm them at the console; --alone does it without them, and the audit log \
         says so"
    )]
    OthersConfirm(usize),
    /// Somebody decides, approves or vouches by it who did not before.
    #[error("this makes a pair of eyes, and takes two")]
    TakesTwo,
    /// The passkey must be shown once more.
    #[error("this takes a passkey that was shown in the last minutes")]
    StepUpNeeded,
    /// The login is somebody's.
    #[error("this login is taken")]
    LoginTaken,
    /// There is nobody with this login.
    #[error("there is nobody with this login")]
    Unknown,
    /// They cannot be added as told.
    #[error(transparent)]
    Fault(#[from] StaffFault),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
