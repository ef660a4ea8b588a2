//! Intervals by drawing people anew (a bootstrap over people): pairs of one person hang together, so drawing pairs would
//! make every interval too narrow.

use super::{Pair, Scores};

/// Numbers that follow from a seed (SplitMix64): a figure must come out the same again.
#[derive(Clone, Debug)]
pub struct Draws(u64);

impl Draws {
    /// Starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`; 0 when that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // The high half of a product is even enough for bounds far below 2^64.
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }
}

/// Scrambles a number so that each of its bits depends on all others.
pub fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// 95 % intervals, each low and high; `None` where no draw had pairs of both kinds.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervals {
    /// Of the equal error rate.
    pub eer: Option<[f64; 2]>,
    /// Of the true match rate, in the order of the rates asked for.
    pub tar: Vec<Option<[f64; 2]>>,
}

/// Draws as many people as there are, with replacement, `rounds` times. A pair weighs as often as its people were
/// drawn; copies of one person make no impostor pair. `fmr` are the rates for TAR, rising.
pub fn intervals(scores: &Scores, people: usize, fmr: &[f64], rounds: usize, seed: u64) -> Intervals {
    let mut draws = Draws::new(seed);
    let mut eer = Vec::with_capacity(rounds);
    let mut tar = vec![Vec::with_capacity(rounds); fmr.len()];
    let totals = Totals::of(scores, people);
    let mut drawn = vec![0.0; people];
    for _ in 0..rounds {
        drawn.fill(0.0);
        for _ in 0..people {
            drawn[draws.below(people)] += 1.0;
        }
        let round = round(scores, &drawn, &totals, fmr);
        eer.extend(round.eer);
        for (all, value) in tar.iter_mut().zip(round.tar) {
            all.extend(value);
        }
    }
    Intervals { eer: middle(eer), tar: tar.into_iter().map(middle).collect() }
}

/// The middle 95 % of the values.
pub(super) fn middle(mut values: Vec<f64>) -> Option<[f64; 2]> {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some([0.025, 0.975].map(|share| values[(share * last as f64).round() as usize]))
}

/// How many impostor pairs each two people have: what a draw weighs in all is summed over these, not over pairs.
struct Totals(Vec<(u32, u32, f64)>);

impl Totals {
    fn of(scores: &Scores, people: usize) -> Self {
        let mut counts = std::collections::HashMap::with_capacity(people);
        for pair in scores.impostor() {
            *counts.entry((pair.a.min(pair.b), pair.a.max(pair.b))).or_insert(0.0) += 1.0;
        }
        Self(counts.into_iter().map(|((a, b), count)| (a, b, count)).collect())
    }

    fn weight(&self, drawn: &[f64]) -> f64 {
        self.0.iter().map(|(a, b, count)| drawn[*a as usize] * drawn[*b as usize] * count).sum()
    }
}

struct Round {
    eer: Option<f64>,
    tar: Vec<Option<f64>>,
}

/// One sweep from the highest score down, until every rate and the crossing are passed.
fn round(scores: &Scores, drawn: &[f64], totals: &Totals, fmr: &[f64]) -> Round {
    let mut round = Round { eer: None, tar: vec![None; fmr.len()] };
    let alone = |pair: &Pair| drawn[pair.a as usize];
    let impostors = totals.weight(drawn);
    let genuine: f64 = scores.genuine.iter().map(alone).sum();
    let missed: f64 = scores.missed.iter().map(|person| drawn[*person as usize]).sum();
    if impostors <= 0.0 || genuine <= 0.0 {
        return round;
    }
    let (mut accepted, mut matched, mut place, mut rate) = (0.0, 0.0, 0, 0);
    let mut refused_before = 1.0;
    for pair in &scores.impostor {
        let weight = drawn[pair.a as usize] * drawn[pair.b as usize];
        if weight <= 0.0 {
            continue;
        }
        while let Some(next) = scores.genuine.get(place).filter(|next| next.score > pair.score) {
            matched += alone(next);
            place += 1;
        }
        while rate < fmr.len() && accepted + weight > fmr[rate] * impostors {
            round.tar[rate] = Some(matched / (genuine + missed));
            rate += 1;
        }
        if round.eer.is_none() {
            let (falsely_accepted, refused) = (accepted / impostors, 1.0 - matched / genuine);
            if falsely_accepted >= refused {
                // Since the impostor before, the one stood still and the other fell: they crossed on the way, or one
                // jumped over the other.
                round.eer = Some(falsely_accepted.min(refused_before));
            }
            refused_before = refused;
        }
        if rate == fmr.len() && round.eer.is_some() {
            break;
        }
        accepted += weight;
    }
    round
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `people` with three pictures each; scores follow from the seed, genuine ones higher.
    fn drawn_scores(people: u32, seed: u64) -> Scores {
        let mut draws = Draws::new(seed);
        let mut score = |lift: f32| lift + draws.below(1_000_000) as f32 / 1e6;
        let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
        for a in 0..people {
            genuine.extend((0..3).map(|_| Pair { score: score(0.6), a, b: a }));
            for b in a + 1..people {
                impostor.extend((0..9).map(|_| Pair { score: score(0.0), a, b }));
            }
        }
        Scores::new(genuine, impostor, vec![0])
    }

    #[test]
    fn intervals_hold_the_figure_and_narrow_with_more_people() {
        let fmr = [1e-2, 1e-1];
        let width = |people: u32| {
            let scores = drawn_scores(people, 3);
            let found = intervals(&scores, people as usize, &fmr, 300, 1);
            let [low, high] = found.tar[1].unwrap();
            let tar = scores.at(1e-1).unwrap().tar;
            assert!(low <= tar && tar <= high, "{low} {tar} {high}");
            let [low, high] = found.eer.unwrap();
            let eer = scores.eer().unwrap();
            assert!(low <= eer && eer <= high, "{low} {eer} {high}");
            high - low
        };
        assert!(width(100) < width(12));
    }

    #[test]
    fn the_same_seed_gives_the_same_and_nothing_gives_nothing() {
        let scores = drawn_scores(20, 5);
        let of = |seed| intervals(&scores, 20, &[1e-2], 50, seed);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        let none = intervals(&Scores::default(), 3, &[1e-2], 10, 1);
        assert_eq!(none, Intervals { eer: None, tar: vec![None] });
        assert_eq!(Draws::new(1).below(0), 0);
    }

    proptest! {
        #[test]
        fn everybody_drawn_once_gives_the_plain_figures(people in 3_u32..12, seed in 0_u64..1000, fmr in 0.01_f64..0.4) {
            let scores = drawn_scores(people, seed);
            let drawn = vec![1.0; people as usize];
            let round = round(&scores, &drawn, &Totals::of(&scores, people as usize), &[fmr]);
            prop_assert!((round.tar[0].unwrap() - scores.at(fmr).unwrap().tar).abs() < 1e-9);
            let step = 1.0 / scores.genuine().len().min(scores.impostor().len()) as f64;
            prop_assert!((round.eer.unwrap() - scores.eer().unwrap()).abs() <= step);
        }
    }
}
