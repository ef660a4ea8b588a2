//! The share of runs that pass, and what can be said of it when several runs are of one person.

use std::collections::BTreeMap;

use serde::Serialize;

/// The quantile of the normal distribution behind a two-sided 95 % interval.
const Z: f64 = 1.959_964;

/// Runs that passed, and the interval in which the true share lies with 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PassingShare {
    /// All runs.
    pub runs: u32,
    /// Those that passed.
    pub passed: u32,
    /// How many people they are of.
    pub people: u32,
    /// Low and high (Wilson, "Probable inference", 1927), of as many independent runs as these are worth.
    pub interval: [f64; 2],
}

impl PassingShare {
    /// Of runs, each with whose it is and whether it passed; `None` of none.
    ///
    /// Runs of one person hang together: the variance between people says how many independent ones all of them are worth
    /// (the design effect of a clustered sample; Kish, "Survey Sampling", 1965). Where all end alike nothing can be said of
    /// that, and a person counts once.
    pub fn of<'a>(runs: impl IntoIterator<Item = (&'a str, bool)>) -> Option<Self> {
        let mut people: BTreeMap<&str, [f64; 2]> = BTreeMap::new();
        for (person, passed) in runs {
            let [all, through] = people.entry(person).or_default();
            *all += 1.0;
            *through += f64::from(u8::from(passed));
        }
        let sum = |which: usize| people.values().map(|counts| counts[which]).sum::<f64>();
        let (runs, passed, count) = (sum(0), sum(1), people.len() as f64);
        if runs < 1.0 {
            return None;
        }
        let share = passed / runs;
        let one_each = (count - runs).abs() < 0.5;
        let independent = if share <= 0.0 || share >= 1.0 || count < 2.0 || one_each {
            count
        } else {
            let between: f64 = people.values().map(|[all, through]| (through - share * all).powi(2)).sum();
            let variance = between * count / (count - 1.0) / runs.powi(2);
            let effect = (variance / (share * (1.0 - share) / runs)).max(1.0);
            (runs / effect).max(1.0)
        };
        Some(Self {
            runs: runs as u32,
            passed: passed as u32,
            people: people.len() as u32,
            interval: wilson(share, independent),
        })
    }

    /// The share itself.
    pub fn share(&self) -> f64 {
        f64::from(self.passed) / f64::from(self.runs.max(1))
    }
}

fn wilson(share: f64, runs: f64) -> [f64; 2] {
    let square = Z * Z / runs;
    let middle = share + square / 2.0;
    let half = Z * (share * (1.0 - share) / runs + square / (4.0 * runs)).sqrt();
    [-half, half].map(|half| ((middle + half) / (1.0 + square)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(interval: [f64; 2], low: f64, high: f64) {
        assert!((interval[0] - low).abs() < 5e-4 && (interval[1] - high).abs() < 5e-4, "{interval:?}");
    }

    #[test]
    fn intervals_are_those_of_the_tables() {
        let names: Vec<String> = (0..100).map(|person| person.to_string()).collect();
        // 8 of 10 and 95 of 100, one run a person: R's prop.test without correction.
        let of = |all: usize, passed: usize| {
            PassingShare::of(names[..all].iter().enumerate().map(|(place, name)| (name.as_str(), place < passed)))
                .unwrap()
        };
        near(of(10, 8).interval, 0.4902, 0.9433);
        near(of(100, 95).interval, 0.8882, 0.9785);
        assert!((of(10, 8).share() - 0.8).abs() < 1e-9);
        assert_eq!(PassingShare::of([]), None);
    }

    #[test]
    fn runs_of_one_person_count_for_less() {
        let two = |passed: [usize; 2]| {
            let runs = (0..2).flat_map(|person| (0..50).map(move |run| (["a", "b"][person], run < passed[person])));
            PassingShare::of(runs).unwrap()
        };
        // One always, the other never: two runs, not a hundred.
        let apart = two([50, 0]);
        assert!(apart.interval[1] - apart.interval[0] > 0.7, "{apart:?}");
        // Both half of the time: people make no difference.
        let alike = two([25, 25]);
        near(alike.interval, 0.4038, 0.5962);
        // All alike: a person counts once.
        near(two([50, 50]).interval, 0.3424, 1.0);
    }
}
