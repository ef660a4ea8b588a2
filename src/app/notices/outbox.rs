//! What the people of a sandbox were told. Nothing leaves a sandbox: its testers look here.

use crate::app::Services;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::notices::Notice;

/// Most notices shown of one person.
const SHOWN: u32 = 50;

/// The newest notices to the person, newest first; `None` outside a sandbox.
pub async fn sandbox_outbox(services: &Services, iin: &Iin) -> Result<Option<Vec<Notice>>, StoreError> {
    if !services.policy.sandbox {
        return Ok(None);
    }
    let mut unit = services.store.read().await?;
    match unit.find_player(iin).await? {
        Some(player) => unit.list_notices(player, SHOWN).await.map(Some),
        None => Ok(Some(Vec::new())),
    }
}
