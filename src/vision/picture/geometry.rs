//! OpenCV on [`Picture`]s: resizing and affine warps, straight into buffers that are wiped.

use opencv::core::{BORDER_CONSTANT, BORDER_REPLICATE, Mat, Scalar, Size, Vec3b};
use opencv::imgproc;

use super::Picture;
use crate::vision::model::tensor::InferenceError;

/// An affine map, `[x', y'] = self * [x, y, 1]`, between pixel coordinates.
pub type Affine = [[f64; 3]; 2];

/// A square or rectangle of whole pixels inside a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

/// Resizes to `width` x `height`: area averaging when it shrinks, so that nothing flickers; linear when it grows.
///
/// # Errors
/// When OpenCV refuses.
pub fn resize(picture: &Picture, width: u32, height: u32) -> Result<Picture, InferenceError> {
    let shrinks = width < picture.width() || height < picture.height();
    let method = if shrinks { imgproc::INTER_AREA } else { imgproc::INTER_LINEAR };
    resize_by(picture, width, height, method)
}

/// Resizes linearly, without averaging: what the PAD model was trained to see.
///
/// # Errors
/// When OpenCV refuses.
pub fn resize_linear(picture: &Picture, width: u32, height: u32) -> Result<Picture, InferenceError> {
    resize_by(picture, width, height, imgproc::INTER_LINEAR)
}

fn resize_by(picture: &Picture, width: u32, height: u32, method: i32) -> Result<Picture, InferenceError> {
    let mut out = Picture::black(width.max(1), height.max(1));
    let size = Size::new(signed(out.width()), signed(out.height()));
    let from =
        Mat::new_rows_cols_with_bytes::<Vec3b>(signed(picture.height()), signed(picture.width()), picture.pixels())?;
    let mut to = Mat::new_rows_cols_with_bytes_mut::<Vec3b>(size.height, size.width, out.pixels_mut())?;
    imgproc::resize(&from, &mut to, size, 0.0, 0.0, method)?;
    drop(to);
    Ok(out)
}

/// Warps linearly to `width` x `height`; what lies outside the picture is black.
///
/// # Errors
/// When OpenCV refuses.
pub fn warp(picture: &Picture, map: &Affine, width: u32, height: u32) -> Result<Picture, InferenceError> {
    warp_within(picture, map, width, height, BORDER_CONSTANT)
}

/// As [`warp`], with the picture's edge repeated outside it.
///
/// # Errors
/// When OpenCV refuses.
pub fn warp_extended(picture: &Picture, map: &Affine, width: u32, height: u32) -> Result<Picture, InferenceError> {
    warp_within(picture, map, width, height, BORDER_REPLICATE)
}

fn warp_within(
    picture: &Picture,
    map: &Affine,
    width: u32,
    height: u32,
    border: i32,
) -> Result<Picture, InferenceError> {
    let mut out = Picture::black(width, height);
    let size = Size::new(signed(width), signed(height));
    let from =
        Mat::new_rows_cols_with_bytes::<Vec3b>(signed(picture.height()), signed(picture.width()), picture.pixels())?;
    let mut to = Mat::new_rows_cols_with_bytes_mut::<Vec3b>(size.height, size.width, out.pixels_mut())?;
    let matrix = Mat::from_slice_2d(map)?;
    imgproc::warp_affine(&from, &mut to, &matrix, size, imgproc::INTER_LINEAR, border, Scalar::default())?;
    drop(to);
    Ok(out)
}

/// Cuts an area out; what of it lies outside the picture is left away.
pub fn crop(picture: &Picture, area: Area) -> Picture {
    let x = area.x.min(picture.width() - 1);
    let y = area.y.min(picture.height() - 1);
    let width = area.width.clamp(1, picture.width() - x);
    let height = area.height.clamp(1, picture.height() - y);
    let mut out = Picture::black(width, height);
    let row = width as usize * 3;
    for (line, to) in out.pixels_mut().chunks_exact_mut(row).enumerate() {
        let from = ((y as usize + line) * picture.width() as usize + x as usize) * 3;
        to.copy_from_slice(&picture.pixels()[from..from + row]);
    }
    out
}

/// The picture as a mirror shows it.
pub fn mirror(picture: &Picture) -> Picture {
    let mut out = picture.clone();
    let row = picture.width() as usize;
    for line in out.pixels_mut().as_chunks_mut::<3>().0.chunks_exact_mut(row) {
        line.reverse();
    }
    out
}

/// Lays a picture on a canvas with its upper left corner at `at` (which may lie outside); the rest repeats the picture's
/// edge, up to `filled` pixels of width and height, and is black beyond.
pub fn lay(picture: &Picture, canvas: [u32; 2], at: [i32; 2], filled: [u32; 2]) -> Picture {
    let mut out = Picture::black(canvas[0], canvas[1]);
    let (source, width) = (picture.rgb(), picture.width() as usize);
    // Columns of the canvas: before the picture, in it, after it.
    let columns = canvas[0].min(filled[0]) as usize;
    let start = usize::try_from(at[0]).unwrap_or(0).min(columns);
    let end = usize::try_from(i64::from(at[0]) + i64::from(picture.width())).unwrap_or(0).clamp(start, columns);
    let skipped = usize::try_from(-i64::from(at[0])).unwrap_or(0).min(width - 1);
    let lines = out.pixels_mut().as_chunks_mut::<3>().0.chunks_exact_mut(canvas[0] as usize);
    for (y, line) in (0_i32..).zip(lines).take(filled[1] as usize) {
        let row = y.saturating_sub(at[1]).clamp(0, signed(picture.height()) - 1) as usize * width;
        let from = &source[row..row + width];
        line[..start].fill(from[0]);
        line[start..end].copy_from_slice(&from[skipped..skipped + end - start]);
        line[end..columns].fill(from[width - 1]);
    }
    out
}

/// Sides of pictures are limited far below `i32::MAX` when they are decoded.
fn signed(side: u32) -> i32 {
    i32::try_from(side).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn painted(width: u32, height: u32) -> Picture {
        let pixels: Vec<u8> = (0..width * height).flat_map(|i| [i as u8, (i >> 8) as u8, 7]).collect();
        Picture::from_pixels(width, height, pixels).unwrap()
    }

    fn at(picture: &Picture, x: u32, y: u32) -> [u8; 3] {
        picture.rgb()[(y * picture.width() + x) as usize]
    }

    #[test]
    fn a_mirror_turns_left_to_right_and_twice_changes_nothing() {
        let picture = painted(5, 3);
        let mirrored = mirror(&picture);
        assert_eq!(at(&mirrored, 0, 1), at(&picture, 4, 1));
        assert_eq!(mirror(&mirrored).pixels(), picture.pixels());
    }

    #[test]
    fn shrinking_averages_and_a_warp_leaves_black_outside() {
        let board: Vec<u8> = (0..64 * 64).flat_map(|i| [((i + i / 64) % 2 * 200) as u8; 3]).collect();
        let board = Picture::from_pixels(64, 64, board).unwrap();
        let small = resize(&board, 16, 16).unwrap();
        assert!(small.pixels().iter().all(|value| value.abs_diff(100) <= 1));
        let shifted = warp(&painted(8, 8), &[[1.0, 0.0, 4.0], [0.0, 1.0, 0.0]], 8, 8).unwrap();
        assert_eq!(at(&shifted, 3, 2), [0; 3]);
        assert_eq!(at(&shifted, 4, 2), at(&painted(8, 8), 0, 2));
    }

    proptest! {
        #[test]
        fn a_laid_picture_repeats_its_edge_and_is_black_beyond(
            width in 1_u32..20, height in 1_u32..20, canvas in prop::array::uniform2(1_u32..40),
            place in prop::array::uniform2(-50_i32..50), filled in prop::array::uniform2(1_u32..40)
        ) {
            let picture = painted(width, height);
            let laid = lay(&picture, canvas, place, filled);
            for y in 0..canvas[1] {
                for x in 0..canvas[0] {
                    let from = |value: u32, at: i32, side: u32| {
                        (i64::from(value) - i64::from(at)).clamp(0, i64::from(side) - 1) as u32
                    };
                    let expected = if x < filled[0] && y < filled[1] {
                        at(&picture, from(x, place[0], width), from(y, place[1], height))
                    } else {
                        [0; 3]
                    };
                    prop_assert_eq!(at(&laid, x, y), expected);
                }
            }
        }

        #[test]
        fn a_cut_stays_inside(x in 0_u32..40, y in 0_u32..40, width in 0_u32..40, height in 0_u32..40) {
            let picture = painted(17, 11);
            let cut = crop(&picture, Area { x, y, width, height });
            prop_assert!(cut.width() <= 17 && cut.height() <= 11);
            prop_assert_eq!(at(&cut, 0, 0), at(&picture, x.min(16), y.min(10)));
        }
    }
}
