//! One monotone, explainable rule: more bona fide evidence never makes a presentation look more like an attack.

use serde::{Deserialize, Serialize};

use super::evidence::PresentationScores;

/// Scores between which a presentation is in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresentationThresholds {
    /// From here on: bona fide.
    pub bona_fide_from: f32,
    /// Below this: attack.
    pub attack_below: f32,
}

/// What the capture was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presentation {
    /// A living person.
    BonaFide,
    /// A picture, a screen, a mask.
    Attack,
    /// Neither can be said.
    Doubt,
}

/// The median of the frames' middle scores, 0 to 1; 0 for no frames.
pub fn capture_score(frames: &[PresentationScores]) -> f32 {
    let mut scores: Vec<f32> = frames.iter().map(PresentationScores::middle).collect();
    scores.sort_by(f32::total_cmp);
    match scores.len() {
        0 => 0.0,
        n if n % 2 == 1 => scores[n / 2],
        n => f32::midpoint(scores[n / 2 - 1], scores[n / 2]),
    }
}

/// Judges a whole capture by the median frame.
pub fn decide(frames: &[PresentationScores], thresholds: PresentationThresholds) -> Presentation {
    let score = capture_score(frames);
    if score >= thresholds.bona_fide_from {
        Presentation::BonaFide
    } else if score < thresholds.attack_below {
        Presentation::Attack
    } else {
        Presentation::Doubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const THRESHOLDS: PresentationThresholds = PresentationThresholds { bona_fide_from: 0.5, attack_below: 0.2 };

    fn rank(presentation: Presentation) -> u8 {
        match presentation {
            Presentation::Attack => 0,
            Presentation::Doubt => 1,
            Presentation::BonaFide => 2,
        }
    }

    #[test]
    fn nothing_seen_is_an_attack() {
        assert_eq!(decide(&[], THRESHOLDS), Presentation::Attack);
        assert_eq!(decide(&[PresentationScores::new([f32::NAN, 1.0, 1.0])], THRESHOLDS), Presentation::Attack);
    }

    #[test]
    fn one_scale_or_frame_that_errs_decides_nothing() {
        let sure = PresentationScores::new([0.9, 0.1, 0.8]);
        let wrong = PresentationScores::new([0.1, 0.9, 0.0]);
        assert_eq!(decide(&[sure, wrong, sure], THRESHOLDS), Presentation::BonaFide);
        assert_eq!(decide(&[wrong, sure, wrong], THRESHOLDS), Presentation::Attack);
    }

    proptest! {
        #[test]
        fn a_better_frame_never_worsens_the_decision(
            scores in prop::collection::vec(prop::array::uniform3(0.0_f32..1.0), 1..9), place: prop::sample::Index, by in 0.0_f32..1.0
        ) {
            let before: Vec<_> = scores.iter().copied().map(PresentationScores::new).collect();
            let mut better = scores.clone();
            let i = place.index(better.len());
            better[i] = better[i].map(|s| (s + by).min(1.0));
            let after: Vec<_> = better.into_iter().map(PresentationScores::new).collect();
            prop_assert!(rank(decide(&after, THRESHOLDS)) >= rank(decide(&before, THRESHOLDS)));
        }
    }
}
