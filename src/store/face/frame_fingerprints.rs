//! Fingerprints of captures' frames, encrypted and bound to the capture and the player they are of.

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::domain::face::liveness::fingerprint::FrameFingerprint;
use crate::domain::face::liveness::replay::CaptureFilm;
use crate::domain::face::ports::FrameFingerprints;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use crate::store::engine::columns::corrupt;
use crate::store::engine::encryption::Column;
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const FRAMES: Column = Column::new("frame_fingerprint", "frames");

/// Cuts what was put together in [`FrameFingerprints::put_fingerprints`].
fn cut(frames: &[u8]) -> Result<Vec<FrameFingerprint>> {
    let pieces = frames.chunks(FrameFingerprint::BYTES);
    pieces
        .map(|piece| FrameFingerprint::new(piece.to_vec()).ok_or_else(|| corrupt("frame_fingerprint.frames")))
        .collect()
}

#[async_trait]
impl FrameFingerprints for SqlUnitOfWork {
    async fn put_fingerprints(&mut self, film: &CaptureFilm) -> Result<()> {
        let (verification, player) = (film.verification.to_string(), film.player.to_string());
        let attempt = i64::from(film.attempt);
        let mut plain = Zeroizing::new(Vec::with_capacity(film.frames.len() * FrameFingerprint::BYTES));
        for frame in &film.frames {
            plain.extend_from_slice(frame.expose());
        }
        let row: [&[u8]; 3] = [verification.as_bytes(), &attempt.to_be_bytes(), player.as_bytes()];
        let sealed = self.cipher.seal(FRAMES, &row, &plain)?;
        self.change(
            sqlx::query(
                "INSERT INTO frame_fingerprint (verification, attempt, player, seen_at, frames) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (verification, attempt) DO NOTHING",
            )
            .bind(verification.as_str())
            .bind(attempt)
            .bind(player.as_str())
            .bind(film.seen_at.micros())
            .bind(sealed),
        )
        .await
    }

    async fn fingerprints_of(
        &mut self,
        player: PlayerId,
        since: Timestamp,
        captures: u32,
    ) -> Result<Vec<FrameFingerprint>> {
        let player = player.to_string();
        let rows: Vec<(String, i64, Vec<u8>)> = self
            .fetch_all(
                sqlx::query_as(
                    "SELECT verification, attempt, frames FROM frame_fingerprint \
                     WHERE player = $1 AND seen_at >= $2 ORDER BY seen_at DESC LIMIT $3",
                )
                .bind(player.as_str())
                .bind(since.micros())
                .bind(i64::from(captures)),
            )
            .await?;
        let mut frames = Vec::new();
        for (verification, attempt, sealed) in rows {
            let row: [&[u8]; 3] = [verification.as_bytes(), &attempt.to_be_bytes(), player.as_bytes()];
            frames.extend(cut(self.cipher.open(FRAMES, &row, &sealed)?.expose())?);
        }
        Ok(frames)
    }

    async fn delete_fingerprints(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            sqlx::query(
                "DELETE FROM frame_fingerprint WHERE (verification, attempt) IN \
                 (SELECT verification, attempt FROM frame_fingerprint WHERE seen_at < $1 LIMIT $2)",
            )
            .bind(before.micros())
            .bind(i64::from(limit)),
        )
        .await
    }
}
