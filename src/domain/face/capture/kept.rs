//! Kept frames: good ones of the straight head, from every stretch of the course.

use std::time::Duration;

use super::super::comparison::Template;
use super::super::liveness::challenge::COMMANDS;
use super::super::liveness::evidence::PresentationScores;
use crate::domain::face::quality::FaceQuality;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;

/// Good frames that are kept of the baseline, before anything was asked.
const BASELINE_KEPT: usize = 3;
/// Good frames that are kept of a whole capture with lights: those of the baseline, and one after each command.
pub const FRAMES_KEPT: usize = BASELINE_KEPT + COMMANDS;
/// Good frames closer together than this count once, so that one instant is not taken for several.
const FRAME_SPACING: Duration = Duration::from_millis(150);
/// A frame that counts.
#[derive(Clone, Debug)]
pub struct KeptFrame {
    /// The JPEG as it came.
    pub picture: SecretBytes,
    /// What was measured of its face.
    pub quality: FaceQuality,
    /// What PAD says of it.
    pub presentation: PresentationScores,
    /// Its template, held against the other frames and the ID photo.
    pub template: Template,
}

/// Those of one capture.
#[derive(Debug, Default)]
pub(super) struct Kept {
    frames: Vec<KeptFrame>,
    /// The stretch of the course that each is of.
    stretches: Vec<usize>,
    last: Option<Timestamp>,
}

impl Kept {
    /// How many frames of this stretch are still to be kept: several of the baseline, one after each command.
    pub(super) fn missing(&self, stretch: usize) -> usize {
        let wanted = if stretch == 0 { BASELINE_KEPT } else { 1 };
        wanted.saturating_sub(self.stretches.iter().filter(|kept| **kept == stretch).count())
    }

    /// Whether a good frame of `now` would be kept.
    pub(super) fn wants(&self, stretch: usize, now: Timestamp) -> bool {
        self.missing(stretch) > 0 && self.last.is_none_or(|last| now.since(last) >= FRAME_SPACING)
    }

    /// Keeps one.
    pub(super) fn take(&mut self, frame: KeptFrame, stretch: usize, now: Timestamp) {
        self.last = Some(now);
        self.frames.push(frame);
        self.stretches.push(stretch);
    }

    /// All of them, oldest first.
    pub(super) fn frames(&self) -> &[KeptFrame] {
        &self.frames
    }

    /// The one of the best quality.
    pub(super) fn best(&self) -> Option<&KeptFrame> {
        self.frames.iter().max_by(|a, b| a.quality.unified().total_cmp(&b.quality.unified()))
    }

    /// One template of all, the better the frame the heavier; `None` when there are none.
    pub(super) fn template(&self) -> Option<Template> {
        Template::weighted_mean(self.frames.iter().map(|frame| (frame.quality.weight(), &frame.template))).ok()
    }

    #[cfg(test)]
    pub(super) fn stretches(&self) -> &[usize] {
        &self.stretches
    }
}
