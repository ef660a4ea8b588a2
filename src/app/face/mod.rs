//! The work on faces that belongs to no single step: frames through the engine, templates, the index, evaluation.

pub mod engine_turns;
pub mod evaluate_faces;
pub mod evaluate_liveness;
pub(super) mod examine;
pub(super) mod id_template;
pub mod keep_current;
pub mod live_capture;
pub mod purge;
pub(super) mod recall_frames;
pub mod reembed;
pub mod sightings;

use std::fmt;
use std::sync::Arc;

use crate::domain::face::engine::{FaceEngine, PictureMarker};
use crate::domain::face::index::FaceIndex;

use engine_turns::EngineTurns;

/// What work on faces stands on.
#[derive(Clone)]
pub struct FaceServices {
    /// The models.
    pub engine: Arc<dyn FaceEngine>,
    /// Whose frame they look at next.
    pub turns: EngineTurns,
    /// Faces that were seen.
    pub index: Arc<dyn FaceIndex>,
    /// Marks pictures for who looks at them.
    pub marker: Arc<dyn PictureMarker>,
}

impl fmt::Debug for FaceServices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaceServices").finish_non_exhaustive()
    }
}
