//! The page's light on its way into the picture: one to two frames late.

use super::camera::PageLight;
use crate::domain::face::liveness::challenge::Light;
use crate::workshop::actor::Shown;
use crate::workshop::seeded_rng::SeededRng;

/// What of the page's light a camera sees.
#[derive(Clone, Debug)]
pub struct Lighting {
    strength: f32,
    /// Milliseconds.
    lag: u64,
    /// What was shown, and since when; the oldest that counts first.
    shown: Vec<(u64, Option<Light>)>,
}

impl Lighting {
    /// Another seed is another room, phone and camera.
    pub fn new(seed: u64) -> Self {
        let mut dice = SeededRng::new(seed, 0x11);
        Self { strength: dice.within(0.12..=0.2), lag: dice.millis(100..=200), shown: Vec::new() }
    }

    /// What falls into the picture now.
    pub fn now(&mut self, shown: &Shown) -> Option<PageLight> {
        if self.shown.last().is_none_or(|(_, light)| *light != shown.light) {
            self.shown.push((shown.millis, shown.light));
        }
        let seen = shown.millis.saturating_sub(self.lag);
        let reached = self.shown.iter().rposition(|(since, _)| *since <= seen).unwrap_or(0);
        self.shown.drain(..reached);
        let (since, light) = self.shown.first()?;
        light.filter(|_| *since <= seen).map(|colour| PageLight { colour, strength: self.strength })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_comes_one_to_two_frames_late_and_goes_as_late() {
        for seed in 0..50 {
            let mut lighting = Lighting::new(seed);
            let shown = |millis: u64| Shown {
                millis,
                command: None,
                light: (1_000..1_700).contains(&millis).then_some(Light::Blue),
            };
            let lit: Vec<u64> =
                (0..300).map(|step| step * 10).filter(|at| lighting.now(&shown(*at)).is_some()).collect();
            let (first, last) = (lit[0], lit[lit.len() - 1]);
            assert!((1_100..=1_200).contains(&first) && (1_790..=1_900).contains(&last), "{first} {last}");
            assert_eq!(lit.len() as u64, (last - first) / 10 + 1);
        }
    }
}
