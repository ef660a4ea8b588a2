//! What the cues say.

/// Scores of the passive PAD model on one frame, one for each crop scale (2.0, 2.7 and 4.0 face heights), each the
/// model's probability of a bona fide presentation, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PresentationScores([f32; 3]);

impl PresentationScores {
    /// Scores in the order of the scales.
    pub fn new(by_scale: [f32; 3]) -> Self {
        Self(by_scale)
    }

    /// The least of them, which measured better than any one; a score that is no number counts as 0.
    pub fn least(&self) -> f32 {
        self.0.iter().copied().map(|score| if score.is_nan() { 0.0 } else { score }).fold(1.0, f32::min)
    }

    /// The scores in the order of the scales.
    pub fn by_scale(&self) -> [f32; 3] {
        self.0
    }
}
