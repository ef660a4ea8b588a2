//! Untrusted JPEG, PNG and WebP become an upright [`Picture`]; size is judged by the header, before memory is taken.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::picture::Picture;
use super::wiped::Wiped;
use crate::domain::reason::ReasonCode;

/// How large a picture may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Pixels of the picture.
    pub pixels: u64,
    /// Pixels of its longer side.
    pub side: u32,
}

impl DecodeLimits {
    /// A photo from a phone or a register: 10 MiB, 25 megapixels.
    pub const PHOTO: Self = Self { bytes: 10 << 20, pixels: 25_000_000, side: 8192 };
    /// A camera frame as the capture protocol allows it: 512 KiB, 1920 x 1080 in either direction.
    pub const FRAME: Self = Self { bytes: 512 << 10, pixels: 1920 * 1080, side: 1920 };
}

/// Decodes an untrusted picture and turns it upright by its EXIF orientation; all other metadata is dropped.
/// Transparent pixels are laid on white, as a reader would see them; of an animation the first frame counts.
///
/// # Errors
/// [`ReasonCode::PictureEmpty`], [`ReasonCode::PictureTooManyBytes`], [`ReasonCode::PictureFormat`],
/// [`ReasonCode::PictureTooManyPixels`] or [`ReasonCode::PictureDamaged`].
pub fn decode(bytes: &[u8], limits: DecodeLimits) -> Result<Picture, ReasonCode> {
    if bytes.is_empty() {
        return Err(ReasonCode::PictureEmpty);
    }
    if bytes.len() > limits.bytes {
        return Err(ReasonCode::PictureTooManyBytes);
    }
    let format = image::guess_format(bytes).map_err(|_| ReasonCode::PictureFormat)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(ReasonCode::PictureFormat);
    }
    // The decoders fill in what is missing at the end instead of failing.
    let whole = match format {
        ImageFormat::Jpeg => jpeg_is_whole(bytes),
        ImageFormat::WebP => webp_is_whole(bytes),
        _ => true,
    };
    if !whole {
        return Err(ReasonCode::PictureDamaged);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(reader_limits(limits));
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(ReasonCode::PictureTooManyPixels);
    }
    // Damaged metadata is no reason to refuse the picture: it is dropped anyway.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let colour = decoder.color_type();
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| ReasonCode::PictureTooManyPixels)?;
    let mut raw = Wiped::new(vec![0_u8; size]);
    decoder.read_image(&mut raw).map_err(|error| refusal(&error))?;
    if colour == ColorType::Rgb8 && orientation == Orientation::NoTransforms {
        return Picture::from_pixels(width, height, raw).ok_or(ReasonCode::PictureDamaged);
    }
    upright_rgb(&raw, colour, width, height, orientation)
}

fn reader_limits(limits: DecodeLimits) -> image::Limits {
    let mut held = image::Limits::default();
    held.max_image_width = Some(limits.side);
    held.max_image_height = Some(limits.side);
    // Four channels of 16 bits, and half of that again for the decoder itself.
    held.max_alloc = Some(limits.pixels * 12);
    held
}

fn refusal(error: &ImageError) -> ReasonCode {
    match error {
        ImageError::Limits(_) => ReasonCode::PictureTooManyPixels,
        ImageError::Unsupported(_) => ReasonCode::PictureFormat,
        _ => ReasonCode::PictureDamaged,
    }
}

/// Whether the markers of a JPEG run on to its end marker (ITU-T T.81 section B.1.1).
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    const END_OF_IMAGE: u8 = 0xD9;
    let mut place = 2;
    loop {
        // In a scan 0xFF is followed by 0 or a restart marker; anything else ends it.
        let Some(marker) = bytes.get(place..).and_then(|rest| {
            rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0x01 | 0xD0..=0xD7 | 0xFF))
        }) else {
            return false;
        };
        place += marker;
        if bytes[place + 1] == END_OF_IMAGE {
            return true;
        }
        let Some([high, low]) = bytes.get(place + 2..place + 4) else {
            return false;
        };
        place += 2 + usize::from(u16::from_be_bytes([*high, *low]));
    }
}

/// Whether a WebP is as long as its RIFF header says.
fn webp_is_whole(bytes: &[u8]) -> bool {
    let size = bytes.get(4..8).and_then(|size| size.try_into().ok());
    size.is_some_and(|size| u64::from(u32::from_le_bytes(size)) + 8 <= bytes.len() as u64)
}

fn upright_rgb(
    raw: &[u8],
    colour: ColorType,
    width: u32,
    height: u32,
    orientation: Orientation,
) -> Result<Picture, ReasonCode> {
    let read: fn(&[u8]) -> [u8; 3] = match colour {
        ColorType::L8 => |p| [p[0]; 3],
        ColorType::La8 => |p| on_white([p[0]; 3], p[1]),
        ColorType::Rgb8 => |p| [p[0], p[1], p[2]],
        ColorType::Rgba8 => |p| on_white([p[0], p[1], p[2]], p[3]),
        ColorType::L16 => |p| [high(p, 0); 3],
        ColorType::La16 => |p| on_white([high(p, 0); 3], high(p, 1)),
        ColorType::Rgb16 => |p| [high(p, 0), high(p, 1), high(p, 2)],
        ColorType::Rgba16 => |p| on_white([high(p, 0), high(p, 1), high(p, 2)], high(p, 3)),
        _ => return Err(ReasonCode::PictureFormat),
    };
    let turned = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let (w, h) = (width as usize, height as usize);
    let (out_width, out_height) = if turned { (height, width) } else { (width, height) };
    if w == 0 || h == 0 {
        return Err(ReasonCode::PictureDamaged);
    }
    let mut picture = Picture::black(out_width, out_height);
    let places = picture.pixels_mut().as_chunks_mut::<3>().0;
    for (index, pixel) in raw.chunks_exact(usize::from(colour.bytes_per_pixel())).enumerate() {
        let (x, y) = (index % w, index / w);
        let (to_x, to_y) = match orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (w - 1 - x, y),
            Orientation::Rotate180 => (w - 1 - x, h - 1 - y),
            Orientation::FlipVertical => (x, h - 1 - y),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (h - 1 - y, x),
            Orientation::Rotate270FlipH => (h - 1 - y, w - 1 - x),
            Orientation::Rotate270 => (y, w - 1 - x),
        };
        places[to_y * out_width as usize + to_x] = read(pixel);
    }
    Ok(picture)
}

/// The upper byte of a 16-bit channel in the machine's byte order.
fn high(pixel: &[u8], channel: usize) -> u8 {
    (u16::from_ne_bytes([pixel[channel * 2], pixel[channel * 2 + 1]]) >> 8) as u8
}

fn on_white(rgb: [u8; 3], alpha: u8) -> [u8; 3] {
    let alpha = u32::from(alpha);
    rgb.map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha)) / 255) as u8)
}

#[cfg(test)]
mod tests;
