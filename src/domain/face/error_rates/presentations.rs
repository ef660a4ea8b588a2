//! Error rates of presentation attack detection (ISO/IEC 30107-3).
//!
//! APCER: the share of the attack presentations of one kind that pass for bona fide; of several kinds the worst counts.
//! BPCER: the share of bona fide presentations that do not pass. A presentation without a score is one that the gate let
//! nothing of through: it does not pass. EER: where BPCER and the worst APCER of the scored presentations meet.

pub mod bootstrap;
pub mod halves;

use std::collections::BTreeMap;

/// One presentation: what the rule made of it, and whose it is. A person is a number from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Presented {
    /// 0 (attack) to 1 (bona fide); `None` when no frame could be used.
    pub score: Option<f32>,
    /// The person.
    pub person: u32,
}

impl Presented {
    /// Whether it passes for bona fide from `threshold` on; a score that is no number does not.
    pub fn passes(&self, threshold: f32) -> bool {
        self.score.is_some_and(|score| score >= threshold)
    }
}

/// Where the errors meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// The equal error rate, 0 to 1.
    pub rate: f64,
    /// A threshold that has it: halfway, in log-odds, between the two scores that it lies between.
    pub threshold: f32,
}

/// Presentations of both kinds, to be read at any threshold.
#[derive(Clone, Debug, Default)]
pub struct Presentations {
    bona_fide: Vec<Presented>,
    attacks: BTreeMap<String, Vec<Presented>>,
    /// Every scored one, highest first: the score, the person, and which kind of attack, `None` for bona fide.
    falling: Vec<(f32, u32, Option<usize>)>,
}

impl Presentations {
    /// From the bona fide ones and the attacks by kind.
    pub fn new(bona_fide: Vec<Presented>, attacks: BTreeMap<String, Vec<Presented>>) -> Self {
        let scored = |all: &[Presented], kind: Option<usize>| -> Vec<(f32, u32, Option<usize>)> {
            let number = |one: &Presented| Some((one.score?, one.person, kind)).filter(|(score, ..)| !score.is_nan());
            all.iter().filter_map(number).collect()
        };
        let mut falling = scored(&bona_fide, None);
        falling.extend(attacks.values().enumerate().flat_map(|(kind, all)| scored(all, Some(kind))));
        falling.sort_by(|one, other| other.0.total_cmp(&one.0));
        Self { bona_fide, attacks, falling }
    }

    /// The bona fide ones.
    pub fn bona_fide(&self) -> &[Presented] {
        &self.bona_fide
    }

    /// The attacks by kind.
    pub fn attacks(&self) -> &BTreeMap<String, Vec<Presented>> {
        &self.attacks
    }

    /// Those of the people who are `wanted`.
    #[must_use]
    pub fn among(&self, wanted: impl Fn(u32) -> bool) -> Self {
        let keep = |all: &[Presented]| all.iter().filter(|one| wanted(one.person)).copied().collect::<Vec<_>>();
        let attacks = self.attacks.iter().map(|(kind, all)| (kind.clone(), keep(all)));
        Self::new(keep(&self.bona_fide), attacks.filter(|(_, all)| !all.is_empty()).collect())
    }

    /// APCER of each kind, 0 to 1.
    pub fn apcer(&self, threshold: f32) -> BTreeMap<String, f64> {
        let rate = |(kind, all): (&String, &Vec<Presented>)| Some((kind.clone(), passing(all, threshold)?));
        self.attacks.iter().filter_map(rate).collect()
    }

    /// APCER of the worst kind; `None` without attacks.
    pub fn worst_apcer(&self, threshold: f32) -> Option<f64> {
        self.attacks.values().filter_map(|all| passing(all, threshold)).max_by(f64::total_cmp)
    }

    /// BPCER over all bona fide presentations; `None` without any.
    pub fn bpcer(&self, threshold: f32) -> Option<f64> {
        passing(&self.bona_fide, threshold).map(|share| 1.0 - share)
    }

    /// BPCER over those of which a frame could be used; `None` without any.
    pub fn bpcer_scored(&self, threshold: f32) -> Option<f64> {
        let scored: Vec<Presented> = self.bona_fide.iter().filter(|one| one.score.is_some()).copied().collect();
        passing(&scored, threshold).map(|share| 1.0 - share)
    }

    /// Where the errors of the scored presentations meet; `None` without both kinds of them.
    pub fn crossing(&self) -> Option<Crossing> {
        self.crossing_weighted(|_| 1.0)
    }

    /// Worst APCER and BPCER of the scored presentations along the thresholds, for a DET curve; rising in APCER.
    pub fn det(&self) -> Vec<(f64, f64)> {
        let mut curve: Vec<(f64, f64)> = Vec::new();
        self.sweep(|_| 1.0, |rates, _| curve.push(rates));
        curve
    }

    /// As [`Presentations::crossing`], each person weighing as much as `weight` says.
    fn crossing_weighted(&self, weight: impl Fn(u32) -> f64) -> Option<Crossing> {
        let mut best: Option<(f64, Crossing)> = None;
        self.sweep(weight, |(apcer, bpcer), threshold| {
            let apart = (apcer - bpcer).abs();
            if best.as_ref().is_none_or(|(least, _)| apart < *least) {
                best = Some((apart, Crossing { rate: f64::midpoint(apcer, bpcer), threshold }));
            }
        });
        best.map(|(_, crossing)| crossing)
    }

    /// Shows worst APCER, BPCER and a threshold for every cut between two scores, from the one that lets nobody pass down.
    fn sweep(&self, weight: impl Fn(u32) -> f64, mut show: impl FnMut((f64, f64), f32)) {
        let mut all = vec![0.0; self.attacks.len()];
        let mut bona_fide = 0.0;
        for (_, person, kind) in &self.falling {
            match kind {
                Some(kind) => all[*kind] += weight(*person),
                None => bona_fide += weight(*person),
            }
        }
        if bona_fide <= 0.0 || all.iter().all(|weight| *weight <= 0.0) {
            return;
        }
        let (mut passed, mut passed_bona_fide) = (vec![0.0; all.len()], 0.0);
        let mut above = 1.0;
        let mut place = 0;
        loop {
            let below = self.falling.get(place).map_or(0.0, |(score, ..)| *score);
            let worst = passed.iter().zip(&all).filter(|(_, all)| **all > 0.0).map(|(passed, all)| passed / all);
            show((worst.fold(0.0, f64::max), 1.0 - passed_bona_fide / bona_fide), halfway(below, above));
            let Some((score, ..)) = self.falling.get(place) else { return };
            while let Some((_, person, kind)) = self.falling.get(place).filter(|(next, ..)| next >= score) {
                match kind {
                    Some(kind) => passed[*kind] += weight(*person),
                    None => passed_bona_fide += weight(*person),
                }
                place += 1;
            }
            above = *score;
        }
    }
}

/// The share that passes; `None` of nothing.
fn passing(all: &[Presented], threshold: f32) -> Option<f64> {
    let passing = all.iter().filter(|one| one.passes(threshold)).count();
    (!all.is_empty()).then(|| passing as f64 / all.len() as f64)
}

/// Halfway between two probabilities in log-odds: between .001 and .9 lies .09, not .45. Never above the higher.
fn halfway(low: f32, high: f32) -> f32 {
    let odds = |share: f32| {
        let share = f64::from(share).clamp(1e-6, 1.0 - 1e-6);
        (share / (1.0 - share)).ln()
    };
    let middle = 1.0 / (1.0 + (-f64::midpoint(odds(low), odds(high))).exp());
    (middle as f32).clamp(low.min(high), high)
}

#[cfg(test)]
mod tests;
