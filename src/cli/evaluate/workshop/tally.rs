//! Counts of many runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::trial::{End, Trial};
use crate::domain::face::error_rates::shares::PassingShare;
use crate::domain::face::liveness::cues::{Cue, Finding, Support};

/// What came of all captures of one actor.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli::evaluate) struct Tally {
    /// Whose.
    pub(in crate::cli::evaluate) kind: &'static str,
    /// How many.
    pub(in crate::cli::evaluate) runs: u32,
    /// How many passed.
    pub(in crate::cli::evaluate) passed: u32,
    /// How many people were attacked, and the interval of the share that passed with 95 %, by person where there are several.
    pub(in crate::cli::evaluate) share: Option<PassingShare>,
    /// Of each person: runs and passed.
    pub(in crate::cli::evaluate) people: BTreeMap<String, [u32; 2]>,
    /// How many a person would have to look at.
    pub(in crate::cli::evaluate) doubtful: u32,
    /// How many were refused.
    pub(in crate::cli::evaluate) refused: u32,
    /// Reasons of those that did not pass.
    pub(in crate::cli::evaluate) reasons: BTreeMap<&'static str, u32>,
    /// What the cues saw, in how many captures.
    pub(in crate::cli::evaluate) findings: BTreeMap<Finding, u32>,
    /// How often each cue spoke against.
    pub(in crate::cli::evaluate) against: BTreeMap<&'static str, u32>,
    /// How often each cue did not speak for: it was against, unclear or silent.
    pub(in crate::cli::evaluate) not_for: BTreeMap<&'static str, u32>,
    /// How many more would pass with this cue switched off; `comparison` is that of live face and ID photo.
    pub(in crate::cli::evaluate) without: BTreeMap<&'static str, u32>,
    /// How many more would pass with these two switched off, and not with one of them alone: `one+other`.
    pub(in crate::cli::evaluate) without_pair: BTreeMap<String, u32>,
    /// Frames of a capture, on average.
    pub(in crate::cli::evaluate) frames: f64,
    /// Upper bound of the share that passes, at 95 % (Clopper and Pearson; exact where none passed).
    pub(in crate::cli::evaluate) passed_at_most: f64,
}

impl Tally {
    pub(in crate::cli::evaluate) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            runs: 0,
            passed: 0,
            share: None,
            people: BTreeMap::new(),
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

    pub(in crate::cli::evaluate) fn count(&mut self, trial: &Trial, person: &str) {
        self.runs += 1;
        let [runs, passed] = self.people.entry(person.to_owned()).or_default();
        *runs += 1;
        *passed += u32::from(trial.end == End::Passed);
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
        self.share = self.share_now();
    }
}

impl Tally {
    /// Runs of one person alone are as independent as their seeds.
    fn share_now(&self) -> Option<PassingShare> {
        let names: Vec<String> = (0..self.runs).map(|run| run.to_string()).collect();
        let one_person = self.people.len() == 1;
        let each = self
            .people
            .iter()
            .flat_map(|(name, [runs, passed])| (0..*runs).map(move |run| (name.as_str(), run, run < *passed)));
        let of = |(name, run, passed): (_, u32, bool)| {
            let own = names.get(run as usize).map(String::as_str).filter(|_| one_person);
            (own.unwrap_or(name), passed)
        };
        PassingShare::of(each.map(of))
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
