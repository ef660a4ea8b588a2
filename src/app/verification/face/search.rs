//! Is this live face that of somebody seen under another IIN, or of a confirmed attacker? Asked outside transactions.

use std::time::Duration;

use crate::app::verification::second_factor::enrolled::enrolled;
use crate::app::{PlayerError, Services};
use crate::domain::face::comparison::Template;
use crate::domain::face::index::FaceIndexError;
use crate::domain::face::search::{CANDIDATES, FaceHit, FaceQuery, STALENESS, SightingKey, SightingKind, hits};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;

/// A search that takes longer counts as failed.
const SEARCH_TIME: Duration = Duration::from_secs(5);

/// Whether faces can be searched now, or need not be: the index was filled and follows the store closely enough.
pub fn is_ready(services: &Services) -> bool {
    let fresh = |at| services.clock.now().since(at) <= STALENESS;
    !services.policy.face_search.enabled || services.face.index.synced_at().is_some_and(fresh)
}

/// Refuses while faces cannot be searched: before the camera, where it costs the player no attempt.
pub(super) fn expect_ready(services: &Services) -> Result<(), PlayerError> {
    if is_ready(services) { Ok(()) } else { Err(PlayerError::FaceSearchUnavailable) }
}

/// Whom the live face of `player`, in this browser, is like. The index names the nearest, the store answers with
/// what is kept of them now, and these are compared exactly.
///
/// # Errors
/// [`PlayerError::FaceSearchUnavailable`] when the index is not up to date, fails or is late: nothing is then decided.
pub(super) async fn search_faces(
    services: &Services,
    (player, device): (PlayerId, Option<HandleHash>),
    probe: &Template,
) -> Result<Vec<FaceHit>, PlayerError> {
    let policy = &services.policy.face_search;
    if !policy.enabled {
        return Ok(Vec::new());
    }
    expect_ready(services)?;
    let since = services.clock.now().minus(policy.keep);
    let nearest = services.face.index.nearest(probe, player, since, CANDIDATES);
    let keys = tokio::time::timeout(SEARCH_TIME, nearest).await.unwrap_or(Err(FaceIndexError::Failed));
    let keys = keys.map_err(|error| {
        tracing::error!(%error, "a face could not be searched");
        PlayerError::FaceSearchUnavailable
    })?;
    let mut unit = services.store.read().await?;
    let seen = unit.find_sightings(probe.model(), &keys).await?;
    let cleared = unit.cleared_with(player.uuid()).await?;
    let accepted = [SightingKey::of_player(SightingKind::Accepted, player)];
    let is_established = enrolled(unit.as_mut(), player, services.clock.now()).await?.any()
        || !unit.find_sightings(probe.model(), &accepted).await?.is_empty();
    drop(unit);
    let threshold = policy.threshold(services.face.index.len(), services.policy.comparison.match_from);
    let query = FaceQuery { probe, player, device, is_established, cleared: &cleared, threshold };
    Ok(hits(&query, &seen))
}
