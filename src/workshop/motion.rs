//! How people move: never quite still, and with a run-up to everything.

use std::f32::consts::TAU;

use super::seeded_rng::SeededRng;
use crate::workshop::scene::pose::Pose;

/// Natural blinks: pause between two, and how long one takes.
const BLINK_PAUSE: std::ops::RangeInclusive<u64> = 2_200..=5_500;
const BLINK_TIME: std::ops::RangeInclusive<u64> = 160..=260;

/// One movement: run-up, hold, way back, all in milliseconds of the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// When it begins.
    pub begins: u64,
    /// How long it takes to get there, and to come back.
    pub ramp: u64,
    /// How long it is held.
    pub hold: u64,
}

impl Movement {
    /// How far it is at this time, 0 to 1.
    pub fn share(&self, millis: u64) -> f32 {
        let since = millis.saturating_sub(self.begins) as f32;
        let (ramp, hold) = (self.ramp.max(1) as f32, self.hold as f32);
        let straight = (since / ramp).min((2.0 * ramp + hold - since) / ramp).clamp(0.0, 1.0);
        straight * straight * (3.0 - 2.0 * straight)
    }

    /// Whether it is over.
    pub fn is_over(&self, millis: u64) -> bool {
        millis >= self.begins + 2 * self.ramp + self.hold
    }
}

/// What a living person does without being asked: drifts, breathes, blinks; and what a camera's exposure does.
#[derive(Clone, Debug)]
pub struct Sway {
    phase: f32,
    blinks: SeededRng,
    blink: Movement,
}

impl Sway {
    /// Another seed is another restlessness.
    pub fn new(seed: u64) -> Self {
        let phase = SeededRng::new(seed, 0x5A).share();
        let mut sway =
            Self { phase, blinks: SeededRng::new(seed, 0xB1), blink: Movement { begins: 0, ramp: 1, hold: 0 } };
        sway.plan_blink(0);
        sway
    }

    /// How the person is held at this time, which rises from call to call.
    pub fn pose(&mut self, millis: u64) -> Pose {
        while self.blink.is_over(millis) {
            self.plan_blink(self.blink.begins);
        }
        let wave = |period, shift| self.wave(millis, period, shift);
        Pose {
            yaw: 1.3 * wave(3.9, 0.2) + 0.4 * wave(1.4, 0.5),
            pitch: 0.9 * wave(4.7, 0.6) + 0.3 * wave(1.7, 0.1),
            roll: 1.0 * wave(5.1, 0.3),
            shift: [4.0 * wave(3.7, 0.0) + 1.2 * wave(1.3, 0.6), 2.2 * wave(3.3, 0.4) + 0.7 * wave(1.1, 0.2)],
            nearer: 0.016 * wave(4.3, 0.1),
            mouth: 0.0,
            lids: self.blink.share(millis),
            camera: [2.0 * wave(6.1, 0.7), 1.2 * wave(4.9, 0.9)],
        }
    }

    /// How far this camera's exposure is from the usual one: it wavers about 1.
    pub fn exposure(&self, millis: u64) -> f32 {
        1.0 + 0.012 * self.wave(millis, 2.3, 0.8) + 0.004 * self.wave(millis, 0.31, 0.0)
    }

    /// A sine of this period in seconds.
    fn wave(&self, millis: u64, period: f32, shift: f32) -> f32 {
        (TAU * (millis as f32 / 1_000.0 / period + shift + self.phase)).sin()
    }

    fn plan_blink(&mut self, after: u64) {
        let time = self.blinks.millis(BLINK_TIME);
        let begins = after + self.blinks.millis(BLINK_PAUSE);
        self.blink = Movement { begins, ramp: time * 2 / 5, hold: time / 5 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_movement_goes_there_and_comes_back(begins in 0_u64..5_000, ramp in 1_u64..900, hold in 0_u64..900, at in 0_u64..9_000) {
            let movement = Movement { begins, ramp, hold };
            prop_assert!(movement.share(begins).abs() < 1e-6);
            prop_assert!((movement.share(begins + ramp + hold / 2) - 1.0).abs() < 1e-6);
            prop_assert!((0.0..=1.0).contains(&movement.share(at)));
            prop_assert!(!movement.is_over(at) || movement.share(at).abs() < 1e-6);
            // Nobody jumps: 30 ms of at least 300 are less than a fifth of the way.
            if ramp >= 300 {
                prop_assert!((movement.share(at + 30) - movement.share(at)).abs() < 0.2);
            }
        }
    }

    #[test]
    fn a_person_is_never_still_and_blinks_now_and_then() {
        let mut sway = Sway::new(5);
        let poses: Vec<Pose> = (0..300).map(|frame| sway.pose(frame * 100)).collect();
        assert!(poses.windows(2).all(|pair| pair[0] != pair[1]));
        let mut sway = Sway::new(5);
        let shut: Vec<bool> = (0..6_000).map(|step| sway.pose(step * 10).lids > 0.9).collect();
        let blinks = shut.windows(2).filter(|pair| !pair[0] && pair[1]).count();
        assert!((10..=28).contains(&blinks), "{blinks} in a minute");
    }
}
