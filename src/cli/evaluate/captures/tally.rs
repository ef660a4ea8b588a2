//! Every capture of the films, and what they come to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::liveness::index::Row;
use super::super::trial::End;
use super::play::Picked;
use super::reel::Reel;
use crate::app::face::evaluate_faces::Failure;
use crate::app::face::evaluate_liveness::Label;
use crate::domain::face::error_rates::shares::PassingShare;
use crate::domain::face::liveness::challenge::Command;
use crate::domain::face::liveness::cues::{Cue, Support};

/// What the living are called beside the attacks.
pub(in crate::cli::evaluate) const LIVE: &str = "live";

/// One capture of a film.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli::evaluate) struct Played {
    pub(in crate::cli::evaluate) file: String,
    pub(in crate::cli::evaluate) subject: String,
    /// `live`, or the kind of attack.
    pub(in crate::cli::evaluate) kind: String,
    /// The tool that made an attack, where the index says so.
    pub(in crate::cli::evaluate) method: Option<String>,
    /// Which capture of the film, from 1.
    pub(in crate::cli::evaluate) run: u32,
    /// Where in the film it began.
    pub(in crate::cli::evaluate) begins_millis: u64,
    /// How often it was played until every command was followed, or no other movement was left.
    pub(in crate::cli::evaluate) takes: u32,
    /// What was asked.
    pub(in crate::cli::evaluate) commands: Vec<&'static str>,
    /// Cues that were not asked: `freshness` where the film went back and forth, `geometry` and `texture` where it has no turn,
    /// `texture` where it was over too soon.
    pub(in crate::cli::evaluate) left_out: Vec<&'static str>,
    /// Frames sent.
    pub(in crate::cli::evaluate) frames: u32,
    /// `passed`, or why not.
    pub(in crate::cli::evaluate) result: &'static str,
    /// How like the face was to another frame of the film.
    pub(in crate::cli::evaluate) similarity: Option<f32>,
    /// How much each cue speaks for the capture; null where it is silent.
    pub(in crate::cli::evaluate) cues: BTreeMap<&'static str, Option<f32>>,
    /// Cues that do not speak for it.
    pub(in crate::cli::evaluate) not_for: Vec<&'static str>,
    /// What they saw.
    pub(in crate::cli::evaluate) findings: Vec<&'static str>,
    /// Cues without which it would pass.
    pub(in crate::cli::evaluate) without: Vec<&'static str>,
}

impl Played {
    pub(super) fn of(row: &Row, run: u32, picked: &Picked) -> Self {
        let trial = &picked.trial;
        let support = |cue: Cue| trial.evidence.iter().find(|found| found.cue == cue).and_then(|found| found.support);
        // Lights are off: their silence says nothing.
        let asked = || Cue::ALL.into_iter().filter(|cue| *cue != Cue::Lights);
        let not_for = asked().filter(|cue| !support(*cue).is_some_and(Support::speaks_for)).map(Cue::code);
        let mut without: Vec<&'static str> = trial.decisive.iter().map(|cue| cue.code()).collect();
        without.extend(trial.held_by_comparison.then_some("comparison"));
        let findings = trial.evidence.iter().filter(|found| found.cue != Cue::Lights);
        Self {
            file: row.file.clone(),
            subject: row.subject.clone(),
            kind: kind(row),
            method: row.method.clone(),
            run,
            begins_millis: picked.begins_millis,
            takes: picked.takes,
            commands: picked.commands.iter().copied().map(Command::code).collect(),
            left_out: picked.left_out.iter().map(|cue| cue.code()).collect(),
            frames: trial.frames,
            result: trial.end.code(),
            similarity: trial.similarity,
            cues: Cue::ALL
                .into_iter()
                .map(|cue| (cue.code(), support(cue).filter(|_| !picked.left_out.contains(&cue)).map(Support::value)))
                .collect(),
            not_for: not_for.collect(),
            findings: findings.flat_map(|found| found.findings.iter().map(|finding| finding.code())).collect(),
            without,
        }
    }

    pub(in crate::cli::evaluate) fn passed(&self) -> bool {
        self.result == End::Passed.code()
    }

    /// What it is counted under: the living, or the tool or kind of an attack.
    pub(in crate::cli::evaluate) fn group(&self) -> &str {
        self.method.as_deref().filter(|_| self.kind != LIVE).unwrap_or(&self.kind)
    }
}

fn kind(row: &Row) -> String {
    match &row.label {
        Label::BonaFide => LIVE.to_owned(),
        Label::Attack(kind) => kind.clone(),
    }
}

/// A film that no capture can be made of.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli::evaluate) struct Unfit {
    pub(in crate::cli::evaluate) file: String,
    pub(in crate::cli::evaluate) subject: String,
    pub(in crate::cli::evaluate) kind: String,
    pub(in crate::cli::evaluate) seconds: f64,
    /// Frames looked at, of these with one face, and of these through the gate.
    pub(in crate::cli::evaluate) frames: [usize; 3],
    /// How far head and face go in it: least and greatest yaw, pitch, opening of mouth and eyes.
    pub(in crate::cli::evaluate) ranges: [[f32; 2]; 4],
}

impl Unfit {
    pub(super) fn of(row: &Row, reel: &Reel) -> Self {
        let signs: Vec<_> = reel.sights.iter().filter_map(|sight| sight.signs).collect();
        let good = reel.sights.iter().filter(|sight| sight.good).count();
        let range = |of: fn(&crate::domain::face::liveness::signs::FaceSigns) -> f32| {
            signs.iter().map(of).fold([f32::MAX, f32::MIN], |[low, high], value| [low.min(value), high.max(value)])
        };
        Self {
            file: row.file.clone(),
            subject: row.subject.clone(),
            kind: kind(row),
            seconds: reel.seconds(),
            frames: [reel.sights.len(), signs.len(), good],
            ranges: [
                range(|signs| signs.yaw),
                range(|signs| signs.pitch),
                range(|signs| signs.mouth_open),
                range(|signs| signs.eyes_open),
            ],
        }
    }
}

/// All captures of one kind or tool.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli::evaluate) struct Group {
    pub(in crate::cli::evaluate) name: String,
    pub(in crate::cli::evaluate) films: usize,
    #[serde(flatten)]
    pub(in crate::cli::evaluate) share: PassingShare,
    /// In how many captures a cue was not asked.
    pub(in crate::cli::evaluate) left_out: BTreeMap<&'static str, u32>,
    /// How many captures had so many commands.
    pub(in crate::cli::evaluate) commands: BTreeMap<usize, u32>,
    /// How often each cue did not speak for a capture.
    pub(in crate::cli::evaluate) not_for: BTreeMap<&'static str, u32>,
    /// How often a capture would pass without this cue alone.
    pub(in crate::cli::evaluate) without: BTreeMap<&'static str, u32>,
    /// Why those that did not pass did not.
    pub(in crate::cli::evaluate) reasons: BTreeMap<&'static str, u32>,
    /// What the cues saw, in how many captures.
    pub(in crate::cli::evaluate) findings: BTreeMap<&'static str, u32>,
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli::evaluate) struct Tally {
    pub(in crate::cli::evaluate) seed: u64,
    pub(in crate::cli::evaluate) groups: Vec<Group>,
    pub(in crate::cli::evaluate) captures: Vec<Played>,
    pub(in crate::cli::evaluate) unfit: Vec<Unfit>,
    /// Captures of other films that were given up: from where they began, the film shows nothing that the service counts as
    /// a command followed, or no frame that will do as ID photo.
    pub(in crate::cli::evaluate) given_up: usize,
    #[serde(skip)]
    pub(in crate::cli::evaluate) failures: Vec<Failure>,
}

impl Tally {
    pub(in crate::cli::evaluate) fn new(seed: u64) -> Self {
        Self { seed, groups: Vec::new(), captures: Vec::new(), unfit: Vec::new(), given_up: 0, failures: Vec::new() }
    }

    /// Counts the captures by kind or tool, the living first.
    pub(in crate::cli::evaluate) fn count(&mut self) {
        let mut names: Vec<&str> = self.captures.iter().map(Played::group).collect();
        names.sort_by_key(|name| (*name != LIVE, *name));
        names.dedup();
        self.groups = names.into_iter().filter_map(|name| self.group(name)).collect();
    }

    fn group(&self, name: &str) -> Option<Group> {
        let of: Vec<&Played> = self.captures.iter().filter(|one| one.group() == name).collect();
        let share = PassingShare::of(of.iter().map(|one| (one.subject.as_str(), one.passed())))?;
        let films: std::collections::BTreeSet<&str> = of.iter().map(|one| one.file.as_str()).collect();
        let mut commands = BTreeMap::new();
        for one in &of {
            *commands.entry(one.commands.len()).or_default() += 1;
        }
        let count = |each: fn(&Played) -> Vec<&'static str>| {
            let mut counts: BTreeMap<&'static str, u32> = BTreeMap::new();
            for one in &of {
                let mut codes = each(one);
                codes.sort_unstable();
                codes.dedup();
                for code in codes {
                    *counts.entry(code).or_default() += 1;
                }
            }
            counts
        };
        Some(Group {
            name: name.to_owned(),
            films: films.len(),
            share,
            left_out: count(|one| one.left_out.clone()),
            commands,
            not_for: count(|one| one.not_for.clone()),
            without: count(|one| one.without.clone()),
            reasons: count(|one| if one.passed() { Vec::new() } else { vec![one.result] }),
            findings: count(|one| one.findings.clone()),
        })
    }
}
