//! Pictures that are marked with who looks at them: a photo of the screen, or a saved copy, says where it came from.

use opencv::core::{Mat, Point, Scalar, Size, Vec3b};
use opencv::imgproc;

use super::decode::{DecodeLimits, decode};
use super::encode::jpeg;
use super::picture::Picture;
use super::tensor::InferenceError;
use crate::domain::ports::{EngineError, PictureMarker};
use crate::domain::secret::SecretBytes;

/// How much of the text shows through, 0 to 1: read by who looks for it, and no face is hidden by it.
const STRENGTH: f32 = 0.28;
/// Lines of text over the height of the picture.
const LINES: u32 = 7;
const QUALITY: u8 = 90;

/// Marks with the letters of OpenCV, which are plain ASCII.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextMarker;

impl PictureMarker for TextMarker {
    fn mark(&self, picture: &SecretBytes, text: &str) -> Result<SecretBytes, EngineError> {
        let upright = decode(picture.expose(), DecodeLimits::PHOTO).map_err(EngineError::Picture)?;
        let failed = |error: InferenceError| EngineError::Failed(error.0);
        let marked = marked(&upright, text).map_err(failed)?;
        jpeg(&marked, QUALITY).map(SecretBytes::new).map_err(failed)
    }
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
    fn what_is_no_picture_is_not_shown() {
        let marked = TextMarker.mark(&SecretBytes::new(b"no picture".to_vec()), "x");
        assert!(matches!(marked, Err(EngineError::Picture(_))));
    }
}
