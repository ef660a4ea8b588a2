//! Faces laid flat: some of the head held straight and some of it turned, to see what changes between them.

use std::time::Duration;

use super::super::liveness::texture::{FaceTexture, TextureChange};
use crate::domain::kernel::time::Timestamp;

/// Most of either kind, and the time between two straight ones: eyes and skin need a while to change.
const MAX_SAMPLES: usize = 14;
const SPACING: Duration = Duration::from_millis(450);
/// A turned face is one this far from straight, degrees: enough for light and shade to move, and most of it still seen.
pub(super) const TURNED: std::ops::RangeInclusive<f32> = 10.0..=32.0;
/// A frame is asked for as soon as the one before was so far on its way.
const TURNING_FROM: f32 = 6.0;

/// The faces of one capture.
#[derive(Debug, Default)]
pub(super) struct Textures {
    straight: Vec<FaceTexture>,
    turned: Vec<FaceTexture>,
    last_straight: Option<Timestamp>,
    /// How many were asked for of heads told to turn: one that stays just short of a turn is not looked at without end.
    tried: usize,
    /// How far the head of the last frame was from straight.
    away: f32,
}

impl Textures {
    /// Whether a straight frame of `now` is wanted.
    pub(super) fn wants_straight(&self, now: Timestamp) -> bool {
        self.straight.len() < MAX_SAMPLES && self.last_straight.is_none_or(|last| now.since(last) >= SPACING)
    }

    /// Whether the next frame of a head that was told to turn is wanted.
    pub(super) fn wants_turned(&self) -> bool {
        self.turned.len() < MAX_SAMPLES && self.tried < 2 * MAX_SAMPLES && self.away >= TURNING_FROM
    }

    /// A head is so far from straight now.
    pub(super) fn follow(&mut self, away: f32) {
        self.away = away;
    }

    /// Takes a straight one.
    pub(super) fn take_straight(&mut self, texture: FaceTexture, now: Timestamp) {
        self.last_straight = Some(now);
        self.straight.push(texture);
    }

    /// Takes one of a head that was told to turn, if it did.
    pub(super) fn take_turned(&mut self, texture: FaceTexture) {
        self.tried += 1;
        if TURNED.contains(&self.away) && self.turned.len() < MAX_SAMPLES {
            self.turned.push(texture);
        }
    }

    /// What changed.
    pub(super) fn change(&self) -> Option<TextureChange> {
        TextureChange::measure(&self.straight, &self.turned)
    }
}
