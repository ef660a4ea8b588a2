//! A short clip of the living victim, fed in again and again.

use std::sync::Arc;

use crate::vision::animate::AnimateError;
use crate::workshop::actor::{Actor, Shown};
use crate::workshop::dice::Dice;
use crate::workshop::person::VirtualPlayer;
use crate::workshop::scene::puppet::Puppet;

/// Length of the clip, and time between two of its frames, milliseconds.
const CLIP: u64 = 2_000;
const RECORDED_EVERY: u64 = 100;

/// The clip, recorded when it is first played.
pub(in crate::workshop) struct Looped {
    recorded: VirtualPlayer,
    clip: Vec<Vec<u8>>,
}

impl Looped {
    pub(in crate::workshop) fn new(victim: Arc<Puppet>, seed: u64) -> Self {
        Self { recorded: VirtualPlayer::new(victim, Dice::new(seed, 0xEA).bits()), clip: Vec::new() }
    }
}

impl Actor for Looped {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let place = (shown.millis % CLIP / RECORDED_EVERY) as usize;
        while self.clip.len() <= place {
            let millis = self.clip.len() as u64 * RECORDED_EVERY;
            self.clip.push(self.recorded.frame(&Shown { millis, ..Shown::default() })?);
        }
        Ok(self.clip[place].clone())
    }
}
