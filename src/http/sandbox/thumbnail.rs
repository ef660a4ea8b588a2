//! Photos of the sandbox's people as its page shows them.

use std::io::Cursor;
use std::sync::Arc;

use actix_web::web;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, metadata::Orientation};
use tokio::sync::Semaphore;

/// Shown at 96 x 120 CSS pixels: twice that, for screens of two pixels to one.
const WIDTH: u32 = 192;
const HEIGHT: u32 = 240;
/// As much as an ID photo of 25 megapixels takes while it is read.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
const QUALITY: u8 = 82;
/// So many are read at once: a page asks for a dozen, and each may be large.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The photo as the page shows it, or as it is where it cannot be read.
pub(super) async fn shrunk(photo: Vec<u8>) -> Vec<u8> {
    let Ok(_turn) = AT_ONCE.acquire().await else { return photo };
    let shared = Arc::new(photo);
    let read = Arc::clone(&shared);
    let small = web::block(move || thumbnail(&read)).await.ok().flatten();
    small.unwrap_or_else(|| Arc::unwrap_or_clone(shared))
}

/// A JPEG that fills [`WIDTH`] x [`HEIGHT`], cut at the sides where the photo has another shape. `None` where it cannot be read.
fn thumbnail(photo: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(photo)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    let small = picture.resize_to_fill(WIDTH, HEIGHT, image::imageops::FilterType::Triangle).into_rgb8();
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&small).ok()?;
    Some(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};

    #[test]
    fn a_photo_comes_back_small_and_cut_in_the_middle() {
        // Red at the left third, green in the middle, blue at the right.
        let wide = RgbImage::from_fn(900, 300, |x, _| match x {
            0..300 => image::Rgb([255, 0, 0]),
            300..600 => image::Rgb([0, 255, 0]),
            _ => image::Rgb([0, 0, 255]),
        });
        let mut png = Vec::new();
        wide.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        let small =
            image::load_from_memory_with_format(&thumbnail(&png).unwrap(), ImageFormat::Jpeg).unwrap().into_rgb8();
        assert_eq!(small.dimensions(), (WIDTH, HEIGHT));
        for (x, y) in [(0, 0), (WIDTH / 2, HEIGHT / 2), (WIDTH - 1, HEIGHT - 1)] {
            let [red, green, blue] = small.get_pixel(x, y).0;
            assert!(green > 200 && red < 60 && blue < 60, "{x} {y}: {red} {green} {blue}");
        }
    }

    #[test]
    fn what_is_no_picture_has_none() {
        assert_eq!(thumbnail(b"no picture"), None);
        assert_eq!(thumbnail(b""), None);
    }
}
