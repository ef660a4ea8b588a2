//! Milliseconds of each step at 640 x 480, beside the models alone, in one run: `cargo bench --bench face`.

use std::hint::black_box;
use std::path::Path;

use criterion::Criterion;
use rastau::domain::capture::Face;
use rastau::domain::ports::{Ask, Gate};
use rastau::vision::align::align;
use rastau::vision::animate::Portrait;
use rastau::vision::decode::{DecodeLimits, decode};
use rastau::vision::examiner::{Examiner, Models, PictureLimits};
use rastau::vision::manifest::Manifest;
use rastau::vision::picture::Picture;
use rastau::vision::presentation::surroundings;
use rastau::vision::quality::measure;

type Failure = Box<dyn std::error::Error>;

/// A camera frame and what was found in it.
struct Scene {
    jpeg: Vec<u8>,
    picture: Picture,
    face: Face,
    aligned: Picture,
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
    let mut criterion = Criterion::default().configure_from_args();
    models_alone(&mut criterion, &mut examiner, &scene)?;
    steps(&mut criterion, &mut examiner, &scene);
    whole(&mut criterion, &mut examiner, &scene);
    criterion.final_summary();
    Ok(())
}

fn scene(models: &Path, examiner: &mut Examiner) -> Result<Scene, Failure> {
    let photo = std::fs::read(models.join("store/demo/astronaut.png"))?;
    let photo = decode(&photo, DecodeLimits::PHOTO).map_err(rastau::domain::reason::ReasonCode::code)?;
    let faces = examiner.detector.detect(&photo)?;
    let jpeg = Portrait::new(&photo, &faces, 0)?.frame(0, 1)?;
    let picture = decode(&jpeg, DecodeLimits::FRAME).map_err(rastau::domain::reason::ReasonCode::code)?;
    let face = examiner.detector.detect(&picture)?.first().cloned().ok_or("no face")?;
    let aligned = align(&picture, &face.points)?;
    Ok(Scene { jpeg, picture, face, aligned })
}

fn models_alone(criterion: &mut Criterion, examiner: &mut Examiner, scene: &Scene) -> Result<(), Failure> {
    let mut group = criterion.benchmark_group("model alone");
    let frame = examiner.detector.numbers(&scene.picture)?;
    group.bench_function("detector", |b| {
        b.iter(|| examiner.detector.run_alone(black_box(&frame)));
    });
    let face = examiner.embedder.numbers(&scene.aligned);
    group.bench_function("embedder", |b| {
        b.iter(|| examiner.embedder.unit(black_box(&face)));
    });
    let area = surroundings(&scene.picture, &scene.face, 2.7);
    let around = examiner.presentation.numbers(&scene.picture, area)?;
    group.bench_function("PAD", |b| {
        b.iter(|| examiner.presentation.score(black_box(&around)));
    });
    group.finish();
    Ok(())
}

fn steps(criterion: &mut Criterion, examiner: &mut Examiner, scene: &Scene) {
    let mut group = criterion.benchmark_group("step");
    group.bench_function("decode", |b| {
        b.iter(|| decode(black_box(&scene.jpeg), DecodeLimits::FRAME));
    });
    group.bench_function("detect", |b| b.iter(|| examiner.detector.detect(&scene.picture)));
    group.bench_function("align", |b| b.iter(|| align(&scene.picture, &scene.face.points)));
    group.bench_function("quality", |b| {
        b.iter(|| measure(&scene.picture, &scene.face, &scene.aligned));
    });
    group.bench_function("PAD (3 scales)", |b| {
        b.iter(|| examiner.presentation.scores(&scene.picture, &scene.face));
    });
    group.bench_function("embed (face and mirror)", |b| {
        b.iter(|| examiner.embedder.template(&scene.aligned));
    });
    group.finish();
}

fn whole(criterion: &mut Criterion, examiner: &mut Examiner, scene: &Scene) {
    let mut group = criterion.benchmark_group("whole");
    for (name, template) in [("frame of a capture: all but embed", false), ("best frame: everything", true)] {
        let ask = Ask { gate: Gate::LiveFrame, presentation: true, template };
        group.bench_function(name, |b| b.iter(|| examiner.examine(&scene.jpeg, ask)));
    }
    group.finish();
}
