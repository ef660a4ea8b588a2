//! Brings a face to the pose that the embedder was trained on: eyes, nose and mouth to fixed places of 112 x 112 pixels.

use crate::vision::model::tensor::InferenceError;
use crate::vision::picture::Picture;
use crate::vision::picture::geometry::{Affine, resize, warp};

/// Side of the aligned face in pixels.
pub const ALIGNED: u32 = 112;

/// Where eyes, nose and corners of the mouth belong, in pixels of the aligned face. The embedders follow the template
/// that ArcFace set (Deng et al., "ArcFace", CVPR 2019: 38.3,51.7 73.5,51.5 56.0,71.7 41.5,92.4 70.7,92.2) for a
/// detector's points; this is where the face mesh sees its own five on faces aligned so, the median of 599 faces.
const TEMPLATE: [[f64; 2]; 5] = [[37.3, 53.4], [75.6, 53.2], [57.0, 74.6], [40.6, 92.5], [73.4, 92.4]];
/// A face larger than this many aligned faces is sampled no finer.
const FINEST: u32 = 16;

/// The similarity (turn, scale, shift) that brings five points nearest to the template, by least squares; `None` for
/// points that all lie on one spot.
pub fn similarity(points: &[[f32; 2]; 5]) -> Option<Affine> {
    let from = points.map(|point| point.map(f64::from));
    let (from_mean, to_mean) = (mean(&from), mean(&TEMPLATE));
    let (mut spread, mut along, mut across) = (0.0, 0.0, 0.0);
    for (p, q) in from.iter().zip(&TEMPLATE) {
        let (px, py) = (p[0] - from_mean[0], p[1] - from_mean[1]);
        let (qx, qy) = (q[0] - to_mean[0], q[1] - to_mean[1]);
        spread += px * px + py * py;
        along += px * qx + py * qy;
        across += px * qy - py * qx;
    }
    if spread.is_nan() || spread < 1e-9 {
        return None;
    }
    let (cosine, sine) = (along / spread, across / spread);
    Some([
        [cosine, -sine, to_mean[0] - cosine * from_mean[0] + sine * from_mean[1]],
        [sine, cosine, to_mean[1] - sine * from_mean[0] - cosine * from_mean[1]],
    ])
}

/// The way back: from the aligned face to the picture.
pub fn inverse(map: &Affine) -> Affine {
    let [[right, up, x], [left, down, y]] = *map;
    let area = right * down - up * left;
    let turned = [[down / area, -up / area], [-left / area, right / area]];
    turned.map(|[along, across]| [along, across, -along * x - across * y])
}

/// The aligned face, [`ALIGNED`] pixels square; what lies outside the picture is black. A large face is sampled finely
/// and averaged, so that its detail does not turn into noise.
///
/// # Errors
/// When the points span no face, or OpenCV fails.
pub fn align(picture: &Picture, points: &[[f32; 2]; 5]) -> Result<Picture, InferenceError> {
    let map = similarity(points).ok_or_else(|| InferenceError("five points on one spot".into()))?;
    let scale = map[0][0].hypot(map[1][0]);
    if scale >= 0.75 {
        return warp(picture, &map, ALIGNED, ALIGNED);
    }
    let finer = ((1.0 / scale).ceil() as u32).clamp(2, FINEST);
    let factor = f64::from(finer);
    let shift = (factor - 1.0) / 2.0;
    let fine = map.map(|[a, b, c]| [a * factor, b * factor, c * factor + shift]);
    let large = warp(picture, &fine, ALIGNED * finer, ALIGNED * finer)?;
    resize(&large, ALIGNED, ALIGNED)
}

fn mean(points: &[[f64; 2]; 5]) -> [f64; 2] {
    let sum = points.iter().fold([0.0; 2], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
    sum.map(|value| value / 5.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn apply(map: &Affine, point: [f64; 2]) -> [f64; 2] {
        map.map(|[a, b, c]| a * point[0] + b * point[1] + c)
    }

    #[test]
    fn points_on_one_spot_make_no_map() {
        assert_eq!(similarity(&[[5.0, 5.0]; 5]), None);
        assert_eq!(similarity(&[[f32::NAN, 5.0]; 5]), None);
    }

    proptest! {
        #[test]
        fn a_turned_scaled_and_shifted_template_comes_back(
            angle in -3.0_f64..3.0, scale in 0.2_f64..20.0, x in -500.0_f64..500.0, y in -500.0_f64..500.0
        ) {
            let (sin, cos) = angle.sin_cos();
            let moved = TEMPLATE.map(|[a, b]| {
                [(scale * (cos * a - sin * b) + x) as f32, (scale * (sin * a + cos * b) + y) as f32]
            });
            let map = similarity(&moved).unwrap();
            for (point, target) in moved.iter().zip(&TEMPLATE) {
                let back = apply(&map, point.map(f64::from));
                prop_assert!((back[0] - target[0]).abs() < 0.05 && (back[1] - target[1]).abs() < 0.05);
                let there = apply(&inverse(&map), back);
                prop_assert!((there[0] - f64::from(point[0])).abs() < 1e-3);
                prop_assert!((there[1] - f64::from(point[1])).abs() < 1e-3);
            }
        }
    }
}
