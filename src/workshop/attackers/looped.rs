//! A short clip of the living victim, fed in again and again.

use std::sync::Arc;

use super::super::actor::{Actor, Shown};
use super::super::dice::Dice;
use super::super::person::VirtualPlayer;
use super::super::puppet::Puppet;
use crate::vision::animate::AnimateError;

/// Length of the clip, and time between two of its frames, milliseconds.
const CLIP: u64 = 2_000;
const RECORDED_EVERY: u64 = 100;

/// The clip, recorded when it is first played.
pub(super) struct Looped {
    recorded: VirtualPlayer,
    clip: Vec<Vec<u8>>,
}

impl Looped {
    pub(super) fn new(victim: Arc<Puppet>, seed: u64) -> Self {
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
