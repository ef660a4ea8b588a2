//! `rastau evaluate workshop`: living players and attackers in whole captures, in made-up time.

mod people;
mod table;
pub(super) mod tally;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use futures_util::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};

use self::people::Victim;
use self::tally::Tally;
use self::trial::{recorded, trial};
use super::trial::Trial;
use super::{SEED, usual_thresholds};
use crate::app::face::live_capture::JudgementThresholds;
use crate::cli::cast::Cast;
use crate::cli::demo::camera::Studio;
use crate::cli::demo::made_up_time::Source;
use crate::cli::{print, print_json};
use crate::domain::face::engine::FaceEngine;
use crate::startup::{calibration, faces};
use crate::workshop::attackers::{AttackKind, ResentFrames, attacker};
use crate::workshop::person::VirtualPlayer;

/// Captures of each actor, and of each with every person of an index.
const RUNS: u32 = 200;
const RUNS_OF_PEOPLE: u32 = 3;

/// What `evaluate workshop` takes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Every run is one capture: a challenge of its own, an actor before the camera, the service's own judgement with no attempt
left. Time is made up: 10 frames a second, as fast as the machine looks at them. Then the judgement is made again with each
cue switched off: whatever passes then, passes for want of that cue. The same seed gives the same figures.

The virtual player is a puppet: one photo on a face mesh. That it passes shows that the camera step can be followed, not that
a living person is told from a puppet; with --people, victim_puppet is the same attack made of another photo than the ID's.

Exit status: 0 when no attacker passed, 1 otherwise.

Examples:
  rastau evaluate workshop
  rastau evaluate workshop --kind loop --kind face_swap --runs 20
  rastau evaluate workshop --kind victim_puppet --kind victim_warp --people people/index.csv --runs 3
  rastau evaluate workshop --lights-off --json > workshop.json")]
pub struct WorkshopArgs {
    /// An actor (default: all): virtual_player, or an attack (rastau attack --help lists them)
    #[arg(long = "kind", value_name = "KIND", value_parser = Cast::parse)]
    kinds: Vec<Cast>,
    /// Attack these people instead of the demo's: CSV with the columns file (beside the index), label (live counts) and
    /// subject; of each the first usable picture is the ID photo, the last one is what the attacker has
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// So many of them at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    most_people: u32,
    /// Captures of each actor and person (default: 200, with --people 3)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: Option<u32>,
    /// Where every draw starts from
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
    /// As people see it who want no flashes
    #[arg(long)]
    lights_off: bool,
    /// Folder of the models' manifest (default: the configuration's)
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// One capture of this actor.
async fn perform(cast: Cast, stage: &Stage, victim: &Victim, seed: u64) -> anyhow::Result<Trial> {
    let Victim { puppet, other, .. } = victim;
    match cast {
        Cast::VirtualPlayer => trial(stage, victim, &mut VirtualPlayer::new(puppet.clone(), seed), &[], seed).await,
        // What is sent again was sent to this service once.
        Cast::Attacker(AttackKind::ResentFrames) => {
            let first = !seed;
            let (frames, earlier) = recorded(stage, VirtualPlayer::new(puppet.clone(), first), first).await?;
            trial(stage, victim, &mut ResentFrames::new(frames)?, &earlier, seed).await
        }
        Cast::Attacker(kind) => trial(stage, victim, attacker(kind, puppet, other, seed)?.as_mut(), &[], seed).await,
    }
}

/// What every run needs.
#[derive(Clone)]
pub(super) struct Stage {
    faces: Arc<dyn FaceEngine>,
    victims: Arc<[Victim]>,
    lines: JudgementThresholds,
    source: Source,
}

impl WorkshopArgs {
    /// Runs the command with the models of `models`, where it names no others.
    ///
    /// # Errors
    /// When models, their calibration or the demo's pictures cannot be loaded, or an actor cannot be drawn.
    pub(super) async fn run(self, models: &Path) -> anyhow::Result<ExitCode> {
        let models = self.models.as_deref().unwrap_or(models);
        let most = self.most_people as usize;
        let source = Source::usual(!self.lights_off);
        let stage = Arc::new(Stage::set(models, self.people.as_deref(), most, source).await?);
        let kinds = if self.kinds.is_empty() { Cast::all() } else { self.kinds.clone() };
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} captures, {msg}, {eta} left")?;
        let each = stage.victims.len() as u64 * u64::from(self.runs());
        let bar = ProgressBar::new(kinds.len() as u64 * each).with_style(style);
        let mut tallies = Vec::new();
        for kind in kinds {
            bar.set_message(kind.code());
            tallies.push(captures(&stage, kind, self.runs(), self.seed, &bar).await?);
        }
        bar.finish_and_clear();
        if self.json {
            print_json(&serde_json::json!({ "seed": self.seed, "lights": !self.lights_off, "actors": tallies }))?;
        } else {
            print(table::table(&tallies).trim_end())?;
        }
        let passed = tallies.iter().any(|tally| tally.kind != Cast::PLAYER && tally.passed > 0);
        Ok(if passed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn runs(&self) -> u32 {
        self.runs.unwrap_or(if self.people.is_some() { RUNS_OF_PEOPLE } else { RUNS })
    }
}

impl Stage {
    /// Of the demo's person, or of up to `most` people of an index, who come in this way.
    ///
    /// # Errors
    /// When models, their calibration or the pictures cannot be loaded.
    pub(super) async fn set(models: &Path, people: Option<&Path>, most: usize, source: Source) -> anyhow::Result<Self> {
        let mut studio = Studio::open(models)?;
        let loaded = faces::load(models)?;
        let calibration = calibration::read(&models.join("calibration.json"), loaded.engine.embedder())?;
        let comparison = usual_thresholds(&calibration);
        let victims = match people {
            None => people::of_the_demo(&mut studio, loaded.engine.as_ref()).await?,
            Some(index) => {
                let (victims, asides) = people::of_an_index(index, most, &mut studio, loaded.engine.as_ref()).await?;
                for line in asides {
                    eprintln!("{line}");
                }
                victims
            }
        };
        let lines = JudgementThresholds { comparison, presentation: loaded.presentation };
        Ok(Self { faces: loaded.engine, victims: victims.into(), lines, source })
    }

    /// The same people, who come in another way.
    pub(super) fn through(&self, source: Source) -> Self {
        Self { source, ..self.clone() }
    }

    /// The engine and the lines of judgement.
    pub(super) fn engine(&self) -> (&Arc<dyn FaceEngine>, JudgementThresholds) {
        (&self.faces, self.lines)
    }

    /// How many people are attacked.
    pub(super) fn people(&self) -> usize {
        self.victims.len()
    }
}

/// So many captures of this actor with everybody.
pub(super) async fn captures(
    stage: &Arc<Stage>,
    kind: Cast,
    runs: u32,
    seed: u64,
    bar: &ProgressBar,
) -> anyhow::Result<Tally> {
    let abreast = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let runtime = tokio::runtime::Handle::current();
    let people = stage.victims.len();
    let run = |(number, person): (u32, usize)| {
        let seed = seed ^ (u64::from(number) << 32) ^ ((person as u64) << 16);
        let (stage, runtime) = (stage.clone(), runtime.clone());
        // Drawing a frame keeps a processor busy.
        tokio::task::spawn_blocking(move || -> anyhow::Result<(usize, Trial)> {
            let victim = stage.victims.get(person).context("nobody")?;
            Ok((person, runtime.block_on(perform(kind, &stage, victim, seed))?))
        })
    };
    let all = (0..runs).flat_map(|number| (0..people).map(move |person| (number, person)));
    let mut runs = stream::iter(all.map(run)).buffered(abreast);
    let mut tally = Tally::new(kind.code());
    while let Some(run) = runs.next().await {
        let (person, trial) = run.context("a run broke off")??;
        tally.count(&trial, stage.victims.get(person).map_or("", |victim| victim.name.as_str()));
        bar.inc(1);
    }
    Ok(tally)
}
