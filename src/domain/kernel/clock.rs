//! Time and randomness, as they are given to every rule; and how far the clock of a sandbox may be moved.

use std::time::Duration;

use super::time::Timestamp;

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// The same clock where a tester may move it: in a sandbox alone.
    fn movable(&self) -> Option<&dyn MovableClock> {
        None
    }

    /// Real time, which everybody outside goes by: behind [`Clock::now`] where a tester has moved that.
    fn real(&self) -> Timestamp {
        self.now().minus(self.movable().map_or(Duration::ZERO, MovableClock::ahead))
    }

    /// The moment on this clock that lies as long ago as `moment` does in real time: what others date grows no older by hours that a
    /// tester skips.
    fn dated(&self, moment: Timestamp) -> Timestamp {
        moment.plus(self.movable().map_or(Duration::ZERO, MovableClock::ahead))
    }
}

/// A clock that a tester moves ahead. It is never before real time.
pub trait MovableClock: Clock {
    /// How far it is ahead.
    fn ahead(&self) -> Duration;

    /// Moves it on.
    ///
    /// # Errors
    /// [`TooFarAhead`]; it then stays where it is.
    fn advance(&self, by: Duration) -> Result<(), TooFarAhead>;

    /// Back to real time.
    fn reset(&self);
}

/// Unpredictable bytes.
pub trait Randomness: Send + Sync {
    /// Fills `bytes`. An adapter that cannot must end the process rather than return something predictable.
    fn fill(&self, bytes: &mut [u8]);
}

/// The furthest that a tester may be ahead of real time: a year, and some weeks for what ends with it.
pub const MAX_AHEAD: Duration = Duration::from_hours(24 * 400);

/// The clock would be further ahead than [`MAX_AHEAD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sandbox's clock is at most 400 days ahead of real time")]
pub struct TooFarAhead;

/// How far ahead a clock is that was `ahead` and moves on `by`.
///
/// # Errors
/// [`TooFarAhead`] past [`MAX_AHEAD`].
pub fn further(ahead: Duration, by: Duration) -> Result<Duration, TooFarAhead> {
    ahead.checked_add(by).filter(|sum| *sum <= MAX_AHEAD).ok_or(TooFarAhead)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_far_as_400_days_and_not_a_step_more() {
        assert_eq!(further(Duration::ZERO, MAX_AHEAD), Ok(MAX_AHEAD));
        assert_eq!(further(MAX_AHEAD, Duration::from_nanos(1)), Err(TooFarAhead));
        assert_eq!(further(MAX_AHEAD, Duration::MAX), Err(TooFarAhead));
    }

    proptest! {
        #[test]
        fn steps_add_up_and_none_goes_too_far(steps in prop::collection::vec(0_u64..10_000_000, 0..20)) {
            let mut ahead = Duration::ZERO;
            for step in steps {
                let by = Duration::from_secs(step);
                match further(ahead, by) {
                    Ok(then) => {
                        prop_assert_eq!(then, ahead + by);
                        ahead = then;
                    }
                    Err(TooFarAhead) => prop_assert!(ahead + by > MAX_AHEAD),
                }
                prop_assert!(ahead <= MAX_AHEAD);
            }
        }
    }
}
