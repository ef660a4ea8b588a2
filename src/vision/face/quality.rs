//! What is measured of a face, before anything is made of it.

use super::align::similarity;
use super::gate::inside;
use super::landmarks::Landmarks;
use crate::domain::face::detection::Face;
use crate::domain::face::quality::FaceQuality;
use crate::vision::picture::Picture;

/// The part of the aligned face that is skin, eyes and mouth on everyone: columns and rows, ends excluded. Hair,
/// background and what lies outside the picture stay out of the measures.
pub(super) const SKIN: [std::ops::Range<usize>; 2] = [24..88, 32..104];

/// Measures a face in its picture and, brought to 112 x 112 pixels, by itself; `landmarks` tell of its eyes and mouth.
pub fn measure(picture: &Picture, face: &Face, landmarks: &Landmarks, aligned: &Picture) -> FaceQuality {
    let [brightness, contrast, sharpness] = light(aligned);
    let [left, right] = landmarks.eyes_open();
    FaceQuality {
        eye_distance: face.eye_distance(),
        height_share: face.bounds[3] / picture.height() as f32,
        inside: inside([picture.width(), picture.height()], face),
        brightness,
        contrast,
        sharpness,
        yaw: face.yaw(),
        roll: roll(face),
        eyes_open: left.min(right),
        mouth_open: landmarks.mouth_open(),
    }
}

/// The turn that brings the points upright, taken back; no number for points that have none.
fn roll(face: &Face) -> f32 {
    similarity(&face.points).map_or(f32::NAN, |[[cosine, ..], [sine, ..]]| -(sine.atan2(cosine).to_degrees() as f32))
}

/// Mean luma, its standard deviation, and the variance of its Laplacian.
fn light(aligned: &Picture) -> [f32; 3] {
    let luma = aligned.luma();
    let width = aligned.width() as usize;
    let at = |x: usize, y: usize| luma.get(y * width + x).copied().unwrap_or(0.0);
    let [columns, rows] = SKIN;
    let places = || rows.clone().flat_map(|y| columns.clone().map(move |x| (x, y)));
    let (brightness, variance) = moments(places().map(|(x, y)| at(x, y)));
    let (_, sharpness) =
        moments(places().map(|(x, y)| at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y)));
    [brightness, variance.sqrt(), sharpness]
}

fn moments(values: impl Iterator<Item = f32>) -> (f32, f32) {
    let (mut count, mut sum, mut squares) = (0.0_f64, 0.0_f64, 0.0_f64);
    for value in values.map(f64::from) {
        count += 1.0;
        sum += value;
        squares += value * value;
    }
    let mean = sum / count.max(1.0);
    let variance = (squares / count.max(1.0) - mean * mean).max(0.0);
    (mean as f32, variance as f32)
}

#[cfg(test)]
mod tests;
