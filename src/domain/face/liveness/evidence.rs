//! What the cues say.

/// Scores of the passive PAD model on one frame, one for each crop scale (2.0, 2.7 and 4.0 face heights), each the
/// model's probability of a bona fide presentation, 0 to 1. Where two scales see the same, the third is not asked and
/// stands as they do: it could not change the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PresentationScores([f32; 3]);

impl PresentationScores {
    /// Scores in the order of the scales.
    pub fn new(by_scale: [f32; 3]) -> Self {
        Self(by_scale)
    }

    /// The middle one: one scale that errs decides nothing. 0 when any of them is no number.
    pub fn middle(&self) -> f32 {
        let mut scores = self.0;
        scores.sort_unstable_by(f32::total_cmp);
        if scores.iter().any(|score| score.is_nan()) { 0.0 } else { scores[1] }
    }

    /// The scores in the order of the scales.
    pub fn by_scale(&self) -> [f32; 3] {
        self.0
    }
}
