//! A print on a stand: nothing moves but the sensor's noise.

use super::super::actor::{Actor, Shown};
use super::super::camera::{Camera, tone};
use super::super::page_light::Lighting;
use super::super::puppet::Puppet;
use super::super::raster::Raster;
use super::sheet::{Held, Sheet, Wall, print};
use crate::vision::animate::AnimateError;

/// The print, its wall and the camera before it.
#[derive(Debug)]
pub(super) struct StillPhoto {
    print: Sheet,
    wall: Wall,
    raster: Raster,
    camera: Camera,
    lighting: Lighting,
}

impl StillPhoto {
    pub(super) fn new(victim: &Puppet, seed: u64) -> Result<Self, AnimateError> {
        Ok(Self {
            print: print(victim, seed),
            wall: Wall::like(victim)?,
            raster: Raster::default(),
            camera: Camera::new(seed),
            lighting: Lighting::new(seed),
        })
    }
}

impl Actor for StillPhoto {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let tone = tone(1.0, self.lighting.now(shown));
        self.wall.draw([0.0; 2], &tone, &mut self.raster);
        self.print.draw(&Held::default(), &tone, &mut self.raster);
        self.camera.expose(self.raster.picture_mut(), shown.millis);
        Camera::encode(self.raster.picture())
    }
}
