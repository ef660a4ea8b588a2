//! `rastau attack`: the workshop's attackers against a running service.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::json;
use url::Url;

use super::cast::Cast;
use super::demo::camera::Studio;
use super::demo::capture::{CaptureRefused, Captured};
use super::demo::people::{ASTRONAUT, COLLEAGUE};
use super::demo::player::{DemoPlayer, add_newcomer, remove_newcomer};
use super::{print, print_json};
use crate::vision::picture::decode::{DecodeLimits, decode};
use crate::workshop::actor::Actor;
use crate::workshop::attackers::{AttackKind, Recorder, ResentFrames, attacker};
use crate::workshop::person::VirtualPlayer;
use crate::workshop::scene::puppet::Puppet;

/// Attack a running sandbox: does anything but the living person get through its camera step?
#[derive(Debug, clap::Args)]
#[command(after_long_help = help())]
pub(super) struct Args {
    /// Address of the service; it must be a sandbox, which lets made-up people join its register
    #[arg(long, value_name = "URL")]
    url: Url,
    /// Who stands before the camera, or sits in its cable (the list is below)
    #[arg(long, value_name = "KIND", value_parser = Cast::parse)]
    kind: Cast,
    /// Captures, each of a person of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    runs: u32,
    /// Where every draw starts from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Ask for no flashes, which means more commands
    #[arg(long)]
    lights_off: bool,
    /// Over plain requests, as where WebSockets are blocked
    #[arg(long)]
    https: bool,
    /// Attack the person of this ID photo instead of the demo's; with --photo
    #[arg(long, value_name = "FILE", requires = "photo")]
    id: Option<PathBuf>,
    /// The picture of the same person that the attacker has; with --id
    #[arg(long, value_name = "FILE", requires = "id")]
    photo: Option<PathBuf>,
    /// Folder of the models' manifest, which the actors are drawn with
    #[arg(long, default_value = "models", value_name = "DIR")]
    models: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn help() -> String {
    let mut text = "Kinds:\n".to_owned();
    for cast in Cast::all() {
        let _ = writeln!(text, "  {:<19} {}", cast.code(), cast.sentence());
    }
    text + "\nvirtual_player and victim_puppet are the same puppet, one photo on a face mesh: a capture that it passes shows that the\n\
        step can be followed, not that it tells people from puppets.\n\n\
        Exit status: 0 when no attacker passed (and, of virtual_player, when all did), 1 otherwise.\n\n\
        Examples:\n  \
        rastau attack --url http://localhost:8080 --kind screen_replay\n  \
        rastau attack --url http://localhost:8080 --kind virtual_player --https\n  \
        rastau attack --url http://localhost:8080 --kind guessing_recording --runs 20 --json\n  \
        rastau attack --url http://localhost:8080 --kind victim_puppet --id id.jpg --photo other.jpg --lights-off"
}

/// How one capture ended.
#[derive(Debug, Serialize)]
struct Run {
    /// `passed`, `retry`, `refused`, `under_review`, or the code of a problem.
    result: String,
    shown: Vec<String>,
    frames: u32,
}

pub(super) async fn run(args: Args) -> Result<ExitCode> {
    let mut studio = Studio::open(&args.models)?;
    let (victim, id_photo) = victim(&args, &mut studio)?;
    let other = studio.puppet(COLLEAGUE)?;
    drop(studio);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} captures, {eta} left")?;
    let bar = ProgressBar::new(args.runs.into()).with_style(style);
    let mut runs = Vec::new();
    for number in 0..args.runs {
        let seed = args.seed ^ (u64::from(number) << 32);
        let iin = add_newcomer(&args.url, "Attacked Person", "1990-01-01", &id_photo)
            .await
            .context("nobody can join the register: is this a sandbox?")?;
        let run = one(&args, &iin, [&victim, &other], seed).await;
        remove_newcomer(&args.url, &iin).await?;
        runs.push(run?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let passed = runs.iter().filter(|run| run.result == "passed").count();
    if args.json {
        print_json(&json!({ "kind": args.kind.code(), "passed": passed, "runs": runs }))?;
    } else {
        for (number, run) in runs.iter().enumerate() {
            let Run { result, shown, frames } = run;
            print(&format!("{:>4}  {result:<24} {frames:>4} frames  {}", number + 1, shown.join(", ")))?;
        }
        print(&format!("{}: {passed} of {} passed", args.kind.code(), runs.len()))?;
    }
    let wanted = if args.kind == Cast::VirtualPlayer { runs.len() } else { 0 };
    Ok(if passed == wanted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The puppet of whoever is attacked, and their ID photo.
fn victim(args: &Args, studio: &mut Studio) -> Result<(Arc<Puppet>, Vec<u8>)> {
    let (Some(id), Some(photo)) = (&args.id, &args.photo) else {
        let victim = studio.puppet(ASTRONAUT)?;
        let id_photo = victim.id_photo()?;
        return Ok((victim, id_photo));
    };
    let read = |file: &PathBuf| std::fs::read(file).with_context(|| file.display().to_string());
    let picture = decode(&read(photo)?, DecodeLimits::PHOTO)
        .map_err(|reason| anyhow::anyhow!("{}: {}", photo.display(), reason.code()))?;
    let puppet = studio.puppet_of(&picture).with_context(|| format!("{}: no puppet can be made", photo.display()))?;
    Ok((puppet, read(id)?))
}

async fn one(args: &Args, iin: &str, [victim, other]: [&Arc<Puppet>; 2], seed: u64) -> Result<Run> {
    let mut actor: Box<dyn Actor> = match args.kind {
        Cast::VirtualPlayer => Box::new(VirtualPlayer::new(victim.clone(), seed)),
        // What is sent again was sent to this service once.
        Cast::Attacker(AttackKind::ResentFrames) => {
            let mut recorder = Recorder::new(VirtualPlayer::new(victim.clone(), !seed));
            capture(args, iin, &mut recorder).await?;
            Box::new(ResentFrames::new(recorder.into_frames())?)
        }
        Cast::Attacker(kind) => attacker(kind, victim, other, seed)?,
    };
    Ok(match capture(args, iin, actor.as_mut()).await {
        Ok(Captured { result, shown, frames, .. }) => Run { result, shown, frames },
        Err(error) => match error.downcast::<CaptureRefused>() {
            Ok(CaptureRefused(code)) => Run { result: code, shown: Vec::new(), frames: 0 },
            Err(error) => return Err(error),
        },
    })
}

/// A visit of its own, up to the end of one capture.
async fn capture(args: &Args, iin: &str, actor: &mut dyn Actor) -> Result<Captured> {
    let player = DemoPlayer::arrive(&args.url).await?;
    player.consent().await?;
    player.identify(iin).await?;
    if args.https {
        return player.capture_over(&mut player.posts(!args.lights_off), actor).await;
    }
    let query = if args.lights_off { "lights=off" } else { "" };
    player.capture_over(&mut player.open_capture_with(query).await?, actor).await
}
