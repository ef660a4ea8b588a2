//! JPEG 2000 (ITU-T T.800), in which the chips of passports hold the portrait (ICAO Doc 9303-10, DG2; ISO/IEC 19794-5).
//!
//! A file of this format may ask for far more memory and time than its size and its pixels tell, so only what a portrait
//! needs is read: few pixels, few bytes, at most four components.

use hayro_jpeg2000::error::{FormatError, MarkerError, ValidationError};
use hayro_jpeg2000::{ColorSpace, DecodeError, DecodeSettings, DecoderContext, Image};
use image::ColorType;
use image::metadata::Orientation;

use super::super::wiped::Wiped;
use super::{DecodeLimits, upright_rgb};
use crate::domain::reason::ReasonCode;
use crate::vision::picture::Picture;

/// The signature box of a file.
const FILE: &[u8] = b"\0\0\0\x0CjP  ";
/// The first two markers of a codestream, alone or inside a file.
const CODESTREAM: &[u8] = b"\xFF\x4F\xFF\x51";
/// Where behind those the number of components stands.
const COMPONENTS: usize = 40;
/// Colours and transparency.
const MAX_COMPONENTS: u16 = 4;
/// Bytes: a portrait of a chip has some 20 KiB, and decoding takes a third of a second for each MiB.
const MAX_BYTES: usize = 1 << 20;
/// Pixels, at most: a portrait of a chip has some 200,000. A hostile file of this size takes 330 MB (measured).
const MAX_PIXELS: u64 = 500_000;

/// Whether it begins as one.
pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(FILE) || bytes.starts_with(CODESTREAM)
}

/// Decodes one.
///
/// # Errors
/// [`ReasonCode::PictureTooManyBytes`], [`ReasonCode::PictureTooManyPixels`], [`ReasonCode::PictureFormat`] for what
/// the decoder does not know, or [`ReasonCode::PictureDamaged`].
pub(super) fn decode(bytes: &[u8], limits: DecodeLimits) -> Result<Picture, ReasonCode> {
    if bytes.len() > MAX_BYTES {
        return Err(ReasonCode::PictureTooManyBytes);
    }
    if !has_few_components(bytes) {
        return Err(ReasonCode::PictureFormat);
    }
    // What is cut off is not filled in.
    let settings = DecodeSettings { strict: true, ..DecodeSettings::default() };
    let image = Image::new(bytes, &settings).map_err(refusal)?;
    let (width, height) = (image.width(), image.height());
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.pixels.min(MAX_PIXELS) || width.max(height) > limits.side {
        return Err(ReasonCode::PictureTooManyPixels);
    }
    let channels = match image.color_space() {
        ColorSpace::Gray => 1,
        ColorSpace::RGB => 3,
        ColorSpace::Icc { num_channels, .. } => *num_channels,
        ColorSpace::CMYK | ColorSpace::Unknown { .. } => return Err(ReasonCode::PictureFormat),
    };
    let colour = match (channels, image.has_alpha()) {
        (1, false) => ColorType::L8,
        (1, true) => ColorType::La8,
        (3, false) => ColorType::Rgb8,
        (3, true) => ColorType::Rgba8,
        _ => return Err(ReasonCode::PictureFormat),
    };
    let mut context = DecoderContext::default();
    let raw = Wiped::new(image.decode(&mut context).map_err(refusal)?.data_u8());
    if raw.len() as u64 != pixels * u64::from(colour.bytes_per_pixel()) {
        return Err(ReasonCode::PictureDamaged);
    }
    upright_rgb(&raw, colour, width, height, Orientation::NoTransforms)
}

/// Whether every codestream that the decoder could come upon has few components: it would set memory aside for each.
fn has_few_components(bytes: &[u8]) -> bool {
    let found = bytes.windows(CODESTREAM.len()).enumerate().filter(|(_, four)| *four == CODESTREAM);
    // One that ends before its count is not decoded at all.
    let counts = found.filter_map(|(place, _)| bytes.get(place + COMPONENTS..)?.first_chunk().copied());
    counts.map(u16::from_be_bytes).all(|count| (1..=MAX_COMPONENTS).contains(&count))
}

fn refusal(error: DecodeError) -> ReasonCode {
    match error {
        DecodeError::Format(FormatError::Unsupported) | DecodeError::Marker(MarkerError::Unsupported) => {
            ReasonCode::PictureFormat
        }
        DecodeError::Validation(ValidationError::ImageTooLarge) => ReasonCode::PictureTooManyPixels,
        _ => ReasonCode::PictureDamaged,
    }
}
