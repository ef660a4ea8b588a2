//! A recording of the victim on a monitor, filmed by the camera.

use std::sync::Arc;

use super::super::actor::{Actor, Shown};
use super::super::motion::Sway;
use super::super::person::VirtualPlayer;
use super::super::rehearsal::Rehearsal;
use super::super::seeded_rng::SeededRng;
use super::sheet::{Held, Sheet, Wall};
use crate::vision::animate::{AnimateError, FRAME};
use crate::vision::picture::Picture;
use crate::workshop::scene::camera::{Camera, tone};
use crate::workshop::scene::page_light::Lighting;
use crate::workshop::scene::pose::Pose;
use crate::workshop::scene::puppet::Puppet;
use crate::workshop::scene::raster::Raster;

/// What glass gives back of the page's light, against skin.
const SHEEN: f32 = 0.25;
/// Width of the black edge, pixels of the screen's picture.
const BEZEL: usize = 14;

/// The monitor, what it plays, and the camera before it.
#[derive(Debug)]
pub(super) struct ScreenReplay {
    recorded: VirtualPlayer,
    rehearsal: Rehearsal,
    screen: Sheet,
    /// What glass and pixels do to each place: a factor for each channel, and the glare upon it.
    glass: Vec<([f32; 3], f32)>,
    /// Levels of the monitor by levels of the recording.
    levels: Vec<f32>,
    wall: Wall,
    raster: Raster,
    camera: Camera,
    lighting: Lighting,
    sway: Sway,
}

impl ScreenReplay {
    pub(super) fn new(victim: Arc<Puppet>, seed: u64) -> Result<Self, AnimateError> {
        let mut dice = SeededRng::new(seed, 0x5C);
        // Near enough that the frame shows nothing but the screen, or not.
        let scale = if dice.coin() { 1.08 } else { 0.9 };
        let [width, height] = FRAME.map(|side| side as f32);
        let size = [width * scale, height * scale];
        let at = [(width - size[0]) / 2.0, (height - size[1]) / 2.0, size[0], size[1]];
        let wall = Wall::like(&victim)?;
        Ok(Self {
            recorded: VirtualPlayer::new(victim, SeededRng::new(seed, 0xEA).bits()),
            rehearsal: Rehearsal::new(SeededRng::new(seed, 0xEB).bits()),
            screen: Sheet { picture: Picture::black(FRAME[0], FRAME[1]), holes: None, at, sheen: SHEEN },
            glass: glass(&mut dice),
            levels: (0..256_u16).map(|level| 12.0 + 218.0 * (f32::from(level) / 255.0).powf(1.18)).collect(),
            wall,
            raster: Raster::default(),
            camera: Camera::new(seed),
            lighting: Lighting::new(seed),
            sway: Sway::new(seed),
        })
    }
}

/// Stripes of the monitor's pixels against the camera's, each colour with its own, one glare, and the black edge.
fn glass(dice: &mut SeededRng) -> Vec<([f32; 3], f32)> {
    let [width, height] = FRAME.map(|side| side as usize);
    let period = [dice.within(2.15..=2.6), dice.within(2.15..=2.6)];
    let depth = dice.within(0.04..=0.09);
    let spot = [dice.within(60.0..=580.0), dice.within(30.0..=200.0)];
    let bright = dice.within(15.0..=55.0);
    let place = |place: usize| {
        let (x, y) = (place % width, place / width);
        if x < BEZEL || y < BEZEL || x + BEZEL >= width || y + BEZEL >= height {
            return ([0.0; 3], 10.0);
        }
        let (x, y) = (x as f32, y as f32);
        let stripes: [f32; 3] = std::array::from_fn(|channel| {
            let across = (std::f32::consts::TAU * (x / period[0] + channel as f32 / 3.0)).sin();
            let down = (std::f32::consts::TAU * y / period[1]).sin();
            // Blue and a little dim, as monitors are beside a room's light.
            let tint = [0.93, 0.98, 1.06][channel];
            tint * (1.0 + depth * (0.7 * across + 0.5 * down))
        });
        let away = ((x - spot[0]) / 110.0).powi(2) + ((y - spot[1]) / 60.0).powi(2);
        (stripes, bright * (-away).exp())
    };
    (0..width * height).map(place).collect()
}

impl Actor for ScreenReplay {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let recorded = self.recorded.picture(&self.rehearsal.shown(shown.millis));
        let pixels = self.screen.picture.pixels_mut().as_chunks_mut::<3>().0.iter_mut();
        for ((pixel, from), (factor, glare)) in pixels.zip(recorded.rgb()).zip(&self.glass) {
            *pixel = std::array::from_fn(|i| (self.levels[usize::from(from[i])] * factor[i] + glare) as u8);
        }
        let tone = tone(self.sway.exposure(shown.millis), self.lighting.now(shown));
        // The monitor stands; the camera is held.
        let camera = self.sway.pose(shown.millis).camera;
        let held = Held { pose: Pose { camera, ..Pose::default() }, bend: 0.0 };
        self.wall.draw(camera, &tone, &mut self.raster);
        self.screen.draw(&held, &tone, &mut self.raster);
        self.camera.expose(self.raster.picture_mut(), shown.millis);
        Camera::encode(self.raster.picture())
    }
}
