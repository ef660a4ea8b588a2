//! An injected recording that guesses. The strongest guesser: its timing is right, what it does is drawn by lot.

use std::sync::Arc;

use crate::domain::face::liveness::challenge::{Command, Light};
use crate::vision::animate::AnimateError;
use crate::workshop::actor::{Actor, Shown};
use crate::workshop::person::VirtualPlayer;
use crate::workshop::scene::puppet::Puppet;
use crate::workshop::seeded_rng::SeededRng;

/// The guesser: whatever the page shows, something of the same kind is played.
#[derive(Debug)]
pub(in crate::workshop) struct GuessingRecording {
    recorded: VirtualPlayer,
    dice: SeededRng,
    shown: Shown,
    guessed: Shown,
}

impl GuessingRecording {
    pub(in crate::workshop) fn new(victim: Arc<Puppet>, seed: u64) -> Self {
        Self {
            recorded: VirtualPlayer::new(victim, SeededRng::new(seed, 0xEA).bits()),
            dice: SeededRng::new(seed, 0x6E),
            shown: Shown::default(),
            guessed: Shown::default(),
        }
    }
}

impl Actor for GuessingRecording {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        if shown.command != self.shown.command {
            let since = shown.command.map(|(_, since)| since);
            self.guessed.command = since.and_then(|since| Some((self.dice.pick(&Command::ALL)?, since)));
        }
        if shown.light != self.shown.light {
            self.guessed.light = shown.light.and_then(|_| self.dice.pick(&Light::ALL));
        }
        self.shown = *shown;
        self.guessed.millis = shown.millis;
        self.recorded.frame(&self.guessed)
    }
}
