//! Does a calibration hold for people it has not seen? People are split in two at random, again and again; one half
//! calibrates, the other reports.

use serde::Serialize;

use super::{Calibration, CalibrationError};
use crate::domain::face::comparison::ModelHash;
use crate::domain::face::error_rates::Scores;
use crate::domain::face::error_rates::bootstrap::Draws;
use crate::domain::kernel::time::Timestamp;

/// How the FMR of fresh people compares with the one asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldOutComparisons {
    /// The rate asked for.
    pub fmr: f64,
    /// Observed over asked: the 5th, 50th and 95th of a hundred splits.
    pub ratio: [f64; 3],
    /// Its mean: all pairs seen over all pairs expected.
    pub mean: f64,
    /// The share of splits within a factor of two.
    pub within_two: f64,
    /// How many impostor pairs of fresh people there should be above the score, on average.
    pub expected_pairs: f64,
}

/// Splits `people` people `splits` times, by draws from `seed`.
///
/// # Errors
/// When a half is too small to calibrate.
pub fn hold(
    scores: &Scores,
    people: usize,
    splits: usize,
    fmr: &[f64],
    seed: u64,
) -> Result<Vec<HeldOutComparisons>, CalibrationError> {
    let mut draws = Draws::new(seed);
    let mut ratios = vec![Vec::with_capacity(splits); fmr.len()];
    let mut pairs = 0.0;
    for _ in 0..splits {
        let first = half(people, &mut draws);
        let among = |side: bool| scores.among(|person| first[person as usize] == side);
        let (known, fresh) = (among(true), among(false));
        let calibrated = Calibration::fit(ModelHash(String::new()), &known, people / 2, "", Timestamp::from_micros(0))?;
        for (all, rate) in ratios.iter_mut().zip(fmr) {
            all.extend(fresh.fmr_from(calibrated.score_at(*rate)).map(|observed| observed / rate));
        }
        pairs += fresh.impostor().len() as f64 / splits as f64;
    }
    Ok(ratios.into_iter().zip(fmr).map(|(all, rate)| held(all, *rate, pairs)).collect())
}

/// Who is in the first half of `people`, drawn.
pub fn half(people: usize, draws: &mut Draws) -> Vec<bool> {
    let mut first: Vec<bool> = (0..people).map(|place| place < people / 2).collect();
    for place in (1..people).rev() {
        first.swap(place, draws.below(place + 1));
    }
    first
}

fn held(mut ratios: Vec<f64>, fmr: f64, pairs: f64) -> HeldOutComparisons {
    ratios.sort_unstable_by(f64::total_cmp);
    let last = ratios.len().saturating_sub(1) as f64;
    let ratio = [0.05, 0.5, 0.95].map(|share| ratios.get((share * last).round() as usize).copied().unwrap_or(f64::NAN));
    let mean = ratios.iter().sum::<f64>() / ratios.len().max(1) as f64;
    let within = ratios.iter().filter(|ratio| (0.5..=2.0).contains(*ratio)).count();
    HeldOutComparisons {
        fmr,
        ratio,
        mean,
        within_two: within as f64 / ratios.len().max(1) as f64,
        expected_pairs: fmr * pairs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::face::calibration::tests::normal_scores;

    #[test]
    fn halves_are_halves_and_differ_from_draw_to_draw() {
        let mut draws = Draws::new(1);
        let (one, other) = (half(101, &mut draws), half(101, &mut draws));
        assert_eq!(one.iter().filter(|first| **first).count(), 50);
        assert_ne!(one, other);
    }

    #[test]
    fn fresh_people_of_the_same_kind_keep_to_the_rate() {
        let scores = normal_scores(120, 3);
        let held = hold(&scores, 120, 20, &[1e-2, 1e-3], 1).unwrap();
        assert!(held[0].within_two > 0.99 && (held[0].ratio[1] - 1.0).abs() < 0.2, "{held:?}");
        assert!(held[1].within_two > 0.8, "{held:?}");
        assert_eq!(hold(&normal_scores(60, 3), 60, 2, &[1e-2], 1), Err(CalibrationError::TooFewPeople(30)));
    }
}
