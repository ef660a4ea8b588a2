//! What was measured of a face at the camera step: for staff and for the record, never for operators or players.

use super::liveness::cues::CueResult;
use serde::{Deserialize, Serialize};

/// The scores behind a face decision. For staff only; neither player nor operator ever sees them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FaceScores {
    /// Cosine similarity of live face and ID photo, -1 to 1.
    pub similarity: Option<f32>,
    /// Median of the frames' least PAD score, 0 (attack) to 1 (bona fide).
    pub presentation: Option<f32>,
    /// How many frames were kept.
    pub frames: usize,
    /// Unified quality of the best frame, 0 to 1.
    pub quality: Option<f32>,
    /// What each cue of liveness says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cues: Vec<CueResult>,
}
