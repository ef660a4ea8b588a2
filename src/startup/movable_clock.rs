//! A clock that a tester may move ahead of another one. Only a sandbox gets it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::domain::kernel::clock::{Clock, MovableClock, TooFarAhead, further};
use crate::domain::kernel::time::Timestamp;

/// Shows the real time and what was added to it. Forgets that with the process.
pub struct OffsetClock {
    real: Arc<dyn Clock>,
    ahead_micros: AtomicU64,
}

impl OffsetClock {
    /// Starts at real time.
    pub fn new(real: Arc<dyn Clock>) -> Self {
        Self { real, ahead_micros: AtomicU64::new(0) }
    }
}

impl fmt::Debug for OffsetClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OffsetClock").field(&self.ahead()).finish()
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> Timestamp {
        self.real.now().plus(self.ahead())
    }

    fn movable(&self) -> Option<&dyn MovableClock> {
        Some(self)
    }
}

impl MovableClock for OffsetClock {
    fn ahead(&self) -> Duration {
        Duration::from_micros(self.ahead_micros.load(Ordering::SeqCst))
    }

    fn advance(&self, by: Duration) -> Result<(), TooFarAhead> {
        let add = |micros| {
            let then = further(Duration::from_micros(micros), by).ok()?;
            u64::try_from(then.as_micros()).ok()
        };
        // Two testers at once: each moves on from where the other came to.
        self.ahead_micros.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add).map_err(|_| TooFarAhead)?;
        Ok(())
    }

    fn reset(&self) {
        self.ahead_micros.store(0, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::clock::MAX_AHEAD;
    use crate::domain::kernel::testing::FakeClock;

    #[test]
    fn it_runs_with_the_real_one_and_is_never_before_it() {
        let real = Arc::new(FakeClock::new(Timestamp::from_seconds(1_000)));
        let clock = OffsetClock::new(real.clone());
        assert_eq!(clock.now(), real.now());
        clock.advance(Duration::from_secs(61)).unwrap();
        clock.advance(Duration::from_secs(39)).unwrap();
        real.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Timestamp::from_seconds(1_101));
        assert_eq!(clock.real(), real.now());
        let refreshed = Timestamp::from_seconds(500);
        assert_eq!(
            clock.now().since(clock.dated(refreshed)),
            real.now().since(refreshed),
            "skipped hours make nothing older"
        );
        clock.reset();
        assert_eq!(clock.now(), real.now());
    }

    #[test]
    fn a_step_too_far_moves_nothing() {
        let clock = OffsetClock::new(Arc::new(FakeClock::new(Timestamp::from_seconds(0))));
        clock.advance(MAX_AHEAD).unwrap();
        assert_eq!(clock.advance(Duration::from_secs(1)), Err(TooFarAhead));
        assert_eq!(clock.ahead(), MAX_AHEAD);
    }
}
