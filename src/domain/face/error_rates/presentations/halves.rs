//! Does a threshold hold for people it has not seen? People are split in two at random, again and again; one half tunes,
//! the other reports.

use serde::Serialize;

use super::Presentations;
use crate::domain::face::calibration::halves::half;
use crate::domain::face::error_rates::bootstrap::Draws;

/// What became of people who did not tune.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldOutPresentations {
    /// How many splits had both kinds of presentations on both sides.
    pub splits: usize,
    /// The thresholds: the 5th, 50th and 95th of a hundred.
    pub threshold: [f64; 3],
    /// APCER of the worst kind: mean, and the 95th of a hundred.
    pub apcer_worst: [f64; 2],
    /// BPCER: the same.
    pub bpcer: [f64; 2],
}

/// Splits `people` people `splits` times, by draws from `seed`; `None` when no split had presentations of both kinds on
/// both sides.
pub fn hold(presentations: &Presentations, people: usize, splits: usize, seed: u64) -> Option<HeldOutPresentations> {
    let mut draws = Draws::new(seed);
    let mut columns: [Vec<f64>; 3] = std::array::from_fn(|_| Vec::with_capacity(splits));
    for _ in 0..splits {
        let first = half(people, &mut draws);
        let among = |side: bool| presentations.among(|person| first[person as usize] == side);
        let fresh = among(false);
        let Some(threshold) = among(true).crossing().map(|crossing| crossing.threshold) else { continue };
        let (Some(apcer), Some(bpcer)) = (fresh.worst_apcer(threshold), fresh.bpcer(threshold)) else { continue };
        for (column, value) in columns.iter_mut().zip([threshold.into(), apcer, bpcer]) {
            column.push(value);
        }
    }
    for column in &mut columns {
        column.sort_unstable_by(f64::total_cmp);
    }
    let [thresholds, apcer, bpcer] = columns;
    let last = thresholds.len().checked_sub(1)?;
    let at = |values: &[f64], share: f64| values[(share * last as f64).round() as usize];
    let rate = |values: &[f64]| [values.iter().sum::<f64>() / values.len() as f64, at(values, 0.95)];
    Some(HeldOutPresentations {
        splits: thresholds.len(),
        threshold: [0.05, 0.5, 0.95].map(|share| at(&thresholds, share)),
        apcer_worst: rate(&apcer),
        bpcer: rate(&bpcer),
    })
}
