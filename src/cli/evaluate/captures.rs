//! `rastau evaluate captures`: films of real people and of attacks, played through whole captures.

mod lines;
mod play;
mod recall;
mod reel;
mod take;
pub(super) mod tally;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use self::play::{parts, play};
use self::recall::Recall;
use self::reel::Reel;
use self::tally::{Played, Tally, Unfit};
use super::liveness::index::{Index, Row};
use super::{SEED, progress, tell};
use crate::app::face::evaluate_faces::Failure;
use crate::app::face::evaluate_liveness::Label;
use crate::app::face::live_capture::JudgementThresholds;
use crate::cli::demo::made_up_time::Source;
use crate::domain::face::engine::FaceEngine;
use crate::domain::face::liveness::challenge::COMMANDS_WITHOUT_LIGHTS;
use crate::startup::{calibration, faces};

/// What `evaluate captures` takes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
A film obeys nobody. So it is looked at once, for straight stretches and for movements that would count as a command followed;
the challenge is made of these, each command told just before its movement begins, and the capture goes the service's own
way from then on: no lights, ten frames a second, judged with no attempt left. Between a movement and the next one nothing
is sent while the film runs on, so no picture is cut. Where the service did not count a movement, the capture is taken again
without it, as if the person had obeyed; how many takes that took is told. Where no movement is left, it is given up. The ID photo is another frame of the film, as far from those as can be.

A film that shows fewer than three commands in one pass is played back and forth, so that heads come back; since its frames
come again then, the cue that looks for repeated frames is left out. A film without a turn of the head is no capture and told as
unfit, but with --turnless: then the cues that a turning head shows are left out, too. What is left out stands in the table.

Exit status: 0 when there was a capture, 1 otherwise. What could not be used is told line by line on standard error.

Examples:
  rastau evaluate captures --index films/index.csv
  rastau evaluate captures --index films/index.csv --label live --runs 4 --turnless --csv captures.csv
  rastau evaluate captures --index films/index.csv --label attack --json > attacks.json
  rastau evaluate captures --index films/index.csv --subject vr_4 --least-commands 3")]
pub struct CapturesArgs {
    /// CSV with the columns file (beside the index) and label (live or attack), and where there are such, attack (its
    /// kind), method (the tool) and subject (the person)
    #[arg(long, value_name = "FILE")]
    index: PathBuf,
    /// Only films of living people, or only attacks
    #[arg(long, value_name = "LABEL")]
    label: Option<Wants>,
    /// Only films of these people
    #[arg(long = "subject", value_name = "NAME")]
    subjects: Vec<String>,
    /// Captures a film at most, begun at different places
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// A film that shows fewer movements than a capture without lights asks for is asked for as many as it shows, but no
    /// fewer than this
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=COMMANDS_WITHOUT_LIGHTS as i64))]
    least_commands: u8,
    /// Take films without a turn of the head, too
    #[arg(long)]
    turnless: bool,
    /// Look at so many seconds of each film
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(5..=600))]
    seconds: u32,
    /// Where every draw starts from
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
    /// Folder of the models' manifest (default: the configuration's)
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Write every capture with what each cue says into this file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Which films.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Wants {
    /// Of living people.
    Live,
    /// Of attacks.
    Attack,
}

/// What every capture needs, and the ways in: each film comes in through all of them.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) faces: Arc<dyn FaceEngine>,
    pub(super) lines: JudgementThresholds,
    pub(super) sources: Vec<Source>,
}

/// How films are made captures of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) runs: u32,
    pub(super) least_commands: usize,
    pub(super) turnless: bool,
    pub(super) seconds: u32,
    pub(super) seed: u64,
}

/// What became of one film.
enum Outcome {
    /// Captures through each way in, and how many were given up.
    Played(Vec<(Vec<Played>, usize)>),
    Unfit(Unfit),
    Failed(Failure),
}

impl CapturesArgs {
    /// Runs the command with the models of `models`, where it names no others.
    ///
    /// # Errors
    /// When models or their calibration cannot be loaded, the index cannot be read, or the engine fails.
    pub(super) async fn run(self, models: &Path) -> anyhow::Result<ExitCode> {
        let index = Index::read(&self.index)?;
        let models = self.models.as_deref().unwrap_or(models);
        let loaded = faces::load(models)?;
        let calibration = calibration::read(&models.join("calibration.json"), loaded.engine.embedder())?;
        let lines = JudgementThresholds {
            comparison: super::usual_thresholds(&calibration),
            presentation: loaded.presentation,
        };
        let stage = Stage { faces: loaded.engine, lines, sources: vec![Source::usual(false)] };
        let rows: Vec<Row> = index.rows.into_iter().filter(|row| self.wants(row)).collect();
        let options = Options {
            runs: self.runs,
            least_commands: usize::from(self.least_commands),
            turnless: self.turnless,
            seconds: self.seconds,
            seed: self.seed,
        };
        let folder = self.index.parent().unwrap_or(Path::new(""));
        let mut tally = films(&stage, folder, &rows, options).await?.swap_remove(0);
        tally.failures.splice(0..0, index.failures);
        if let Some(file) = &self.csv {
            std::fs::write(file, lines::csv(&tally.captures)?).with_context(|| file.display().to_string())?;
        }
        let asides = index.notices.into_iter().chain(lines::asides(&tally));
        tell(asides, self.json.then_some(&tally), || lines::table(&tally), None, |folder| Ok(folder.to_owned()))?;
        Ok(if tally.captures.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn wants(&self, row: &Row) -> bool {
        let label = self.label.is_none_or(|wants| (wants == Wants::Live) == (row.label == Label::BonaFide));
        label && (self.subjects.is_empty() || self.subjects.contains(&row.subject))
    }
}

/// Plays films; a tally for each way in.
pub(super) async fn films(stage: &Stage, folder: &Path, rows: &[Row], options: Options) -> anyhow::Result<Vec<Tally>> {
    let outcomes = progress::through(rows, "films", |row| film(stage, folder, row, options)).await?;
    let mut tallies: Vec<Tally> = stage.sources.iter().map(|_| Tally::new(options.seed)).collect();
    for outcome in outcomes {
        match outcome? {
            Outcome::Played(ways) => {
                for (tally, (captures, given_up)) in tallies.iter_mut().zip(ways) {
                    tally.captures.extend(captures);
                    tally.given_up += given_up;
                }
            }
            Outcome::Unfit(unfit) => tallies.iter_mut().for_each(|tally| tally.unfit.push(unfit.clone())),
            Outcome::Failed(failure) => tallies.iter_mut().for_each(|tally| tally.failures.push(failure.clone())),
        }
    }
    tallies.iter_mut().for_each(Tally::count);
    Ok(tallies)
}

async fn film(stage: &Stage, folder: &Path, row: &Row, options: Options) -> anyhow::Result<Outcome> {
    let stage = &Stage { faces: Arc::new(Recall::of(stage.faces.clone())), ..stage.clone() };
    let reel = match Reel::look(&stage.faces, folder.join(&row.file), options.seconds).await {
        Ok(reel) => reel,
        Err((code, detail)) => {
            return Ok(Outcome::Failed(Failure { file: Some(row.file.clone()), line: row.line, code, detail }));
        }
    };
    let parts = parts(&reel, options.least_commands, options.turnless, options.runs as usize);
    let mut ways = Vec::new();
    for source in &stage.sources {
        let mut played = Vec::new();
        for (run, part) in (1..).zip(&parts) {
            let seed = options.seed ^ (u64::from(run) << 32) ^ row.line;
            let Some(picked) = play(stage, *source, &reel, part, seed).await? else { continue };
            played.push(Played::of(row, run, &picked));
        }
        let given_up = parts.len() - played.len();
        ways.push((played, given_up));
    }
    Ok(if ways.iter().all(|(played, _)| played.is_empty()) {
        Outcome::Unfit(Unfit::of(row, &reel))
    } else {
        Outcome::Played(ways)
    })
}
