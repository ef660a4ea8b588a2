//! A good capture of the victim, recorded earlier under another challenge and played again as a camera.

use std::sync::Arc;

use crate::vision::animate::AnimateError;
use crate::workshop::actor::{Actor, Shown};
use crate::workshop::person::VirtualPlayer;
use crate::workshop::rehearsal::Rehearsal;
use crate::workshop::scene::puppet::Puppet;
use crate::workshop::seeded_rng::SeededRng;

/// Time between two frames of the recording, milliseconds.
const RECORD_INTERVAL: u64 = 33;

/// The recording. It is drawn as it is played, which gives the same frames.
#[derive(Debug)]
pub(in crate::workshop) struct EarlierRecording {
    recorded: VirtualPlayer,
    rehearsal: Rehearsal,
}

impl EarlierRecording {
    pub(in crate::workshop) fn new(victim: Arc<Puppet>, seed: u64) -> Self {
        Self {
            recorded: VirtualPlayer::new(victim, SeededRng::new(seed, 0xEA).bits()),
            rehearsal: Rehearsal::new(SeededRng::new(seed, 0xEB).bits()),
        }
    }
}

impl Actor for EarlierRecording {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        self.recorded.frame(&self.rehearsal.shown(shown.millis - shown.millis % RECORD_INTERVAL))
    }
}
