//! Frames of a person's earlier captures: whoever shows them again shows a recording.

use tokio::task::spawn_blocking;

use crate::app::{PlayerError, Services};
use crate::domain::face::liveness::replay::{CaptureFilm, FingerprintSequence, MAX_CAPTURES, REMEMBERED, Replayed};
use crate::domain::face::ports::FrameFingerprints;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::verification::Verification;

/// Holds a capture's frames against those of the player's earlier captures. Only theirs: a recording of anybody else does not
/// match the ID photo.
pub(in crate::app) async fn recall_frames(
    services: &Services,
    player: PlayerId,
    film: &FingerprintSequence,
) -> Result<Replayed, PlayerError> {
    let since = services.clock.now().minus(REMEMBERED);
    let earlier = services.store.read().await?.fingerprints_of(player, since, MAX_CAPTURES).await?;
    let film = film.clone();
    spawn_blocking(move || film.against(&earlier)).await.map_err(|_| PlayerError::Worker)
}

/// Keeps a capture's frames for later ones, however it ended: any may have been recorded.
pub(in crate::app) async fn remember_frames(
    unit: &mut (impl FrameFingerprints + ?Sized),
    verification: &Verification,
    film: &FingerprintSequence,
    now: Timestamp,
) -> Result<(), PlayerError> {
    let frames = film.kept();
    let (Some(player), false) = (verification.player, frames.is_empty()) else { return Ok(()) };
    let (verification, attempt) = (verification.id, verification.face_attempts);
    unit.put_fingerprints(&CaptureFilm { verification, attempt, player, seen_at: now, frames }).await?;
    Ok(())
}
