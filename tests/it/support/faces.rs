//! Faces for the tests: portraits out of pinned packages, brought to motion by the project itself.

use std::io::Cursor;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use image::{ImageFormat, Rgb, RgbImage, imageops};
use rastau::cli::demo::camera::{self, Studio};
use rastau::cli::demo::people::{ASTRONAUT, COLLEAGUE};
use rastau::workshop::actor::Actor;
use rastau::workshop::person::VirtualPlayer;
use rastau::workshop::scene::puppet::Puppet;

use super::app::models;

/// Someone whose portrait is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// The NASA portrait of Eileen Collins.
    Astronaut,
    /// A person of a group photo.
    Other,
}

/// What a camera sees of them: JPEG frames.
pub(crate) fn clip(who: Who) -> Vec<Vec<u8>> {
    static CLIPS: [OnceLock<Vec<Vec<u8>>>; 2] = [OnceLock::new(), OnceLock::new()];
    CLIPS[usize::from(who == Who::Other)].get_or_init(|| camera::clip(puppet(who).portrait()).unwrap()).clone()
}

/// The same as a video of so many frames: one JPEG after the other, 25 a second to who reads it.
pub(crate) fn video(who: Who, frames: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    puppet(who).portrait().write_clip(frames, 7, &mut bytes).unwrap();
    bytes
}

/// Their ID photo.
pub(crate) fn id_photo(who: Who) -> Vec<u8> {
    puppet(who).id_photo().unwrap()
}

/// The same clip by night.
pub(crate) fn dark_clip(who: Who) -> Vec<Vec<u8>> {
    let dim = |frame: Vec<u8>| {
        let mut picture = image::load_from_memory(&frame).unwrap().to_rgb8();
        picture.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|value| value / 12));
        jpeg(&picture)
    };
    clip(who).into_iter().take(1).map(dim).collect()
}

/// A picture turned clockwise by this many quarters.
pub(crate) fn turned(picture: &[u8], quarters: u32) -> Vec<u8> {
    let picture = image::load_from_memory(picture).unwrap().to_rgb8();
    jpeg(&match quarters % 4 {
        1 => imageops::rotate90(&picture),
        2 => imageops::rotate180(&picture),
        3 => imageops::rotate270(&picture),
        _ => picture,
    })
}

/// A camera that nobody sits before.
pub(crate) fn empty_room() -> Vec<u8> {
    jpeg(&RgbImage::from_fn(640, 480, |x, y| Rgb([(x / 4) as u8, (y / 3) as u8, 120])))
}

/// Two people before one camera.
pub(crate) fn two_people() -> Vec<u8> {
    let left = image::load_from_memory(&clip(Who::Astronaut)[0]).unwrap().to_rgb8();
    let right = image::load_from_memory(&clip(Who::Other)[0]).unwrap().to_rgb8();
    let mut both = RgbImage::new(640, 480);
    imageops::replace(&mut both, &imageops::crop_imm(&left, 160, 0, 320, 480).to_image(), 0, 0);
    imageops::replace(&mut both, &imageops::crop_imm(&right, 160, 0, 320, 480).to_image(), 320, 0);
    jpeg(&both)
}

/// The same person, drawn anew for each process.
pub(crate) fn puppet(who: Who) -> Arc<Puppet> {
    static STUDIO: OnceLock<Mutex<Studio>> = OnceLock::new();
    static PUPPETS: [OnceLock<Arc<Puppet>>; 2] = [OnceLock::new(), OnceLock::new()];
    let which = if who == Who::Astronaut { ASTRONAUT } else { COLLEAGUE };
    let made = || {
        let studio = STUDIO.get_or_init(|| Mutex::new(Studio::open(&models()).unwrap()));
        studio.lock().unwrap().puppet(which).unwrap()
    };
    PUPPETS[usize::from(who == Who::Other)].get_or_init(made).clone()
}

/// They themselves before the camera: they do what is asked of them. Each call is another session.
pub(crate) fn living(who: Who) -> Box<dyn Actor> {
    static SESSIONS: AtomicU64 = AtomicU64::new(1);
    Box::new(VirtualPlayer::new(puppet(who), SESSIONS.fetch_add(1, Ordering::SeqCst)))
}

/// A frame as in a mirror.
pub(crate) fn mirror(frame: &[u8]) -> Vec<u8> {
    jpeg(&imageops::flip_horizontal(&image::load_from_memory(frame).unwrap().to_rgb8()))
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}
