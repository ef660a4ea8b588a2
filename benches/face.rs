//! What each step of a 640 x 480 frame costs, beside the models alone: `cargo bench --bench face`.
//!
//! Everything is run once a round, in turn, so that a busy machine is busy for all alike; medians are printed. The last
//! line is the whole frame, ID template at hand, over the sum of the models alone.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use rastau::domain::face::comparison::Template;
use rastau::domain::face::detection::Face;
use rastau::domain::face::engine::{ExamineRequest, QualityGate, TemplateDepth};
use rastau::vision::animate::Portrait;
use rastau::vision::examiner::{Examiner, Models, PictureLimits};
use rastau::vision::face::align::align;
use rastau::vision::face::landmarks::Landmarks;
use rastau::vision::face::presentation::surroundings;
use rastau::vision::face::quality::measure;
use rastau::vision::model::manifest::Manifest;
use rastau::vision::model::tensor::InputNumbers;
use rastau::vision::picture::Picture;
use rastau::vision::picture::decode::{DecodeLimits, decode};

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 200;
const EVERYTHING: ExamineRequest = ExamineRequest::of(QualityGate::LiveFrame, true, TemplateDepth::Quick);
const PHOTO: ExamineRequest = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);

/// A camera frame, what was found in it, and it as each model takes it.
struct Scene {
    jpeg: Vec<u8>,
    photo: Vec<u8>,
    id_template: Template,
    picture: Picture,
    face: Face,
    landmarks: Landmarks,
    aligned: Picture,
    frame: InputNumbers,
    head: InputNumbers,
    skin: InputNumbers,
    around: Vec<InputNumbers>,
}

fn main() -> Result<(), Failure> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    if !models.join("store/sface.onnx").exists() {
        println!("skipped: the models are not prepared; run `make models`");
        return Ok(());
    }
    let manifest = Manifest::load(&models)?;
    let mut examiner = Models::read(&manifest)?.examiner(PictureLimits::default())?;
    let scene = scene(&models, &mut examiner)?;
    let names: Vec<&str> = work().iter().map(|(name, _)| *name).collect();
    let mut times = vec![Vec::with_capacity(ROUNDS); names.len()];
    for round in 0..ROUNDS + 10 {
        for ((_, step), times) in work().iter().zip(&mut times) {
            let start = Instant::now();
            step(&mut examiner, &scene)?;
            if round >= 10 {
                times.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
    for (name, median) in names.iter().zip(&medians) {
        println!("{name:<44} {median:7.2} ms");
    }
    let alone: f64 = names.iter().zip(&medians).filter(|(name, _)| name.starts_with("model")).map(|(_, ms)| ms).sum();
    let whole = names.iter().zip(&medians).find(|(name, _)| name.starts_with("whole")).map_or(f64::NAN, |(_, ms)| *ms);
    println!("models alone {alone:.2} ms, everything {whole:.2} ms: ratio {:.3}", whole / alone);
    Ok(())
}

type Step = fn(&mut Examiner, &Scene) -> Result<(), Failure>;

/// In the order of a frame's way. The models are those that one frame takes: PAD at three scales, the first embedder once.
fn work() -> [(&'static str, Step); 14] {
    [
        ("model detector", |examiner, scene| Ok(examiner.detector.run_alone(black_box(&scene.frame))?)),
        ("model face mesh", |examiner, scene| Ok(examiner.landmarks.run_alone(black_box(&scene.head))?)),
        ("model PAD, three times", |examiner, scene| {
            for numbers in &scene.around {
                examiner.presentation.score(black_box(numbers))?;
            }
            Ok(())
        }),
        ("model first embedder, once", |examiner, scene| {
            examiner.templates.first.unit(black_box(&scene.skin))?;
            Ok(())
        }),
        ("whole: one frame with everything, compared", |examiner, scene| {
            let found = examiner.examine(black_box(&scene.jpeg), EVERYTHING)?;
            let template = found.template.ok_or("no template")?;
            black_box(template.similarity(&scene.id_template)?);
            Ok(())
        }),
        ("frame of a capture that is not kept", |examiner, scene| {
            let ask = ExamineRequest { presentation: false, template: TemplateDepth::None, ..EVERYTHING };
            examiner.examine(black_box(&scene.jpeg), ask)?;
            Ok(())
        }),
        ("ID photo, embedded in full", |examiner, scene| {
            examiner.examine(black_box(&scene.photo), PHOTO)?;
            Ok(())
        }),
        ("step decode", |_, scene| {
            black_box(decode(&scene.jpeg, DecodeLimits::FRAME).map_err(rastau::domain::reason::ReasonCode::code)?);
            Ok(())
        }),
        ("step detect", |examiner, scene| {
            black_box(examiner.detector.detect(&scene.picture, QualityGate::LiveFrame)?);
            Ok(())
        }),
        ("step face mesh", |examiner, scene| {
            black_box(examiner.landmarks.detect(&scene.picture, &scene.face)?);
            Ok(())
        }),
        ("step align", |_, scene| {
            black_box(align(&scene.picture, &scene.face.points)?);
            Ok(())
        }),
        ("step quality", |_, scene| {
            black_box(measure(&scene.picture, &scene.face, &scene.landmarks, &scene.aligned));
            Ok(())
        }),
        ("step PAD, three scales", |examiner, scene| {
            black_box(examiner.presentation.scores(&scene.picture, &scene.face)?);
            Ok(())
        }),
        ("step embed, quick", |examiner, scene| {
            black_box(examiner.templates.template(&scene.aligned, TemplateDepth::Quick)?);
            Ok(())
        }),
    ]
}

fn scene(models: &Path, examiner: &mut Examiner) -> Result<Scene, Failure> {
    let code = rastau::domain::reason::ReasonCode::code;
    let photo = std::fs::read(models.join("store/demo/astronaut.png"))?;
    let photo = decode(&photo, DecodeLimits::PHOTO).map_err(code)?;
    let faces = examiner.detector.detect(&photo, QualityGate::IdPhoto)?;
    let portrait = Portrait::new(&photo, &faces, 0)?;
    let (jpeg, photo) = (portrait.frame(0, 1)?, portrait.id_photo()?);
    let id_template = examiner.examine(&photo, PHOTO)?.template.ok_or("the ID photo has no template")?;
    let picture = decode(&jpeg, DecodeLimits::FRAME).map_err(code)?;
    let face = examiner.detector.detect(&picture, QualityGate::LiveFrame)?.first().copied().ok_or("no face")?;
    let landmarks = examiner.landmarks.detect(&picture, &face)?;
    let aligned = align(&picture, &landmarks.five_points())?;
    let around = [2.0, 2.7, 4.0]
        .map(|scale| examiner.presentation.numbers(&picture, surroundings(&picture, &face, scale)))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Scene {
        frame: examiner.detector.numbers(&picture)?,
        head: examiner.landmarks.numbers(&picture, &face)?,
        skin: examiner.templates.first.numbers(&aligned),
        around,
        jpeg,
        photo,
        id_template,
        picture,
        face,
        landmarks,
        aligned,
    })
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
