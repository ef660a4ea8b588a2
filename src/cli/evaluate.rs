//! `rastau evaluate`: how well the models do on labelled pictures, by the very way that players go.

mod accuracy;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

use self::accuracy::{OperatingPoint, Scores};
use crate::domain::comparison::Template;
use crate::domain::ports::{Ask, Detail, EngineError, FaceEngine, Gate};
use crate::domain::reason::ReasonCode;
use crate::startup::faces;

/// The false match rates that are reported.
const FALSE_MATCH_RATES: [f64; 3] = [1e-2, 1e-3, 1e-4];

/// Measure the models on labelled pictures
#[derive(Debug, Subcommand)]
pub enum EvaluateCommand {
    /// Compare every pair of labelled faces and print error rates
    Faces(FacesArgs),
}

/// What `evaluate faces` takes.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  rastau evaluate faces --index ../shared/eval/faces/index.csv\n  \
                        rastau evaluate faces --index faces/index.csv --json > faces.json")]
pub struct FacesArgs {
    /// CSV with the columns file (beside the index) and identity
    #[arg(long, value_name = "FILE")]
    index: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl EvaluateCommand {
    /// Runs the command with the models of `models`.
    ///
    /// # Errors
    /// When the models cannot be loaded or the index cannot be read.
    pub async fn run(self, models: &Path) -> anyhow::Result<ExitCode> {
        let Self::Faces(args) = self;
        let labels = read_index(&args.index)?;
        let engine = faces::load(models)?.engine;
        let folder = args.index.parent().unwrap_or(Path::new("."));
        let report = evaluate(engine.as_ref(), folder, labels).await?;
        if args.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print!("{report}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Debug, Deserialize)]
struct Label {
    file: PathBuf,
    identity: String,
}

fn read_index(index: &Path) -> anyhow::Result<Vec<Label>> {
    let mut reader = csv::Reader::from_path(index).with_context(|| index.display().to_string())?;
    let labels =
        reader.deserialize().collect::<Result<Vec<Label>, _>>().with_context(|| index.display().to_string())?;
    ensure!(!labels.is_empty(), "{}: no pictures", index.display());
    Ok(labels)
}

/// What became of one picture.
struct Sample {
    identity: String,
    found: bool,
    outcome: Result<Template, ReasonCode>,
}

/// What the evaluation came to.
#[derive(Debug, Serialize)]
struct Report {
    model: String,
    pictures: usize,
    identities: usize,
    /// Pictures with exactly one face.
    found: usize,
    /// Pictures without a template, by reason.
    failed: BTreeMap<&'static str, usize>,
    genuine: usize,
    genuine_missed: usize,
    impostor: usize,
    eer: Option<f64>,
    tar: Vec<OperatingPoint>,
}

async fn evaluate(engine: &dyn FaceEngine, folder: &Path, labels: Vec<Label>) -> anyhow::Result<Report> {
    let progress = ProgressBar::new(labels.len() as u64)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} pictures, {eta} left")?);
    let abreast = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut samples = Vec::with_capacity(labels.len());
    let mut work = stream::iter(labels).map(|label| examine(engine, folder, label)).buffered(abreast);
    while let Some(sample) = work.next().await {
        samples.push(sample?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(report(&engine.embedder().0, &samples))
}

async fn examine(engine: &dyn FaceEngine, folder: &Path, label: Label) -> anyhow::Result<Sample> {
    let path = folder.join(&label.file);
    let bytes = tokio::fs::read(&path).await.with_context(|| path.display().to_string())?;
    let ask = Ask { gate: Gate::IdPhoto, presentation: false, template: Detail::Full };
    let (found, outcome) = match engine.examine(bytes.into(), ask).await {
        Ok(examination) => {
            let template = examination.template;
            let reason = examination.rejection.unwrap_or(ReasonCode::NoFace);
            (examination.quality.is_some(), template.ok_or(reason))
        }
        Err(EngineError::Picture(reason)) => (false, Err(reason)),
        Err(error) => return Err(anyhow::Error::new(error).context(path.display().to_string())),
    };
    Ok(Sample { identity: label.identity, found, outcome })
}

fn report(model: &str, samples: &[Sample]) -> Report {
    let (mut genuine, mut impostor, mut missed) = (Vec::new(), Vec::new(), 0);
    for (place, a) in samples.iter().enumerate() {
        for b in &samples[place + 1..] {
            let same = a.identity == b.identity;
            let score = match (&a.outcome, &b.outcome) {
                (Ok(a), Ok(b)) => a.similarity(b).ok(),
                _ => None,
            };
            match score {
                Some(score) if same => genuine.push(score),
                Some(score) => impostor.push(score),
                None => missed += usize::from(same),
            }
        }
    }
    let mut failed = BTreeMap::new();
    for reason in samples.iter().filter_map(|sample| sample.outcome.as_ref().err()) {
        *failed.entry(reason.code()).or_default() += 1;
    }
    let identities: std::collections::BTreeSet<&str> = samples.iter().map(|sample| sample.identity.as_str()).collect();
    let scores = Scores::new(genuine, impostor, missed);
    Report {
        model: model.to_owned(),
        pictures: samples.len(),
        identities: identities.len(),
        found: samples.iter().filter(|sample| sample.found).count(),
        failed,
        genuine: scores.genuine(),
        genuine_missed: missed,
        impostor: scores.impostor(),
        eer: scores.eer(),
        tar: FALSE_MATCH_RATES.into_iter().filter_map(|fmr| scores.at(fmr)).collect(),
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = 100.0 * self.found as f64 / self.pictures.max(1) as f64;
        writeln!(f, "model     {}", self.model)?;
        writeln!(f, "pictures  {} of {} people", self.pictures, self.identities)?;
        writeln!(f, "found     {} ({share:.2} %)", self.found)?;
        let failed: usize = self.failed.values().sum();
        let reasons: Vec<_> = self.failed.iter().map(|(code, count)| format!("{code} {count}")).collect();
        writeln!(f, "failed    {failed}{}{}", if failed > 0 { ": " } else { "" }, reasons.join(", "))?;
        writeln!(f, "genuine   {} pairs compared, {} could not be", self.genuine, self.genuine_missed)?;
        writeln!(f, "impostor  {} pairs", self.impostor)?;
        if let Some(eer) = self.eer {
            writeln!(f, "EER       {:.2} %", 100.0 * eer)?;
        }
        for point in &self.tar {
            writeln!(
                f,
                "TAR       {:.2} % at FMR {:.0e}, threshold {:.3} ({:.2} % of the pairs compared)",
                100.0 * point.tar,
                point.fmr,
                point.threshold,
                100.0 * point.tar_compared
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::comparison::ModelHash;

    fn sample(identity: &str, values: Option<[f32; 2]>) -> Sample {
        let outcome = values.map(|values| Template::new(ModelHash("m".into()), values.to_vec()).unwrap());
        Sample { identity: identity.into(), found: outcome.is_some(), outcome: outcome.ok_or(ReasonCode::NoFace) }
    }

    #[test]
    fn pairs_are_counted_once_and_those_without_a_template_are_misses() {
        let samples = [
            sample("a", Some([1.0, 0.0])),
            sample("a", Some([1.0, 0.1])),
            sample("a", None),
            sample("b", Some([0.0, 1.0])),
            sample("b", Some([0.1, 1.0])),
        ];
        let report = report("m", &samples);
        assert_eq!((report.pictures, report.identities, report.found), (5, 2, 4));
        assert_eq!((report.genuine, report.genuine_missed, report.impostor), (2, 2, 4));
        assert_eq!(report.failed, BTreeMap::from([("no_face", 1)]));
        assert!((report.tar[0].tar - 0.5).abs() < 1e-9 && (report.tar[0].tar_compared - 1.0).abs() < 1e-9);
        let text = report.to_string();
        assert!(text.contains("found     4 (80.00 %)") && text.contains("failed    1: no_face 1"), "{text}");
    }

    #[test]
    fn an_index_that_is_none_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("index.csv");
        for text in ["", "file,identity\n", "file,person\na.jpg,a\n"] {
            std::fs::write(&path, text).unwrap();
            let error = format!("{:#}", read_index(&path).unwrap_err());
            assert!(error.contains("index.csv"), "{error}");
        }
        std::fs::write(&path, "file,identity\na.jpg,a\n").unwrap();
        assert_eq!(read_index(&path).unwrap().len(), 1);
    }
}
