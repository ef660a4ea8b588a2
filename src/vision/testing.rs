//! What tests on real models and real faces share.

use super::animate::Portrait;
use super::examiner::{Examiner, Models, PictureLimits};
use super::picture::Picture;
use crate::domain::face::engine::QualityGate;
pub(crate) use crate::left_out::{evaluation, models};
use crate::vision::model::manifest::Manifest;
use crate::vision::picture::decode::{DecodeLimits, decode};

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
