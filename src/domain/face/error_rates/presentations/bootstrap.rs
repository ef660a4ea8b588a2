//! Intervals by drawing people anew: presentations of one person hang together.

use std::collections::BTreeMap;

use super::super::bootstrap::{Draws, middle};
use super::{Presentations, Presented};

/// 95 % intervals, each low and high; `None` where no draw had what the rate is a share of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PresentationIntervals {
    /// Of the APCER of each kind.
    pub apcer: BTreeMap<String, Option<[f64; 2]>>,
    /// Of the BPCER.
    pub bpcer: Option<[f64; 2]>,
    /// Of the equal error rate.
    pub eer: Option<[f64; 2]>,
}

/// Draws as many of `people` as there are, with replacement, `rounds` times; a presentation weighs as often as its person
/// was drawn.
pub fn intervals(
    presentations: &Presentations,
    threshold: f32,
    people: usize,
    rounds: usize,
    seed: u64,
) -> PresentationIntervals {
    let mut draws = Draws::new(seed);
    let mut drawn = vec![0.0; people];
    let mut apcer: BTreeMap<&String, Vec<f64>> = presentations.attacks.keys().map(|kind| (kind, Vec::new())).collect();
    let (mut bpcer, mut eer) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    for _ in 0..rounds {
        drawn.fill(0.0);
        for _ in 0..people {
            drawn[draws.below(people)] += 1.0;
        }
        for (kind, rates) in &mut apcer {
            rates.extend(passing(&presentations.attacks[*kind], threshold, &drawn));
        }
        bpcer.extend(passing(&presentations.bona_fide, threshold, &drawn).map(|share| 1.0 - share));
        eer.extend(presentations.crossing_weighted(|person| drawn[person as usize]).map(|crossing| crossing.rate));
    }
    PresentationIntervals {
        apcer: apcer.into_iter().map(|(kind, rates)| (kind.clone(), middle(rates))).collect(),
        bpcer: middle(bpcer),
        eer: middle(eer),
    }
}

fn passing(all: &[Presented], threshold: f32, drawn: &[f64]) -> Option<f64> {
    let weigh = |one: &Presented| drawn[one.person as usize];
    let total: f64 = all.iter().map(weigh).sum();
    let passing: f64 = all.iter().filter(|one| one.passes(threshold)).map(weigh).sum();
    // A sum of nothing is minus zero.
    (total > 0.0).then(|| passing.abs() / total)
}
