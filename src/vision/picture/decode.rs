//! Untrusted JPEG, PNG, WebP and JPEG 2000 become an upright [`Picture`]; size is judged by the header, before memory is taken.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::Picture;
use super::wiped::Wiped;
use crate::domain::reason::ReasonCode;

mod jpeg;
mod jpeg2000;
mod png;
mod webp;

/// How large a picture may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Pixels of the picture.
    pub pixels: u64,
    /// Pixels of its longer side.
    pub side: u32,
    /// Whether it may be JPEG 2000, which takes many times as long.
    pub jpeg2000: bool,
}

impl DecodeLimits {
    /// A photo from a phone or a register: 10 MiB, 25 megapixels.
    pub const PHOTO: Self = Self { bytes: 10 << 20, pixels: 25_000_000, side: 8192, jpeg2000: true };
    /// A camera frame as the capture protocol allows it: 512 KiB, 1920 x 1080 in either direction.
    pub const FRAME: Self = Self { bytes: 512 << 10, pixels: 1920 * 1080, side: 1920, jpeg2000: false };
}

/// Decodes an untrusted picture and turns it upright by its EXIF orientation; all other metadata is dropped.
/// Transparent pixels are laid on white, as a reader would see them; of an animation the first frame counts.
///
/// # Errors
/// [`ReasonCode::PictureEmpty`], [`ReasonCode::PictureTooManyBytes`], [`ReasonCode::PictureTooManyPixels`],
/// [`ReasonCode::PictureDamaged`], or what the picture is that is not read: [`ReasonCode::PictureFormat`],
/// [`ReasonCode::PictureHeic`], [`ReasonCode::PictureJpegKind`] or [`ReasonCode::PicturePngKind`].
pub fn decode(bytes: &[u8], limits: DecodeLimits) -> Result<Picture, ReasonCode> {
    if bytes.is_empty() {
        return Err(ReasonCode::PictureEmpty);
    }
    if bytes.len() > limits.bytes {
        return Err(ReasonCode::PictureTooManyBytes);
    }
    if is_heic(bytes) {
        return Err(ReasonCode::PictureHeic);
    }
    if limits.jpeg2000 && jpeg2000::is(bytes) {
        return jpeg2000::decode(bytes, limits);
    }
    let format = image::guess_format(bytes).map_err(|_| ReasonCode::PictureFormat)?;
    let fit = match format {
        ImageFormat::Jpeg => fit_jpeg(bytes, limits)?,
        ImageFormat::Png => Fit { mended: png::closed(bytes)?, orientation: None },
        ImageFormat::WebP if !webp::is_whole(bytes) => return Err(ReasonCode::PictureDamaged),
        ImageFormat::WebP => Fit { mended: webp::with_true_flags(bytes), orientation: None },
        _ => return Err(ReasonCode::PictureFormat),
    };
    read(fit.mended.as_deref().unwrap_or(bytes), format, fit.orientation, limits)
}

/// What is given to the decoder.
struct Fit {
    /// A copy that it takes, where it does not take the file as it is.
    mended: Option<Wiped<u8>>,
    /// The orientation, where it is known already.
    orientation: Option<Orientation>,
}

/// A JPEG that was found whole, with the end marker where it has none.
fn fit_jpeg(bytes: &[u8], limits: DecodeLimits) -> Result<Fit, ReasonCode> {
    let jpeg = jpeg::examine(bytes, limits)?;
    let mended = jpeg.unended.map(|end| Wiped::new([&bytes[..end], &[0xFF, 0xD9]].concat()));
    Ok(Fit { mended, orientation: Some(jpeg.orientation) })
}

fn read(
    bytes: &[u8],
    format: ImageFormat,
    orientation: Option<Orientation>,
    limits: DecodeLimits,
) -> Result<Picture, ReasonCode> {
    let refused = |error: ImageError| refusal(format, &error);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(reader_limits(limits));
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(ReasonCode::PictureTooManyPixels);
    }
    // Damaged metadata is no reason to refuse the picture: it is dropped anyway.
    let orientation = orientation.unwrap_or_else(|| decoder.orientation().unwrap_or(Orientation::NoTransforms));
    let colour = decoder.color_type();
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| ReasonCode::PictureTooManyPixels)?;
    let mut raw = Wiped::new(vec![0_u8; size]);
    decoder.read_image(&mut raw).map_err(refused)?;
    if colour == ColorType::Rgb8 && orientation == Orientation::NoTransforms {
        return Picture::from_pixels(width, height, raw).ok_or(ReasonCode::PictureDamaged);
    }
    upright_rgb(&raw, colour, width, height, orientation)
}

/// Whether it is HEIC or HEIF, as phones save photos (ISO/IEC 23008-12, clause 10).
fn is_heic(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 8] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

fn reader_limits(limits: DecodeLimits) -> image::Limits {
    let mut held = image::Limits::default();
    held.max_image_width = Some(limits.side);
    held.max_image_height = Some(limits.side);
    // Four channels of 16 bits, and half of that again for the decoder itself.
    held.max_alloc = Some(limits.pixels * 12);
    held
}

fn refusal(format: ImageFormat, error: &ImageError) -> ReasonCode {
    match (error, format) {
        (ImageError::Limits(_), _) => ReasonCode::PictureTooManyPixels,
        // It was found whole before: what the decoder does not take is its kind.
        (_, ImageFormat::Jpeg) => ReasonCode::PictureJpegKind,
        (ImageError::Unsupported(_), _) => ReasonCode::PictureFormat,
        _ => ReasonCode::PictureDamaged,
    }
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
