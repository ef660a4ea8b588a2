//! Pictures as JPEG, and as the page's camera sends them.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::geometry::resize_linear;
use super::picture::Picture;
use super::tensor::InferenceError;

/// The page scales a frame down to this shorter side, never up.
const SHORT_SIDE: u32 = 480;
/// The quality at which the page encodes.
const QUALITY: u8 = 88;

/// The picture as JPEG of a `quality` of 1 to 100.
///
/// # Errors
/// When the encoder fails.
pub fn jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, InferenceError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode(picture.pixels(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .map_err(|error| InferenceError(error.to_string()))?;
    Ok(bytes)
}

/// The picture as the page sends a frame of its camera: scaled down to a shorter side of 480, JPEG.
///
/// # Errors
/// When OpenCV or the encoder fails.
pub fn camera_frame(picture: &Picture) -> Result<Vec<u8>, InferenceError> {
    let [width, height] = [picture.width(), picture.height()];
    let short = width.min(height);
    if short <= SHORT_SIDE {
        return jpeg(picture, QUALITY);
    }
    let scaled = |side: u32| (f64::from(side) * f64::from(SHORT_SIDE) / f64::from(short)).round() as u32;
    jpeg(&resize_linear(picture, scaled(width), scaled(height))?, QUALITY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::decode::{DecodeLimits, decode};

    #[test]
    fn a_large_frame_is_scaled_by_its_shorter_side_and_a_small_one_stays() {
        for (size, sent) in [([1080, 1920], [480, 853]), ([640, 480], [640, 480]), ([300, 200], [300, 200])] {
            let frame = camera_frame(&Picture::black(size[0], size[1])).unwrap();
            let picture = decode(&frame, DecodeLimits::FRAME).unwrap();
            assert_eq!([picture.width(), picture.height()], sent);
        }
    }
}
