//! Which pairs are compared: all, or those of a list; one template a picture, or one a capture.

use std::collections::HashMap;

use super::{Failure, Sample};
use crate::domain::face::comparison::Template;
use crate::domain::face::error_rates::bootstrap::mix;
use crate::domain::face::error_rates::{Pair, Scores};

/// Of more pairs of two people than this a share is drawn: 12 bytes each.
const MAX_IMPOSTOR_PAIRS: f64 = 2e7;

/// A pair that a list asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its line, from 1; the header counts.
    pub line: u64,
    /// The pictures, as the index names them.
    pub files: [String; 2],
    /// Whether they show one person, where the list says so; else the index does.
    pub same: Option<bool>,
}

/// What is compared: a picture, or a capture of several.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) person: u32,
    pub(super) group: Option<u32>,
    pub(super) template: Option<Template>,
}

/// Everything that can be compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    all: Vec<Entry>,
    people: Names,
    pub(super) groups: Names,
    by_file: HashMap<String, usize>,
}

/// Names as numbers, in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<String, u32>,
    pub(super) names: Vec<String>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }
}

impl Entries {
    /// One entry a picture; pictures of one person and one capture share an entry, its template the mean weighted by
    /// quality.
    pub(super) fn of(samples: &[Sample]) -> Self {
        let mut entries = Self::default();
        let mut captures: HashMap<(&str, &str), usize> = HashMap::new();
        let mut parts: Vec<Vec<(f32, &Template)>> = Vec::new();
        for sample in samples {
            let fresh = entries.all.len();
            let place = match &sample.capture {
                Some(capture) => *captures.entry((&sample.identity, capture)).or_insert(fresh),
                None => fresh,
            };
            if place == fresh {
                let person = entries.people.number(&sample.identity);
                let group = sample.group.as_ref().map(|group| entries.groups.number(group));
                entries.all.push(Entry { person, group, template: None });
                parts.push(Vec::new());
            }
            entries.by_file.insert(sample.file.clone(), place);
            parts[place].extend(sample.outcome.as_ref().ok().map(|(weight, template)| (*weight, template)));
        }
        for (entry, parts) in entries.all.iter_mut().zip(parts) {
            entry.template = match parts.as_slice() {
                [(_, only)] => Some((*only).clone()),
                _ => Template::weighted_mean(parts.iter().copied()).ok(),
            };
        }
        entries
    }

    pub(super) fn people(&self) -> usize {
        self.people.names.len()
    }

    pub(super) fn templates(&self) -> usize {
        self.all.iter().filter(|entry| entry.template.is_some()).count()
    }

    /// How many people of the group there are.
    pub(super) fn people_of(&self, group: u32) -> usize {
        let mut people: Vec<u32> =
            self.all.iter().filter(|entry| entry.group == Some(group)).map(|entry| entry.person).collect();
        people.sort_unstable();
        people.dedup();
        people.len()
    }

    /// The scores, and the share of the pairs of two people that was compared. A listed pair whose picture is not in
    /// the index is a failure.
    pub(super) fn compare(&self, listed: Option<&[Listed]>, failures: &mut Vec<Failure>) -> (Scores, f64) {
        for (pair, missing) in listed.into_iter().flatten().filter_map(|pair| Some((pair, self.missing(pair)?))) {
            failures.push(Failure {
                file: Some(missing.clone()),
                line: pair.line,
                code: "pair_not_in_index",
                detail: "the list of pairs names a picture that the index does not have".into(),
            });
        }
        let (mut genuine, mut impostor, mut missed) = (Vec::new(), Vec::new(), Vec::new());
        let share = self.share(listed);
        self.each_pair(listed, |a, b, same, draw| {
            if !same && share < 1.0 && draw >= share {
                return;
            }
            let score = match (&a.template, &b.template) {
                (Some(a), Some(b)) => a.similarity(b).ok(),
                _ => None,
            };
            match score {
                Some(score) => {
                    let pair = Pair { score, a: a.person, b: b.person };
                    if same { genuine.push(pair) } else { impostor.push(pair) }
                }
                None if same => missed.push(a.person),
                None => {}
            }
        });
        (Scores::new(genuine, impostor, missed), share)
    }

    /// Shows every pair: the two, whether they are one person, and a number 0 to 1 that is the pair's own.
    pub(super) fn each_pair(&self, listed: Option<&[Listed]>, mut visit: impl FnMut(&Entry, &Entry, bool, f64)) {
        if let Some(listed) = listed {
            for pair in listed {
                let [Some(a), Some(b)] = pair.files.each_ref().map(|file| self.by_file.get(file)) else { continue };
                let (a, b) = (&self.all[*a], &self.all[*b]);
                visit(a, b, pair.same.unwrap_or(a.person == b.person), 0.0);
            }
            return;
        }
        for (place, a) in self.all.iter().enumerate() {
            for (other, b) in self.all.iter().enumerate().skip(place + 1) {
                let draw = mix(((place as u64) << 32) | other as u64) as f64 / u64::MAX as f64;
                visit(a, b, a.person == b.person, draw);
            }
        }
    }

    fn share(&self, listed: Option<&[Listed]>) -> f64 {
        let pairs = self.all.len() as f64 * (self.all.len() as f64 - 1.0) / 2.0;
        if listed.is_some() || pairs <= MAX_IMPOSTOR_PAIRS { 1.0 } else { MAX_IMPOSTOR_PAIRS / pairs }
    }

    fn missing<'a>(&self, pair: &'a Listed) -> Option<&'a String> {
        pair.files.iter().find(|file| !self.by_file.contains_key(*file))
    }
}
