//! A good capture of the victim, recorded earlier under another challenge and played again as a camera.

use std::sync::Arc;

use super::super::actor::{Actor, Shown};
use super::super::dice::Dice;
use super::super::person::VirtualPlayer;
use super::super::puppet::Puppet;
use super::super::rehearsal::Rehearsal;
use crate::vision::animate::AnimateError;

/// Time between two frames of the recording, milliseconds.
const RECORDED_EVERY: u64 = 33;

/// The recording. It is drawn as it is played, which gives the same frames.
#[derive(Debug)]
pub(super) struct EarlierRecording {
    recorded: VirtualPlayer,
    rehearsal: Rehearsal,
}

impl EarlierRecording {
    pub(super) fn new(victim: Arc<Puppet>, seed: u64) -> Self {
        Self {
            recorded: VirtualPlayer::new(victim, Dice::new(seed, 0xEA).bits()),
            rehearsal: Rehearsal::new(Dice::new(seed, 0xEB).bits()),
        }
    }
}

impl Actor for EarlierRecording {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        self.recorded.frame(&self.rehearsal.shown(shown.millis - shown.millis % RECORDED_EVERY))
    }
}
