//! From what the page asks to what somebody does, after a human moment.

use super::actor::Shown;
use super::motion::Movement;
use super::seeded_rng::SeededRng;
use crate::domain::face::liveness::challenge::Command;
use crate::workshop::scene::pose::Pose;

/// Does what is asked: reacts after 350 to 900 ms, moves in 300 to 500, holds for 500 to 900 and comes back.
#[derive(Clone, Debug)]
pub struct Reactions {
    dice: SeededRng,
    asked: Option<(Command, u64)>,
    doing: Vec<(Movement, Pose)>,
}

impl Reactions {
    /// Another seed is another temper.
    pub fn new(seed: u64) -> Self {
        Self { dice: SeededRng::new(seed, 0x9E), asked: None, doing: Vec::new() }
    }

    /// How they are held now; `gesture` is what doing it fully looks like, for an effort from 0 to 1.
    pub fn pose(&mut self, shown: &Shown, gesture: fn(Command, f32) -> Pose) -> Pose {
        if shown.command != self.asked {
            self.asked = shown.command;
            if let Some((command, since)) = shown.command {
                let full = gesture(command, self.dice.share());
                let movement = self.movement(command, since);
                self.doing.push((movement, full));
            }
        }
        self.doing.retain(|(movement, _)| !movement.is_over(shown.millis));
        let doing = self.doing.iter().map(|(movement, full)| full.part(movement.share(shown.millis)));
        doing.fold(Pose::default(), |sum, pose| sum + pose)
    }

    fn movement(&mut self, command: Command, since: u64) -> Movement {
        let begins = since + self.dice.millis(350..=900);
        // Lids are quicker than heads.
        let (ramp, hold) = if command == Command::Blink { (80..=120, 250..=400) } else { (300..=500, 500..=900) };
        Movement { begins, ramp: self.dice.millis(ramp), hold: self.dice.millis(hold) }
    }
}

/// What a person does who follows a command; `effort`, 0 to 1, from just enough to a lot.
pub fn follow(command: Command, effort: f32) -> Pose {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn everyone_reacts_late_follows_and_comes_back(seed: u64, which in 0_usize..7, since in 0_u64..20_000) {
            let command = Command::ALL[which];
            let mut reactions = Reactions::new(seed);
            let mut at = |millis| reactions.pose(&Shown { millis, command: Some((command, since)), light: None }, follow);
            prop_assert_eq!(at(since + 340), Pose::default());
            let least = follow(command, 0.0);
            let done = |pose: Pose| {
                pose.yaw.abs() >= least.yaw.abs() && pose.pitch.abs() >= least.pitch.abs()
                    && pose.mouth >= least.mouth && pose.lids >= least.lids && pose.nearer >= least.nearer
            };
            let followed = (since..since + 2_000).step_by(10).any(|millis| done(at(millis)));
            prop_assert!(followed);
            prop_assert_eq!(at(since + 2_900), Pose::default());
        }
    }
}
