//! Pictures as JPEG, and as the page's camera sends them.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::Picture;
use super::geometry::resize_linear;
use crate::vision::model::tensor::InferenceError;

/// The page scales a frame down to this shorter side, never up.
const SHORT_SIDE: u32 = 480;
/// The quality at which the page encodes.
const QUALITY: u8 = 88;

/// The picture as JPEG of a `quality` of 1 to 100, its colours at half the resolution (4:2:0), as browsers and phones write it.
///
/// # Errors
/// When a side is longer than 65,535 pixels.
pub fn jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, InferenceError> {
    let [Ok(width), Ok(height)] = [picture.width(), picture.height()].map(u16::try_from) else {
        return Err(InferenceError("a picture too large for JPEG".to_owned()));
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(picture.pixels(), width, height, ColorType::Rgb)
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
    use crate::vision::picture::decode::{DecodeLimits, decode};

    #[test]
    fn a_large_frame_is_scaled_by_its_shorter_side_and_a_small_one_stays() {
        for (size, sent) in [([1080, 1920], [480, 853]), ([640, 480], [640, 480]), ([300, 200], [300, 200])] {
            let frame = camera_frame(&Picture::black(size[0], size[1])).unwrap();
            let picture = decode(&frame, DecodeLimits::FRAME).unwrap();
            assert_eq!([picture.width(), picture.height()], sent);
        }
    }
}
