//! Pictures that are marked with who looks at them: a photo of the screen, or a saved copy, says where it came from.

use opencv::core::{Mat, Point, Scalar, Size, Vec3b};
use opencv::imgproc;

use super::Picture;
use super::decode::{DecodeLimits, decode};
use super::encode::jpeg;
use super::geometry::{Affine, warp};
use crate::domain::face::engine::{EngineError, FoundFace, PictureMarker};
use crate::domain::kernel::secret::SecretBytes;
use crate::vision::face::align::{ALIGNED, similarity};
use crate::vision::model::tensor::InferenceError;

/// How much of the text shows through, 0 to 1: read by who looks for it, and no face is hidden by it.
const STRENGTH: f32 = 0.28;
/// Lines of text over the height of the picture.
const LINES: u32 = 7;
const QUALITY: u8 = 90;
/// Width and height of an aligned portrait, how much of its width the embedder's square takes, and how far down the middle
/// of that is.
const PORTRAIT: [u32; 2] = [480, 640];
const FACE_SHARE: f64 = 0.72;
const MIDDLE_AT: f64 = 0.47;

/// Marks with the letters of OpenCV, which are plain ASCII.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextMarker;

impl PictureMarker for TextMarker {
    fn mark(&self, picture: &SecretBytes, text: &str, face: Option<&FoundFace>) -> Result<SecretBytes, EngineError> {
        let upright = decode(picture.expose(), DecodeLimits::PHOTO).map_err(EngineError::Picture)?;
        let failed = |error: InferenceError| EngineError::Failed(error.0);
        let shown = match face.and_then(|face| portrait_map(&upright, face)) {
            Some(map) => warp(&upright, &map, PORTRAIT[0], PORTRAIT[1]).map_err(failed)?,
            None => upright,
        };
        let marked = marked(&shown, text).map_err(failed)?;
        jpeg(&marked, QUALITY).map(SecretBytes::new).map_err(failed)
    }
}

/// The map to the portrait; `None` when the points are those of no face.
fn portrait_map(picture: &Picture, face: &FoundFace) -> Option<Affine> {
    let [width, height] = face.size;
    let scale = [picture.width() as f32 / width.max(1) as f32, picture.height() as f32 / height.max(1) as f32];
    let points = face.points.map(|[x, y]| [x * scale[0], y * scale[1]]);
    let map = similarity(&points)?;
    let (zoom, middle) = (f64::from(PORTRAIT[0]) / f64::from(ALIGNED) * FACE_SHARE, f64::from(ALIGNED) / 2.0);
    // The embedder's square, enlarged about its middle, which comes to stand here.
    let place = [f64::from(PORTRAIT[0]) * 0.5, f64::from(PORTRAIT[1]) * MIDDLE_AT];
    let enlarged = |row: [f64; 3], at: f64| [zoom * row[0], zoom * row[1], zoom * (row[2] - middle) + at];
    Some([enlarged(map[0], place[0]), enlarged(map[1], place[1])])
}

/// The picture with `text` over all of it, again and again.
fn marked(picture: &Picture, text: &str) -> Result<Picture, InferenceError> {
    let [width, height] = [picture.width(), picture.height()].map(|side| i32::try_from(side).unwrap_or(i32::MAX));
    let (mut lettered, step) = (picture.clone(), height / LINES.cast_signed() + 1);
    let scale = (f64::from(width.max(height)) / 900.0).max(0.35);
    let thick = (scale * 1.5).round().max(1.0) as i32;
    let size: Size = imgproc::get_text_size(text, imgproc::FONT_HERSHEY_SIMPLEX, scale, thick, &mut 0)?;
    let across = size.width + size.height * 2;
    let mut canvas = Mat::new_rows_cols_with_bytes_mut::<Vec3b>(height, width, lettered.pixels_mut())?;
    for (line, y) in (step / 2..height).step_by(step.unsigned_abs() as usize).enumerate() {
        // Shifted from line to line, so that no crop is free of it.
        let begin = -(across * (line % 3).try_into().unwrap_or(0)) / 3;
        for x in (begin..width).step_by(across.unsigned_abs().max(1) as usize) {
            // Dark below light: it is read on either ground.
            for (shade, extra) in [(0.0, 2), (255.0, 0)] {
                imgproc::put_text(
                    &mut canvas,
                    text,
                    Point::new(x, y),
                    imgproc::FONT_HERSHEY_SIMPLEX,
                    scale,
                    Scalar::all(shade),
                    thick + extra,
                    imgproc::LINE_AA,
                    false,
                )?;
            }
        }
    }
    drop(canvas);
    for (out, was) in lettered.pixels_mut().iter_mut().zip(picture.pixels()) {
        *out = (f32::from(*was) * (1.0 - STRENGTH) + f32::from(*out) * STRENGTH).round() as u8;
    }
    Ok(lettered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_picture_bears_the_mark_and_little_of_it_is_changed() {
        for [width, height] in [[640, 480], [480, 853], [200, 266], [2_000, 1_500], [1, 1]] {
            let mut grey = Picture::black(width, height);
            grey.pixels_mut().fill(128);
            let marked = marked(&grey, "aigerim 2026-11-26T12:00:00Z").unwrap();
            assert_eq!([marked.width(), marked.height()], [width, height]);
            let changed = |from: u32, to: u32| {
                let rows = &marked.rgb()[(from * width) as usize..(to * width) as usize];
                rows.iter().filter(|pixel| **pixel != [128; 3]).count()
            };
            if width > 1 {
                for part in 0..3 {
                    assert!(changed(height * part / 3, height * (part + 1) / 3) > 50, "{width} x {height}, {part}");
                }
                assert!(changed(0, height) < (width * height / 2) as usize);
            }
            assert!(marked.pixels().iter().all(|value| value.abs_diff(128) <= 37));
        }
    }

    #[test]
    fn faces_of_any_size_and_pose_come_to_one_place() {
        let upright = [[38.0, 53.0], [76.0, 53.0], [57.0, 74.0], [41.0, 92.0], [73.0, 92.0]];
        let eyes = |turn: f32, zoom: f32, at: [f32; 2], size: [u32; 2]| {
            let (sin, cos) = turn.sin_cos();
            let points = upright.map(|[x, y]| [zoom * (cos * x - sin * y) + at[0], zoom * (sin * x + cos * y) + at[1]]);
            let face = FoundFace { points, size };
            // The picture is twice as large as the one that the points are of.
            let map = portrait_map(&Picture::black(2 * size[0], 2 * size[1]), &face).unwrap();
            let to = |[x, y]: [f32; 2]| map.map(|[a, b, c]| a * f64::from(2.0 * x) + b * f64::from(2.0 * y) + c);
            [to(points[0]), to(points[1])]
        };
        let straight = eyes(0.0, 1.0, [0.0, 0.0], [112, 112]);
        let turned = eyes(0.3, 4.2, [700.0, 150.0], [1_600, 1_200]);
        for (one, other) in straight.iter().zip(&turned) {
            assert!((one[0] - other[0]).abs() < 1.0 && (one[1] - other[1]).abs() < 1.0, "{straight:?} {turned:?}");
        }
        assert!(straight[0][0] > 120.0 && straight[1][0] < 360.0 && (240.0..340.0).contains(&straight[0][1]));
        let nowhere = FoundFace { points: [[5.0, 5.0]; 5], size: [10, 10] };
        assert_eq!(portrait_map(&Picture::black(10, 10), &nowhere), None);
    }

    #[test]
    fn what_is_no_picture_is_not_shown() {
        let marked = TextMarker.mark(&SecretBytes::new(b"no picture".to_vec()), "x", None);
        assert!(matches!(marked, Err(EngineError::Picture(_))));
    }
}
