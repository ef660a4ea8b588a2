//! Deletes what is kept of codes that went to contacts, once it counts for nothing.

use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::domain::second_factor::contact_code::MAX_COUNT;

/// Rows deleted in one transaction.
const PAGE: u32 = 1_000;

/// Deletes codes that were sent [`MAX_COUNT`] before `now`.
pub(in crate::app) async fn forget_old_contact_codes(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut unit = store.begin().await?;
        let deleted = unit.delete_contact_codes(now.minus(MAX_COUNT), PAGE).await?;
        unit.commit().await?;
        if deleted < u64::from(PAGE) {
            return Ok(());
        }
    }
}
