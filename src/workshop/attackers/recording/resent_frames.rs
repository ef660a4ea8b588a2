//! Frames that were sent before, byte for byte.

use std::sync::Arc;

use crate::vision::animate::AnimateError;
use crate::workshop::actor::{Actor, Shown};
use crate::workshop::person::VirtualPlayer;
use crate::workshop::rehearsal::Rehearsal;
use crate::workshop::scene::puppet::Puppet;
use crate::workshop::seeded_rng::SeededRng;

/// Time between two frames of a session that was never sent, milliseconds.
const RECORD_INTERVAL: u64 = 100;

/// Lets somebody act and keeps every frame of theirs.
pub struct Recorder<A> {
    actor: A,
    frames: Vec<Vec<u8>>,
}

impl<A: Actor> Recorder<A> {
    /// Nothing is kept yet.
    pub fn new(actor: A) -> Self {
        Self { actor, frames: Vec::new() }
    }

    /// The frames, in the order in which they were taken.
    pub fn into_frames(self) -> Vec<Vec<u8>> {
        self.frames
    }
}

impl<A: Actor> Actor for Recorder<A> {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let frame = self.actor.frame(shown)?;
        self.frames.push(frame.clone());
        Ok(frame)
    }

    fn camera(&self) -> Option<&'static str> {
        self.actor.camera()
    }
}

/// Plays frames of another session, one a call, from the start again when they end.
pub struct ResentFrames {
    frames: Vec<Vec<u8>>,
    next: usize,
    /// Who still records; `None` once the frames are given.
    recording: Option<(VirtualPlayer, Rehearsal)>,
}

impl ResentFrames {
    /// Frames that were [recorded](Recorder); at least one, else nothing can be sent.
    ///
    /// # Errors
    /// [`AnimateError::NoFace`] when there is no frame.
    pub fn new(frames: Vec<Vec<u8>>) -> Result<Self, AnimateError> {
        if frames.is_empty() {
            return Err(AnimateError::NoFace);
        }
        Ok(Self { frames, next: 0, recording: None })
    }

    /// Frames of a session of the victim under another challenge, for who has none at hand.
    pub(in crate::workshop) fn of_another_session(victim: Arc<Puppet>, seed: u64) -> Self {
        let player = VirtualPlayer::new(victim, SeededRng::new(seed, 0xEA).bits());
        let rehearsal = Rehearsal::new(SeededRng::new(seed, 0xEB).bits());
        Self { frames: Vec::new(), next: 0, recording: Some((player, rehearsal)) }
    }
}

impl Actor for ResentFrames {
    fn frame(&mut self, _: &Shown) -> Result<Vec<u8>, AnimateError> {
        if let Some((player, rehearsal)) = &mut self.recording {
            let millis = self.frames.len() as u64 * RECORD_INTERVAL;
            self.frames.push(player.frame(&rehearsal.shown(millis))?);
        }
        let frame = self.frames.get(self.next % self.frames.len().max(1)).cloned().unwrap_or_default();
        self.next += 1;
        Ok(frame)
    }
}
