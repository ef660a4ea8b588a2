//! The index of faces that were seen.

use super::comparison::Template;
use super::search::{Sighting, SightingKey};
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use async_trait::async_trait;

/// Why the index gave no answer. Not answering is never "nobody is alike".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaceIndexError {
    /// The template is of another model than the index.
    #[error("the template was made by another model than those of the index")]
    OtherModel,
    /// The index itself failed.
    #[error("the face index failed")]
    Failed,
}

/// Finds faces that are like a given one among all that were seen, roughly: who is found is compared exactly afterwards.
/// It holds what it was told, in memory; the store remains the truth.
#[async_trait]
pub trait FaceIndex: Send + Sync {
    /// The `count` most alike, the most alike first; without the faces of `player` that were accepted or rejected, and
    /// without those seen before `since` (attackers have no such limit).
    async fn nearest(
        &self,
        probe: &Template,
        player: PlayerId,
        since: Timestamp,
        count: usize,
    ) -> Result<Vec<SightingKey>, FaceIndexError>;

    /// Takes sightings in, each in the place of an older one of its key; one without a template leaves.
    async fn apply(&self, sightings: Vec<Sighting>) -> Result<(), FaceIndexError>;

    /// Lets go of what was seen before `since`, attackers excepted.
    async fn forget_before(&self, since: Timestamp) -> Result<(), FaceIndexError>;

    /// How many faces it holds.
    fn len(&self) -> usize;

    /// Whether it holds none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Up to when it knows everything; `None` before it was filled.
    fn synced_at(&self) -> Option<Timestamp>;

    /// It knows everything up to `at` now.
    fn mark_synced(&self, at: Timestamp);
}
