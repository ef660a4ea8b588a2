//! What the page showed in another capture: recordings were made before it.

use super::actor::Shown;
use super::seeded_rng::SeededRng;
use crate::domain::face::liveness::challenge::{Command, LIGHT_TIME, LIGHTS, Light};

/// The first light comes after so long.
const STRAIGHT_FIRST: u64 = 1_400;
/// How long a command is there, and how long none is after it.
const COMMAND_TIME: u64 = 2_600;
const BETWEEN: u64 = 700;

/// The course of a capture of its own: five lights, then every command.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    lights: Vec<Light>,
    commands: Vec<Command>,
}

impl Rehearsal {
    /// Another seed is another challenge.
    pub fn new(seed: u64) -> Self {
        let mut dice = SeededRng::new(seed, 0x4E);
        let mut lights: Vec<Light> = Vec::new();
        while lights.len() < LIGHTS {
            let other: Vec<Light> = Light::ALL.into_iter().filter(|light| lights.last() != Some(light)).collect();
            lights.extend(dice.pick(&other));
        }
        let mut left = Command::ALL.to_vec();
        let mut commands = Vec::new();
        while let Some(command) = dice.pick(&left) {
            left.retain(|other| *other != command);
            commands.push(command);
        }
        Self { lights, commands }
    }

    /// What was shown at this time.
    pub fn shown(&self, millis: u64) -> Shown {
        let nothing = Shown { millis, ..Shown::default() };
        let Some(lit) = millis.checked_sub(STRAIGHT_FIRST) else { return nothing };
        let light_time = LIGHT_TIME.as_millis() as u64;
        if let Some(light) = self.lights.get((lit / light_time) as usize) {
            return Shown { light: Some(*light), ..nothing };
        }
        let Some(asked) = lit.checked_sub(light_time * self.lights.len() as u64 + BETWEEN) else { return nothing };
        let (turn, into) = (asked / (COMMAND_TIME + BETWEEN), asked % (COMMAND_TIME + BETWEEN));
        let command = self.commands.get(turn as usize).filter(|_| into < COMMAND_TIME);
        Shown { command: command.map(|command| (*command, millis - into)), ..nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_rehearsal_shows_its_lights_and_every_command_once() {
        let rehearsal = Rehearsal::new(4);
        let all: Vec<Shown> = (0..4_000).map(|step| rehearsal.shown(step * 10)).collect();
        let commands: HashSet<_> = all.iter().filter_map(|shown| shown.command).collect();
        assert_eq!(commands.len(), Command::ALL.len());
        assert!(all.iter().all(|shown| shown.command.is_none() || shown.light.is_none()));
        assert!(commands.iter().all(|(command, since)| rehearsal.shown(*since).command == Some((*command, *since))));
        let lit = all.iter().filter(|shown| shown.light.is_some()).count() as u64;
        assert_eq!(lit * 10, 5 * LIGHT_TIME.as_millis() as u64);
        assert_ne!(Rehearsal::new(5).commands, Rehearsal::new(6).commands);
    }
}
