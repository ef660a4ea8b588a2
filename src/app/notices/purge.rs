//! Deletes notices past their term.

use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NOTICES_RETENTION;
use crate::domain::ports::Store;

/// Rows deleted in one transaction.
const PAGE: u32 = 1_000;

/// Deletes what came to its end [`NOTICES_RETENTION`] before `now`.
pub async fn forget_old_notices(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut unit = store.begin().await?;
        let deleted = unit.delete_notices(now.minus(NOTICES_RETENTION), PAGE).await?;
        unit.commit().await?;
        if deleted < u64::from(PAGE) {
            return Ok(());
        }
    }
}
