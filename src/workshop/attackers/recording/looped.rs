//! A short clip of the living victim, fed in again and again.

use std::sync::Arc;

use crate::vision::animate::AnimateError;
use crate::workshop::actor::{Actor, Shown};
use crate::workshop::person::VirtualPlayer;
use crate::workshop::scene::puppet::Puppet;
use crate::workshop::seeded_rng::SeededRng;

/// Length of the clip, and time between two of its frames, milliseconds.
const CLIP: u64 = 2_000;
const RECORD_INTERVAL: u64 = 100;

/// The clip, recorded when it is first played.
pub(in crate::workshop) struct Looped {
    recorded: VirtualPlayer,
    clip: Vec<Vec<u8>>,
}

impl Looped {
    pub(in crate::workshop) fn new(victim: Arc<Puppet>, seed: u64) -> Self {
        Self { recorded: VirtualPlayer::new(victim, SeededRng::new(seed, 0xEA).bits()), clip: Vec::new() }
    }
}

impl Actor for Looped {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let place = (shown.millis % CLIP / RECORD_INTERVAL) as usize;
        while self.clip.len() <= place {
            let millis = self.clip.len() as u64 * RECORD_INTERVAL;
            self.clip.push(self.recorded.frame(&Shown { millis, ..Shown::default() })?);
        }
        Ok(self.clip[place].clone())
    }
}
