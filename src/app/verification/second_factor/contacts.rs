//! The contacts of record of a player.

use crate::app::Services;
use crate::app::notices::queue::contacts_of;
use crate::app::verification::error::PlayerError;
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::UnitOfWork;

/// All contacts of a player; ends the transaction that they are looked up in before it asks for them.
pub(in crate::app) async fn contacts_of_player(
    services: &Services,
    mut unit: Box<dyn UnitOfWork>,
    player: PlayerId,
) -> Result<Vec<Contact>, PlayerError> {
    let iin = unit.find_iin(player).await?.ok_or_else(|| StoreError::Corrupt("player.iin".to_owned()))?;
    drop(unit);
    Ok(contacts_of(services, &iin).await?)
}
