//! `rastau demo`

pub mod answer;
pub mod camera;
pub mod capture;
mod household;
pub mod line;
pub mod made_up_time;
pub mod people;
pub mod player;
mod story;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result};
use url::Url;

use crate::app::Services;
use crate::config::Config;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::observer::Unobserved;
use crate::startup;
use crate::workshop::scene::puppet::Puppet;
use crate::workshop::strips;
use camera::Studio;
use household::Household;
use people::{ASTRONAUT, COLLEAGUE, DOUBTED, DemoPortrait};

const CLIENT_ID: &str = "demo-bet";
/// Whoever joins otherwise wonders why the console shows them nothing.
const CONFIRMED: &str = "  Of supervisor and administrator the first to join counts at once; whoever joins after that is confirmed by one who \
                         counts, with the code that the new one sees.";
/// Frames of a clip for a browser: it starts anew when it ends.
const BROWSER_FRAMES: u32 = 100;
/// Another seed is another restlessness of the same person.
const MOTION_SEED: u64 = 1;

/// Try everything on this machine: a sandbox with demo people, and one whole verification played by itself
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Starts the service on SQLite in a folder of its own, plays one verification that is approved and one that is refused,
then stays up and prints its addresses. No camera and no screen are needed.

Whoever stands before the camera by itself is a puppet: one photo on a face mesh, which does what the page asks. That it is let
through shows the way, not that the step tells people from puppets: docs/ACCURACY.md says how often such puppets pass.

Examples:
  rastau demo
  rastau demo --port 9000
  rastau demo --once                  end after the story; exit code 0 when it went as it must
  rastau demo clip --out face.mjpeg   a camera for a browser: chromium --use-fake-device-for-media-stream
                                      --use-file-for-fake-video-capture=face.mjpeg")]
pub(super) struct Args {
    /// Port of the service
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder for database and keys
    #[arg(long, default_value = "data/demo", value_name = "DIR")]
    data: PathBuf,
    /// Folder of the models' manifest
    #[arg(long, default_value = "models", value_name = "DIR", global = true)]
    models: PathBuf,
    /// End after the story
    #[arg(long, conflicts_with = "no_story")]
    once: bool,
    /// Serve at once, without the story
    #[arg(long)]
    no_story: bool,
    #[command(subcommand)]
    extra: Option<Extra>,
}

#[derive(Debug, clap::Subcommand)]
enum Extra {
    Clip(ClipArgs),
    Photo(PhotoArgs),
}

/// Write a demo face as MJPEG for a browser's fake camera, or what it does at each command as single frames
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  rastau demo clip --face colleague --out face.mjpeg
  rastau demo clip --motions motions    neutral-000.jpg ... neutral-029.jpg, and for each command 12 frames from straight to
                                        all of it: turn_left-000.jpg ... turn_left-011.jpg, and so on")]
struct ClipArgs {
    /// Whose face
    #[arg(long, default_value = "astronaut")]
    face: DemoFace,
    /// The file to write
    #[arg(long, value_name = "FILE", required_unless_present = "motions")]
    out: Option<PathBuf>,
    /// The folder to write single frames of every motion to
    #[arg(long, value_name = "DIR")]
    motions: Option<PathBuf>,
}

/// Write a demo face as an ID photo
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Example:\n  rastau demo photo --face colleague --out face.jpg")]
struct PhotoArgs {
    /// Whose face
    #[arg(long, default_value = "astronaut")]
    face: DemoFace,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum DemoFace {
    Astronaut,
    Colleague,
    Doubted,
}

impl DemoFace {
    fn portrait(self) -> DemoPortrait {
        match self {
            Self::Astronaut => ASTRONAUT,
            Self::Colleague => COLLEAGUE,
            Self::Doubted => DOUBTED,
        }
    }
}

pub(super) async fn run(args: Args) -> Result<ExitCode> {
    match &args.extra {
        Some(Extra::Clip(clip)) => write_clip(&args.models, clip)?,
        Some(Extra::Photo(photo)) => write_photo(&args.models, photo)?,
        None => serve_demo(&args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve_demo(args: &Args) -> Result<()> {
    let began = Instant::now();
    let household = Household::open(&args.data, args.port)?;
    let config = household.config(&args.models)?;
    startup::start_log(&config.log)?;
    // The port first: a demo that is already there is the commonest trouble.
    let address = config.server.bind;
    let listener = TcpListener::bind(address)
        .with_context(|| format!("port {} is taken; try `--port {}`", args.port, args.port.wrapping_add(1)))?;
    startup::migrate(&config).await?;
    let services = startup::services(&config, Arc::new(Unobserved)).await?;
    household.settle_people(&services, &args.models).await?;
    let operator = household.operator(&services).await?;
    let service = startup::http_server::open(listener, &config, services.clone(), Some(operator))?;
    let handle = service.handle();
    let running = tokio::spawn(service.run());
    services.face.engine.warm_up().await.context("the face engine does not run")?;
    let base = config.server.public_url.clone();
    story::wait_until_ready(&base).await?;
    println!("Rastau serves at {base} after {} ms.", began.elapsed().as_millis());
    if !args.no_story {
        play_story(&household, &services, &config, &args.models).await?;
    }
    if args.once {
        handle.stop(true).await;
        return Ok(());
    }
    print_addresses(&base);
    let invitations = household.invitations(&services).await?;
    for (login, link) in &invitations {
        println!("  {}   the console, as {login}; once", link.expose());
    }
    if !invitations.is_empty() {
        println!("{CONFIRMED}");
    }
    println!("Stop with Ctrl-C.");
    running.await??;
    Ok(())
}

async fn play_story(household: &Household, services: &Services, config: &Config, models: &Path) -> Result<()> {
    let base = &config.server.public_url;
    let puppet = Studio::open(models)?.puppet(ASTRONAUT)?;
    let id_photo = puppet.id_photo()?;
    // Newcomers each time: whoever has a passkey must show it, and the story's are forgotten with the process.
    let restricted = player::add_newcomer(base, "Story Debtor", "1988-08-08", &id_photo).await?;
    household.restrict(services, Some(&Iin::parse(&restricted)?)).await?;
    let cast = story::Cast { puppet: &puppet, id_photo: &id_photo, restricted_iin: &restricted };
    let told = story::play(base, &cast).await;
    player::remove_newcomer(base, &restricted).await?;
    told
}

fn print_addresses(base: &Url) {
    println!(
        "\nTry it yourself:\n  {base}sandbox/   the demo operator: press Play, or add yourself and use your own camera\n  \
         {base}api/sandbox/scenarios   an IIN for every outcome, without a camera\n  {base}sandbox/#messages   what people would have been sent: codes and links\n  {base}.well-known/oauth-authorization-server/sandbox   for OAuth clients\n  \
         {base}docs/   the guide and the reference\n  {base}health/ready"
    );
}

fn write_clip(models: &Path, args: &ClipArgs) -> Result<()> {
    let puppet = puppet_of(models, args.face)?;
    if let Some(path) = &args.out {
        let mut out = BufWriter::new(create(path)?);
        puppet.portrait().write_clip(BROWSER_FRAMES, 1, &mut out)?;
        out.flush()?;
        println!("{}: {BROWSER_FRAMES} frames", path.display());
    }
    match &args.motions {
        Some(folder) => write_motions(&puppet, folder),
        None => Ok(()),
    }
}

fn write_motions(puppet: &Arc<Puppet>, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut written = 0;
    strips::draw(puppet, MOTION_SEED, |(name, jpeg)| -> Result<()> {
        create(&folder.join(name))?.write_all(&jpeg)?;
        written += 1;
        Ok(())
    })?;
    println!("{}: {written} frames", folder.display());
    Ok(())
}

fn write_photo(models: &Path, args: &PhotoArgs) -> Result<()> {
    let photo = puppet_of(models, args.face)?.id_photo()?;
    create(&args.out)?.write_all(&photo)?;
    println!("{}: {} bytes", args.out.display(), photo.len());
    Ok(())
}

fn puppet_of(models: &Path, face: DemoFace) -> Result<Arc<Puppet>> {
    Studio::open(models)?.puppet(face.portrait())
}

fn create(path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("{} cannot be written", path.display()))
}
