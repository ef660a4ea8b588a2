//! The search of live faces among those that were seen: index and policy.

use std::sync::Arc;

use crate::config::FaceSearch;
use crate::domain::comparison::Thresholds;
use crate::domain::face_search::{FaceSearchPolicy, ScoreAt};
use crate::domain::ports::{FaceEngine, FaceIndex};
use crate::vision::face_index::ScannedFaceIndex;

/// How far above the match of two faces a likeness among many must stand.
const MARGIN: f32 = 0.1;

/// An empty index of the engine's own templates.
pub(super) fn index(faces: &dyn FaceEngine) -> Arc<dyn FaceIndex> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Arc::new(ScannedFaceIndex::new(faces.embedder().clone(), cores))
}

/// The policy that `[face_search]` and the calibration of the embedder come to.
pub(super) fn policy(section: &FaceSearch, comparison: Thresholds) -> FaceSearchPolicy {
    FaceSearchPolicy {
        enabled: section.enabled,
        false_hits: section.false_hits,
        keep: section.keep.0,
        score_at: score_at(comparison),
    }
}

// TO BE REPLACED by the calibration of the models (score at a false match rate): until then every rate has one score.
fn score_at(comparison: Thresholds) -> ScoreAt {
    let score = (comparison.match_from + MARGIN).min(1.0);
    ScoreAt::new(move |_rate| score)
}
