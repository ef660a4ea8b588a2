//! How well living people are told from attacks by the passive cue alone: labelled presentations, and what the errors come
//! to (ISO/IEC 30107-3).

mod captures;

use std::collections::BTreeMap;

use serde::Serialize;

use super::evaluate_faces::{Bootstrap, Failure};
use crate::domain::face::error_rates::presentations::bootstrap::intervals;
use crate::domain::face::error_rates::presentations::halves::{HeldOutPresentations, hold};
use crate::domain::face::error_rates::presentations::{Presentations, Presented};
use crate::domain::face::liveness::decision::capture_score;
use crate::domain::face::liveness::evidence::PresentationScores;

/// What a file shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// A living person.
    BonaFide,
    /// An attack of this kind.
    Attack(String),
}

impl Label {
    /// The kind of attack; `None` for a living person.
    pub fn attack(&self) -> Option<&str> {
        match self {
            Self::BonaFide => None,
            Self::Attack(kind) => Some(kind),
        }
    }
}

/// What was seen of one presentation: a picture, or the frames of a clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Frames looked at.
    pub frames: usize,
    /// What PAD says of those that passed the gate, in their order.
    pub scores: Vec<PresentationScores>,
    /// The code of each reason for which the gate stopped a frame, and how often.
    pub stopped: BTreeMap<&'static str, usize>,
}

/// A presentation with its labels, examined.
#[derive(Clone, Debug)]
pub struct PresentationSample {
    /// As the index names it.
    pub file: String,
    /// Its line of the index, from 1; the header counts.
    pub line: u64,
    /// What it shows.
    pub label: Label,
    /// Whose it is.
    pub subject: String,
    /// What was seen, or why it could not be read: then it is no presentation and counts in no rate.
    pub outcome: Result<Seen, Failure>,
}

/// What is to be measured.
#[derive(Clone, Copy, Debug)]
pub struct LivenessRequest {
    /// From this score on a presentation passes for bona fide, 0 to 1.
    pub threshold: f32,
    /// How often people are split in two, to see whether a threshold holds for the other half; 0 for never.
    pub splits: usize,
    /// Rounds of the bootstrap over people; 0 for no intervals.
    pub rounds: usize,
    /// Where all draws start from.
    pub seed: u64,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judged {
    /// As the index names it.
    pub file: String,
    /// Its line of the index.
    pub line: u64,
    /// The kind of attack; `None` for a living person.
    pub attack: Option<String>,
    /// Whose it is.
    pub subject: String,
    /// Frames looked at.
    pub frames: usize,
    /// Frames that passed the gate.
    pub usable: usize,
    /// What the service's rule makes of these; `None` when there are none.
    pub score: Option<f32>,
    /// Whether it passes for bona fide.
    pub accepted: bool,
    /// Of captures of as many frames as the service keeps, drawn from the usable ones, the share that passes.
    pub captures_accepted: Option<f64>,
    /// Why the gate stopped frames, and how many.
    pub stopped: BTreeMap<&'static str, usize>,
}

/// What the evaluation came to. Shares are 0 to 1.
#[derive(Clone, Debug, Serialize)]
pub struct LivenessEvaluation {
    /// Files that could be read.
    pub presentations: usize,
    /// Their people.
    pub people: usize,
    /// Bona fide presentations.
    pub bona_fide: usize,
    /// Attack presentations of each kind.
    pub attacks: BTreeMap<String, usize>,
    /// Presentations without a usable frame, and rows that could not be read.
    pub failed: usize,
    /// Each of them.
    pub failures: Vec<Failure>,
    /// From this score on a presentation passes.
    pub threshold: f32,
    /// APCER of each kind; an attack without a usable frame counts as not accepted.
    pub apcer: BTreeMap<String, f64>,
    /// Its 95 % intervals.
    pub apcer_interval: BTreeMap<String, Option<[f64; 2]>>,
    /// APCER of the worst kind.
    pub apcer_worst: Option<f64>,
    /// BPCER; a living person without a usable frame counts as refused.
    pub bpcer: Option<f64>,
    /// Its 95 % interval.
    pub bpcer_interval: Option<[f64; 2]>,
    /// BPCER of the presentations with a usable frame.
    pub bpcer_scored: Option<f64>,
    /// Equal error rate of the presentations with a usable frame.
    pub eer: Option<f64>,
    /// Its 95 % interval.
    pub eer_interval: Option<[f64; 2]>,
    /// A threshold at the equal error rate: halfway, in log-odds, between the scores that it lies between.
    pub eer_threshold: Option<f32>,
    /// Whether a threshold tuned on one half of the people holds for the other.
    pub splits: Option<HeldOutPresentations>,
    /// How the intervals were drawn.
    pub bootstrap: Bootstrap,
    /// Every presentation, in the order of the index.
    pub files: Vec<Judged>,
}

/// An evaluation and the presentations it came from.
#[derive(Clone, Debug)]
pub struct MeasuredPresentation {
    /// The figures.
    pub evaluation: LivenessEvaluation,
    /// The presentations.
    pub presentations: Presentations,
}

/// Judges every presentation by the service's own rule, and counts the errors. `failures` are those known before any was
/// examined.
pub fn measure(
    samples: &[PresentationSample],
    mut failures: Vec<Failure>,
    wanted: &LivenessRequest,
) -> MeasuredPresentation {
    failures.extend(samples.iter().filter_map(failure));
    failures.sort_by_key(|failure| failure.line);
    let (people, presentations) = presentations(samples);
    let at = wanted.threshold;
    let drawn = intervals(&presentations, at, people, wanted.rounds, wanted.seed);
    let crossing = presentations.crossing();
    let evaluation = LivenessEvaluation {
        presentations: samples.iter().filter(|sample| sample.outcome.is_ok()).count(),
        people,
        bona_fide: presentations.bona_fide().len(),
        attacks: presentations.attacks().iter().map(|(kind, all)| (kind.clone(), all.len())).collect(),
        failed: failures.len(),
        failures,
        threshold: at,
        apcer: presentations.apcer(at),
        apcer_interval: drawn.apcer,
        apcer_worst: presentations.worst_apcer(at),
        bpcer: presentations.bpcer(at),
        bpcer_interval: drawn.bpcer,
        bpcer_scored: presentations.bpcer_scored(at),
        eer: crossing.map(|crossing| crossing.rate),
        eer_interval: drawn.eer,
        eer_threshold: crossing.map(|crossing| crossing.threshold),
        splits: hold(&presentations, people, wanted.splits, wanted.seed),
        bootstrap: Bootstrap { rounds: wanted.rounds, seed: wanted.seed },
        files: samples.iter().filter_map(|sample| judged(sample, wanted)).collect(),
    };
    MeasuredPresentation { evaluation, presentations }
}

/// The threshold at which the errors of these presentations meet; `None` without scored ones of both kinds.
pub fn tune(samples: &[PresentationSample]) -> Option<f32> {
    presentations(samples).1.crossing().map(|crossing| crossing.threshold)
}

/// How many people there are, and what they presented.
fn presentations(samples: &[PresentationSample]) -> (usize, Presentations) {
    let mut people: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut bona_fide, mut attacks) = (Vec::new(), BTreeMap::<String, Vec<Presented>>::new());
    for sample in samples {
        let Ok(seen) = &sample.outcome else { continue };
        let next = people.len() as u32;
        let presented = Presented { score: score(seen), person: *people.entry(&sample.subject).or_insert(next) };
        match &sample.label {
            Label::BonaFide => bona_fide.push(presented),
            Label::Attack(kind) => attacks.entry(kind.clone()).or_default().push(presented),
        }
    }
    (people.len(), Presentations::new(bona_fide, attacks))
}

fn score(seen: &Seen) -> Option<f32> {
    (!seen.scores.is_empty()).then(|| capture_score(&seen.scores))
}

fn judged(sample: &PresentationSample, wanted: &LivenessRequest) -> Option<Judged> {
    let seen = sample.outcome.as_ref().ok()?;
    let score = score(seen);
    Some(Judged {
        file: sample.file.clone(),
        line: sample.line,
        attack: sample.label.attack().map(str::to_owned),
        subject: sample.subject.clone(),
        frames: seen.frames,
        usable: seen.scores.len(),
        score,
        accepted: score.is_some_and(|score| score >= wanted.threshold),
        captures_accepted: captures::accepted(&seen.scores, wanted.threshold, wanted.seed),
        stopped: seen.stopped.clone(),
    })
}

/// Why a file is no presentation, or one that the gate let nothing of through.
fn failure(sample: &PresentationSample) -> Option<Failure> {
    let seen = match &sample.outcome {
        Ok(seen) => seen,
        Err(failure) => return Some(failure.clone()),
    };
    if !seen.scores.is_empty() {
        return None;
    }
    let (code, detail) = match seen.stopped.iter().max_by_key(|(_, count)| **count) {
        Some((code, count)) => (*code, format!("no frame can be used; {count} of {} so", seen.frames)),
        None => ("no_frames", "it has no frame".to_owned()),
    };
    Some(Failure { file: Some(sample.file.clone()), line: sample.line, code, detail })
}

#[cfg(test)]
mod tests;
