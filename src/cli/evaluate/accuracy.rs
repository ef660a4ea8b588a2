//! Error rates of a comparison system from the scores of genuine and impostor pairs (ISO/IEC 19795-1).

use serde::Serialize;

/// The true match rate at a false match rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct OperatingPoint {
    /// The greatest share of impostor pairs that may match, 0 to 1.
    pub fmr: f64,
    /// The share of all genuine pairs that match, those counted as misses that could not be compared; 0 to 1.
    pub tar: f64,
    /// The same among the pairs that could be compared.
    pub tar_compared: f64,
    /// Scores above this match.
    pub threshold: f32,
}

/// Scores of pairs, to be read at any threshold.
#[derive(Debug, Default)]
pub(super) struct Scores {
    genuine: Vec<f32>,
    impostor: Vec<f32>,
    missed: usize,
}

impl Scores {
    /// From the scores of compared pairs; `missed` genuine pairs could not be compared.
    pub(super) fn new(mut genuine: Vec<f32>, mut impostor: Vec<f32>, missed: usize) -> Self {
        genuine.sort_by(f32::total_cmp);
        impostor.sort_by(f32::total_cmp);
        Self { genuine, impostor, missed }
    }

    /// How many genuine pairs were compared.
    pub(super) fn genuine(&self) -> usize {
        self.genuine.len()
    }

    /// How many impostor pairs were compared.
    pub(super) fn impostor(&self) -> usize {
        self.impostor.len()
    }

    /// The point at which at most `fmr` of the impostor pairs match; `None` without pairs of both kinds.
    pub(super) fn at(&self, fmr: f64) -> Option<OperatingPoint> {
        let allowed = (fmr * self.impostor.len() as f64).floor() as usize;
        let place = self.impostor.len().checked_sub(allowed + 1)?;
        let threshold = self.impostor[place];
        let matched = above(&self.genuine, threshold);
        if self.genuine.is_empty() {
            return None;
        }
        Some(OperatingPoint {
            fmr,
            tar: matched as f64 / (self.genuine.len() + self.missed) as f64,
            tar_compared: matched as f64 / self.genuine.len() as f64,
            threshold,
        })
    }

    /// The equal error rate, 0 to 1: where as many genuine pairs are refused as impostor pairs are accepted.
    pub(super) fn eer(&self) -> Option<f64> {
        let (all_genuine, all_impostor) = (self.genuine.len() as f64, self.impostor.len() as f64);
        self.impostor
            .iter()
            .chain(&self.genuine)
            .map(|threshold| {
                let accepted = above(&self.impostor, *threshold) as f64 / all_impostor;
                let refused = 1.0 - above(&self.genuine, *threshold) as f64 / all_genuine;
                ((accepted - refused).abs(), f64::midpoint(accepted, refused))
            })
            .filter(|(gap, _)| gap.is_finite())
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, rate)| rate)
    }
}

/// How many of the ascending `scores` lie above `threshold`.
fn above(scores: &[f32], threshold: f32) -> usize {
    scores.len() - scores.partition_point(|score| *score <= threshold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_scores_give_known_rates() {
        let impostor = (0..100_u8).map(|i| f32::from(i) / 100.0).collect();
        let scores = Scores::new(vec![0.5, 0.95, 0.985, 1.0], impostor, 1);
        let point = scores.at(0.01).unwrap();
        assert!((point.threshold - 0.98).abs() < 1e-6);
        assert!((point.tar - 0.4).abs() < 1e-9 && (point.tar_compared - 0.5).abs() < 1e-9);
        assert!((scores.eer().unwrap() - 0.255).abs() < 0.02);
    }

    #[test]
    fn apart_means_no_error_and_nothing_means_no_answer() {
        let scores = Scores::new(vec![0.8, 0.9], vec![0.1, 0.2, 0.3], 0);
        assert!(scores.eer().unwrap().abs() < 1e-9);
        assert!((scores.at(0.001).unwrap().tar - 1.0).abs() < 1e-9);
        assert_eq!(Scores::new(vec![], vec![0.1], 0).at(0.1), None);
        assert_eq!(Scores::new(vec![0.1], vec![], 0).at(0.1), None);
        assert_eq!(Scores::default().eer(), None);
    }

    proptest! {
        #[test]
        fn no_more_impostors_match_than_allowed_and_a_laxer_point_never_matches_fewer(
            genuine in prop::collection::vec(-1.0_f32..1.0, 1..60), impostor in prop::collection::vec(-1.0_f32..1.0, 1..200),
            fmr in 0.0_f64..0.5
        ) {
            let scores = Scores::new(genuine, impostor.clone(), 2);
            let point = scores.at(fmr).unwrap();
            let matched = impostor.iter().filter(|score| **score > point.threshold).count();
            prop_assert!(matched as f64 <= fmr * impostor.len() as f64);
            prop_assert!(scores.at(fmr + 0.4).unwrap().tar >= point.tar);
        }
    }
}
