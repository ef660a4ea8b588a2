//! The camera: exposure, the page's light on what it sees, the sensor's noise, JPEG.

use super::raster::Tone;
use crate::domain::face::liveness::challenge::Light;
use crate::vision::animate::AnimateError;
use crate::vision::picture::Picture;
use crate::vision::picture::encode::jpeg;
use crate::workshop::seeded_rng::SeededRng;

/// Standard deviation of the sensor's noise, levels of 255.
const NOISE: f32 = 2.0;
const QUALITY: u8 = 90;
/// Noise is drawn once; every row of every frame begins somewhere else in it.
const NOISE_DRAWN: usize = 1 << 16;
/// Levels of a picture to light: near enough to sRGB.
const GAMMA: f32 = 2.2;

/// The page's light, and how strong it is: what a whole channel of it adds to the light that is there already, on a
/// surface that looks at the page; .12 to .2 for a phone indoors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageLight {
    /// The colour.
    pub colour: Light,
    /// The share of it in the light.
    pub strength: f32,
}

/// How levels change by exposure (1 as in the photo) and the page's light.
pub fn tone(exposure: f32, light: Option<PageLight>) -> Tone {
    let added = light.map_or([0.0; 3], |light| {
        light.colour.rgb().map(|level| light.strength * (f32::from(level) / 255.0).powf(GAMMA))
    });
    Tone::new(|shade| added.map(|share| exposure * (1.0 + share * shade).powf(1.0 / GAMMA)))
}

/// A sensor of its own noise.
#[derive(Debug)]
pub struct Camera {
    noise: Vec<i8>,
    seed: u64,
}

impl Camera {
    /// The same seed gives the same noise at the same time.
    pub fn new(seed: u64) -> Self {
        let mut dice = SeededRng::new(seed, 0xCA);
        Self { noise: (0..NOISE_DRAWN).map(|_| (NOISE * dice.normal()).round() as i8).collect(), seed }
    }

    /// Adds the noise of this instant.
    pub fn expose(&self, frame: &mut Picture, millis: u64) {
        let mut dice = SeededRng::new(self.seed, millis ^ 0xF0_0D00);
        let row = frame.width() as usize * 3;
        let starts = NOISE_DRAWN.saturating_sub(row).max(1) as u64;
        for line in frame.pixels_mut().chunks_exact_mut(row) {
            let start = (dice.bits() % starts) as usize;
            for (level, noise) in line.iter_mut().zip(&self.noise[start..]) {
                *level = level.saturating_add_signed(*noise);
            }
        }
    }

    /// The frame as the page sends it.
    ///
    /// # Errors
    /// When the encoder fails.
    pub fn encode(frame: &Picture) -> Result<Vec<u8>, AnimateError> {
        Ok(jpeg(frame, QUALITY)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::animate::FRAME;
    use crate::vision::picture::decode::{DecodeLimits, decode};

    #[test]
    fn no_two_frames_have_the_same_noise_and_it_has_its_spread() {
        let camera = Camera::new(3);
        let grey = || Picture::from_pixels(FRAME[0], FRAME[1], vec![128; (FRAME[0] * FRAME[1] * 3) as usize]).unwrap();
        let mut frame = grey();
        camera.expose(&mut frame, 0);
        let variance = frame.pixels().iter().map(|level| (f32::from(*level) - 128.0).powi(2)).sum::<f32>()
            / frame.pixels().len() as f32;
        assert!((variance.sqrt() - NOISE).abs() < 0.1, "{variance}");
        let exposed = |millis| {
            let mut frame = grey();
            camera.expose(&mut frame, millis);
            Camera::encode(&frame).unwrap()
        };
        assert_eq!(exposed(0), exposed(0));
        assert_ne!(exposed(0), exposed(100));
        assert_eq!(decode(&exposed(0), DecodeLimits::FRAME).unwrap().width(), FRAME[0]);
    }
}
