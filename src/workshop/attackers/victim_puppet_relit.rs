//! The puppet of the victim, made to look filmed: the room's light falls anew on a head that turns, the photo's own noise is
//! taken out and a sensor's put on every frame, eyes shine in the page's colours, and the camera is held by hand.

use std::f32::consts::TAU;
use std::sync::Arc;

use super::super::actor::{Actor, Shown};
use super::super::motion::Sway;
use super::super::reaction::{Reactions, follow};
use super::super::seeded_rng::SeededRng;
use crate::vision::animate::{AnimateError, FRAME};
use crate::vision::picture::Picture;
use crate::vision::picture::geometry::{Affine, warp_extended};
use crate::workshop::scene::camera::{Camera, PageLight, tone};
use crate::workshop::scene::page_light::Lighting;
use crate::workshop::scene::pose::Pose;
use crate::workshop::scene::puppet::{Puppet, Stage};

/// Two colours nearer than this are one surface whose difference is noise, levels.
const NOISE_RANGE: f32 = 14.0;
/// Standard deviation of the sensor's noise in the dark and what light adds, levels.
const DARK_NOISE: f32 = 1.1;
const LIGHT_NOISE: f32 = 2.4;
/// How far a hand moves the camera: pixels, and degrees of roll.
const HAND: f32 = 5.0;
const HAND_ROLL: f32 = 0.45;
/// Radius of the light in an eye, in widths of the eye, and how bright it is.
const SHINE: f32 = 0.055;
const SHINE_LEVEL: f32 = 120.0;

/// The puppet, its room and the camera before it.
#[derive(Debug)]
pub(super) struct VictimPuppetRelit {
    puppet: Arc<Puppet>,
    stage: Stage,
    sway: Sway,
    reactions: Reactions,
    lighting: Lighting,
    phase: f32,
    seed: u64,
}

impl VictimPuppetRelit {
    pub(super) fn new(puppet: Arc<Puppet>, seed: u64) -> Self {
        let mut dice = SeededRng::new(seed, 0x7E);
        // A lamp above and to one side, before the face.
        let side = if dice.coin() { 1.0 } else { -1.0 } * dice.within(0.25..=0.6);
        let towards = [side, -dice.within(0.35..=0.6), -0.75];
        let length = towards.iter().map(|part| part * part).sum::<f32>().sqrt();
        let mut stage = Stage::default();
        stage.room = Some(towards.map(|part| part / length));
        stage.texture = Some(without_noise(puppet.portrait().scene()));
        Self {
            puppet,
            stage,
            sway: Sway::new(seed),
            reactions: Reactions::new(seed),
            lighting: Lighting::new(seed),
            phase: dice.share(),
            seed,
        }
    }

    /// How the hand holds the camera: a slow drift, and a tremble over it.
    fn hand(&self, millis: u64) -> ([f32; 2], f32) {
        let wave = |period: f32, shift: f32| (TAU * (millis as f32 / 1_000.0 / period + self.phase + shift)).sin();
        let across = 0.8 * wave(5.3, 0.1) + 0.35 * wave(1.9, 0.4) + 0.12 * wave(0.31, 0.2);
        let down = 0.7 * wave(4.1, 0.7) + 0.3 * wave(1.6, 0.0) + 0.12 * wave(0.27, 0.5);
        ([HAND * across, HAND * down], HAND_ROLL * (wave(6.7, 0.3) + 0.2 * wave(0.9, 0.6)))
    }
}

impl Actor for VictimPuppetRelit {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let light = self.lighting.now(shown);
        let tone = tone(self.sway.exposure(shown.millis), light);
        let ([across, down], roll) = self.hand(shown.millis);
        let pose = self.sway.pose(shown.millis) + self.reactions.pose(shown, follow);
        let pose = pose + Pose { camera: [across, down], ..Pose::default() };
        self.puppet.draw(&pose, &tone, &mut self.stage);
        if pose.lids < 0.5 {
            for (eye, width) in self.stage.eyes() {
                shine(self.stage.raster.picture_mut(), eye, width, light);
            }
        }
        let mut frame = warp_extended(self.stage.raster.picture(), &turned(roll), FRAME[0], FRAME[1])?;
        expose(&mut frame, SeededRng::new(self.seed, shown.millis ^ 0x6A_4100));
        Camera::encode(&frame)
    }
}

/// A turn about the frame's middle.
fn turned(degrees: f32) -> Affine {
    let (sine, cosine) = f64::from(degrees).to_radians().sin_cos();
    let [x, y] = FRAME.map(|side| f64::from(side) / 2.0);
    [[cosine, -sine, x - cosine * x + sine * y], [sine, cosine, y - sine * x - cosine * y]]
}

/// The window or screen before the person, seen in an eye.
fn shine(frame: &mut Picture, [x, y]: [f32; 2], width: f32, light: Option<PageLight>) {
    let radius = (SHINE * width).max(0.8);
    let colour = light.map_or([1.0; 3], |light| light.colour.rgb().map(|level| f32::from(level) / 255.0));
    let (x, y) = (x + 0.05 * width, y - 0.06 * width);
    let row = frame.width() as usize;
    let within = |middle: f32, side: u32| {
        let end = |place: f32| place.clamp(0.0, side as f32) as usize;
        end(middle - 3.0 * radius)..end(middle + 3.0 * radius + 1.0)
    };
    for line in within(y, FRAME[1]) {
        for column in within(x, FRAME[0]) {
            let away = ((column as f32 - x).powi(2) + (line as f32 - y).powi(2)) / radius.powi(2);
            let place = (line * row + column) * 3;
            for (level, tint) in frame.pixels_mut()[place..place + 3].iter_mut().zip(colour) {
                *level = level.saturating_add((SHINE_LEVEL * tint * (-away).exp()) as u8);
            }
        }
    }
}

/// Means over neighbours of about the same colour: edges stay, the noise of the photo goes.
fn without_noise(photo: &Picture) -> Picture {
    let (width, height) = (photo.width() as usize, photo.height() as usize);
    let from = photo.rgb();
    let mut out = photo.clone();
    let range = 2.0 * NOISE_RANGE * NOISE_RANGE;
    for (place, pixel) in out.pixels_mut().as_chunks_mut::<3>().0.iter_mut().enumerate() {
        let (column, row) = (place % width, place / width);
        let centre = from[place].map(f32::from);
        let (mut sum, mut weight) = ([0.0; 3], 0.0_f32);
        for y in row.saturating_sub(1)..(row + 2).min(height) {
            for x in column.saturating_sub(1)..(column + 2).min(width) {
                let other = from[y * width + x].map(f32::from);
                let apart: f32 = (0..3).map(|i| (other[i] - centre[i]).powi(2)).sum();
                let share = (-apart / range).exp();
                weight += share;
                sum = std::array::from_fn(|i| sum[i] + share * other[i]);
            }
        }
        *pixel = sum.map(|sum| (sum / weight.max(f32::EPSILON)).round() as u8);
    }
    out
}

/// Shot noise: more where it is bright, the same grain in all channels for the greater part, as a sensor behind its own
/// denoiser gives it.
fn expose(frame: &mut Picture, mut dice: SeededRng) {
    for pixel in frame.pixels_mut().as_chunks_mut::<3>().0 {
        let bright = f32::from(pixel[1]) / 255.0;
        let spread = DARK_NOISE + LIGHT_NOISE * bright.sqrt();
        let (luma, red, blue) = (dice.normal(), dice.normal(), dice.normal());
        let noise = [0.8 * luma + 0.5 * red, 0.9 * luma, 0.8 * luma + 0.6 * blue];
        for (level, noise) in pixel.iter_mut().zip(noise) {
            *level = (f32::from(*level) + 0.6 * spread * noise).round().clamp(0.0, 255.0) as u8;
        }
    }
}
