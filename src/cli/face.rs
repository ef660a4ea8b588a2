//! `rastau face`: compare two pictures, or look at what the models see in some.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::config::Config;
use crate::domain::face::comparison::{Comparison, Template, Thresholds};
use crate::domain::face::engine::{EngineError, Examination, ExamineRequest, FaceEngine, QualityGate, TemplateDepth};
use crate::domain::face::liveness::decision::{Presentation, PresentationThresholds, decide};
use crate::domain::face::quality::{Component, FaceQuality};
use crate::domain::reason::ReasonCode;
use crate::messages::{Locale, message};
use crate::startup::{calibration, faces};

/// Look at faces in pictures
#[derive(Debug, Subcommand)]
pub enum FaceCommand {
    /// Say whether two pictures show the same person
    Compare(CompareArgs),
    /// Say what is found in each picture
    Inspect(InspectArgs),
}

/// What `face compare` takes.
#[derive(Debug, Args)]
#[command(after_long_help = "Exit status: 0 match, 1 no match, 2 could not tell.\n\nExamples:\n  \
                        rastau face compare id-photo.jpg selfie.jpg\n  \
                        rastau face compare id-photo.jpg selfie.jpg --json | jq .outcome")]
pub struct CompareArgs {
    /// One picture (JPEG, PNG, WebP or JPEG 2000)
    a: PathBuf,
    /// The other
    b: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What `face inspect` takes.
#[derive(Debug, Args)]
#[command(after_long_help = "Exit status: 0 when every picture could be read, 2 otherwise.\n\nExamples:\n  \
                        rastau face inspect photo.jpg\n  rastau face inspect --live frames/*.jpg\n  \
                        rastau face inspect photo.jpg --json | jq '.[0].quality'")]
pub struct InspectArgs {
    /// Pictures (JPEG, PNG, WebP or JPEG 2000)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Judge them as camera frames instead of ID photos
    #[arg(long)]
    live: bool,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// Nobody could tell: the third exit status.
pub(super) const COULD_NOT_TELL: u8 = 2;

impl FaceCommand {
    /// Runs the command with the models and error rates of `config`.
    ///
    /// # Errors
    /// `inspect`: when the models cannot be loaded. `compare` answers "could not tell" instead, since an error's usual
    /// exit status would read as "no match".
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        match self {
            Self::Compare(args) => Ok(args.run(config).await.unwrap_or_else(|error| {
                eprintln!("error: {error:#}");
                ExitCode::from(COULD_NOT_TELL)
            })),
            Self::Inspect(args) => args.run(&config.models.directory).await,
        }
    }
}

/// What a comparison of two files came to.
#[derive(Debug, Serialize)]
struct Verdict {
    /// `match`, `no_match` or `unclear`.
    outcome: &'static str,
    /// Why it is unclear.
    reason: Option<ReasonCode>,
    /// The picture that the reason is about.
    file: Option<PathBuf>,
    similarity: Option<f32>,
    thresholds: Thresholds,
}

impl CompareArgs {
    async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let faces = faces::load(&config.models.directory)?;
        let thresholds = calibration::thresholds(config, faces.engine.embedder())?;
        let verdict = self.judge(faces.engine.as_ref(), thresholds).await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&verdict)?);
        } else {
            println!("{verdict}");
        }
        Ok(match verdict.outcome {
            "match" => ExitCode::SUCCESS,
            "no_match" => ExitCode::from(1),
            _ => ExitCode::from(COULD_NOT_TELL),
        })
    }

    async fn judge(&self, engine: &dyn FaceEngine, thresholds: Thresholds) -> anyhow::Result<Verdict> {
        let unclear = |reason, file: Option<&PathBuf>, similarity| Verdict {
            outcome: "unclear",
            reason: Some(reason),
            file: file.cloned(),
            similarity,
            thresholds,
        };
        // The second embedder costs more than all the rest: it is asked only where the first leaves room for doubt.
        let mut similarity = f32::NAN;
        for detail in [TemplateDepth::Quick, TemplateDepth::Both] {
            let mut templates = Vec::new();
            for file in [&self.a, &self.b] {
                match template(engine, file, detail).await? {
                    Ok(template) => templates.push(template),
                    Err(reason) => return Ok(unclear(reason, Some(file), None)),
                }
            }
            if let [a, b] = templates.as_slice() {
                similarity = a.similarity(b)?;
                if !a.needs_second(b) {
                    break;
                }
            }
        }
        let outcome = match thresholds.judge(similarity) {
            Comparison::Match => "match",
            Comparison::NoMatch => "no_match",
            Comparison::Doubt => return Ok(unclear(ReasonCode::FaceDoubtful, None, Some(similarity))),
        };
        Ok(Verdict { outcome, reason: None, file: None, similarity: Some(similarity), thresholds })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.outcome {
            "match" => "match",
            "no_match" => "no match",
            _ => "could not tell",
        };
        f.write_str(words)?;
        if let Some(similarity) = self.similarity {
            let Thresholds { match_from, no_match_below } = self.thresholds;
            write!(f, " (similarity {similarity:.3}; match from {match_from:.3}, no match below {no_match_below:.3})")?;
        }
        if let Some(reason) = self.reason {
            f.write_str(": ")?;
            if let Some(file) = &self.file {
                write!(f, "{}: ", file.display())?;
            }
            write!(f, "{} ({})", message(reason.code(), Locale::En).title, reason.code())?;
        }
        Ok(())
    }
}

/// What was found in one file.
#[derive(Debug, Serialize)]
struct Findings {
    file: PathBuf,
    /// Width and height, upright.
    size: Option<[u32; 2]>,
    /// Degrees, clockwise, by which it lay away from upright and was turned back.
    turned: u16,
    faces: Vec<FoundFace>,
    quality: Option<Measures>,
    rejection: Option<ReasonCode>,
    presentation: Option<PresentationFindings>,
}

#[derive(Debug, Serialize)]
struct FoundFace {
    bounds: [f32; 4],
    points: [[f32; 2]; 5],
    confidence: f32,
}

#[derive(Debug, Serialize)]
struct Measures {
    eye_distance: f32,
    height_share: f32,
    brightness: f32,
    contrast: f32,
    sharpness: f32,
    yaw: f32,
    roll: f32,
    eyes_open: f32,
    mouth_open: f32,
    inside: f32,
    /// Unified score, 0 to 100.
    unified: f32,
    /// Components, 0 to 100.
    components: BTreeMap<&'static str, f32>,
    /// Those that failed, worst first.
    failed: Vec<Component>,
}

impl From<&FaceQuality> for Measures {
    fn from(quality: &FaceQuality) -> Self {
        let component = |component: Component| (component.name(), quality.component(component));
        Self {
            eye_distance: quality.eye_distance,
            height_share: quality.height_share,
            brightness: quality.brightness,
            contrast: quality.contrast,
            sharpness: quality.sharpness,
            yaw: quality.yaw,
            roll: quality.roll,
            eyes_open: quality.eyes_open,
            mouth_open: quality.mouth_open,
            inside: quality.inside,
            unified: quality.unified(),
            components: Component::ALL.into_iter().map(component).collect(),
            failed: quality.failed(),
        }
    }
}

#[derive(Debug, Serialize)]
struct PresentationFindings {
    /// At 2.0, 2.7 and 4.0 face heights.
    by_scale: [f32; 3],
    verdict: Presentation,
}

impl InspectArgs {
    async fn run(self, models: &Path) -> anyhow::Result<ExitCode> {
        let faces = faces::load(models)?;
        let gate = if self.live { QualityGate::LiveFrame } else { QualityGate::IdPhoto };
        let ask = ExamineRequest { lying: true, ..ExamineRequest::of(gate, true, TemplateDepth::None) };
        let mut all = Vec::with_capacity(self.files.len());
        for file in &self.files {
            let outcome = examine(faces.engine.as_ref(), file, ask).await?;
            all.push(Findings::of(file, outcome, faces.presentation));
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&all)?);
        } else {
            print_table(&all);
        }
        let readable = all.iter().all(|findings| findings.size.is_some());
        Ok(ExitCode::from(if readable { 0 } else { COULD_NOT_TELL }))
    }
}

impl Findings {
    fn of(file: &Path, outcome: Result<Examination, ReasonCode>, thresholds: PresentationThresholds) -> Self {
        let mut findings = Self {
            file: file.to_owned(),
            size: None,
            turned: 0,
            faces: Vec::new(),
            quality: None,
            rejection: None,
            presentation: None,
        };
        match outcome {
            Err(reason) => findings.rejection = Some(reason),
            Ok(examination) => {
                findings.size = Some(examination.size);
                findings.turned = examination.turned;
                findings.rejection = examination.rejection;
                findings.faces = examination
                    .faces
                    .into_iter()
                    .map(|face| FoundFace { bounds: face.bounds, points: face.points, confidence: face.confidence })
                    .collect();
                findings.quality = examination.quality.as_ref().map(Measures::from);
                findings.presentation = examination.presentation.map(|scores| PresentationFindings {
                    by_scale: scores.by_scale(),
                    verdict: decide(&[scores], thresholds),
                });
            }
        }
        findings
    }
}

fn print_table(all: &[Findings]) {
    let width =
        all.iter().map(|findings| findings.file.display().to_string().chars().count()).max().unwrap_or(0).max(4);
    println!(
        "{:width$}  {:>11}  faces  eyes px  share  light  contrast  sharp    yaw  quality    PAD  verdict",
        "file", "size"
    );
    for findings in all {
        let file = findings.file.display().to_string();
        let size = findings.size.map_or_else(|| "-".into(), |[width, height]| format!("{width}x{height}"));
        print!("{file:width$}  {size:>11}  {:>5}", findings.faces.len());
        match &findings.quality {
            Some(q) => print!(
                "  {:>7.1}  {:>5.2}  {:>5.0}  {:>8.0}  {:>5.0}  {:>5.2}  {:>7.0}",
                q.eye_distance, q.height_share, q.brightness, q.contrast, q.sharpness, q.yaw, q.unified
            ),
            None => print!("  {:>7}  {:>5}  {:>5}  {:>8}  {:>5}  {:>5}  {:>7}", "-", "-", "-", "-", "-", "-", "-"),
        }
        match &findings.presentation {
            Some(found) => print!("  {:>5.3}", found.by_scale.into_iter().fold(1.0, f32::min)),
            None => print!("  {:>5}", "-"),
        }
        println!("  {}", verdict(findings));
    }
}

fn verdict(findings: &Findings) -> &'static str {
    match (findings.rejection, findings.presentation.as_ref().map(|found| found.verdict)) {
        (Some(reason), _) => reason.code(),
        (None, Some(Presentation::Attack)) => "passes, looks like an attack",
        (None, Some(Presentation::Doubt)) => "passes, liveness doubtful",
        (None, _) if findings.turned != 0 => "passes once turned upright",
        (None, _) => "passes",
    }
}

/// The template of one file; the inner error says why it has none.
async fn template(
    engine: &dyn FaceEngine,
    file: &Path,
    detail: TemplateDepth,
) -> anyhow::Result<Result<Template, ReasonCode>> {
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, detail);
    Ok(match examine(engine, file, ask).await? {
        Ok(Examination { template: Some(template), .. }) => Ok(template),
        Ok(examination) => Err(examination.rejection.unwrap_or(ReasonCode::NoFace)),
        Err(reason) => Err(reason),
    })
}

/// Examines one file; the inner error says why it is no picture that is read.
async fn examine(
    engine: &dyn FaceEngine,
    file: &Path,
    ask: ExamineRequest,
) -> anyhow::Result<Result<Examination, ReasonCode>> {
    let bytes = tokio::fs::read(file).await.with_context(|| file.display().to_string())?;
    match engine.examine(bytes.into(), ask).await {
        Ok(examination) => Ok(Ok(examination)),
        Err(EngineError::Picture(reason)) => Ok(Err(reason)),
        Err(error) => Err(anyhow::Error::new(error).context(file.display().to_string())),
    }
}

#[cfg(test)]
mod tests;
