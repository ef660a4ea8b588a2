//! A picture of the victim whenever nothing is asked, and a living stranger who answers all that is.

use std::sync::Arc;

use super::super::actor::{Actor, Shown};
use super::super::motion::Sway;
use super::super::person::VirtualPlayer;
use super::super::seeded_rng::SeededRng;
use crate::vision::animate::AnimateError;
use crate::workshop::scene::camera::{Camera, tone};
use crate::workshop::scene::page_light::Lighting;
use crate::workshop::scene::pose::Pose;
use crate::workshop::scene::puppet::{Puppet, Stage};

/// Shows the victim's picture while the page asks for a straight face: all that is compared, were only such frames
/// compared. By seed the picture sways a little or is quite still but for its place, and the lights fall on the picture or
/// on the stranger.
pub(super) struct StraightSwap {
    picture: StillPicture,
    other: VirtualPlayer,
    lights_other: bool,
}

/// A picture that is moved about, coloured as a room would, and filmed by no camera but one of software.
struct StillPicture {
    puppet: Arc<Puppet>,
    stage: Stage,
    camera: Camera,
    sway: Sway,
    lighting: Lighting,
    sways: bool,
}

impl StraightSwap {
    pub(super) fn new(victim: Arc<Puppet>, other: Arc<Puppet>, seed: u64) -> Self {
        let mut dice = SeededRng::new(seed, 0x55);
        let picture = StillPicture {
            puppet: victim,
            stage: Stage::default(),
            camera: Camera::new(seed),
            sway: Sway::new(seed),
            lighting: Lighting::new(seed),
            sways: dice.coin(),
        };
        Self { picture, other: VirtualPlayer::new(other, seed), lights_other: dice.coin() }
    }
}

impl Actor for StraightSwap {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        // Both go on, so that whoever is seen next has moved as time went by.
        let (still, living) = (self.picture.frame(shown)?, self.other.frame(shown)?);
        let asked = shown.command.is_some() || (self.lights_other && shown.light.is_some());
        Ok(if asked { living } else { still })
    }
}

impl Actor for StillPicture {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let swayed = self.sway.pose(shown.millis);
        let still = Pose { shift: swayed.shift, camera: swayed.camera, ..Pose::default() };
        let pose = if self.sways { swayed } else { still };
        let tone = tone(self.sway.exposure(shown.millis), self.lighting.now(shown));
        self.puppet.draw(&pose, &tone, &mut self.stage);
        self.camera.expose(self.stage.raster.picture_mut(), shown.millis);
        Camera::encode(self.stage.raster.picture())
    }
}
