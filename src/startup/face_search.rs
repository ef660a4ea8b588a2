//! The search of live faces among those that were seen: index and policy.

use std::sync::Arc;

use crate::config::FaceSearch;
use crate::domain::face::calibration::Calibration;
use crate::domain::face::engine::FaceEngine;
use crate::domain::face::index::FaceIndex;
use crate::domain::face::search::{FaceSearchPolicy, ScoreAt};
use crate::vision::face_index::ScannedFaceIndex;

/// An empty index of the engine's own templates.
pub(super) fn index(faces: &dyn FaceEngine) -> Arc<dyn FaceIndex> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Arc::new(ScannedFaceIndex::new(faces.embedder().clone(), cores))
}

/// The policy that `[face_search]` and the calibration of the embedder come to.
pub(super) fn policy(section: &FaceSearch, calibration: Calibration) -> FaceSearchPolicy {
    FaceSearchPolicy {
        enabled: section.enabled,
        false_hits: section.false_hits,
        keep: section.keep.0,
        score_at: ScoreAt::new(move |rate| calibration.score_at(rate)),
    }
}
