//! What a whole capture costs, and how long guidance takes when many run at once: `cargo bench --bench capture`.
//!
//! A virtual player is drawn and filmed first; only the service's part is timed: each frame from its JPEG to its hint, then
//! the judgement. First one capture on one session, then 20 at once on two, frame by frame at their real time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rastau::app::face::live_capture::{JudgementThresholds, LiveCapture};
use rastau::cli::demo::camera::Studio;
use rastau::cli::demo::made_up_time::{self, Sent, Source};
use rastau::cli::demo::people::ASTRONAUT;
use rastau::domain::face::capture::FrameHeader;
use rastau::domain::face::comparison::{ModelHash, Template, Thresholds};
use rastau::domain::face::engine::{EngineError, Examination, ExamineRequest, FaceEngine, QualityGate, TemplateDepth};
use rastau::domain::face::liveness::challenge::Challenge;
use rastau::domain::face::liveness::decision::PresentationThresholds;
use rastau::domain::face::liveness::geometry::TurnGeometry;
use rastau::domain::face::liveness::signs::FaceMesh;
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::domain::kernel::time::Timestamp;
use rastau::vision::engine::{OrtFaceEngine, PoolSettings};
use rastau::workshop::person::VirtualPlayer;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Different captures, and how often each is run alone.
const CAPTURES: u64 = 4;
const ROUNDS: u64 = 3;
const AT_ONCE: u64 = 20;
/// Twelve seconds at ten frames a second.
const FRAMES: f64 = 120.0;
const LINES: JudgementThresholds = JudgementThresholds {
    comparison: Thresholds { match_from: 0.45, no_match_below: 0.363 },
    presentation: PresentationThresholds { bona_fide_from: 0.4, attack_below: 0.15 },
};

/// One capture as it was filmed.
struct Filmed {
    seed: u64,
    frames: Vec<Sent>,
}

/// The engine, and how much of what costs it has made.
struct Counted {
    engine: Arc<dyn FaceEngine>,
    templates: AtomicU32,
    presentations: AtomicU32,
    textures: AtomicU32,
}

#[async_trait::async_trait]
impl FaceEngine for Counted {
    async fn examine(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError> {
        let found = self.engine.examine(picture, ask).await?;
        let made = [
            (&self.templates, found.template.is_some()),
            (&self.presentations, found.presentation.is_some()),
            (&self.textures, found.texture.is_some()),
        ];
        for (count, made) in made {
            count.fetch_add(u32::from(made), Ordering::Relaxed);
        }
        Ok(found)
    }

    async fn examine_when_idle(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError> {
        self.examine(picture, ask).await
    }

    fn turn(&self, straight: &FaceMesh, turned: &FaceMesh) -> Option<TurnGeometry> {
        self.engine.turn(straight, turned)
    }

    async fn warm_up(&self) -> Result<(), EngineError> {
        self.engine.warm_up().await
    }

    fn is_ready(&self) -> bool {
        self.engine.is_ready()
    }

    fn embedder(&self) -> &ModelHash {
        self.engine.embedder()
    }
}

fn main() -> Result<(), Failure> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    if !models.join("store/sface.onnx").exists() {
        println!("skipped: the models are not prepared; run `make models`");
        return Ok(());
    }
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run(&models))
}

async fn run(models: &Path) -> Result<(), Failure> {
    let puppet = Studio::open(models)?.puppet(ASTRONAUT)?;
    let engine: Arc<dyn FaceEngine> = Arc::new(OrtFaceEngine::load(models, PoolSettings::patient(1))?);
    let none = || AtomicU32::new(0);
    let counted = Arc::new(Counted { engine, templates: none(), presentations: none(), textures: none() });
    let one: Arc<dyn FaceEngine> = counted.clone();
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);
    let id_photo = one.examine(puppet.id_photo()?.into(), ask).await?.template.ok_or("no ID template")?;
    let mut filmed = Vec::new();
    for seed in 1..=CAPTURES {
        filmed.push(Arc::new(film(&one, VirtualPlayer::new(puppet.clone(), seed), seed).await?));
    }
    let counts = [&counted.templates, &counted.presentations, &counted.textures];
    for count in counts {
        count.store(0, Ordering::Relaxed);
    }
    let mut per_capture = Vec::new();
    let mut hints = Vec::new();
    for filmed in filmed.iter().cycle().take((CAPTURES * ROUNDS) as usize) {
        let began = Instant::now();
        let times = replay(&one, filmed, &id_photo, false).await?.0;
        per_capture.push(began.elapsed().as_secs_f64() * FRAMES / filmed.frames.len() as f64);
        hints.extend(times);
    }
    let frames: Vec<usize> = filmed.iter().map(|filmed| filmed.frames.len()).collect();
    println!("captures of {frames:?} frames, each {ROUNDS} times, one session");
    println!(
        "a capture of 120 frames, judged     {:7.3} s (median), {:.3} s (most)",
        at(&mut per_capture, 0.5),
        at(&mut per_capture, 1.0)
    );
    let [templates, presentations, textures] =
        counts.map(|count| f64::from(count.load(Ordering::Relaxed)) / (CAPTURES * ROUNDS) as f64);
    println!(
        "of these                            {templates:.1} templates, {presentations:.1} PAD, {textures:.1} laid flat"
    );
    println!(
        "a frame's hint                      {:7.1} ms (median), {:.1} ms (p95)",
        at(&mut hints, 0.5),
        at(&mut hints, 0.95)
    );

    let two: Arc<dyn FaceEngine> = Arc::new(OrtFaceEngine::load(models, PoolSettings::serving(2))?);
    two.warm_up().await?;
    let tasks = (0..AT_ONCE).map(|number| {
        let (engine, filmed, id_photo) = (two.clone(), filmed[(number % CAPTURES) as usize].clone(), id_photo.clone());
        tokio::spawn(async move {
            // People do not come in step.
            tokio::time::sleep(Duration::from_millis(number * 5)).await;
            replay(&engine, &filmed, &id_photo, true).await
        })
    });
    let (mut hints, mut dropped) = (Vec::new(), 0);
    for task in tasks.collect::<Vec<_>>() {
        let (times, busy) = task.await??;
        hints.extend(times);
        dropped += busy;
    }
    let all = hints.len();
    println!(
        "{AT_ONCE} at once on two sessions: a frame's hint {:7.1} ms (median), {:.1} ms (p95), {:.1} ms (most); {dropped} of {all} frames found no session",
        at(&mut hints, 0.5),
        at(&mut hints, 0.95),
        at(&mut hints, 1.0)
    );
    Ok(())
}

/// Has the player follow a challenge, and keeps the frames.
async fn film(engine: &Arc<dyn FaceEngine>, mut player: VirtualPlayer, seed: u64) -> Result<Filmed, Failure> {
    let mut frames = Vec::new();
    made_up_time::capture(engine, &mut player, Source::usual(true), seed, |sent| frames.push(sent.clone())).await?;
    Ok(Filmed { seed, frames })
}

/// The same frames again; milliseconds to each hint, and how many frames found no session. In `real` time or at once.
async fn replay(
    engine: &Arc<dyn FaceEngine>,
    filmed: &Filmed,
    id_photo: &Template,
    real: bool,
) -> Result<(Vec<f64>, usize), Failure> {
    let randomness = SeededRandomness::new(filmed.seed);
    let (began, zero) = (Instant::now(), Timestamp::from_seconds(0));
    let mut live = LiveCapture::start(engine.clone(), Challenge::draw(&randomness, true), zero);
    let (mut times, mut busy) = (Vec::with_capacity(filmed.frames.len()), 0);
    for (header, now, picture) in &filmed.frames {
        if real {
            tokio::time::sleep_until((began + now.since(zero)).into()).await;
        }
        // Where a frame was passed over the page shows the same a little longer.
        let shown = header.shown.min(live.capture().shown().index);
        let header = FrameHeader { shown, ..*header };
        if live.capture_mut().admit(header, *now).is_err() {
            break;
        }
        let sent = Instant::now();
        let step = live.take(header, SecretBytes::new(picture.clone()), *now, &randomness).await?;
        times.push(sent.elapsed().as_secs_f64() * 1e3);
        busy += usize::from(!step.seen);
    }
    let template = live.template(id_photo).await?;
    let evidence = live.evidence(live.capture().film().against(&[]), LINES);
    live.judge(evidence, template.as_ref(), id_photo, LINES, 0);
    Ok((times, busy))
}

fn at(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = ((values.len() as f64 * share).ceil() as usize).clamp(1, values.len().max(1)) - 1;
    values.get(place).copied().unwrap_or(f64::NAN)
}
