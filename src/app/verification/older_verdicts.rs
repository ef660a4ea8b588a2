//! Verdicts of verifications that an older program ended while the database had this one's schema already.

use std::time::Duration;

use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;

/// Rows of one transaction.
const PAGE: u32 = 500;
/// How far back they are looked for: longer than any upgrade takes.
const LOOK_BACK: Duration = Duration::from_hours(24 * 7);

/// Fills them in, so that figures count them.
///
/// # Errors
/// When the store does not do as asked, or an outcome cannot be read.
pub async fn fill_in_verdicts(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut unit = store.begin().await?;
        let filled = unit.fill_in_verdicts(now.minus(LOOK_BACK), PAGE).await?;
        unit.commit().await?;
        if filled < u64::from(PAGE) {
            return Ok(());
        }
    }
}
