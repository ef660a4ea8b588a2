//! Wrong codes lock, longer each time (NIST SP 800-63B-4 section 3.2.2).

use std::time::Duration;

use crate::domain::kernel::time::Timestamp;

/// So many wrong codes are forgiven before the first lock.
const FREE_FAILURES: u32 = 3;
/// The first lock; each further failure doubles it.
const FIRST_LOCK: Duration = Duration::from_secs(30);
/// No lock is longer.
const MAX_LOCK: Duration = Duration::from_hours(24);

/// Failures of one player's second factor since the last success, over all sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lockout {
    /// Wrong codes in a row.
    pub failures: u32,
    /// No attempt is looked at before this instant.
    pub locked_until: Option<Timestamp>,
}

impl Lockout {
    /// How long the player must still wait at `now`; zero when not locked.
    pub fn wait(&self, now: Timestamp) -> Duration {
        self.locked_until.map_or(Duration::ZERO, |until| until.since(now))
    }

    /// Counts a wrong code.
    #[must_use]
    pub fn failed(self, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1);
        let locked_until = (failures >= FREE_FAILURES).then(|| now.plus(lock_time(failures)));
        Self { failures, locked_until }
    }

    /// A right code wipes the slate.
    #[must_use]
    pub fn succeeded(self) -> Self {
        Self::default()
    }
}

fn lock_time(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(FREE_FAILURES).min(30);
    FIRST_LOCK.saturating_mul(1 << doublings).min(MAX_LOCK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_third_wrong_code_locks_and_each_further_one_for_longer() {
        let now = Timestamp::from_seconds(0);
        let two = Lockout::default().failed(now).failed(now);
        assert_eq!(two.wait(now), Duration::ZERO);
        let three = two.failed(now);
        assert_eq!(three.wait(now), Duration::from_secs(30));
        assert_eq!(three.failed(now).wait(now), Duration::from_mins(1));
        assert_eq!(three.wait(Timestamp::from_seconds(30)), Duration::ZERO);
        assert_eq!(three.succeeded(), Lockout::default());
    }

    proptest! {
        #[test]
        fn the_delay_never_shrinks_and_never_passes_a_day(failures in 0_u32..u32::MAX) {
            let now = Timestamp::from_seconds(0);
            let lockout = Lockout { failures, locked_until: None }.failed(now);
            prop_assert!(lockout.failed(now).wait(now) >= lockout.wait(now));
            prop_assert!(lockout.wait(now) <= MAX_LOCK);
        }
    }
}
