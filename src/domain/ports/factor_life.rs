//! Second factors after they were made: looked after, used, taken away.

use async_trait::async_trait;

use super::repositories::StoreError;
use crate::domain::id::PlayerId;
use crate::domain::second_factor::Enrolled;
use crate::domain::second_factor::own::{FactorId, FactorName, OwnFactor};
use crate::domain::time::Timestamp;

type Result<T> = std::result::Result<T, StoreError>;

/// The life of second factors.
#[async_trait]
pub trait FactorLife {
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
