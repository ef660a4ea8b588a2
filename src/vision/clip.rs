//! Frames of a clip: GIF by `image`, everything else by the program `rastau-clip` beside this one. For measuring; the
//! service takes no clips.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder, Frames};

use super::picture::Picture;

/// The program that reads videos; it stands beside the running one, or one folder up from a test.
const READER: &str = "rastau-clip";
/// A frame larger than this is not taken, pixels.
const MAX_PIXELS: u64 = 4096 * 2304;

/// Why a clip cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// It is no clip that anything here reads, or none of its frames can be.
    #[error("it is no clip that can be read")]
    Format,
    /// Its frames are too large.
    #[error("its frames have more than 9 megapixels")]
    TooLarge,
    /// The program that reads videos does not start.
    #[error("{READER}, which reads videos, does not start: {0}")]
    Reader(String),
}

/// A clip being read, frame by frame.
pub struct Clip(Source);

enum Source {
    Gif { frames: Frames<'static>, at: Duration },
    Video { reader: Child, frames: BufReader<ChildStdout> },
}

impl Clip {
    /// Opens a clip.
    ///
    /// # Errors
    /// [`ClipError::Format`], [`ClipError::Reader`].
    pub fn open(path: &Path) -> Result<Self, ClipError> {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gif")) {
            let file = File::open(path).map_err(|_| ClipError::Format)?;
            let decoder = GifDecoder::new(BufReader::new(file)).map_err(|_| ClipError::Format)?;
            return Ok(Self(Source::Gif { frames: decoder.into_frames(), at: Duration::ZERO }));
        }
        let failed = |why: io::Error| ClipError::Reader(why.to_string());
        // A name that begins with a dash is no option.
        let path = path.canonicalize().map_err(|_| ClipError::Format)?;
        let mut command = Command::new(reader().map_err(failed)?);
        command.arg(path).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut reader = command.spawn().map_err(failed)?;
        let frames = reader.stdout.take().map(BufReader::new).ok_or_else(|| ClipError::Reader("no pipe".into()))?;
        Ok(Self(Source::Video { reader, frames }))
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
            Source::Video { frames, .. } => {
                let mut header = [[0; 4]; 3];
                if frames.read_exact(header.as_flattened_mut()).is_err() {
                    return Ok(None);
                }
                let [millis, width, height] = header.map(u32::from_le_bytes);
                check(width, height)?;
                let mut picture = Picture::black(width, height);
                let whole = frames.read_exact(picture.pixels_mut()).is_ok();
                Ok(whole.then(|| (Duration::from_millis(millis.into()), picture)))
            }
        }
    }
}

impl Drop for Clip {
    /// Nobody reads on: the reader ends, too.
    fn drop(&mut self) {
        if let Source::Video { reader, .. } = &mut self.0 {
            let _ = reader.kill();
            let _ = reader.wait();
        }
    }
}

fn check(width: u32, height: u32) -> Result<(), ClipError> {
    if u64::from(width) * u64::from(height) > MAX_PIXELS { Err(ClipError::TooLarge) } else { Ok(()) }
}

/// Where the program is.
fn reader() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let beside = own.ancestors().skip(1).take(2).map(|folder| folder.join(READER));
    beside
        .into_iter()
        .find(|file| file.is_file())
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("it is not beside {}", own.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::GifEncoder;
    use image::{Delay, Frame, Rgba, RgbaImage};

    #[test]
    fn a_gif_gives_its_frames_in_time_and_what_is_no_gif_is_refused() {
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
        let path = dir.path().join("broken.gif");
        std::fs::write(&path, b"not a clip").unwrap();
        assert_eq!(Clip::open(&path).err(), Some(ClipError::Format));
        assert_eq!(Clip::open(&dir.path().join("nowhere.mp4")).err(), Some(ClipError::Format));
    }
}
