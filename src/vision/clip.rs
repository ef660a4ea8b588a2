//! Frames of a clip: GIF by `image`, everything else by what OpenCV was built with. For measuring; the service takes
//! no clips.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder, Frames};
use opencv::core::{Mat, Vec3b};
use opencv::imgproc::{COLOR_BGR2RGB, cvt_color_def};
use opencv::prelude::*;
use opencv::videoio::{CAP_ANY, CAP_PROP_FPS, VideoCapture};

use super::picture::Picture;

/// What the frames of a clip without a rate are taken for, a second.
const USUAL_RATE: f64 = 25.0;
/// Rates beyond these are mistakes of the file.
const RATES: std::ops::RangeInclusive<f64> = 1.0..=240.0;
/// A frame larger than this is not taken, pixels.
const MOST_PIXELS: u64 = 4096 * 2304;

/// Why a clip cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// It is no clip that anything here reads.
    #[error("it is no clip that can be read")]
    Format,
    /// Its frames are too large.
    #[error("its frames have more than 9 megapixels")]
    TooLarge,
}

/// A clip being read, frame by frame.
pub struct Clip(Source);

enum Source {
    Gif { frames: Frames<'static>, at: Duration },
    Video { capture: VideoCapture, rate: f64, number: u32 },
}

impl Clip {
    /// Opens a clip.
    ///
    /// # Errors
    /// [`ClipError::Format`].
    pub fn open(path: &Path) -> Result<Self, ClipError> {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gif")) {
            let file = File::open(path).map_err(|_| ClipError::Format)?;
            let decoder = GifDecoder::new(BufReader::new(file)).map_err(|_| ClipError::Format)?;
            return Ok(Self(Source::Gif { frames: decoder.into_frames(), at: Duration::ZERO }));
        }
        let name = path.to_str().ok_or(ClipError::Format)?;
        let capture = VideoCapture::from_file(name, CAP_ANY).map_err(|_| ClipError::Format)?;
        if !capture.is_opened().unwrap_or(false) {
            return Err(ClipError::Format);
        }
        let rate = capture.get(CAP_PROP_FPS).ok().filter(|rate| RATES.contains(rate)).unwrap_or(USUAL_RATE);
        Ok(Self(Source::Video { capture, rate, number: 0 }))
    }

    /// The next frame and when it is shown; `None` at the end, and where the rest is damaged.
    ///
    /// # Errors
    /// [`ClipError::TooLarge`].
    pub fn next_frame(&mut self) -> Result<Option<(Duration, Picture)>, ClipError> {
        match &mut self.0 {
            Source::Gif { frames, at } => {
                let Some(Ok(frame)) = frames.next() else { return Ok(None) };
                let (shown, lasts) = (*at, Duration::from(frame.delay()));
                *at += lasts;
                let picture = image::DynamicImage::from(frame.into_buffer()).into_rgb8();
                let (width, height) = picture.dimensions();
                check(width, height)?;
                Ok(Picture::from_pixels(width, height, picture.into_raw()).map(|picture| (shown, picture)))
            }
            Source::Video { capture, rate, number } => {
                let mut frame = Mat::default();
                if !capture.read(&mut frame).unwrap_or(false) || frame.empty() {
                    return Ok(None);
                }
                let at = Duration::from_secs_f64(f64::from(*number) / *rate);
                *number = number.saturating_add(1);
                let [width, height] = [frame.cols(), frame.rows()].map(|side| u32::try_from(side).unwrap_or(0));
                check(width, height)?;
                Ok(rgb(&frame, width, height).map(|picture| (at, picture)))
            }
        }
    }
}

fn check(width: u32, height: u32) -> Result<(), ClipError> {
    if u64::from(width) * u64::from(height) > MOST_PIXELS { Err(ClipError::TooLarge) } else { Ok(()) }
}

fn rgb(frame: &Mat, width: u32, height: u32) -> Option<Picture> {
    let mut picture = Picture::black(width, height);
    let (rows, columns) = (frame.rows(), frame.cols());
    let mut to = Mat::new_rows_cols_with_bytes_mut::<Vec3b>(rows, columns, picture.pixels_mut()).ok()?;
    cvt_color_def(frame, &mut to, COLOR_BGR2RGB).ok()?;
    drop(to);
    Some(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::GifEncoder;
    use image::{Delay, Frame, Rgba, RgbaImage};

    #[test]
    fn a_gif_gives_its_frames_in_time_and_what_is_no_clip_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clip.GIF");
        let mut encoder = GifEncoder::new(File::create(&path).unwrap());
        for shade in [0, 255] {
            let picture = RgbaImage::from_pixel(8, 6, Rgba([shade, shade, shade, 255]));
            let delay = Delay::from_numer_denom_ms(200, 1);
            encoder.encode_frame(Frame::from_parts(picture, 0, 0, delay)).unwrap();
        }
        drop(encoder);
        let mut clip = Clip::open(&path).unwrap();
        for (millis, shade) in [(0, 0), (200, 255)] {
            let (at, picture) = clip.next_frame().unwrap().unwrap();
            assert_eq!((at, picture.rgb()[47]), (Duration::from_millis(millis), [shade; 3]));
        }
        assert!(clip.next_frame().unwrap().is_none());
        for name in ["broken.gif", "broken.mp4"] {
            let path = dir.path().join(name);
            std::fs::write(&path, b"not a clip").unwrap();
            assert_eq!(Clip::open(&path).err(), Some(ClipError::Format));
        }
        assert_eq!(Clip::open(&dir.path().join("nowhere.mp4")).err(), Some(ClipError::Format));
    }
}
