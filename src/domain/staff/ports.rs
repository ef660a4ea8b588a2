//! Staff, their passkeys, and the browsers that they are signed in with.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::confirmation::ConfirmationCode;
use super::{Login, StaffMember, StaffPasskey, StaffSession};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{StaffId, StaffPasskeyId};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;

type Result<T> = std::result::Result<T, StoreError>;

/// What is kept between the two halves of a ceremony.
#[derive(Clone, Debug)]
pub struct StaffCeremony {
    /// `join`, `sign_in` or `step_up`: one does not serve for another.
    pub kind: &'static str,
    /// Whose.
    pub staff: StaffId,
    /// The engine's state.
    pub state: SecretBytes,
    /// Until when it may be finished.
    pub expires_at: Timestamp,
}

/// Staff.
#[async_trait]
pub trait Staff: Send {
    /// Adds one; [`StoreError::Conflict`] when the login is taken.
    async fn insert_staff(&mut self, member: &StaffMember) -> Result<()>;
    /// Keeps name, roles and whether they were stopped as they are now; [`StoreError::Conflict`] when there is none. Whether
    /// they count is not touched.
    async fn update_staff(&mut self, member: &StaffMember) -> Result<()>;
    /// Holds them until this transaction ends: whoever changes what they may, or whether they count, holds them before they
    /// are read.
    async fn hold_staff(&mut self, login: &Login) -> Result<()>;
    /// They count from `now` on; [`StoreError::Conflict`] when they did before.
    async fn confirm_staff(&mut self, staff: StaffId, now: Timestamp) -> Result<()>;
    /// Until then they could say yes as the second.
    async fn note_second(&mut self, staff: StaffId, until: Timestamp) -> Result<()>;
    /// They count no more until another than these who asked for them confirms them; a code that was drawn is void.
    async fn doubt_staff(&mut self, staff: StaffId, asked_by: &BTreeSet<StaffId>) -> Result<()>;
    /// Keeps a code in place of an earlier one.
    async fn put_confirmation_code(&mut self, code: &ConfirmationCode) -> Result<()>;
    /// The code of one of them, once more tried; `None` when there is none or it was tried too often.
    async fn try_confirmation_code(&mut self, staff: StaffId) -> Result<Option<ConfirmationCode>>;
    /// By id.
    async fn find_staff(&mut self, id: StaffId) -> Result<Option<StaffMember>>;
    /// By login.
    async fn find_staff_by_login(&mut self, login: &Login) -> Result<Option<StaffMember>>;
    /// All, by login.
    async fn list_staff(&mut self) -> Result<Vec<StaffMember>>;

    /// Keeps an invitation in place of an earlier one.
    async fn put_invitation(&mut self, staff: StaffId, hash: HandleHash, expires_at: Timestamp) -> Result<()>;
    /// Whom an invitation that still counts is for.
    async fn find_invitation(&mut self, hash: HandleHash, now: Timestamp) -> Result<Option<StaffId>>;
    /// Uses an invitation up; false when it was used before or has expired.
    async fn take_invitation(&mut self, hash: HandleHash, now: Timestamp) -> Result<bool>;
    /// Who joined by an invitation that was used before and would still count; told once.
    async fn take_used_invitation(&mut self, hash: HandleHash, now: Timestamp) -> Result<Option<StaffId>>;

    /// Keeps ceremony state under the hash of a handle, and forgets what has expired.
    async fn put_staff_ceremony(&mut self, hash: HandleHash, ceremony: &StaffCeremony, now: Timestamp) -> Result<()>;
    /// Takes it away, whatever follows; `None` when there is none of this kind or it has expired.
    async fn take_staff_ceremony(
        &mut self,
        hash: HandleHash,
        kind: &'static str,
        now: Timestamp,
    ) -> Result<Option<StaffCeremony>>;

    /// Adds a passkey; [`StoreError::Conflict`] when the credential id is enrolled already.
    async fn insert_staff_passkey(&mut self, passkey: &StaffPasskey) -> Result<()>;
    /// All of one of the staff.
    async fn list_staff_passkeys(&mut self, staff: StaffId) -> Result<Vec<StaffPasskey>>;
    /// Stores a passkey's new state after use.
    async fn update_staff_passkey(&mut self, id: StaffPasskeyId, content: &SecretBytes, now: Timestamp) -> Result<()>;
    /// Deletes all of one of the staff; says how many.
    async fn delete_staff_passkeys(&mut self, staff: StaffId) -> Result<u64>;

    /// Begins a session, and forgets those that began before `forget`.
    async fn insert_staff_session(&mut self, session: &StaffSession, forget: Timestamp) -> Result<()>;
    /// The session of a handle's hash and who is signed in, as they stand now.
    async fn find_staff_session(&mut self, hash: HandleHash) -> Result<Option<(StaffSession, StaffMember)>>;
    /// Notes when a session was seen and proven; [`StoreError::Conflict`] when it is gone.
    async fn update_staff_session(&mut self, session: &StaffSession) -> Result<()>;
    /// Ends one.
    async fn delete_staff_session(&mut self, hash: HandleHash) -> Result<()>;
    /// Ends all of one of the staff.
    async fn delete_staff_sessions(&mut self, staff: StaffId) -> Result<u64>;
}
