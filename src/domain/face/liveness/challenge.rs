//! What the server asks of the person before the camera: commands and lights, drawn at random for each capture.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::kernel::clock::Randomness;

/// Commands of a capture whose lights were followed.
pub const COMMANDS: usize = 3;
/// Commands of a capture without lights, or whose lights could not be read.
pub const COMMANDS_WITHOUT_LIGHTS: usize = 5;
/// Lights of a capture.
pub const LIGHTS: usize = 5;
/// How long one light is shown: 1.4 changes a second, under the three of WCAG 2.2, 2.3.1.
pub const LIGHT_TIME: Duration = Duration::from_millis(700);

/// One thing to do. Left and right are the person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Turn the head to the left: the nose goes to the image's right.
    TurnLeft,
    /// Turn the head to the right: the nose goes to the image's left.
    TurnRight,
    /// Lift the head.
    LookUp,
    /// Lower the head.
    LookDown,
    /// Open the mouth.
    OpenMouth,
    /// Close both eyes, and open them again.
    Blink,
    /// Bring the head nearer to the camera.
    ComeCloser,
}

impl Command {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::TurnLeft, Self::TurnRight, Self::LookUp, Self::LookDown, Self::OpenMouth, Self::Blink, Self::ComeCloser];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TurnLeft => "turn_left",
            Self::TurnRight => "turn_right",
            Self::LookUp => "look_up",
            Self::LookDown => "look_down",
            Self::OpenMouth => "open_mouth",
            Self::Blink => "blink",
            Self::ComeCloser => "come_closer",
        }
    }

    /// The turn to the other side; `None` where there are no sides.
    pub fn other_side(self) -> Option<Self> {
        match self {
            Self::TurnLeft => Some(Self::TurnRight),
            Self::TurnRight => Some(Self::TurnLeft),
            _ => None,
        }
    }

    /// Whether the head turns about the neck's axis, which shows its depth.
    pub fn is_turn(self) -> bool {
        matches!(self, Self::TurnLeft | Self::TurnRight)
    }
}

/// One colour that fills the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Red.
    Red,
    /// Green.
    Green,
    /// Blue.
    Blue,
    /// Cyan.
    Cyan,
    /// Magenta.
    Magenta,
    /// Yellow.
    Yellow,
}

impl Light {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Red, Self::Green, Self::Blue, Self::Cyan, Self::Magenta, Self::Yellow];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Cyan => "cyan",
            Self::Magenta => "magenta",
            Self::Yellow => "yellow",
        }
    }

    /// What the page shows: red, green, blue, 0 to 255. Never quite saturated, so that the page stays readable.
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Self::Red => [255, 48, 48],
            Self::Green => [48, 255, 48],
            Self::Blue => [48, 48, 255],
            Self::Cyan => [48, 255, 255],
            Self::Magenta => [255, 48, 255],
            Self::Yellow => [255, 255, 48],
        }
    }
}

/// What one capture asks for, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Commands: the first [`COMMANDS`] always, the rest where lights do not speak.
    pub commands: Vec<Command>,
    /// Lights; none where the person wants no flashes.
    pub lights: Vec<Light>,
}

impl Challenge {
    /// Draws a challenge; `lights` says whether colours may be shown. No command comes twice, one of the first
    /// [`COMMANDS`] is a turn of the head, and no light follows itself.
    pub fn draw(randomness: &dyn Randomness, lights: bool) -> Self {
        let mut commands = Command::ALL.to_vec();
        loop {
            shuffle(&mut commands, randomness);
            if commands.iter().take(COMMANDS).any(|command| command.is_turn()) {
                break;
            }
        }
        let mut colours: Vec<Light> = Vec::new();
        while lights && colours.len() < LIGHTS {
            let other: Vec<Light> = Light::ALL.into_iter().filter(|light| colours.last() != Some(light)).collect();
            colours.extend(other.get(below(other.len(), randomness)));
        }
        Self { commands, lights: colours }
    }
}

/// Fisher and Yates.
fn shuffle(commands: &mut [Command], randomness: &dyn Randomness) {
    for last in (1..commands.len()).rev() {
        commands.swap(last, below(last + 1, randomness));
    }
}

/// A number below `bound`, each as likely as the others but for one part in 2^32.
pub fn below(bound: usize, randomness: &dyn Randomness) -> usize {
    let mut bytes = [0; 8];
    randomness.fill(&mut bytes);
    (u64::from_be_bytes(bytes) % bound.max(1) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;
    use std::collections::HashSet;

    #[test]
    fn challenges_differ_and_always_turn_the_head() {
        let randomness = SeededRandomness::new(1);
        let drawn: Vec<Challenge> = (0..500).map(|_| Challenge::draw(&randomness, true)).collect();
        for challenge in &drawn {
            assert!(challenge.commands.iter().take(COMMANDS).any(|command| command.is_turn()));
            assert_eq!(challenge.commands.iter().collect::<HashSet<_>>().len(), Command::ALL.len());
            assert_eq!(challenge.lights.len(), LIGHTS);
            assert!(challenge.lights.windows(2).all(|pair| pair[0] != pair[1]));
        }
        let first: HashSet<&[Command]> = drawn.iter().map(|challenge| &challenge.commands[..COMMANDS]).collect();
        // 210 ordered triples of seven, 60 of them without a turn.
        assert!(first.len() > 120, "{}", first.len());
        assert!(drawn.iter().map(|challenge| &challenge.lights).collect::<HashSet<_>>().len() > 400);
    }

    #[test]
    fn nothing_flashes_for_those_who_want_none() {
        assert!(Challenge::draw(&SeededRandomness::new(1), false).lights.is_empty());
    }
}
