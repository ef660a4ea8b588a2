//! What the store keeps of people.

use super::contact::Contact;
use super::person::{Citizen, Iin};
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use async_trait::async_trait;

type Result<T> = std::result::Result<T, StoreError>;

/// Players, found by a keyed hash of their IIN.
#[async_trait]
pub trait Players: Send {
    /// The player with this IIN; makes one with `id` when there is none.
    async fn player_of(&mut self, iin: &Iin, id: PlayerId, now: Timestamp) -> Result<PlayerId>;
    /// The player with this IIN, if they named themselves before.
    async fn find_player(&mut self, iin: &Iin) -> Result<Option<PlayerId>>;
    /// The IIN of a player.
    async fn find_iin(&mut self, player: PlayerId) -> Result<Option<Iin>>;
    /// Holds other transactions off this player until this one ends, so that two guesses cannot race.
    async fn lock_player(&mut self, player: PlayerId) -> Result<()>;
}

/// The embedded population register.
#[async_trait]
pub trait Citizens: Send {
    /// Adds or replaces people.
    async fn put_citizens(&mut self, citizens: &[Citizen], now: Timestamp) -> Result<()>;
    /// By IIN.
    async fn find_citizen(&mut self, iin: &Iin) -> Result<Option<Citizen>>;
    /// Removes a made-up person; false when there is none. Real people leave with their register alone.
    async fn remove_sandbox_citizen(&mut self, iin: &Iin) -> Result<bool>;
    /// Made-up people of the sandbox, oldest first.
    async fn list_sandbox_citizens(&mut self) -> Result<Vec<Citizen>>;
}

/// Contacts that stand in our own database beside the embedded population register.
#[async_trait]
pub trait RecordedContacts: Send {
    /// Keeps these, at most one a channel, in place of all that the person had.
    async fn put_contacts(&mut self, people: &[(Iin, Vec<Contact>)], now: Timestamp) -> Result<()>;
    /// The person's, a phone first.
    async fn find_contacts(&mut self, iin: &Iin) -> Result<Vec<Contact>>;
}
