//! Deletes what is kept of captures for a while only.

use crate::domain::face_lockout;
use crate::domain::liveness::replay;
use crate::domain::ports::{Store, StoreError};
use crate::domain::time::Timestamp;
use crate::domain::tries;

/// Rows deleted in one transaction.
const PAGE: u32 = 1_000;

/// Deletes records of failures and tries that count no more at `now`, and fingerprints of frames that are not searched any
/// more.
pub async fn forget_old_captures(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut unit = store.begin().await?;
        let lockouts = unit.delete_face_lockouts(now.minus(face_lockout::QUIET), now, PAGE).await?;
        let films = unit.delete_fingerprints(now.minus(replay::REMEMBERED), PAGE).await?;
        let tries = unit.delete_tries(now.minus(tries::TERM), PAGE).await?;
        unit.commit().await?;
        if lockouts.max(films).max(tries) < u64::from(PAGE) {
            return Ok(());
        }
    }
}
