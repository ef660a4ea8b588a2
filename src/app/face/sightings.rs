//! Keeps the index of faces in step with the store, whichever process wrote there, and deletes what is too old.

use std::time::Duration;

use crate::app::Services;
use crate::domain::face::comparison::ModelHash;
use crate::domain::face::index::{FaceIndex, FaceIndexError};
use crate::domain::face::search::OVERLAP;
use crate::domain::kernel::id::SightingId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;

/// Sightings of one page.
const PAGE: u32 = 2_000;
/// Rows deleted in one transaction.
const DELETE_PAGE: u32 = 5_000;
/// How long the trace of something that was taken back stays for replicas to see: longer than any of them is searched
/// without a refresh.
const TRACE: Duration = Duration::from_hours(24);

/// Why a refresh did not come to its end; the next one begins where the last whole one ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FollowError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index.
    #[error(transparent)]
    Index(#[from] FaceIndexError),
}

/// Takes in everything since the last whole refresh, or everything; returns how many faces the index holds.
pub async fn refresh(services: &Services) -> Result<usize, FollowError> {
    let now = services.clock.now();
    refresh_index(services.store.as_ref(), services.face.index.as_ref(), services.face.engine.embedder(), now).await
}

/// [`refresh`] of an index of templates by `model`, beginning at `now`.
pub async fn refresh_index(
    store: &dyn Store,
    index: &dyn FaceIndex,
    model: &ModelHash,
    now: Timestamp,
) -> Result<usize, FollowError> {
    let from = index.synced_at().map_or(Timestamp::from_micros(0), |at| at.minus(OVERLAP));
    let mut after = SightingId::least(from);
    loop {
        // A transaction a page: a fill may last longer than a transaction should.
        let page = store.read().await?.list_sightings(model, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let whole = page.len() < PAGE as usize;
        index.apply(page).await?;
        if whole {
            break;
        }
    }
    index.mark_synced(now);
    Ok(index.len())
}

/// Deletes faces past their term in the store.
pub async fn delete_old(services: &Services) -> Result<(), StoreError> {
    let now = services.clock.now();
    let since = now.minus(services.policy.face_search.keep);
    loop {
        let mut unit = services.store.begin().await?;
        let deleted = unit.delete_sightings(since, now.minus(TRACE), DELETE_PAGE).await?;
        unit.commit().await?;
        if deleted < u64::from(DELETE_PAGE) {
            return Ok(());
        }
    }
}

/// Forgets faces past their term in this process's index.
pub async fn forget_old_in_index(services: &Services) -> Result<(), FaceIndexError> {
    let since = services.clock.now().minus(services.policy.face_search.keep);
    services.face.index.forget_before(since).await
}
