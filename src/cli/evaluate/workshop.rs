//! `rastau evaluate workshop`: living players and attackers in whole captures, in made-up time.

mod table;
mod tally;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use futures_util::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};

use self::tally::Tally;
use self::trial::{Trial, recorded, trial};
use super::SEED;
use crate::app::live_capture::Lines;
use crate::cli::cast::Cast;
use crate::cli::demo::camera::Studio;
use crate::cli::demo::people::{ASTRONAUT, COLLEAGUE};
use crate::cli::{print, print_json};
use crate::domain::comparison::Template;
use crate::domain::ports::{Ask, Detail, FaceEngine, Gate};
use crate::startup::{calibration, faces};
use crate::workshop::attackers::{AttackKind, ResentFrames, attacker};
use crate::workshop::person::VirtualPlayer;
use crate::workshop::puppet::Puppet;

/// False match and false non-match rates at which the service's default configuration compares.
const FALSE_MATCHES: f64 = 1e-4;
const FALSE_NON_MATCHES: f64 = 1e-3;

/// What `evaluate workshop` takes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Every run is one capture: a challenge of its own, an actor before the camera, the service's own judgement with no attempt
left. Time is made up: 10 frames a second, as fast as the machine looks at them. Then the judgement is made again with each
cue switched off: whatever passes then, passes for want of that cue. The same seed gives the same figures.

Exit status: 0 when no attacker passed, 1 otherwise.

Examples:
  rastau evaluate workshop
  rastau evaluate workshop --kind loop --kind face_swap --runs 20
  rastau evaluate workshop --lights-off --json > workshop.json")]
pub struct WorkshopArgs {
    /// An actor (default: all): virtual_player, or an attack (rastau attack --help lists them)
    #[arg(long = "kind", value_name = "KIND", value_parser = Cast::parse)]
    kinds: Vec<Cast>,
    /// Captures of each actor
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: u32,
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
async fn perform(cast: Cast, stage: &Stage, seed: u64) -> anyhow::Result<Trial> {
    let [victim, other] = &stage.puppets;
    match cast {
        Cast::VirtualPlayer => trial(stage, &mut VirtualPlayer::new(victim.clone(), seed), &[], seed).await,
        // What is sent again was sent to this service once.
        Cast::Attacker(AttackKind::ResentFrames) => {
            let first = !seed;
            let (frames, earlier) = recorded(stage, VirtualPlayer::new(victim.clone(), first), first).await?;
            trial(stage, &mut ResentFrames::new(frames)?, &earlier, seed).await
        }
        Cast::Attacker(kind) => trial(stage, attacker(kind, victim, other, seed)?.as_mut(), &[], seed).await,
    }
}

/// What every run needs.
struct Stage {
    faces: Arc<dyn FaceEngine>,
    puppets: [Arc<Puppet>; 2],
    id_photo: Template,
    lines: Lines,
    lights: bool,
}

impl WorkshopArgs {
    /// Runs the command with the models of `models`, where it names no others.
    ///
    /// # Errors
    /// When models, their calibration or the demo's pictures cannot be loaded, or an actor cannot be drawn.
    pub(super) async fn run(self, models: &Path) -> anyhow::Result<ExitCode> {
        let stage = Arc::new(self.stage(self.models.as_deref().unwrap_or(models)).await?);
        let kinds = if self.kinds.is_empty() { Cast::all() } else { self.kinds.clone() };
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} captures, {msg}, {eta} left")?;
        let bar = ProgressBar::new(kinds.len() as u64 * u64::from(self.runs)).with_style(style);
        let mut tallies = Vec::new();
        for kind in kinds {
            bar.set_message(kind.code());
            tallies.push(self.captures(kind, &stage, &bar).await?);
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

    async fn stage(&self, models: &Path) -> anyhow::Result<Stage> {
        let mut studio = Studio::open(models)?;
        let puppets = [studio.puppet(ASTRONAUT)?, studio.puppet(COLLEAGUE)?];
        let loaded = faces::load(models)?;
        let calibration = calibration::read(&models.join("calibration.json"), loaded.engine.embedder())?;
        let comparison = calibration.thresholds(FALSE_MATCHES, FALSE_NON_MATCHES);
        let ask =
            Ask { gate: Gate::IdPhoto, presentation: false, template: Detail::Full, follow: None, texture: false };
        let photo = loaded.engine.examine(puppets[0].id_photo()?.into(), ask).await?;
        let Some(id_photo) = photo.template else { bail!("the demo's ID photo cannot be used: {:?}", photo.rejection) };
        let lines = Lines { comparison, presentation: loaded.presentation };
        Ok(Stage { faces: loaded.engine, puppets, id_photo, lines, lights: !self.lights_off })
    }

    async fn captures(&self, kind: Cast, stage: &Arc<Stage>, bar: &ProgressBar) -> anyhow::Result<Tally> {
        let abreast = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let runtime = tokio::runtime::Handle::current();
        let run = |number: u32| {
            let (stage, runtime, seed) = (stage.clone(), runtime.clone(), self.seed ^ (u64::from(number) << 32));
            // Drawing a frame keeps a processor busy.
            tokio::task::spawn_blocking(move || -> anyhow::Result<Trial> {
                runtime.block_on(perform(kind, &stage, seed))
            })
        };
        let mut runs = stream::iter((0..self.runs).map(run)).buffered(abreast);
        let mut tally = Tally::new(kind.code());
        while let Some(run) = runs.next().await {
            tally.count(&run.context("a run broke off")??);
            bar.inc(1);
        }
        Ok(tally)
    }
}
