//! Whether the errors fall on some people more than on others.

use serde::Serialize;

use super::compare::{Entries, Listed};
use crate::domain::face::error_rates::Scores;

/// Groups are compared at the overall threshold of this false match rate.
const AT_FMR: f64 = 1e-3;
/// With fewer genuine pairs an FNMR says nothing.
const MIN_GENUINE: usize = 30;
/// With fewer impostor pairs the FMR cannot be told from zero (rule of three).
const MIN_IMPOSTOR: usize = 3_000;

/// One group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its people.
    pub people: usize,
    /// Compared pairs of one person in it.
    pub genuine: usize,
    /// Compared pairs of two people who are both in it.
    pub impostor: usize,
    /// False match rate among them, 0 to 1.
    pub fmr: Option<f64>,
    /// False non-match rate among them, 0 to 1.
    pub fnmr: Option<f64>,
    /// There are too few pairs to tell its FMR, its FNMR, or both.
    pub too_small: bool,
}

/// Every group, and the worst beside the best.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Groups {
    /// The column of the index.
    pub column: String,
    /// The overall rate whose threshold is held.
    pub at_fmr: f64,
    /// The threshold.
    pub threshold: f32,
    /// Each, in the order of the index.
    pub groups: Vec<Group>,
    /// The worst FMR over the best, of groups that are large enough; `None` when there are no two, or the best is 0.
    pub fmr_ratio: Option<f64>,
    /// The same for FNMR.
    pub fnmr_ratio: Option<f64>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    genuine: usize,
    refused: usize,
    impostor: usize,
    accepted: usize,
}

impl Groups {
    /// Counts within each group; `None` without pairs of both kinds to take a threshold from.
    pub(super) fn of(column: &str, entries: &Entries, listed: Option<&[Listed]>, scores: &Scores) -> Option<Self> {
        let threshold = scores.at(AT_FMR)?.threshold;
        let mut counts = vec![Count::default(); entries.groups.names.len()];
        entries.each_pair(listed, |a, b, same, _| {
            let (Some(group), true) = (a.group, a.group == b.group) else { return };
            let (Some(one), Some(other)) = (&a.template, &b.template) else { return };
            let (Ok(score), Some(count)) = (one.similarity(other), counts.get_mut(group as usize)) else { return };
            let matches = usize::from(score > threshold);
            if same {
                count.genuine += 1;
                count.refused += 1 - matches;
            } else {
                count.impostor += 1;
                count.accepted += matches;
            }
        });
        let groups: Vec<Group> = (0_u32..)
            .zip(&entries.groups.names)
            .zip(counts)
            .map(|((number, name), count)| Group {
                name: name.clone(),
                people: entries.people_of(number),
                genuine: count.genuine,
                impostor: count.impostor,
                fmr: share(count.accepted, count.impostor),
                fnmr: share(count.refused, count.genuine),
                too_small: count.genuine < MIN_GENUINE || count.impostor < MIN_IMPOSTOR,
            })
            .collect();
        let told = || groups.iter().filter(|group| !group.too_small);
        let fmr_ratio = ratio(told().filter_map(|group| group.fmr));
        let fnmr_ratio = ratio(told().filter_map(|group| group.fnmr));
        Some(Self { column: column.to_owned(), at_fmr: AT_FMR, threshold, fmr_ratio, fnmr_ratio, groups })
    }

    /// The groups that are too small to tell.
    pub fn too_small(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().filter(|group| group.too_small).map(|group| group.name.as_str())
    }
}

fn share(part: usize, all: usize) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

fn ratio(rates: impl Iterator<Item = f64>) -> Option<f64> {
    let mut rates: Vec<f64> = rates.collect();
    rates.sort_unstable_by(f64::total_cmp);
    match rates.as_slice() {
        [best, .., worst] if *best > 0.0 => Some(worst / best),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_takes_two_and_a_best_that_is_not_zero() {
        assert_eq!(ratio([0.01, 0.04, 0.02].into_iter()), Some(4.0));
        assert_eq!(ratio([0.01].into_iter()), None);
        assert_eq!(ratio([0.0, 0.01].into_iter()), None);
    }
}
