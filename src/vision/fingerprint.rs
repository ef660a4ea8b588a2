//! The fingerprint of a frame.

use opencv::core::{Mat, Size, Vec3b};
use opencv::imgproc;

use super::picture::Picture;
use super::tensor::InferenceError;
use super::wiped::Wiped;
use crate::domain::liveness::fingerprint::{FrameFingerprint, RASTER};

/// Averages the luma of `picture` over the raster's cells.
///
/// # Errors
/// When OpenCV refuses.
pub fn fingerprint(picture: &Picture) -> Result<FrameFingerprint, InferenceError> {
    let signed = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let [columns, rows] = RASTER.map(|side| i32::try_from(side).unwrap_or(i32::MAX));
    let size = Size::new(columns, rows);
    let from =
        Mat::new_rows_cols_with_bytes::<Vec3b>(signed(picture.height()), signed(picture.width()), picture.pixels())?;
    let mut cells = Wiped::new(vec![0_u8; FrameFingerprint::BYTES * 3]);
    let mut to = Mat::new_rows_cols_with_bytes_mut::<Vec3b>(size.height, size.width, &mut cells)?;
    imgproc::resize(&from, &mut to, size, 0.0, 0.0, imgproc::INTER_AREA)?;
    drop(to);
    // Averaged first and brought to luma then: the same but for rounding, and a hundredth of the work.
    let luma = |[red, green, blue]: &[u8; 3]| {
        (0.299 * f32::from(*red) + 0.587 * f32::from(*green) + 0.114 * f32::from(*blue)).round() as u8
    };
    let luma = cells.as_chunks::<3>().0.iter().map(luma).collect();
    FrameFingerprint::new(luma).ok_or_else(|| InferenceError("a fingerprint of another size".to_owned()))
}

#[cfg(test)]
mod tests;
