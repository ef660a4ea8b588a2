//! A print on a stand: nothing moves but the sensor's noise.

use super::super::actor::{Actor, Shown};
use super::sheet::{Held, HeldPrint};
use crate::vision::animate::AnimateError;
use crate::workshop::scene::puppet::Puppet;

/// The print, its wall and the camera before it.
#[derive(Debug)]
pub(super) struct StillPhoto(HeldPrint);

impl StillPhoto {
    pub(super) fn new(victim: &Puppet, seed: u64) -> Result<Self, AnimateError> {
        HeldPrint::new(victim, seed).map(Self)
    }
}

impl Actor for StillPhoto {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        self.0.frame(&Held::default(), 1.0, shown)
    }
}
