//! What is measured of a face, before anything is made of it.

use super::picture::Picture;
use crate::domain::capture::{Face, FaceQuality};

/// The part of the aligned face that is skin, eyes and mouth on everyone: columns and rows, ends excluded. Hair,
/// background and what lies outside the picture stay out of the measures.
const SKIN: [std::ops::Range<usize>; 2] = [24..88, 32..104];

/// Measures a face in its picture and, brought to 112 x 112 pixels, by itself.
pub fn measure(picture: &Picture, face: &Face, aligned: &Picture) -> FaceQuality {
    let luma = aligned.luma();
    let width = aligned.width() as usize;
    let at = |x: usize, y: usize| luma.get(y * width + x).copied().unwrap_or(0.0);
    let [columns, rows] = SKIN;
    let places = || rows.clone().flat_map(|y| columns.clone().map(move |x| (x, y)));
    let (brightness, variance) = moments(places().map(|(x, y)| at(x, y)));
    let (_, sharpness) =
        moments(places().map(|(x, y)| at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y)));
    let mut quality = FaceQuality {
        eye_distance: face.eye_distance(),
        height_share: face.bounds[3] / picture.height() as f32,
        brightness,
        contrast: variance.sqrt(),
        sharpness,
        yaw: face.yaw(),
        overall: 0.0,
    };
    quality.overall = overall(&quality);
    quality
}

/// One figure to order frames by, 0 to 1: the geometric mean of how near each measure comes to what a good frame has.
fn overall(quality: &FaceQuality) -> f32 {
    let frontal = 1.0 - quality.yaw.abs() / 0.4;
    let lit = 1.0 - (quality.brightness - 128.0).abs() / 128.0;
    let shares = [quality.eye_distance / 80.0, quality.sharpness / 600.0, quality.contrast / 50.0, lit, frontal];
    let product: f32 =
        shares.into_iter().map(|share| if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }).product();
    product.powf(1.0 / shares.len() as f32)
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn level(eye_distance: f32) -> Face {
        Face {
            bounds: [0.0, 0.0, 100.0, 50.0],
            points: [
                [20.0, 40.0],
                [20.0 + eye_distance, 40.0],
                [20.0 + eye_distance / 2.0, 60.0],
                [30.0, 80.0],
                [70.0, 80.0],
            ],
            confidence: 1.0,
        }
    }

    fn painted(paint: impl Fn(usize, usize) -> u8) -> Picture {
        let pixels: Vec<u8> = (0..112 * 112).flat_map(|i| [paint(i % 112, i / 112); 3]).collect();
        Picture::from_pixels(112, 112, pixels).unwrap()
    }

    #[test]
    fn flat_grey_has_light_but_neither_contrast_nor_sharpness() {
        let quality = measure(&Picture::black(200, 100), &level(40.0), &painted(|_, _| 90));
        assert!((quality.brightness - 90.0).abs() < 0.1);
        assert!(quality.contrast < 0.1 && quality.sharpness < 0.1);
        assert!((quality.height_share - 0.5).abs() < 1e-6);
        assert!((quality.eye_distance - 40.0).abs() < 1e-3);
        assert!(quality.overall < 0.01);
    }

    #[test]
    fn fine_detail_is_sharper_than_coarse() {
        let fine = painted(|x, y| if (x / 2 + y / 2) % 2 == 0 { 60 } else { 180 });
        let coarse = painted(|x, y| if (x / 16 + y / 16) % 2 == 0 { 60 } else { 180 });
        let of = |aligned: &Picture| measure(&Picture::black(200, 200), &level(40.0), aligned);
        assert!(of(&fine).sharpness > 2.0 * of(&coarse).sharpness);
        assert!((of(&fine).contrast - of(&coarse).contrast).abs() < 2.0);
    }

    proptest! {
        #[test]
        fn overall_stays_between_0_and_1_whatever_is_measured(v in prop::array::uniform6(prop::num::f32::ANY)) {
            let quality = FaceQuality {
                eye_distance: v[0], height_share: v[1], brightness: v[2], contrast: v[3], sharpness: v[4], yaw: v[5], overall: 0.0,
            };
            prop_assert!((0.0..=1.0).contains(&overall(&quality)));
        }
    }
}
