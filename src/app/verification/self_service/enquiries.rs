//! Who asked about a person, when and what for: shown to them, and kept for a while only.

use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::AnswerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::check::{Asked, ENQUIRIES_RETENTION};
use crate::domain::ports::Store;
use uuid::Uuid;

/// Of one page.
pub const PAGE: u32 = 50;
/// Rows deleted in one transaction.
const AT_ONCE: u32 = 1_000;

/// The newest first, those before `before` when given, at most [`PAGE`].
pub async fn view_enquiries(
    services: &Services,
    session: HandleHash,
    before: Option<Uuid>,
) -> Result<Vec<Asked>, PlayerError> {
    let mut unit = services.store.read().await?;
    let player = open(unit.as_mut(), session).await?.expect_self_service(services.clock.now())?;
    Ok(unit.list_enquiries(player, before, PAGE).await?)
}

/// Deletes those past their term.
pub async fn forget_old_enquiries(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut unit = store.begin().await?;
        let deleted = unit.delete_enquiries(AnswerId::least(now.minus(ENQUIRIES_RETENTION)), AT_ONCE).await?;
        unit.commit().await?;
        if deleted < u64::from(AT_ONCE) {
            return Ok(());
        }
    }
}
