//! Numbers that follow from a seed: nothing secret hangs on them (SplitMix64, Steele et al., 2014).

use std::ops::RangeInclusive;

/// Draws numbers.
#[derive(Clone, Debug)]
pub struct SeededRng(u64);

impl SeededRng {
    /// The same seed and purpose give the same numbers; different purposes do not disturb each other.
    pub fn new(seed: u64, purpose: u64) -> Self {
        let mut dice = Self(seed ^ purpose.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        dice.bits();
        dice
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// From 0 up to but not 1.
    pub fn share(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Anything in the range, each as likely.
    pub fn within(&mut self, range: RangeInclusive<f32>) -> f32 {
        range.start() + self.share() * (range.end() - range.start())
    }

    /// So many milliseconds.
    pub fn millis(&mut self, range: RangeInclusive<u64>) -> u64 {
        range.start() + self.bits() % (range.end() - range.start() + 1)
    }

    /// Heads or tails.
    pub fn coin(&mut self) -> bool {
        self.bits() >> 63 == 1
    }

    /// One of them; `None` of nothing.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.get((self.bits() % from.len().max(1) as u64) as usize).copied()
    }

    /// About normal, mean 0, standard deviation 1: four uniform 16-bit numbers, summed.
    pub fn normal(&mut self) -> f32 {
        let bits = self.bits();
        let sum: u32 = (0..4).map(|part| ((bits >> (16 * part)) & 0xFFFF) as u32).sum();
        (sum as f32 / 65_536.0 - 2.0) * 3.0_f32.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_follow_from_the_seed_and_stay_in_range(seed: u64, purpose: u64, low in 0_u64..1_000, more in 0_u64..1_000) {
            let (mut dice, mut same) = (SeededRng::new(seed, purpose), SeededRng::new(seed, purpose));
            prop_assert_eq!(dice.bits(), same.bits());
            prop_assert!((0.0..1.0).contains(&dice.share()));
            prop_assert!((low..=low + more).contains(&dice.millis(low..=low + more)));
            prop_assert_eq!(dice.pick::<u8>(&[]), None);
        }
    }

    #[test]
    fn purposes_differ_and_the_normal_has_its_spread() {
        assert_ne!(SeededRng::new(1, 1).bits(), SeededRng::new(1, 2).bits());
        let mut dice = SeededRng::new(1, 1);
        let values: Vec<f32> = (0..20_000).map(|_| dice.normal()).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
