//! What the store keeps of verifications.

use super::Verification;
use super::tries::{Tried, TriedBy};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{PlayerId, VerificationId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use async_trait::async_trait;

type Result<T> = std::result::Result<T, StoreError>;

/// Verifications.
#[async_trait]
pub trait Verifications: Send {
    /// Adds a new one.
    async fn insert_verification(&mut self, verification: &Verification) -> Result<()>;
    /// By id.
    async fn find_verification(&mut self, id: VerificationId) -> Result<Option<Verification>>;
    /// By the hash of the browser session's handle.
    async fn find_session(&mut self, session: HandleHash) -> Result<Option<Verification>>;
    /// Those of a player that wait for a second proof or a second factor, or were approved and may still give a code or, decided after `since`,
    /// a grant; the oldest first.
    async fn unsettled_verifications(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<Verification>>;
    /// Whether somebody showed face and second factor in this browser, and they counted: `player`, or anybody.
    async fn has_proven(&mut self, device: HandleHash, player: Option<PlayerId>) -> Result<bool>;
    /// Writes a change of the revision that was read and raises `revision`; [`StoreError::Conflict`] when someone was
    /// faster.
    async fn update_verification(&mut self, verification: &mut Verification) -> Result<()>;
    /// Fills in the verdict, for figures, of at most `limit` that were decided since `since` by an older program, which wrote but the
    /// outcome; returns how many.
    async fn fill_in_verdicts(&mut self, since: Timestamp, limit: u32) -> Result<u64>;
}

/// Counts of tries, each of one period.
#[async_trait]
pub trait Tries: Send {
    /// How many there were in the period that began at `period`.
    async fn tries(&mut self, by: TriedBy, what: Tried, period: Timestamp) -> Result<u32>;
    /// Counts one more and returns how many there are; others that count the same wait until this transaction ends.
    /// Browsers are counted before addresses, both before persons and devices are held and an event is appended.
    async fn count_try(&mut self, by: TriedBy, what: Tried, period: Timestamp) -> Result<u32>;
    /// Takes one back, if there is any.
    async fn take_back_try(&mut self, by: TriedBy, what: Tried, period: Timestamp) -> Result<()>;
    /// Deletes at most `limit` counts of periods that began before `before`; returns how many.
    async fn delete_tries(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
}
