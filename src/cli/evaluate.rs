//! `rastau evaluate`: how well the models do on labelled pictures, by the very way that players go.

mod captures;
mod index;
mod injection;
mod lines;
mod liveness;
mod pictures;
mod progress;
mod report;
mod trial;
mod workshop;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use sha2::{Digest, Sha256};

use self::captures::CapturesArgs;
use self::index::{Index, Row};
use self::injection::InjectionArgs;
use self::liveness::LivenessArgs;
use self::workshop::WorkshopArgs;
use super::{print, print_json};
use crate::app::face::evaluate_faces::compare::Listed;
use crate::app::face::evaluate_faces::{Failure, Measured, Wanted, measure};
use crate::domain::face::calibration::Calibration;
use crate::domain::face::comparison::{ModelHash, Thresholds};
use crate::startup::{self, faces};

/// Where every draw starts from: the same figures come out again.
const SEED: u64 = 1;
/// False match and false non-match rates at which the service's default configuration compares.
const FALSE_MATCHES: f64 = 1e-4;
const FALSE_NON_MATCHES: f64 = 1e-3;

/// Measure the models on labelled pictures
#[derive(Debug, Subcommand)]
pub enum EvaluateCommand {
    /// Compare pairs of labelled faces, print error rates, calibrate
    Faces(Box<FacesArgs>),
    /// Tell living people from attacks by the passive cue alone, print error rates
    Liveness(Box<LivenessArgs>),
    /// Play films of real people and of attacks through whole captures
    Captures(Box<CapturesArgs>),
    /// Let every instrument through every way in, as CEN/TS 18099 tests injection attacks
    Injection(Box<InjectionArgs>),
    /// Let living players and attackers of the workshop through whole captures, and switch off each cue in turn
    Workshop(Box<WorkshopArgs>),
}

/// What `evaluate faces` takes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Exit status: 0 when something was measured, 1 otherwise. What could not be is told line by line on standard error.

Examples:
  rastau evaluate faces --index faces/index.csv
  rastau evaluate faces --index faces/index.csv --json --report out > faces.json
  rastau evaluate faces --index faces/index.csv --calibrate models/calibration.json
  rastau evaluate faces --index faces/index.csv --people odd --calibrate odd.json
  rastau evaluate faces --index faces/index.csv --people even --calibration odd.json
  rastau evaluate faces --index faces/index.csv --shadow new-models")]
pub struct FacesArgs {
    /// CSV with the columns file (beside the index) and identity
    #[arg(long, value_name = "FILE")]
    index: PathBuf,
    /// Compare these pairs alone: CSV with the columns file_a, file_b and, where it should say so, same (1 or 0)
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// Column of the index: count errors within each of its values too
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,
    /// Column of the index: pictures of one person that share its value make one template
    #[arg(long, value_name = "COLUMN")]
    capture: Option<String>,
    /// Half of the people, by the SHA-256 of their identity: to calibrate on one half and report on the other
    #[arg(long, value_name = "HALF")]
    people: Option<Half>,
    /// Split people in two this often, calibrate on one half and report how the other keeps to it
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1000))]
    splits: u16,
    /// Write a calibration of these models to a file
    #[arg(long, value_name = "FILE")]
    calibrate: Option<PathBuf>,
    /// Report the errors at the scores of a calibration
    #[arg(long, value_name = "FILE")]
    calibration: Option<PathBuf>,
    /// Folder of the models' manifest (default: the configuration's)
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Folder of another manifest, to be measured beside
    #[arg(long, value_name = "DIR")]
    shadow: Option<PathBuf>,
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

/// Half of the people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Half {
    /// The first byte of the hash is odd.
    Odd,
    /// It is even.
    Even,
}

impl Half {
    fn has(self, identity: &str) -> bool {
        let is_odd = Sha256::digest(identity)[0] % 2 == 1;
        is_odd == (self == Self::Odd)
    }
}

impl EvaluateCommand {
    /// Runs the command with the models of `models`, where it names no others.
    ///
    /// # Errors
    /// When the models cannot be loaded, the index cannot be read or lacks a column that nothing goes without, or a
    /// calibration or threshold that was asked for cannot be made.
    pub async fn run(self, models: &Path) -> anyhow::Result<ExitCode> {
        match self {
            Self::Faces(args) => args.run(models).await,
            Self::Liveness(args) => args.run(models).await,
            Self::Captures(args) => args.run(models).await,
            Self::Injection(args) => args.run(models).await,
            Self::Workshop(args) => args.run(models).await,
        }
    }
}

impl FacesArgs {
    async fn run(self, models: &Path) -> anyhow::Result<ExitCode> {
        let mut index = Index::read(&self.index, self.group.as_deref(), self.capture.as_deref())?;
        if let Some(half) = self.people {
            index.rows.retain(|row| half.has(&row.identity));
        }
        let calibration = self.calibration.as_deref().map(read_calibration).transpose()?;
        let pairs = self.pairs.as_deref().map(|file| index::read_pairs(file, &mut index.failures)).transpose()?;
        let pairs = pairs.map(|pairs| self.of_half(pairs, &index.rows));
        let wanted = Wanted {
            pairs,
            group: self.group.clone().filter(|_| index.has_group),
            calibration,
            splits: self.splits.into(),
            rounds: self.rounds as usize,
            seed: SEED,
        };
        let models = self.models.as_deref().unwrap_or(models);
        let mut measured = self.measure(models, &index, &wanted).await?;
        let shadow = match &self.shadow {
            Some(shadow) => Some(self.measure(shadow, &index, &wanted).await?),
            None => None,
        };
        measured.evaluation.shadow = shadow.as_ref().map(|shadow| Box::new(shadow.evaluation.clone()));
        self.tell(&index.notices, &measured, shadow.as_ref())?;
        if let Some(file) = &self.calibrate {
            calibrate(file, &measured)?;
        }
        let found = &measured.evaluation;
        Ok(if found.genuine + found.impostor > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Pairs of both halves are nobody's failure where one half was asked for.
    fn of_half(&self, pairs: Vec<Listed>, rows: &[Row]) -> Vec<Listed> {
        if self.people.is_none() {
            return pairs;
        }
        let known: std::collections::HashSet<&str> = rows.iter().map(|row| row.file.as_str()).collect();
        pairs.into_iter().filter(|pair| pair.files.iter().all(|file| known.contains(file.as_str()))).collect()
    }

    async fn measure(&self, models: &Path, index: &Index, wanted: &Wanted) -> anyhow::Result<Measured> {
        let faces = faces::load(models)?;
        let folder = self.index.parent().unwrap_or(Path::new(""));
        let samples = pictures::examine(faces.engine.as_ref(), folder, &index.rows).await?;
        let model = &faces.engine.embedder().0;
        let failures: Vec<Failure> = index.failures.clone();
        let mut wanted = wanted.clone();
        if let Some(other) = wanted.calibration.take_if(|calibration| calibration.model.0 != *model) {
            eprintln!("--calibration: it is of the embedder {}, and {model} is measured: left out", other.model.0);
        }
        measure(model, &samples, failures, &wanted).context("--splits")
    }

    fn tell(&self, notices: &[String], measured: &Measured, shadow: Option<&Measured>) -> anyhow::Result<()> {
        let found = &measured.evaluation;
        let asides = notices.iter().cloned().chain(lines::failures(found)).chain(lines::remarks(found));
        let write = |folder: &Path| report::write(folder, measured, shadow, startup::clock().now());
        tell(asides, self.json.then_some(found), || lines::table(found), self.report.as_deref(), write)
    }
}

/// Asides to standard error, figures to standard output (as JSON where that was asked for), the report into its folder.
fn tell(
    asides: impl Iterator<Item = String>,
    json: Option<&impl Serialize>,
    table: impl FnOnce() -> String,
    report: Option<&Path>,
    write: impl FnOnce(&Path) -> anyhow::Result<PathBuf>,
) -> anyhow::Result<()> {
    for line in asides {
        eprintln!("{line}");
    }
    match json {
        Some(found) => print_json(found)?,
        None => print(table().trim_end())?,
    }
    if let Some(folder) = report {
        eprintln!("the report is in {}", write(folder)?.display());
    }
    Ok(())
}

/// Where the service's default configuration draws the lines of comparison.
fn usual_thresholds(calibration: &Calibration) -> Thresholds {
    calibration.thresholds(FALSE_MATCHES, FALSE_NON_MATCHES)
}

fn read_calibration(file: &Path) -> anyhow::Result<Calibration> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Calibration::from_json(&text).with_context(|| file.display().to_string())
}

/// Writes beside the file first: nobody reads half a calibration.
fn calibrate(file: &Path, measured: &Measured) -> anyhow::Result<()> {
    let (found, now) = (&measured.evaluation, startup::clock().now());
    let model = ModelHash(found.model.clone());
    let calibration = Calibration::fit(model, &measured.scores, found.identities, env!("CARGO_PKG_VERSION"), now)
        .with_context(|| format!("{} was not written", file.display()))?;
    let unfinished = file.with_extension(format!("json.{}", std::process::id()));
    let written = std::fs::write(&unfinished, calibration.to_json()).and_then(|()| std::fs::rename(&unfinished, file));
    if written.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    written.with_context(|| format!("{} was not written", file.display()))?;
    eprintln!("the calibration is in {}", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_in_one_half() {
        let people: Vec<String> = (0..1000).map(|number| format!("person {number}")).collect();
        let odd = people.iter().filter(|name| Half::Odd.has(name)).count();
        assert!((400..600).contains(&odd), "{odd}");
        assert!(people.iter().all(|name| Half::Odd.has(name) != Half::Even.has(name)));
    }
}
