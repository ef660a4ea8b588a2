//! `rastau evaluate liveness`: how well the passive cue tells living people from attacks, on labelled pictures and clips.

pub(super) mod frames;
pub(super) mod index;
mod lines;
mod presentations;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use self::index::Index;
use super::{Half, SEED, tell};
use crate::app::face::evaluate_liveness::{LivenessRequest, MeasuredPresentation, PresentationSample, measure, tune};
use crate::startup::{self, faces};

/// What `evaluate liveness` takes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
A still picture is a presentation of one frame; a clip (GIF, or what OpenCV reads) one of its frames over its length, at
most 10 a second, sent as the page sends them. The gate of a live capture applies, and the service's own rule.

Exit status: 0 when something was measured, 1 otherwise. What could not be is told line by line on standard error.

Examples:
  rastau evaluate liveness --index clips/index.csv
  rastau evaluate liveness --index clips/index.csv --json --report out > liveness.json
  rastau evaluate liveness --index frames/index.csv --splits 200
  rastau evaluate liveness --index frames/index.csv --tune odd
  rastau evaluate liveness --index frames/index.csv --people even --threshold 0.3")]
pub struct LivenessArgs {
    /// CSV with the columns file (beside the index) and label (live or attack), and where there are such, attack (its
    /// kind) and subject (the person)
    #[arg(long, value_name = "FILE")]
    index: PathBuf,
    /// Half of the people, by the SHA-256 of their subject
    #[arg(long, value_name = "HALF")]
    people: Option<Half>,
    /// Take the threshold where the errors of this half of the people meet, and report on the other half
    #[arg(long, value_name = "HALF", conflicts_with_all = ["people", "threshold"])]
    tune: Option<Half>,
    /// Score from which a presentation passes, 0 to 1 (default: the manifest's)
    #[arg(long, value_name = "SCORE", value_parser = score)]
    threshold: Option<f32>,
    /// Split people in two this often, tune a threshold on one half and report how the other fares
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1000))]
    splits: u16,
    /// Folder of the models' manifest (default: the configuration's)
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Rounds of the bootstrap over people behind the intervals
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    rounds: u32,
    /// Write report.html into this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn score(text: &str) -> Result<f32, String> {
    text.parse().ok().filter(|score| (0.0..=1.0).contains(score)).ok_or_else(|| "it must be 0 to 1".to_owned())
}

impl LivenessArgs {
    /// Runs the command with the models of `models`, where it names no others.
    ///
    /// # Errors
    /// When the models cannot be loaded, the index cannot be read or lacks a column that nothing goes without, or a half
    /// of the people cannot tune a threshold.
    pub(super) async fn run(self, models: &Path) -> anyhow::Result<ExitCode> {
        let mut index = Index::read(&self.index)?;
        if let Some(half) = self.people {
            index.rows.retain(|row| half.has(&row.subject));
        }
        let faces = faces::load(self.models.as_deref().unwrap_or(models))?;
        let folder = self.index.parent().unwrap_or(Path::new(""));
        let samples = presentations::examine(&faces.engine, folder, &index.rows).await?;
        let (samples, threshold) = self.tuned(samples, faces.presentation.bona_fide_from)?;
        let wanted =
            LivenessRequest { threshold, splits: self.splits.into(), rounds: self.rounds as usize, seed: SEED };
        let measured = measure(&samples, index.failures, &wanted);
        self.tell(&index.notices, &measured)?;
        let judged = measured.evaluation.presentations > 0;
        Ok(if judged { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// What is reported on, and from which score on it passes.
    fn tuned(&self, samples: Vec<PresentationSample>, usual: f32) -> anyhow::Result<(Vec<PresentationSample>, f32)> {
        let Some(half) = self.tune else {
            return Ok((samples, self.threshold.unwrap_or(usual)));
        };
        let (tuning, reporting): (Vec<_>, Vec<_>) = samples.into_iter().partition(|one| half.has(&one.subject));
        let threshold = tune(&tuning).context(
            "--tune: this half of the people must show both living people and attacks that the gate lets through",
        )?;
        Ok((reporting, threshold))
    }

    fn tell(&self, notices: &[String], measured: &MeasuredPresentation) -> anyhow::Result<()> {
        let found = &measured.evaluation;
        let asides = notices.iter().cloned().chain(lines::failures(found)).chain(lines::remarks(found));
        let write = |folder: &Path| report::write(folder, measured, startup::clock().now());
        tell(asides, self.json.then_some(found), || lines::table(found), self.report.as_deref(), write)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_lies_between_nothing_and_everything() {
        assert_eq!((score("0.25"), score("1")), (Ok(0.25), Ok(1.0)));
        for wrong in ["-0.1", "1.1", "NaN", "much"] {
            assert!(score(wrong).is_err(), "{wrong}");
        }
    }
}
