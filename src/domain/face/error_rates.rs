//! Error rates of a comparison system from the scores of genuine and impostor pairs (ISO/IEC 19795-1).
//!
//! FMR: the share of impostor pairs that match. FNMR: the share of compared genuine pairs that do not. TAR counts pairs
//! without a template as misses too. EER: where as many genuine pairs are refused as impostor pairs are accepted.

pub mod bootstrap;
pub mod presentations;
pub mod shares;

/// Two compared pictures: their score, and whose they are. A person is a number from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Similarity.
    pub score: f32,
    /// The one person.
    pub a: u32,
    /// The other, or the same.
    pub b: u32,
}

/// The true match rate at a false match rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OperatingPoint {
    /// The greatest share of impostor pairs that may match, 0 to 1.
    pub fmr: f64,
    /// The share of all genuine pairs that match, those counted as misses that could not be compared; 0 to 1.
    pub tar: f64,
    /// The same among the pairs that could be compared.
    pub tar_compared: f64,
    /// Scores above this match.
    pub threshold: f32,
    /// There are too few impostor pairs to see this rate: the threshold is the highest impostor score.
    pub uncertain: bool,
}

/// Scores of pairs, to be read at any threshold.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// Highest first, as the impostors.
    genuine: Vec<Pair>,
    impostor: Vec<Pair>,
    missed: Vec<u32>,
}

impl Scores {
    /// From compared pairs, and the people of genuine pairs that could not be compared. A score that is no number
    /// counts as the lowest of all.
    pub fn new(mut genuine: Vec<Pair>, mut impostor: Vec<Pair>, missed: Vec<u32>) -> Self {
        for pairs in [&mut genuine, &mut impostor] {
            for pair in pairs.iter_mut().filter(|pair| pair.score.is_nan()) {
                pair.score = f32::NEG_INFINITY;
            }
            pairs.sort_unstable_by(|one, other| other.score.total_cmp(&one.score));
        }
        Self { genuine, impostor, missed }
    }

    /// Compared pairs of one person each, highest score first.
    pub fn genuine(&self) -> &[Pair] {
        &self.genuine
    }

    /// Compared pairs of two people, highest score first.
    pub fn impostor(&self) -> &[Pair] {
        &self.impostor
    }

    /// The scores of [`Scores::impostor`].
    pub fn impostor_scores(&self) -> Vec<f32> {
        self.impostor.iter().map(|pair| pair.score).collect()
    }

    /// The people of genuine pairs that could not be compared, once a pair.
    pub fn missed(&self) -> &[u32] {
        &self.missed
    }

    /// The pairs whose people are all `wanted`.
    #[must_use]
    pub fn among(&self, wanted: impl Fn(u32) -> bool) -> Self {
        let keep = |pairs: &[Pair]| pairs.iter().filter(|pair| wanted(pair.a) && wanted(pair.b)).copied().collect();
        Self {
            genuine: keep(&self.genuine),
            impostor: keep(&self.impostor),
            missed: self.missed.iter().filter(|person| wanted(**person)).copied().collect(),
        }
    }

    /// The point at which at most `fmr` of the impostor pairs match; `None` without pairs of both kinds.
    pub fn at(&self, fmr: f64) -> Option<OperatingPoint> {
        let allowed = fmr * self.impostor.len() as f64;
        let threshold = self.impostor.get(allowed.floor() as usize)?.score;
        if self.genuine.is_empty() {
            return None;
        }
        let matched = above(&self.genuine, threshold) as f64;
        Some(OperatingPoint {
            fmr,
            tar: matched / (self.genuine.len() + self.missed.len()) as f64,
            tar_compared: matched / self.genuine.len() as f64,
            threshold,
            uncertain: allowed < 1.0,
        })
    }

    /// The share of impostor pairs that match from `score` on; `None` without any.
    pub fn fmr_from(&self, score: f32) -> Option<f64> {
        share(from(&self.impostor, score), self.impostor.len())
    }

    /// The share of compared genuine pairs that do not match from `score` on; `None` without any.
    pub fn fnmr_from(&self, score: f32) -> Option<f64> {
        share(self.genuine.len() - from(&self.genuine, score), self.genuine.len())
    }

    /// The equal error rate of the compared pairs, 0 to 1; `None` without pairs of both kinds.
    pub fn eer(&self) -> Option<f64> {
        if self.genuine.is_empty() || self.impostor.is_empty() {
            return None;
        }
        // Downwards in score ever more are accepted and ever fewer refused: the two cross once, next to a score.
        let rates = |threshold: f32| {
            let accepted = above(&self.impostor, threshold) as f64 / self.impostor.len() as f64;
            (accepted, 1.0 - above(&self.genuine, threshold) as f64 / self.genuine.len() as f64)
        };
        let crossing = |pairs: &[Pair]| {
            let place = pairs.partition_point(|pair| {
                let (accepted, refused) = rates(pair.score);
                accepted < refused
            });
            [place.checked_sub(1), Some(place)].map(|place| place.and_then(|place| pairs.get(place)).map(|p| p.score))
        };
        [crossing(&self.genuine), crossing(&self.impostor)]
            .into_iter()
            .flatten()
            .flatten()
            .map(rates)
            .min_by(|a, b| (a.0 - a.1).abs().total_cmp(&(b.0 - b.1).abs()))
            .map(|(accepted, refused)| f64::midpoint(accepted, refused))
    }

    /// FMR and FNMR along the thresholds, evenly spread over the logarithm of the FMR, for a DET curve.
    pub fn det(&self) -> Vec<(f64, f64)> {
        const POINTS: u32 = 200;
        let all = self.impostor.len() as f64;
        if self.genuine.is_empty() || self.impostor.is_empty() {
            return Vec::new();
        }
        let mut ranks: Vec<usize> =
            (0..POINTS).map(|i| (all.ln() * f64::from(i) / f64::from(POINTS - 1)).exp().floor() as usize).collect();
        ranks.dedup();
        ranks
            .into_iter()
            .filter_map(|rank| self.impostor.get(rank.checked_sub(1)?))
            .map(|pair| (self.fmr_from(pair.score).unwrap_or(1.0), self.fnmr_from(pair.score).unwrap_or(1.0)))
            .collect()
    }
}

/// How many of the falling `pairs` lie above `threshold`.
fn above(pairs: &[Pair], threshold: f32) -> usize {
    pairs.partition_point(|pair| pair.score > threshold)
}

/// How many of the falling `pairs` lie at `score` or above it.
fn from(pairs: &[Pair], score: f32) -> usize {
    pairs.partition_point(|pair| pair.score >= score)
}

fn share(part: usize, all: usize) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

#[cfg(test)]
mod tests;
