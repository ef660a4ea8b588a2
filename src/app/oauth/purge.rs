//! Deletes pushed requests that nobody can consent to any more.

use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::domain::verification::VERIFICATION_TTL;

/// Rows deleted in one transaction.
const PAGE: u32 = 1_000;

/// Deletes requests that expired so long before `now` that whoever opened one in time can go on with it no longer.
pub async fn forget_old_requests(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut unit = store.begin().await?;
        let deleted = unit.delete_pushed_requests(now.minus(VERIFICATION_TTL), PAGE).await?;
        unit.commit().await?;
        if deleted < u64::from(PAGE) {
            return Ok(());
        }
    }
}
