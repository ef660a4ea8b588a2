//! Counts of many runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::trial::{End, Trial};
use crate::domain::liveness::cues::{Cue, Finding, Support};

/// What came of all captures of one actor.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Tally {
    /// Whose.
    pub(super) kind: &'static str,
    /// How many.
    pub(super) runs: u32,
    /// How many passed.
    pub(super) passed: u32,
    /// How many a person would have to look at.
    pub(super) doubtful: u32,
    /// How many were refused.
    pub(super) refused: u32,
    /// Reasons of those that did not pass.
    pub(super) reasons: BTreeMap<&'static str, u32>,
    /// What the cues saw, in how many captures.
    pub(super) findings: BTreeMap<Finding, u32>,
    /// How often each cue spoke against.
    pub(super) against: BTreeMap<&'static str, u32>,
    /// How often each cue did not speak for: it was against, unclear or silent.
    pub(super) not_for: BTreeMap<&'static str, u32>,
    /// How many more would pass with this cue switched off; `comparison` is that of live face and ID photo.
    pub(super) without: BTreeMap<&'static str, u32>,
    /// How many more would pass with these two switched off, and not with one of them alone: `one+other`.
    pub(super) without_pair: BTreeMap<String, u32>,
    /// Frames of a capture, on average.
    pub(super) frames: f64,
    /// Upper bound of the share that passes, at 95 % (Clopper and Pearson; exact where none passed).
    pub(super) passed_at_most: f64,
}

impl Tally {
    pub(super) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            runs: 0,
            passed: 0,
            doubtful: 0,
            refused: 0,
            reasons: BTreeMap::new(),
            findings: BTreeMap::new(),
            against: BTreeMap::new(),
            not_for: BTreeMap::new(),
            without: BTreeMap::new(),
            without_pair: BTreeMap::new(),
            frames: 0.0,
            passed_at_most: 1.0,
        }
    }

    pub(super) fn count(&mut self, trial: &Trial) {
        self.runs += 1;
        match trial.end {
            End::Passed => self.passed += 1,
            End::Doubtful(reason) => {
                self.doubtful += 1;
                *self.reasons.entry(reason.code()).or_default() += 1;
            }
            End::Refused(reason) => {
                self.refused += 1;
                *self.reasons.entry(reason.code()).or_default() += 1;
            }
        }
        let findings: BTreeSet<Finding> =
            trial.evidence.iter().flat_map(|found| found.findings.iter().copied()).collect();
        for finding in findings {
            *self.findings.entry(finding).or_default() += 1;
        }
        for cue in Cue::ALL {
            let support = trial.evidence.iter().find(|evidence| evidence.cue == cue).and_then(|found| found.support);
            *self.against.entry(cue.code()).or_default() += u32::from(support.is_some_and(Support::speaks_against));
            *self.not_for.entry(cue.code()).or_default() += u32::from(!support.is_some_and(Support::speaks_for));
            *self.without.entry(cue.code()).or_default() += u32::from(trial.decisive.contains(&cue));
        }
        for pair in &trial.decisive_pairs {
            *self.without_pair.entry(pair.map(Cue::code).join("+")).or_default() += 1;
        }
        *self.without.entry("comparison").or_default() += u32::from(trial.held_by_comparison);
        self.frames += (f64::from(trial.frames) - self.frames) / f64::from(self.runs);
        self.passed_at_most = upper_bound(self.passed, self.runs);
    }
}

/// The share below which the true one lies with 95 %: where a binomial of it gives `passed` or fewer once in twenty.
fn upper_bound(passed: u32, runs: u32) -> f64 {
    if passed >= runs {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let share = f64::midpoint(low, high);
        if at_most(passed, runs, share) > 0.05 { low = share } else { high = share }
    }
    high
}

/// Probability of at most `passed` of `runs`, each with `share`.
fn at_most(passed: u32, runs: u32, share: f64) -> f64 {
    let mut term = (f64::from(runs) * (1.0 - share).ln()).exp();
    let mut sum = term;
    for count in 0..passed {
        term *= f64::from(runs - count) / f64::from(count + 1) * share / (1.0 - share);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_the_tables() {
        // One-sided 95 %: three in n where none was seen, 0.0466 for one of 100, .9998 for 99 of 100.
        assert!((upper_bound(0, 200) - 0.014_867).abs() < 1e-4);
        assert!((upper_bound(1, 100) - 0.046_56).abs() < 1e-4);
        assert!((upper_bound(99, 100) - 0.999_487).abs() < 1e-4);
        assert!((upper_bound(5, 5) - 1.0).abs() < f64::EPSILON);
    }
}
