//! A living player who follows what the page shows.

use std::sync::Arc;

use super::actor::{Actor, Shown};
use super::camera::{Camera, tone};
use super::motion::Sway;
use super::page_light::Lighting;
use super::puppet::{Puppet, Stage};
use super::reaction::{Reactions, follow};
use crate::vision::animate::AnimateError;
use crate::vision::picture::Picture;

/// A person before their own camera: reacts after a moment, moves smoothly, comes back by themselves.
#[derive(Debug)]
pub struct VirtualPlayer {
    puppet: Arc<Puppet>,
    stage: Stage,
    camera: Camera,
    sway: Sway,
    reactions: Reactions,
    lighting: Lighting,
}

impl VirtualPlayer {
    /// Another seed is another session of the same person.
    pub fn new(puppet: Arc<Puppet>, seed: u64) -> Self {
        Self {
            puppet,
            stage: Stage::default(),
            camera: Camera::new(seed),
            sway: Sway::new(seed),
            reactions: Reactions::new(seed),
            lighting: Lighting::new(seed),
        }
    }

    /// What the camera sees now, before it is encoded.
    pub fn picture(&mut self, shown: &Shown) -> &Picture {
        let pose = self.sway.pose(shown.millis) + self.reactions.pose(shown, follow);
        let tone = tone(self.sway.exposure(shown.millis), self.lighting.now(shown));
        self.puppet.draw(&pose, &tone, &mut self.stage);
        self.camera.expose(self.stage.raster.picture_mut(), shown.millis);
        self.stage.raster.picture()
    }
}

impl Actor for VirtualPlayer {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        Camera::encode(self.picture(shown))
    }
}
