//! Two people in one capture: one is compared, the other one lives.

use std::sync::Arc;

use super::super::actor::{Actor, Shown};
use super::super::person::VirtualPlayer;
use super::super::seeded_rng::SeededRng;
use crate::vision::animate::AnimateError;
use crate::workshop::scene::puppet::Puppet;

/// The swap comes with this command, counted from 1.
const SWAPS_AT: u32 = 2;

/// Who is seen first, and who after the swap. Both follow everything.
#[derive(Debug)]
pub(super) struct FaceSwap {
    players: [VirtualPlayer; 2],
    last: Option<u64>,
    commands: u32,
}

impl FaceSwap {
    /// By seed the victim is seen first or last.
    pub(super) fn new(victim: Arc<Puppet>, other: Arc<Puppet>, seed: u64) -> Self {
        let mut cast = [other, victim];
        if SeededRng::new(seed, 0xF5).coin() {
            cast.reverse();
        }
        Self { players: cast.map(|puppet| VirtualPlayer::new(puppet, seed)), last: None, commands: 0 }
    }
}

impl Actor for FaceSwap {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        if let Some((_, since)) = shown.command.filter(|(_, since)| self.last != Some(*since)) {
            self.last = Some(since);
            self.commands += 1;
        }
        self.players[usize::from(self.commands >= SWAPS_AT)].frame(shown)
    }
}
