//! OpenCV on [`Picture`]s: resizing and affine warps, straight into buffers that are wiped.

use opencv::core::{BORDER_CONSTANT, Mat, Scalar, Size, Vec3b};
use opencv::imgproc;

use super::picture::Picture;
use super::tensor::InferenceError;

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
    let method = if shrinks {
        imgproc::INTER_AREA
    } else {
        imgproc::INTER_LINEAR
    };
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
    let from = Mat::new_rows_cols_with_bytes::<Vec3b>(
        signed(picture.height()),
        signed(picture.width()),
        picture.pixels(),
    )?;
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
    let mut out = Picture::black(width, height);
    let size = Size::new(signed(width), signed(height));
    let from = Mat::new_rows_cols_with_bytes::<Vec3b>(
        signed(picture.height()),
        signed(picture.width()),
        picture.pixels(),
    )?;
    let mut to = Mat::new_rows_cols_with_bytes_mut::<Vec3b>(size.height, size.width, out.pixels_mut())?;
    let matrix = Mat::from_slice_2d(map)?;
    imgproc::warp_affine(
        &from,
        &mut to,
        &matrix,
        size,
        imgproc::INTER_LINEAR,
        BORDER_CONSTANT,
        Scalar::default(),
    )?;
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
    let inside = |place: i32, side: u32| place.clamp(0, signed(side) - 1) as usize;
    let lines = out
        .pixels_mut()
        .as_chunks_mut::<3>()
        .0
        .chunks_exact_mut(canvas[0] as usize);
    for (y, line) in (0..).zip(lines).take(filled[1] as usize) {
        let from = inside(y - at[1], picture.height()) * width;
        for (x, to) in (0..).zip(line).take(filled[0] as usize) {
            *to = source[from + inside(x - at[0], picture.width())];
        }
    }
    out
}

/// Sides of pictures are limited far below `i32::MAX` when they are decoded.
fn signed(side: u32) -> i32 {
    i32::try_from(side).unwrap_or(i32::MAX)
}
