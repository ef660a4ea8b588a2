//! A film in memory, looked at once.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::liveness::frames::{self, Unread};
use crate::domain::face::detection::Face;
use crate::domain::face::engine::{EngineError, ExamineRequest, FaceEngine, QualityGate, TemplateDepth};
use crate::workshop::film::Sight;

/// As often as a capture looks at the whole picture again.
const LOOK_AROUND: usize = 10;

/// Frames as the page would send them, and what each shows.
pub(super) struct Reel {
    pub(super) pictures: Vec<Vec<u8>>,
    pub(super) sights: Vec<Sight>,
}

impl Reel {
    /// Reads `seconds` of a film and looks at its faces, each frame once.
    pub(super) async fn look(engine: &Arc<dyn FaceEngine>, path: PathBuf, seconds: u32) -> Result<Self, Unread> {
        let failed = |why: String| ("engine_failed", why);
        let read = tokio::task::spawn_blocking(move || frames::film(&path, seconds)).await;
        let frames = read.map_err(|why| failed(why.to_string()))??;
        let mut reel = Self { pictures: Vec::with_capacity(frames.len()), sights: Vec::with_capacity(frames.len()) };
        let mut followed: Option<Face> = None;
        for (place, (millis, picture)) in frames.into_iter().enumerate() {
            let follow = followed.filter(|_| place % LOOK_AROUND != 0);
            let ask =
                ExamineRequest { follow, ..ExamineRequest::of(QualityGate::LiveFrame, false, TemplateDepth::None) };
            let sight = match engine.examine(picture.clone().into(), ask).await {
                Ok(found) => {
                    followed = found.faces.first().copied().filter(|_| found.signs.is_some());
                    Sight { millis, signs: found.signs, good: found.rejection.is_none() }
                }
                Err(EngineError::Picture(_)) => Sight { millis, signs: None, good: false },
                Err(error) => return Err(failed(error.to_string())),
            };
            reel.pictures.push(picture);
            reel.sights.push(sight);
        }
        Ok(reel)
    }

    /// Seconds from the first frame to the last.
    pub(super) fn seconds(&self) -> f64 {
        self.sights.last().map_or(0.0, |last| last.millis as f64 / 1_000.0)
    }
}
