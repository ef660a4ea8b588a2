//! Calibration: which similarity score belongs to which false match rate (FMR), for one model.
//!
//! Scores of impostor pairs of one embedder lie, in their upper tenth, on a straight line over the deviates of a normal
//! distribution. That line is fitted, and read beyond the rates that the pairs could show. Out there it climbs a tenth
//! steeper than it was measured, so that what nobody has seen asks for a higher score rather than for a lower one.

pub mod halves;
pub mod normal;

use serde::{Deserialize, Serialize};

use self::normal::{deviate_of, share_above};
use super::comparison::{ModelHash, Thresholds};
use super::error_rates::Scores;
use crate::domain::kernel::time::Timestamp;

/// The schema of the file that this program reads and writes.
const SCHEMA: u32 = 1;
/// Fewer people calibrate nothing: of 30, one draw in five misses 1e-3 by more than a factor of two.
pub const MIN_PEOPLE: usize = 50;
/// Fewer impostor pairs leave too few in the tail.
pub const MIN_PAIRS: usize = 1_000;
/// The share of impostor pairs, the most similar ones, that the line is fitted to.
const TAIL: f64 = 0.1;
/// A second fit, further out: the steeper of the two is believed beyond the data.
const FAR_TAIL: f64 = 0.01;
/// How much steeper than measured the line climbs beyond the data.
const CAUTION: f64 = 1.1;
/// With fewer pairs than this above a score, the score lies beyond the data.
const PAIRS_TO_TRUST: f64 = 1.0;
/// Places of the tail that the fit looks at, evenly spread over the logarithm of the rank.
const PLACES: u32 = 60;

/// Why scores make no calibration, or a file holds none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    /// Too few people.
    #[error("a calibration takes at least {MIN_PEOPLE} people, and there are {0}")]
    TooFewPeople(usize),
    /// Too few impostor pairs.
    #[error("a calibration takes at least {MIN_PAIRS} impostor pairs, and there are {0}")]
    TooFewPairs(usize),
    /// A score is no number.
    #[error("a score is not a number")]
    NotANumber,
    /// All of the tail is one score.
    #[error("the scores of impostor pairs do not spread, so no rate can be read off them")]
    NoSpread,
    /// The file is no calibration.
    #[error("this is no calibration: {0}")]
    Unreadable(String),
}

/// Score over deviate: `at + per_deviate * z`, and from `beyond_from` on `beyond` for each deviate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: f64,
    per_deviate: f64,
    beyond_from: f64,
    beyond: f64,
}

/// What the calibration gives for one rate, for people who read the file; the program computes it anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// The false match rate asked for.
    pub fmr: f64,
    /// The score from which on pairs match at that rate.
    pub score: f32,
    /// The share of genuine pairs below it, among those the calibration was made of.
    pub fnmr: Option<f64>,
}

/// Scores as error rates, for one model. Holds figures alone: no score of a single pair, no name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    schema: u32,
    /// The embedder, or the combination of embedders, whose scores these are.
    pub model: ModelHash,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// By which version of this program.
    pub version: String,
    /// How many people it was made of.
    pub people: usize,
    /// How many pairs of two people.
    pub impostor: usize,
    /// How many pairs of one person.
    pub genuine: usize,
    line: Line,
    /// Some rates, for readers.
    pub points: Vec<Point>,
}

impl Calibration {
    /// Fits the scores of pairs of `people` people, compared by `model`.
    ///
    /// # Errors
    /// When there are too few people or pairs, a score is no number, or the scores do not spread.
    pub fn fit(
        model: ModelHash,
        scores: &Scores,
        people: usize,
        version: &str,
        now: Timestamp,
    ) -> Result<Self, CalibrationError> {
        if people < MIN_PEOPLE {
            return Err(CalibrationError::TooFewPeople(people));
        }
        let line = Line::fit(&scores.impostor_scores())?;
        let mut calibration = Self {
            schema: SCHEMA,
            model,
            made_at: now.rfc3339(),
            version: version.to_owned(),
            people,
            impostor: scores.impostor().len(),
            genuine: scores.genuine().len(),
            line,
            points: Vec::new(),
        };
        calibration.points = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8]
            .map(|fmr| {
                let score = calibration.score_at(fmr);
                Point { fmr, score, fnmr: scores.fnmr_from(score) }
            })
            .to_vec();
        Ok(calibration)
    }

    /// Reads the JSON that [`Calibration::to_json`] wrote.
    ///
    /// # Errors
    /// When it is none, is of another schema, or its line does not rise.
    pub fn from_json(text: &str) -> Result<Self, CalibrationError> {
        let calibration: Self =
            serde_json::from_str(text).map_err(|why| CalibrationError::Unreadable(why.to_string()))?;
        if calibration.schema != SCHEMA {
            let why = format!("schema {} is not {SCHEMA}, the one this program reads", calibration.schema);
            return Err(CalibrationError::Unreadable(why));
        }
        if calibration.people < MIN_PEOPLE {
            return Err(CalibrationError::TooFewPeople(calibration.people));
        }
        if !calibration.line.rises() {
            return Err(CalibrationError::NoSpread);
        }
        Ok(calibration)
    }

    /// The calibration as JSON, with a line end.
    pub fn to_json(&self) -> String {
        // Strings and finite numbers only: there is nothing that could not be written.
        serde_json::to_string_pretty(self).map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// The score from which on pairs of two people match at the rate `fmr`, above 0 and up to one half. The lower the
    /// rate, the higher the score; it may pass 1, which nobody reaches. Infinite for what is no such rate.
    pub fn score_at(&self, fmr: f64) -> f32 {
        if !(fmr > 0.0 && fmr <= 0.5) {
            return f32::INFINITY;
        }
        self.line.score(deviate_of(fmr)) as f32
    }

    /// The rate at which pairs of two people reach `score`, 0 to 1; 1 for what is no number. Below the tenth of the
    /// most similar pairs it is a normal distribution's and only roughly right.
    pub fn fmr_at(&self, score: f32) -> f64 {
        if score.is_nan() {
            return 1.0;
        }
        share_above(self.line.deviate(f64::from(score)))
    }

    /// Match at the rate `fmr`, doubt up to the rate `doubt_fmr`.
    pub fn thresholds(&self, fmr: f64, doubt_fmr: f64) -> Thresholds {
        let match_from = self.score_at(fmr);
        Thresholds { match_from, no_match_below: self.score_at(doubt_fmr).min(match_from) }
    }
}

impl Line {
    /// Fits scores that stand in falling order.
    fn fit(falling: &[f32]) -> Result<Self, CalibrationError> {
        if falling.iter().any(|score| !score.is_finite()) {
            return Err(CalibrationError::NotANumber);
        }
        if falling.len() < MIN_PAIRS {
            return Err(CalibrationError::TooFewPairs(falling.len()));
        }
        let (at, per_deviate) = straight(falling, TAIL);
        let (_, far) = straight(falling, FAR_TAIL);
        let beyond_from = deviate_of(PAIRS_TO_TRUST / falling.len() as f64);
        let line = Self { at, per_deviate, beyond_from, beyond: CAUTION * far.max(per_deviate) };
        if line.rises() { Ok(line) } else { Err(CalibrationError::NoSpread) }
    }

    fn rises(&self) -> bool {
        let all = [self.at, self.per_deviate, self.beyond_from, self.beyond];
        all.iter().all(|value| value.is_finite()) && self.per_deviate > 1e-6 && self.beyond >= self.per_deviate
    }

    fn score(&self, deviate: f64) -> f64 {
        let near = deviate.min(self.beyond_from);
        self.at + self.per_deviate * near + self.beyond * (deviate - near)
    }

    fn deviate(&self, score: f64) -> f64 {
        let bend = self.score(self.beyond_from);
        if score <= bend {
            (score - self.at) / self.per_deviate
        } else {
            self.beyond_from + (score - bend) / self.beyond
        }
    }
}

/// Least squares of score over deviate in the `tail`, each place weighing as many pairs as lie above it.
fn straight(falling: &[f32], tail: f64) -> (f64, f64) {
    let all = falling.len() as f64;
    let step = (tail * all).ln() / f64::from(PLACES - 1);
    let mut ranks: Vec<usize> = (0..PLACES).map(|place| (step * f64::from(place)).exp().round() as usize).collect();
    ranks.dedup();
    let (mut weights, mut deviates, mut scores, mut squares, mut products) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for rank in ranks {
        let Some(score) = rank.checked_sub(1).and_then(|place| falling.get(place)) else { continue };
        let (weight, score) = (rank as f64, f64::from(*score));
        let deviate = deviate_of((weight - 0.5) / all);
        weights += weight;
        deviates += weight * deviate;
        scores += weight * score;
        squares += weight * deviate * deviate;
        products += weight * deviate * score;
    }
    let slope = (weights * products - deviates * scores) / (weights * squares - deviates * deviates);
    ((scores - slope * deviates) / weights, slope)
}

#[cfg(test)]
mod tests;
