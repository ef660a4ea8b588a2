//! A living player who follows what the page shows.

use std::sync::Arc;

use super::actor::{Actor, Shown};
use super::camera::{Camera, PageLight, tone};
use super::dice::Dice;
use super::motion::{Movement, Sway};
use super::pose::Pose;
use super::puppet::{Puppet, Stage};
use crate::domain::liveness::challenge::{Command, Light};
use crate::vision::animate::AnimateError;

/// A person before their own camera: reacts after a moment, moves smoothly, comes back by themselves.
#[derive(Debug)]
pub struct VirtualPlayer {
    puppet: Arc<Puppet>,
    stage: Stage,
    camera: Camera,
    sway: Sway,
    dice: Dice,
    asked: Option<(Command, u64)>,
    doing: Vec<(Movement, Pose)>,
    lit: Lit,
}

/// The page's light as it reaches the picture: one to two frames late.
#[derive(Debug)]
struct Lit {
    strength: f32,
    lag: u64,
    /// What was shown, and since when; the oldest first.
    shown: Vec<(u64, Option<Light>)>,
}

impl VirtualPlayer {
    /// Another seed is another session of the same person.
    pub fn new(puppet: Arc<Puppet>, seed: u64) -> Self {
        let mut dice = Dice::new(seed, 0x9E);
        let lit = Lit { strength: dice.within(0.12..=0.2), lag: dice.millis(100..=200), shown: Vec::new() };
        Self {
            puppet,
            stage: Stage::default(),
            camera: Camera::new(seed),
            sway: Sway::new(seed),
            dice,
            asked: None,
            doing: Vec::new(),
            lit,
        }
    }

    /// How the person is held now.
    fn pose(&mut self, shown: &Shown) -> Pose {
        if shown.command != self.asked {
            self.asked = shown.command;
            if let Some((command, since)) = shown.command {
                let movement = self.movement(command, since);
                self.doing.push(movement);
            }
        }
        self.doing.retain(|(movement, _)| !movement.is_over(shown.millis));
        let doing = self.doing.iter().map(|(movement, full)| full.part(movement.share(shown.millis)));
        doing.fold(self.sway.pose(shown.millis), |sum, pose| sum + pose)
    }

    fn movement(&mut self, command: Command, since: u64) -> (Movement, Pose) {
        let begins = since + self.dice.millis(350..=900);
        let mut movement = Movement { begins, ramp: self.dice.millis(300..=500), hold: self.dice.millis(500..=900) };
        if command == Command::Blink {
            // Lids are quicker than heads.
            movement.ramp = self.dice.millis(80..=120);
            movement.hold = self.dice.millis(250..=400);
        }
        (movement, gesture(command, self.dice.share()))
    }
}

/// What following a command fully looks like; `effort`, 0 to 1, from just enough to a lot.
pub fn gesture(command: Command, effort: f32) -> Pose {
    let still = Pose::default();
    match command {
        Command::TurnLeft => Pose { yaw: 22.0 + 8.0 * effort, ..still },
        Command::TurnRight => Pose { yaw: -22.0 - 8.0 * effort, ..still },
        Command::LookUp => Pose { pitch: 16.0 + 8.0 * effort, ..still },
        Command::LookDown => Pose { pitch: -16.0 - 8.0 * effort, ..still },
        Command::OpenMouth => Pose { mouth: 0.8 + 0.2 * effort, ..still },
        Command::Blink => Pose { lids: 1.0, ..still },
        Command::ComeCloser => Pose { nearer: 0.26 + 0.08 * effort, ..still },
    }
}

impl Lit {
    fn now(&mut self, shown: &Shown) -> Option<PageLight> {
        if self.shown.last().map(|(_, light)| *light) != Some(shown.light) {
            self.shown.push((shown.millis, shown.light));
        }
        let seen = shown.millis.saturating_sub(self.lag);
        let reached = self.shown.iter().rposition(|(since, _)| *since <= seen).unwrap_or(0);
        self.shown.drain(..reached);
        let (since, light) = self.shown.first()?;
        light.filter(|_| *since <= seen).map(|colour| PageLight { colour, strength: self.strength })
    }
}

impl Actor for VirtualPlayer {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let pose = self.pose(shown);
        let tone = tone(self.sway.exposure(shown.millis), self.lit.now(shown));
        self.puppet.draw(&pose, &tone, &mut self.stage);
        self.camera.shoot(self.stage.raster.picture_mut(), shown.millis)
    }
}
