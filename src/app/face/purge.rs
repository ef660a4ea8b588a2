//! Deletes what is kept of captures for a while only.

use crate::domain::face::liveness::replay;
use crate::domain::face::lockout;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::domain::verification::tries;

/// Rows deleted in one transaction.
const PAGE: u32 = 1_000;

/// Deletes records of failures and tries that count no more at `now`, and fingerprints of frames that are not searched any
/// more.
pub async fn forget_old_captures(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut unit = store.begin().await?;
        let lockouts = unit.delete_face_lockouts(now.minus(lockout::FAILURE_RETENTION), now, PAGE).await?;
        let films = unit.delete_fingerprints(now.minus(replay::REMEMBERED), PAGE).await?;
        let tries = unit.delete_tries(now.minus(tries::TERM), PAGE).await?;
        unit.commit().await?;
        if lockouts.max(films).max(tries) < u64::from(PAGE) {
            return Ok(());
        }
    }
}
