//! The frames of a file, as the page would send them.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use crate::domain::reason::ReasonCode;
use crate::messages::{Locale, message};
use crate::vision::clip::Clip;
use crate::vision::picture::Picture;
use crate::vision::picture::decode::{DecodeLimits, decode};
use crate::vision::picture::encode::camera_frame;

/// A capture's camera sends no more a second.
const SPACING: Duration = Duration::from_millis(100);
/// As many frames as a capture of 12 s has: of a longer clip fewer a second are taken.
const MAX_FRAMES: usize = 120;
/// Files that are pictures by their names; everything else is a clip.
const PICTURES: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// A stable code and a sentence.
pub(in crate::cli::evaluate) type Unread = (&'static str, String);

/// Reads a picture or a clip: JPEG, PNG or WebP bytes that the engine takes. Blocks.
pub(in crate::cli::evaluate) fn read(path: &Path) -> Result<Vec<Vec<u8>>, Unread> {
    match path.metadata() {
        Ok(about) if !about.is_file() => return Err(("file_unreadable", "it is not a file".to_owned())),
        Ok(_) => {}
        Err(why) if why.kind() == ErrorKind::NotFound => {
            return Err(("file_missing", "there is no such file".to_owned()));
        }
        Err(why) => return Err(("file_unreadable", why.to_string())),
    }
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if PICTURES.contains(&extension.as_str()) { picture(path).map(|frame| vec![frame]) } else { clip(path) }
}

/// A picture that the service would take as a frame stays as it is.
fn picture(path: &Path) -> Result<Vec<u8>, Unread> {
    let told = |reason: ReasonCode| (reason.code(), message(reason.code(), Locale::En).title);
    let size = path.metadata().map_or(u64::MAX, |about| about.len());
    if size > DecodeLimits::PHOTO.bytes as u64 {
        return Err(told(ReasonCode::PictureTooManyBytes));
    }
    let bytes = std::fs::read(path).map_err(|why| ("file_unreadable", why.to_string()))?;
    match decode(&bytes, DecodeLimits::FRAME) {
        Ok(_) => Ok(bytes),
        Err(ReasonCode::PictureTooManyBytes | ReasonCode::PictureTooManyPixels) => {
            sent(&decode(&bytes, DecodeLimits::PHOTO).map_err(told)?)
        }
        Err(reason) => Err(told(reason)),
    }
}

/// The first `seconds` of a film: milliseconds from its beginning, and the JPEG, ten a second or as many as it has. Blocks.
pub(in crate::cli::evaluate) fn film(path: &Path, seconds: u32) -> Result<Vec<(u64, Vec<u8>)>, Unread> {
    let unread = |why: crate::vision::clip::ClipError| ("clip_unreadable", why.to_string());
    if !path.exists() {
        return Err(("file_missing", "there is no such file".to_owned()));
    }
    let mut clip = Clip::open(path).map_err(unread)?;
    let (mut frames, mut due) = (Vec::new(), Duration::ZERO);
    while let Some((at, frame)) = clip.next_frame().map_err(unread)? {
        if at > Duration::from_secs(seconds.into()) {
            break;
        }
        if at < due {
            continue;
        }
        due = (due + SPACING).max(at + SPACING / 2);
        frames.push((u64::try_from(at.as_millis()).unwrap_or(u64::MAX), sent(&frame)?));
    }
    if frames.is_empty() { Err(("clip_unreadable", "it has no frame".to_owned())) } else { Ok(frames) }
}

fn clip(path: &Path) -> Result<Vec<Vec<u8>>, Unread> {
    let unread = |why: crate::vision::clip::ClipError| ("clip_unreadable", why.to_string());
    let mut clip = Clip::open(path).map_err(unread)?;
    let mut frames = Vec::new();
    let (mut due, mut spacing) = (Duration::ZERO, SPACING);
    while let Some((at, frame)) = clip.next_frame().map_err(unread)? {
        if at < due {
            continue;
        }
        frames.push(sent(&frame)?);
        due += spacing;
        if frames.len() > MAX_FRAMES {
            thin(&mut frames);
            spacing *= 2;
            due = spacing * frames.len() as u32;
        }
    }
    if frames.is_empty() { Err(("clip_unreadable", "it has no frame".to_owned())) } else { Ok(frames) }
}

/// Keeps every other one, so that they stay even over the whole length.
fn thin<T>(frames: &mut Vec<T>) {
    let mut place = 0;
    frames.retain(|_| {
        place += 1;
        place % 2 == 1
    });
}

fn sent(picture: &Picture) -> Result<Vec<u8>, Unread> {
    camera_frame(picture).map_err(|why| ("engine_failed", why.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::GifEncoder;
    use image::{Delay, Frame, RgbaImage};

    /// A GIF of `frames` frames, ten a second.
    fn gif(frames: u32) -> tempfile::NamedTempFile {
        let file = tempfile::Builder::new().suffix(".gif").tempfile().unwrap();
        let mut encoder = GifEncoder::new_with_speed(file.reopen().unwrap(), 30);
        for _ in 0..frames {
            let delay = Delay::from_numer_denom_ms(100, 1);
            encoder.encode_frame(Frame::from_parts(RgbaImage::new(16, 16), 0, 0, delay)).unwrap();
        }
        drop(encoder);
        file
    }

    #[test]
    fn a_long_clip_is_taken_over_its_whole_length() {
        assert_eq!(read(gif(7).path()).unwrap().len(), 7);
        assert_eq!(read(gif(120).path()).unwrap().len(), 120);
        // At 121 every other one goes: 61 stay, and every other one of the rest follows.
        assert_eq!(read(gif(300).path()).unwrap().len(), 75);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let code = |name: &str| read(&dir.path().join(name)).unwrap_err().0;
        std::fs::write(dir.path().join("a.jpg"), b"no picture").unwrap();
        std::fs::create_dir(dir.path().join("b.mp4")).unwrap();
        assert_eq!(code("nowhere.mp4"), "file_missing");
        assert_eq!(code("b.mp4"), "file_unreadable");
        assert_eq!(code("a.jpg"), "picture_format");
    }

    #[test]
    fn a_photo_too_large_for_a_frame_is_scaled_and_a_frame_stays() {
        let dir = tempfile::tempdir().unwrap();
        let written = |width: u32, height: u32| {
            let path = dir.path().join(format!("{width}.png"));
            image::RgbImage::new(width, height).save(&path).unwrap();
            let frame = read(&path).unwrap().swap_remove(0);
            (frame == std::fs::read(&path).unwrap(), image::load_from_memory(&frame).unwrap().to_rgb8().dimensions())
        };
        assert_eq!(written(640, 480), (true, (640, 480)));
        assert_eq!(written(2400, 3200), (false, (480, 640)));
    }
}
