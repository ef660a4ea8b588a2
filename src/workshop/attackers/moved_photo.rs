//! A print in a hand that answers every command as well as a hand can.

use super::super::actor::{Actor, Shown};
use super::super::motion::Sway;
use super::super::reaction::Reactions;
use super::sheet::{Held, HeldPrint, hand};
use crate::domain::face::liveness::challenge::Command;
use crate::vision::animate::AnimateError;
use crate::workshop::scene::pose::Pose;
use crate::workshop::scene::puppet::Puppet;

/// How far the print is bent at most, degrees from edge to edge: a round surface looks more like a head.
const BEND: f32 = 70.0;

/// The print, and the hand.
#[derive(Debug)]
pub(super) struct MovedPhoto {
    print: HeldPrint,
    sway: Sway,
    reactions: Reactions,
}

impl MovedPhoto {
    pub(super) fn new(victim: &Puppet, seed: u64) -> Result<Self, AnimateError> {
        Ok(Self { print: HeldPrint::new(victim, seed)?, sway: Sway::new(seed), reactions: Reactions::new(seed) })
    }
}

impl Actor for MovedPhoto {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let answer = self.reactions.pose(shown, answer);
        let pose = hand(&mut self.sway, shown.millis) + Pose { mouth: 0.0, lids: 0.0, ..answer };
        // Bending is no part of a head's pose: where a mouth would open and lids close, the hand bends instead.
        let held = Held { pose, bend: BEND * answer.mouth.max(answer.lids) };
        self.print.frame(&held, self.sway.exposure(shown.millis), shown)
    }
}

/// What a hand does with a print when a person would follow the command.
pub(super) fn answer(command: Command, effort: f32) -> Pose {
    let still = Pose::default();
    match command {
        // Paper has no nose: it must be turned further to look half as turned. Bending it a little helps.
        Command::TurnLeft => Pose { yaw: 30.0 + 20.0 * effort, shift: [18.0, 0.0], mouth: 0.5, ..still },
        Command::TurnRight => Pose { yaw: -30.0 - 20.0 * effort, shift: [-18.0, 0.0], mouth: 0.5, ..still },
        Command::LookUp => Pose { pitch: 22.0 + 16.0 * effort, shift: [0.0, -12.0], ..still },
        Command::LookDown => Pose { pitch: -22.0 - 16.0 * effort, shift: [0.0, 12.0], ..still },
        Command::OpenMouth => Pose { mouth: 1.0, ..still },
        Command::Blink => Pose { lids: 0.8, pitch: -8.0, ..still },
        Command::ComeCloser => Pose { nearer: 0.26 + 0.08 * effort, ..still },
    }
}
