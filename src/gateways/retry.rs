//! How long to wait before asking again: exponential, with full jitter, so that many who failed together do not come
//! back together.

use std::time::Duration;

use crate::domain::kernel::clock::Randomness;

/// A wait between nothing and `backoff` doubled `tried` times.
pub(super) fn wait(backoff: Duration, tried: u32, randomness: &dyn Randomness) -> Duration {
    let longest = backoff.saturating_mul(1 << tried.min(16));
    let mut bytes = [0_u8; 4];
    randomness.fill(&mut bytes);
    longest.mul_f64(f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;

    #[test]
    fn waits_spread_over_a_range_that_doubles() {
        let randomness = SeededRandomness::new(7);
        let base = Duration::from_millis(100);
        for tried in 0..4 {
            let longest = base * (1 << tried);
            let waits: Vec<_> = (0..200).map(|_| wait(base, tried, &randomness)).collect();
            assert!(waits.iter().all(|wait| *wait <= longest));
            assert!(waits.iter().any(|wait| *wait > longest / 2));
            assert!(waits.iter().any(|wait| *wait < longest / 2));
        }
    }
}
