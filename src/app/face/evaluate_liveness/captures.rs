//! What a capture would make of a clip: it keeps a few frames of many, and which is chance.

use crate::domain::face::capture::FRAMES_KEPT;
use crate::domain::face::error_rates::bootstrap::Draws;
use crate::domain::face::liveness::decision::capture_score;
use crate::domain::face::liveness::evidence::PresentationScores;

/// How many captures are drawn.
const CAPTURES: usize = 1000;

/// Of captures of as many of these frames as a capture needs, the share that passes from `threshold` on; `None` where
/// there are too few frames for one.
pub(super) fn accepted(frames: &[PresentationScores], threshold: f32, seed: u64) -> Option<f64> {
    if frames.len() < FRAMES_KEPT {
        return None;
    }
    let mut draws = Draws::new(seed);
    let mut frames = frames.to_vec();
    let mut passing = 0;
    for _ in 0..CAPTURES {
        // The first of a shuffle that goes no further.
        for place in 0..FRAMES_KEPT {
            let other = place + draws.below(frames.len() - place);
            frames.swap(place, other);
        }
        passing += usize::from(capture_score(&frames[..FRAMES_KEPT]) >= threshold);
    }
    Some(passing as f64 / CAPTURES as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(scores: &[f32]) -> Vec<PresentationScores> {
        scores.iter().map(|score| PresentationScores::new([*score; 3])).collect()
    }

    #[test]
    fn a_clip_that_is_sure_is_sure_in_every_capture_and_one_that_wavers_in_some() {
        assert_eq!(accepted(&frames(&[0.9; 20]), 0.5, 1), Some(1.0));
        assert_eq!(accepted(&frames(&[0.1; 20]), 0.5, 1), Some(0.0));
        let wavering = accepted(&frames(&[0.9, 0.1].repeat(10)), 0.5, 1).unwrap();
        assert!((0.2..0.8).contains(&wavering), "{wavering}");
        assert_eq!(accepted(&frames(&[0.9; 5]), 0.5, 1), None);
    }
}
