//! What the store keeps of second factors.

use super::contact_code::{CodePurpose, ContactCode};
use super::enrolment::{EndOfHold, HeldEnrolment};
use super::lockout::Lockout;
use super::own::{FactorId, FactorName, OwnFactor};
use super::passkey::{CeremonyKind, StoredPasskey};
use super::recovery_code::RecoveryCodes;
use super::totp::TotpEnrolment;
use super::{Binding, Enrolled};
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{ContactCodeId, HoldId, PasskeyId, PlayerId, VerificationId};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use async_trait::async_trait;

type Result<T> = std::result::Result<T, StoreError>;

/// Second factors, ceremonies under way, and lockouts.
#[async_trait]
pub trait Factors: Send {
    /// Keeps ceremony state, in place of an earlier one of the same verification and kind.
    async fn put_ceremony(
        &mut self,
        verification: VerificationId,
        kind: CeremonyKind,
        state: &SecretBytes,
        expires_at: Timestamp,
    ) -> Result<()>;
    /// Takes ceremony state away, whatever follows; `None` when there is none or it has expired.
    async fn take_ceremony(
        &mut self,
        verification: VerificationId,
        kind: CeremonyKind,
        now: Timestamp,
    ) -> Result<Option<SecretBytes>>;
    /// Adds a passkey; [`StoreError::Conflict`] when the credential id is enrolled already.
    async fn insert_passkey(&mut self, passkey: &StoredPasskey) -> Result<()>;
    /// All passkeys of a player.
    async fn list_passkeys(&mut self, player: PlayerId) -> Result<Vec<StoredPasskey>>;
    /// Stores a passkey's new state after use.
    async fn update_passkey(&mut self, id: PasskeyId, content: &SecretBytes, now: Timestamp) -> Result<()>;
    /// Keeps a TOTP enrolment in place of an unconfirmed one; [`StoreError::Conflict`] when one is confirmed.
    async fn put_totp(&mut self, enrolment: &TotpEnrolment, now: Timestamp) -> Result<()>;
    /// The enrolment, confirmed or not.
    async fn find_totp(&mut self, player: PlayerId) -> Result<Option<TotpEnrolment>>;
    /// Sets the last accepted step, only if `step` is later than the stored one; false otherwise.
    async fn advance_totp(&mut self, player: PlayerId, step: i64) -> Result<bool>;
    /// Keeps the step of a code that was told to be of later.
    async fn note_told_step(&mut self, player: PlayerId, step: i64) -> Result<()>;
    /// Says by what the player's TOTP is bound, in the transaction that confirms it.
    async fn bind_totp(&mut self, player: PlayerId, binding: &Binding) -> Result<()>;
    /// Keeps a set in place of the earlier one.
    async fn put_recovery_codes(&mut self, player: PlayerId, codes: &RecoveryCodes) -> Result<()>;
    /// The player's set, used codes included.
    async fn find_recovery_codes(&mut self, player: PlayerId) -> Result<Option<RecoveryCodes>>;
    /// Marks a code used; false when it was used before.
    async fn use_recovery_code(&mut self, player: PlayerId, place: i64, now: Timestamp) -> Result<bool>;
    /// Failures so far.
    async fn find_lockout(&mut self, player: PlayerId) -> Result<Lockout>;
    /// Keeps failures.
    async fn put_lockout(&mut self, player: PlayerId, lockout: &Lockout) -> Result<()>;
}

/// Enrolments that wait until they count.
#[async_trait]
pub trait HeldEnrolments: Send {
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
pub trait ContactCodes: Send {
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

/// The life of second factors.
#[async_trait]
pub trait FactorLife: Send {
    /// The player's factors that can be shown, the oldest first.
    async fn own_factors(&mut self, player: PlayerId) -> Result<Vec<OwnFactor>>;
    /// Keeps what the player calls one of theirs; false when it is not theirs or not there.
    async fn name_factor(&mut self, player: PlayerId, id: FactorId, name: &FactorName) -> Result<bool>;
    /// Keeps when the player's app was used.
    async fn note_totp_use(&mut self, player: PlayerId, now: Timestamp) -> Result<()>;
    /// Deletes one of the player's; false when it is not theirs or not there. What was begun to add one is void.
    async fn delete_factor(&mut self, player: PlayerId, id: FactorId) -> Result<bool>;
    /// Deletes every factor and recovery code of the player, ceremonies under way and the count of failures; says what there
    /// was.
    async fn delete_factors(&mut self, player: PlayerId) -> Result<Enrolled>;
}
