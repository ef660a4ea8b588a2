//! The fingerprint of a frame.

use opencv::core::{Mat, Size, Vec3b};
use opencv::imgproc;

use crate::domain::face::liveness::fingerprint::{FrameFingerprint, RASTER};
use crate::vision::model::tensor::InferenceError;
use crate::vision::picture::Picture;
use crate::vision::picture::wiped::Wiped;

/// Averages the luma of `picture` over the raster's cells.
///
/// # Errors
/// When OpenCV refuses.
pub fn fingerprint(picture: &Picture) -> Result<FrameFingerprint, InferenceError> {
    let signed = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let (width, height) = (signed(picture.width()), signed(picture.height()));
    let [columns, rows] = RASTER.map(|side| i32::try_from(side).unwrap_or(i32::MAX));
    // Luma first, then its half: one channel is averaged in a third of the time of three, and two by two pixels at once.
    let mut luma = Wiped::new(vec![0_u8; picture.rgb().len()]);
    let colours = Mat::new_rows_cols_with_bytes::<Vec3b>(height, width, picture.pixels())?;
    let mut grey = Mat::new_rows_cols_with_bytes_mut::<u8>(height, width, &mut luma)?;
    imgproc::cvt_color_def(&colours, &mut grey, imgproc::COLOR_RGB2GRAY)?;
    let half = [width, height].map(|side| (side / 2).max(1));
    let mut halved = Wiped::new(vec![0_u8; (half[0] * half[1]) as usize]);
    let mut coarse = Mat::new_rows_cols_with_bytes_mut::<u8>(half[1], half[0], &mut halved)?;
    imgproc::resize(&grey, &mut coarse, Size::new(half[0], half[1]), 0.0, 0.0, imgproc::INTER_AREA)?;
    let mut cells = vec![0_u8; FrameFingerprint::BYTES];
    let mut small = Mat::new_rows_cols_with_bytes_mut::<u8>(rows, columns, &mut cells)?;
    imgproc::resize(&coarse, &mut small, Size::new(columns, rows), 0.0, 0.0, imgproc::INTER_AREA)?;
    drop(small);
    FrameFingerprint::new(cells).ok_or_else(|| InferenceError("a fingerprint of another size".to_owned()))
}

#[cfg(test)]
mod tests;
