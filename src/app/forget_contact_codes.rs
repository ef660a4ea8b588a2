//! Deletes what is kept of codes that went to contacts, once it counts for nothing.

use crate::domain::contact_code::LONGEST_COUNT;
use crate::domain::ports::{Store, StoreError};
use crate::domain::time::Timestamp;

/// Rows deleted in one transaction.
const PAGE: u32 = 1_000;

/// Deletes codes that were sent [`LONGEST_COUNT`] before `now`.
pub(super) async fn forget_old_contact_codes(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut unit = store.begin().await?;
        let deleted = unit.delete_contact_codes(now.minus(LONGEST_COUNT), PAGE).await?;
        unit.commit().await?;
        if deleted < u64::from(PAGE) {
            return Ok(());
        }
    }
}
