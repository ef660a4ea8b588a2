//! Deletes messages past their term, and secrets that were replaced.

use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::domain::webhooks::message::MESSAGE_RETENTION;

/// Rows deleted in one transaction.
const PAGE: u32 = 1_000;

/// Deletes messages that came to their end [`MESSAGE_RETENTION`] before `now`, and old secrets that sign no more.
pub async fn forget_old_webhooks(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    let mut unit = store.begin().await?;
    unit.drop_old_webhook_secrets(now).await?;
    unit.commit().await?;
    loop {
        let mut unit = store.begin().await?;
        let deleted = unit.delete_webhooks(now.minus(MESSAGE_RETENTION), PAGE).await?;
        unit.commit().await?;
        if deleted < u64::from(PAGE) {
            return Ok(());
        }
    }
}
