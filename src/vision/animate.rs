//! Brings a still portrait to motion, as a webcam would see that person: for the demonstration and for tests, which have
//! no camera. Every frame follows from the portrait, the frame's number and a seed alone.

use std::f64::consts::TAU;
use std::io::{self, Write};

use super::picture::Picture;
use crate::domain::face::detection::Face;
use crate::vision::model::tensor::InferenceError;
use crate::vision::picture::encode::jpeg;
use crate::vision::picture::geometry::{Area, crop, lay, resize, warp};

/// Width and height of a frame in pixels.
pub const FRAME: [u32; 2] = [640, 480];
/// Frames of one second.
pub const FRAMES_PER_SECOND: u32 = 10;
/// Width and height of an ID photo in pixels: 3 to 4, as on paper.
const ID_PHOTO: [u32; 2] = [480, 640];

/// Height of the face in a frame, pixels: near enough for detail, far enough for the surroundings that PAD needs.
const FACE_IN_FRAME: f32 = 165.0;
/// Height of the face in an ID photo, pixels.
const FACE_IN_PHOTO: f32 = 320.0;
/// What the canvas is wider than the frame on each side, so that drifting shows no edge.
pub const MARGIN: u32 = 48;
/// The drawn-out edge turns into a blurred wall over so many pixels.
const FEATHER: f32 = 32.0;
/// How coarse the blur of that wall is.
const BLUR: u32 = 24;
/// Standard deviation of the sensor's noise, levels of 255.
const NOISE: f32 = 2.0;
const QUALITY: u8 = 90;

/// Why nothing could be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnimateError {
    /// The face has no height, or there is no such face.
    #[error("there is no such face")]
    NoFace,
    /// OpenCV or the JPEG encoder failed.
    #[error(transparent)]
    Image(#[from] InferenceError),
}

/// A person in a photo, ready to be moved.
#[derive(Debug)]
pub struct Portrait {
    photo: Picture,
    face: Face,
    canvas: Picture,
}

impl Portrait {
    /// The person of `faces[which]` in `photo`; what shows the others is left away. `faces` are those of
    /// [`Examination::faces`](crate::domain::face::engine::Examination).
    ///
    /// # Errors
    /// [`AnimateError::NoFace`] when there is no such face.
    pub fn new(photo: &Picture, faces: &[Face], which: usize) -> Result<Self, AnimateError> {
        let face = faces.get(which).ok_or(AnimateError::NoFace)?;
        if face.bounds[3] < 1.0 {
            return Err(AnimateError::NoFace);
        }
        let others = faces.iter().enumerate().filter(|(place, _)| *place != which).map(|(_, other)| other);
        let area = alone(photo, face, others);
        let photo = crop(photo, area);
        let mut face = *face;
        let moved = |x: f32, y: f32| [x - area.x as f32, y - area.y as f32];
        let [x, y, width, height] = face.bounds;
        let [left, top] = moved(x, y);
        face.bounds = [left, top, width, height];
        face.points = face.points.map(|[x, y]| moved(x, y));
        let canvas = scene(&photo, &face, FACE_IN_FRAME, FRAME.map(|side| side + 2 * MARGIN), 0.46)?;
        Ok(Self { photo, face, canvas })
    }

    /// The person before their wall, nothing moved: [`FRAME`] and [`MARGIN`] pixels more on each side.
    pub fn scene(&self) -> &Picture {
        &self.canvas
    }

    /// The frame with this number, from 0, [`FRAME`] pixels: the head drifts, nears and tilts a little, the exposure
    /// wavers, the sensor adds noise.
    ///
    /// # Errors
    /// When OpenCV fails.
    pub fn render(&self, number: u32, seed: u64) -> Result<Picture, AnimateError> {
        let time = f64::from(number) / f64::from(FRAMES_PER_SECOND);
        let phase = (seed % 1000) as f64 / 1000.0;
        let wave = |period: f64, shift: f64| (TAU * (time / period + shift + phase)).sin();
        let zoom = 1.0 + 0.02 * wave(4.3, 0.1);
        let (sine, cosine) = (0.025 * wave(5.1, 0.3)).sin_cos();
        let (a, b) = (zoom * cosine, zoom * sine);
        let centre = FRAME.map(|side| f64::from(side) / 2.0);
        let from = centre.map(|half| half + f64::from(MARGIN));
        let drift = [7.0 * wave(3.7, 0.0) + 2.0 * wave(1.3, 0.6), 4.0 * wave(2.9, 0.4) + 1.5 * wave(1.1, 0.2)];
        let map = [
            [a, -b, centre[0] + drift[0] - a * from[0] + b * from[1]],
            [b, a, centre[1] + drift[1] - b * from[0] - a * from[1]],
        ];
        let mut frame = warp(&self.canvas, &map, FRAME[0], FRAME[1])?;
        let gain = (1.0 + 0.015 * wave(2.3, 0.8) + 0.004 * wave(0.31, 0.0)) as f32;
        let mut noise = Noise::new(seed ^ (u64::from(number) << 32));
        for value in frame.pixels_mut() {
            *value = (f32::from(*value) * gain + NOISE * noise.next()).round().clamp(0.0, 255.0) as u8;
        }
        Ok(frame)
    }

    /// [`Portrait::render`] as JPEG.
    ///
    /// # Errors
    /// When OpenCV or the encoder fails.
    pub fn frame(&self, number: u32, seed: u64) -> Result<Vec<u8>, AnimateError> {
        Ok(jpeg(&self.render(number, seed)?, QUALITY)?)
    }

    /// An ID photo of the same person, as JPEG: cut close, upright, in the tone of another camera.
    ///
    /// # Errors
    /// When OpenCV or the encoder fails.
    pub fn id_photo(&self) -> Result<Vec<u8>, AnimateError> {
        let mut photo = scene(&self.photo, &self.face, FACE_IN_PHOTO, ID_PHOTO, 0.47)?;
        for pixel in photo.pixels_mut().as_chunks_mut::<3>().0 {
            let [r, g, b] = pixel.map(f32::from);
            let grey = 0.299 * r + 0.587 * g + 0.114 * b;
            // A little paler, brighter in the middle tones, and cooler.
            let toned = [(r, 0.98), (g, 1.0), (b, 1.03)].map(|(value, tint)| {
                let pale = 0.8 * value + 0.2 * grey;
                255.0 * (pale / 255.0).powf(0.92) * tint
            });
            *pixel = toned.map(|value| value.round().clamp(0.0, 255.0) as u8);
        }
        Ok(jpeg(&photo, QUALITY)?)
    }

    /// Writes `frames` frames as Chromium's fake camera reads them (`--use-file-for-fake-video-capture=FILE.mjpeg`):
    /// one JPEG after the other.
    ///
    /// # Errors
    /// When a frame cannot be rendered or written.
    pub fn write_clip(&self, frames: u32, seed: u64, out: &mut impl Write) -> io::Result<()> {
        for number in 0..frames {
            let frame = self.frame(number, seed).map_err(io::Error::other)?;
            out.write_all(&frame)?;
        }
        out.flush()
    }
}

/// The part of a photo that shows one person: cut between the face and each neighbour.
fn alone<'a>(photo: &Picture, face: &Face, others: impl Iterator<Item = &'a Face>) -> Area {
    let [x, y, width, height] = face.bounds;
    let (mut left, mut right) = (0.0_f32, photo.width() as f32);
    let (mut top, mut bottom) = (0.0_f32, photo.height() as f32);
    for other in others {
        let [other_x, other_y, other_width, other_height] = other.bounds;
        // Hair and ears stand out of a face's box.
        let (wide, tall) = (0.2 * other_width, 0.3 * other_height);
        if other_x >= x + width {
            right = right.min((other_x - wide).max(x + width));
        } else if other_x + other_width <= x {
            left = left.max((other_x + other_width + wide).min(x));
        } else if other_y >= y + height {
            bottom = bottom.min((other_y - tall).max(y + height));
        } else {
            top = top.max((other_y + other_height).min(y));
        }
    }
    Area { x: left as u32, y: top as u32, width: (right - left) as u32, height: (bottom - top) as u32 }
}

/// The photo with its face `face_height` pixels high in the middle, `level` of the way down; where the photo ends, its
/// edge goes over into a blurred wall.
fn scene(photo: &Picture, face: &Face, face_height: f32, size: [u32; 2], level: f32) -> Result<Picture, AnimateError> {
    let [x, y, width, height] = face.bounds;
    let scale = face_height / height;
    let sides = [photo.width(), photo.height()].map(|side| ((side as f32 * scale).round() as u32).max(1));
    let small = resize(photo, sides[0], sides[1])?;
    let at = [
        (size[0] as f32 * 0.5 - (x + width / 2.0) * scale).round() as i32,
        (size[1] as f32 * level - (y + height / 2.0) * scale).round() as i32,
    ];
    let mut canvas = lay(&small, size, at, size);
    let coarse = resize(&canvas, size[0].div_ceil(BLUR), size[1].div_ceil(BLUR))?;
    let wall = resize(&coarse, size[0], size[1])?;
    let outside = |place: usize, at: i32, side: u32| {
        let place = place as f32 - at as f32;
        (-place).max(place - side as f32 + 1.0).max(0.0)
    };
    let row = size[0] as usize;
    let places = canvas.pixels_mut().as_chunks_mut::<3>().0;
    for (index, (pixel, blurred)) in places.iter_mut().zip(wall.rgb()).enumerate() {
        let away = outside(index % row, at[0], sides[0]).hypot(outside(index / row, at[1], sides[1]));
        let share = (away / FEATHER).min(1.0);
        for (value, blurred) in pixel.iter_mut().zip(blurred) {
            *value = (f32::from(*value) * (1.0 - share) + f32::from(*blurred) * share).round() as u8;
        }
    }
    Ok(canvas)
}

/// Noise of a sensor: nothing secret hangs on it (SplitMix64, Steele et al., 2014).
struct Noise(u64);

impl Noise {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// About normal, mean 0, standard deviation 1: four uniform 16-bit numbers, summed.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        let sum: u32 = (0..4).map(|part| ((bits >> (16 * part)) & 0xFFFF) as u32).sum();
        (sum as f32 / 65_536.0 - 2.0) * 3.0_f32.sqrt()
    }
}

#[cfg(test)]
mod tests;
