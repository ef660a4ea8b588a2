//! Second proofs of first factors: enrolments that wait, and codes that went to contacts of record.

use async_trait::async_trait;

use super::repositories::StoreError;
use crate::domain::authorization::HandleHash;
use crate::domain::contact::Channel;
use crate::domain::contact_code::{CodePurpose, ContactCode};
use crate::domain::enrolment::{EndOfHold, HeldEnrolment};
use crate::domain::id::{ContactCodeId, HoldId, PlayerId, VerificationId};
use crate::domain::second_factor::lockout::Lockout;
use crate::domain::time::Timestamp;

type Result<T> = std::result::Result<T, StoreError>;

/// Enrolments that wait until they count.
#[async_trait]
pub trait HeldEnrolments {
    /// Keeps one; [`StoreError::Conflict`] when the player has another that has not ended.
    async fn insert_held_enrolment(&mut self, hold: &HeldEnrolment) -> Result<()>;
    /// The player's that has not ended, whether or not its time has come.
    async fn open_hold(&mut self, player: PlayerId) -> Result<Option<HeldEnrolment>>;
    /// The player's recoveries that have not ended, or ended after `since`; the newest first, at most 100.
    async fn recoveries(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<HeldEnrolment>>;
    /// By the hash of the token in its notice, ended or not.
    async fn find_hold(&mut self, not_me: HandleHash) -> Result<Option<HeldEnrolment>>;
    /// Ends one by compare-and-set; false when it had ended before. One that passed can still be disowned, or
    /// overruled, and one that was disowned can be overruled.
    async fn end_hold(&mut self, id: HoldId, how: EndOfHold, now: Timestamp) -> Result<bool>;
    /// Deletes the factors that this hold is about, and with the last factor of the player the recovery codes; says how many
    /// factors.
    async fn remove_held_factors(&mut self, hold: &HeldEnrolment) -> Result<u64>;
}

/// Codes that went to contacts of record, and wrong ones that came back.
#[async_trait]
pub trait ContactCodes {
    /// Keeps one.
    async fn insert_contact_code(&mut self, code: &ContactCode) -> Result<()>;
    /// The newest of a verification for this purpose, good or not: an older one is good no more.
    async fn newest_contact_code(
        &mut self,
        verification: VerificationId,
        purpose: CodePurpose,
    ) -> Result<Option<ContactCode>>;
    /// Over which contact the code went that opened an enrolment in this verification; `None` where none did, or it is not known.
    async fn proven_over(&mut self, verification: VerificationId) -> Result<Option<Channel>>;
    /// When codes went to the player's contacts since `since`, the newest first, over all verifications.
    async fn contact_codes_sent(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<Timestamp>>;
    /// Counts a try; false when there were as many as are allowed, or it was used.
    async fn count_contact_try(&mut self, id: ContactCodeId) -> Result<bool>;
    /// Marks one used; false when it was before.
    async fn use_contact_code(&mut self, id: ContactCodeId, now: Timestamp) -> Result<bool>;
    /// Wrong codes of the player since the last right one, over all sessions.
    async fn find_contact_lockout(&mut self, player: PlayerId) -> Result<Lockout>;
    /// Keeps them.
    async fn put_contact_lockout(&mut self, player: PlayerId, lockout: &Lockout) -> Result<()>;
    /// Deletes at most `limit` codes that were sent before `before`; returns how many.
    async fn delete_contact_codes(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
}
