//! How well faces are told apart: every pair of labelled pictures compared, and what the errors come to.

pub mod compare;
pub mod groups;

use std::collections::BTreeMap;

use serde::Serialize;

use self::compare::{Entries, Listed};
use self::groups::Groups;
use crate::domain::face::calibration::halves::{HeldOutComparisons, hold};
use crate::domain::face::calibration::{Calibration, CalibrationError};
use crate::domain::face::comparison::Template;
use crate::domain::face::error_rates::bootstrap::intervals;
use crate::domain::face::error_rates::{OperatingPoint, Scores};

/// The false match rates that are reported, and how they are written.
pub const RATES: [(&str, f64); 4] = [("1e-2", 1e-2), ("1e-3", 1e-3), ("1e-4", 1e-4), ("1e-5", 1e-5)];
/// The same rising, as a sweep from the highest score down meets them.
const RISING: [f64; 4] = [1e-5, 1e-4, 1e-3, 1e-2];

/// Something that could not be compared, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The picture, as the index names it.
    pub file: Option<String>,
    /// The line of the index or of the list of pairs, from 1; the header counts.
    pub line: u64,
    /// A stable code.
    pub code: &'static str,
    /// A sentence.
    pub detail: String,
}

/// A picture with its labels, examined.
#[derive(Clone, Debug)]
pub struct Sample {
    /// As the index names it.
    pub file: String,
    /// Whose picture it is.
    pub identity: String,
    /// Which group the person belongs to, when groups are compared.
    pub group: Option<String>,
    /// Which capture the picture belongs to, when several make one template.
    pub capture: Option<String>,
    /// Whether exactly one face was found.
    pub found: bool,
    /// The weight of the face's quality, above 0, and its template, or why there is none.
    pub outcome: Result<(f32, Template), Failure>,
}

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// These pairs alone, instead of all.
    pub pairs: Option<Vec<Listed>>,
    /// The column that groups came from, to name it.
    pub group: Option<String>,
    /// Scores whose rates are to be checked.
    pub calibration: Option<Calibration>,
    /// How often people are split in two, to see whether a calibration holds for the other half; 0 for never.
    pub splits: usize,
    /// Rounds of the bootstrap over people; 0 for no intervals.
    pub rounds: usize,
    /// Where all draws start from.
    pub seed: u64,
}

/// What a calibration promised and what was seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kept {
    /// The rate asked for.
    pub asked: &'static str,
    /// The score that the calibration gives.
    pub score: f32,
    /// The share of impostor pairs from that score on.
    pub fmr: Option<f64>,
    /// The share of compared genuine pairs below it.
    pub fnmr: Option<f64>,
}

/// How intervals were drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bootstrap {
    /// Rounds of drawing as many people as there are.
    pub rounds: usize,
    /// Where the draws start from.
    pub seed: u64,
}

/// A figure for each rate of [`RATES`].
pub type ByRate<T> = BTreeMap<&'static str, T>;

/// What the evaluation came to. Shares are 0 to 1.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// The hash of the embedder.
    pub model: String,
    /// Rows of the index with a picture's name.
    pub pictures: usize,
    /// People.
    pub identities: usize,
    /// Pictures with exactly one face.
    pub found: usize,
    /// Templates that were compared: one a picture, or one a capture.
    pub templates: usize,
    /// How many things could not be compared.
    pub failed: usize,
    /// Each of them.
    pub failures: Vec<Failure>,
    /// Compared pairs of one person.
    pub genuine: usize,
    /// Pairs of one person that could not be compared.
    pub genuine_missed: usize,
    /// Compared pairs of two people.
    pub impostor: usize,
    /// There were too many pairs of two people, and this share of them was drawn.
    pub impostor_share: f64,
    /// Equal error rate of the compared pairs.
    pub eer: Option<f64>,
    /// Its 95 % interval.
    pub eer_interval: Option<[f64; 2]>,
    /// True match rate, pairs without a template counting as misses.
    pub tar: ByRate<Option<f64>>,
    /// Its 95 % intervals.
    pub tar_interval: ByRate<Option<[f64; 2]>>,
    /// True match rate of the compared pairs.
    pub tar_compared: ByRate<Option<f64>>,
    /// False non-match rate of the compared pairs.
    pub fnmr: ByRate<Option<f64>>,
    /// Scores above these match.
    pub thresholds: ByRate<Option<f32>>,
    /// Rates for which there are too few impostor pairs.
    pub uncertain: Vec<&'static str>,
    /// How the intervals were drawn.
    pub bootstrap: Bootstrap,
    /// Errors by group.
    pub groups: Option<Groups>,
    /// What a calibration promised, and what was seen.
    pub calibration: Option<Vec<Kept>>,
    /// Whether a calibration of one half of the people holds for the other.
    pub splits: Option<Vec<HeldOutComparisons>>,
    /// The same of the models in the shadow.
    pub shadow: Option<Box<Evaluation>>,
}

/// An evaluation and the scores it came from.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The figures.
    pub evaluation: Evaluation,
    /// The scores.
    pub scores: Scores,
}

/// Compares the samples of one embedder, and counts the errors. `failures` are those known before any was examined.
///
/// # Errors
/// When splits are wanted and a half is too small to calibrate.
pub fn measure(
    model: &str,
    samples: &[Sample],
    mut failures: Vec<Failure>,
    wanted: &Wanted,
) -> Result<Measured, CalibrationError> {
    failures.extend(samples.iter().filter_map(|sample| sample.outcome.as_ref().err()).cloned());
    failures.sort_by_key(|failure| failure.line);
    let entries = Entries::of(samples);
    let (scores, impostor_share) = entries.compare(wanted.pairs.as_deref(), &mut failures);
    let people = entries.people();
    let points: ByRate<Option<OperatingPoint>> = by_rate(|fmr| scores.at(fmr));
    let drawn = intervals(&scores, people, &RISING, wanted.rounds, wanted.seed);
    let of = |read: fn(&OperatingPoint) -> f64| -> ByRate<Option<f64>> {
        points.iter().map(|(name, point)| (*name, point.as_ref().map(read))).collect()
    };
    let splits = if wanted.splits == 0 {
        None
    } else {
        let fmr: Vec<f64> = RATES.iter().map(|(_, fmr)| *fmr).collect();
        Some(hold(&scores, people, wanted.splits, &fmr, wanted.seed)?)
    };
    let evaluation = Evaluation {
        model: model.to_owned(),
        pictures: samples.len(),
        identities: people,
        found: samples.iter().filter(|sample| sample.found).count(),
        templates: entries.templates(),
        failed: failures.len(),
        failures,
        genuine: scores.genuine().len(),
        genuine_missed: scores.missed().len(),
        impostor: scores.impostor().len(),
        impostor_share,
        eer: scores.eer(),
        eer_interval: drawn.eer,
        tar: of(|point| point.tar),
        tar_interval: RATES
            .iter()
            .zip(drawn.tar.iter().rev())
            .map(|((name, _), interval)| (*name, *interval))
            .collect(),
        tar_compared: of(|point| point.tar_compared),
        fnmr: of(|point| 1.0 - point.tar_compared),
        thresholds: points.iter().map(|(name, point)| (*name, point.map(|point| point.threshold))).collect(),
        uncertain: RATES
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| points[name].is_some_and(|point| point.uncertain))
            .collect(),
        bootstrap: Bootstrap { rounds: wanted.rounds, seed: wanted.seed },
        groups: wanted.group.as_ref().and_then(|column| Groups::of(column, &entries, wanted.pairs.as_deref(), &scores)),
        calibration: wanted.calibration.as_ref().map(|calibration| kept(calibration, &scores)),
        splits,
        shadow: None,
    };
    Ok(Measured { evaluation, scores })
}

fn by_rate<T>(figure: impl Fn(f64) -> T) -> ByRate<T> {
    RATES.iter().map(|(name, fmr)| (*name, figure(*fmr))).collect()
}

fn kept(calibration: &Calibration, scores: &Scores) -> Vec<Kept> {
    RATES
        .iter()
        .map(|(asked, fmr)| {
            let score = calibration.score_at(*fmr);
            Kept { asked, score, fmr: scores.fmr_from(score), fnmr: scores.fnmr_from(score) }
        })
        .collect()
}

#[cfg(test)]
mod tests;
