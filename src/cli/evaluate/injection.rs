//! `rastau evaluate injection`: every instrument through every way in, arranged as CEN/TS 18099 tests injection attacks.

mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use self::table::Line;
use super::captures::{self, Options};
use super::liveness::index::Index;
use super::workshop::Stage;
use super::{SEED, workshop};
use crate::cli::cast::Cast;
use crate::cli::demo::made_up_time::Source;
use crate::cli::{print, print_json};

/// A way in: what the service learns of the camera, and what of the page's wishes is met.
pub(super) struct Way {
    code: &'static str,
    sentence: &'static str,
    source: Source,
}

/// The three ways in.
pub(super) const WAYS: [Way; 3] = [
    Way {
        code: "software_camera",
        sentence: "a camera that is a program, under its own name, before an untouched page",
        source: Source { camera: Some("OBS Virtual Camera"), lights: true, even: false },
    },
    Way {
        code: "hooked_page",
        sentence: "a page whose camera was exchanged: a real camera's name, the page's lights followed",
        source: Source { camera: Some("Integrated Webcam (04f2:b5ab)"), lights: true, even: false },
    },
    Way {
        code: "protocol_client",
        sentence: "a program that speaks the protocol: no page, no lights, frames to the millisecond",
        source: Source { camera: None, lights: false, even: true },
    },
];

/// What `evaluate injection` takes.
#[derive(Debug, Args)]
#[command(after_long_help = help())]
pub struct InjectionArgs {
    /// People who are attacked: CSV with the columns file (beside the index), label (live counts) and subject; of each the
    /// first usable picture is the ID photo, the last one is what the attacker has (default: the demo's person)
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// So many of them at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    most_people: u32,
    /// Films of attacks by tool and of living people, as `evaluate captures` takes them
    #[arg(long, value_name = "FILE")]
    films: Option<PathBuf>,
    /// Captures of each instrument, way and person, and of each film and way
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    runs: u32,
    /// Only these instruments of the workshop
    #[arg(long = "kind", value_name = "KIND", value_parser = Cast::parse)]
    kinds: Vec<Cast>,
    /// Where every draw starts from
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
    /// Folder of the models' manifest (default: the configuration's)
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Write the table into this file, too
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn help() -> String {
    let way = |way: &Way| format!("  {:<17}{}", way.code, way.sentence);
    let ways = WAYS.iter().map(way).collect::<Vec<_>>().join("\n");
    format!(
        "Ways in:\n{ways}\n\n\
         Instruments are the workshop's attackers and, with --films, each tool that made films of attacks; films can neither\n\
         follow lights nor commands, so theirs are off and the commands are those that a film shows. Living people on film stand\n\
         beside them as they come in through a camera.\n\n\
         Exit status: 0 when no instrument passed, 1 otherwise.\n\n\
         Examples:\n  \
         rastau evaluate injection --people people/index.csv --films films/index.csv --csv injection.csv\n  \
         rastau evaluate injection --kind victim_puppet --kind victim_warp --people people/index.csv --runs 3\n  \
         rastau evaluate injection --films films/index.csv --json > injection.json"
    )
}

impl InjectionArgs {
    /// Runs the command with the models of `models`, where it names no others.
    ///
    /// # Errors
    /// When models, calibration or pictures cannot be loaded, or an actor cannot be drawn.
    pub(super) async fn run(self, models: &Path) -> anyhow::Result<ExitCode> {
        let models = self.models.as_deref().unwrap_or(models);
        let most = self.most_people as usize;
        let stage = Stage::set(models, self.people.as_deref(), most, Source::usual(true)).await?;
        let attackers = Cast::all().into_iter().filter(|cast| *cast != Cast::VirtualPlayer);
        let kinds: Vec<Cast> = if self.kinds.is_empty() { attackers.collect() } else { self.kinds.clone() };
        let mut lines = self.workshop(&stage, &kinds).await?;
        if let Some(films) = &self.films {
            lines.splice(0..0, self.films(&stage, films).await?);
        }
        if let Some(file) = &self.csv {
            std::fs::write(file, table::csv(&lines)?).with_context(|| file.display().to_string())?;
        }
        if self.json {
            print_json(&serde_json::json!({ "seed": self.seed, "lines": lines }))?;
        } else {
            print(table::table(&lines).trim_end())?;
        }
        let passed = lines.iter().any(|line| !line.is_bona_fide() && line.share.passed > 0);
        Ok(if passed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    async fn workshop(&self, stage: &Stage, kinds: &[Cast]) -> anyhow::Result<Vec<Line>> {
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} captures, {msg}, {eta} left")?;
        let all = WAYS.len() * kinds.len() * stage.people();
        let bar = ProgressBar::new(all as u64 * u64::from(self.runs)).with_style(style);
        let mut lines = Vec::new();
        for way in &WAYS {
            let stage = Arc::new(stage.through(way.source));
            for kind in kinds {
                bar.set_message(format!("{} {}", way.code, kind.code()));
                let tally = workshop::captures(&stage, *kind, self.runs, self.seed, &bar).await?;
                lines.extend(Line::of_an_actor(way.code, &tally));
            }
        }
        bar.finish_and_clear();
        Ok(lines)
    }

    /// Living people through a camera, attacks through every way in.
    async fn films(&self, stage: &Stage, index: &Path) -> anyhow::Result<Vec<Line>> {
        let read = Index::read(index)?;
        for failure in &read.failures {
            eprintln!("{}", super::lines::failure(failure));
        }
        let (living, attacks): (Vec<_>, Vec<_>) = read.rows.into_iter().partition(|row| row.label.attack().is_none());
        let options =
            Options { runs: self.runs, least_commands: 1, turnless: true, seconds: FILM_SECONDS, seed: self.seed };
        let folder = index.parent().unwrap_or(Path::new(""));
        let (faces, judged_by) = stage.engine();
        let through = |sources: Vec<Source>| captures::Stage { faces: faces.clone(), lines: judged_by, sources };
        let camera = Source { lights: false, ..WAYS[1].source };
        let ways = WAYS.iter().map(|way| Source { lights: false, ..way.source }).collect();
        let mut lines = Vec::new();
        let tallies = captures::films(&through(vec![camera]), folder, &living, options).await?;
        lines.extend(tallies.iter().flat_map(|tally| Line::of_films(BONA_FIDE, tally)));
        let tallies = captures::films(&through(ways), folder, &attacks, options).await?;
        lines.extend(WAYS.iter().zip(&tallies).flat_map(|(way, tally)| Line::of_films(way.code, tally)));
        Ok(lines)
    }
}

/// What stands for a way in where nobody breaks in.
const BONA_FIDE: &str = "camera";
/// So much of each film is looked at.
const FILM_SECONDS: u32 = 60;
