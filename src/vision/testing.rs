//! What tests on real models and real faces share. Where either is absent a test says so in one line and passes.

use std::path::{Path, PathBuf};

use super::animate::Portrait;
use super::examiner::{Examiner, Models, PictureLimits};
use super::picture::Picture;
use crate::domain::face::engine::QualityGate;
use crate::vision::model::manifest::Manifest;
use crate::vision::picture::decode::{DecodeLimits, decode};

/// The folder of the models, when they are prepared.
pub(crate) fn models() -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    present(&dir.join("store/sface.onnx"), "run `make models`").then_some(dir)
}

/// A file or folder of the evaluation data, when it is there.
pub(crate) fn evaluation(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/eval").join(name);
    present(&path, "evaluation data is not part of the project").then_some(path)
}

fn present(path: &Path, hint: &str) -> bool {
    let there = path.exists();
    if !there {
        eprintln!("skipped: {} is absent ({hint})", path.display());
    }
    there
}

/// An examiner with the usual limits.
pub(crate) fn examiner() -> Option<Examiner> {
    let manifest = Manifest::load(&models()?).unwrap();
    let models = Models::read(&manifest).unwrap();
    Some(models.examiner(PictureLimits::default()).unwrap())
}

/// Someone of a demo picture: the face whose box holds the point, or the only one.
pub(crate) fn portrait(examiner: &mut Examiner, file: &str, at: [f32; 2]) -> Portrait {
    let bytes = std::fs::read(models().unwrap().join("store/demo").join(file)).unwrap();
    let photo = decode(&bytes, DecodeLimits::PHOTO).unwrap();
    let faces = examiner.detector.detect(&photo, QualityGate::IdPhoto).unwrap();
    let which = faces
        .iter()
        .position(|face| {
            let [x, y, width, height] = face.bounds;
            (x..x + width).contains(&at[0]) && (y..y + height).contains(&at[1])
        })
        .unwrap();
    Portrait::new(&photo, &faces, which).unwrap()
}

/// The NASA portrait.
pub(crate) fn astronaut(examiner: &mut Examiner) -> Portrait {
    portrait(examiner, "astronaut.png", [223.0, 120.0])
}

/// Changes every channel of every pixel.
pub(crate) fn toned(picture: &Picture, tone: impl Fn(f32) -> f32) -> Picture {
    let mut out = picture.clone();
    for value in out.pixels_mut() {
        *value = tone(f32::from(*value)).clamp(0.0, 255.0) as u8;
    }
    out
}
