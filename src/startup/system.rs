//! The machine's own clock and randomness: the only places that ask for either.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::time::Timestamp;

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> Timestamp {
        // This is the Clock that everybody else takes. A clock before 1970 reads as 1970: nothing is fresh then.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    #[allow(clippy::disallowed_methods)]
    fn fill(&self, bytes: &mut [u8]) {
        // This is the Randomness that everybody else takes. Keys and handles that could be guessed are worse than a
        // dead process.
        if let Err(why) = getrandom::fill(bytes) {
            eprintln!("rastau: the operating system gives no randomness: {why}");
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_runs_and_randomness_differs() {
        let (first, second) = (SystemClock.now(), SystemClock.now());
        assert!(first <= second && first > Timestamp::from_seconds(1_700_000_000));
        let (mut a, mut b) = ([0; 32], [0; 32]);
        SystemRandomness.fill(&mut a);
        SystemRandomness.fill(&mut b);
        assert!(a != b && a != [0; 32]);
    }
}
