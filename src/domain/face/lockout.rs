//! Failed captures lock the person and the device: a challenge that may be tried without end is no challenge.

use std::time::Duration;

use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;

/// So many failures since the last success lock.
const FAILURES_TO_LOCK: u32 = 3;
/// Every lock of a person, and the first of a device; each further lock of a device doubles it.
const FIRST_LOCK: Duration = Duration::from_mins(30);
/// No lock is longer.
const MAX_LOCK: Duration = Duration::from_hours(24);
/// After so long without a failure nothing of the earlier ones counts, and the record may go.
pub const FAILURE_RETENTION: Duration = Duration::from_hours(30 * 24);

/// Who is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockSubject {
    /// Whoever is under attack: a longer lock would let an attacker keep them from playing.
    Person(PlayerId),
    /// The browser that the captures came from, by the hash of the token in its cookie.
    Device(HandleHash),
}

impl LockSubject {
    /// The kind as columns and the audit log write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Device(_) => "device",
        }
    }

    /// How long the lock number `number` (from 1 on) lasts.
    fn lock_time(&self, number: u32) -> Duration {
        match self {
            Self::Person(_) => FIRST_LOCK,
            Self::Device(_) => {
                let doublings = number.saturating_sub(1).min(30);
                FIRST_LOCK.saturating_mul(1 << doublings).min(MAX_LOCK)
            }
        }
    }
}

/// What the failures of one subject came to, over all verifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaceLockout {
    /// Failed captures since the last success or lock.
    pub failures: u32,
    /// Locks so far.
    pub locks: u32,
    /// No capture begins, and none succeeds, before this instant.
    pub locked_until: Option<Timestamp>,
    /// When the last capture failed.
    pub failed_at: Option<Timestamp>,
}

impl FaceLockout {
    /// Until when captures are locked; `None` when they are not.
    pub fn locked_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| *until > now)
    }

    /// How many more failures lock.
    pub fn left(&self) -> u32 {
        FAILURES_TO_LOCK.saturating_sub(self.failures)
    }

    /// Counts a failed capture. The third locks and starts the count anew; a failure of a capture that was under way
    /// when the lock began never shortens it.
    #[must_use]
    pub fn failed(self, subject: &LockSubject, now: Timestamp) -> Self {
        let quiet = self.failed_at.is_none_or(|at| now.since(at) >= FAILURE_RETENTION);
        let before = if quiet { Self { locked_until: self.locked_until, ..Self::default() } } else { self };
        let failures = before.failures.saturating_add(1);
        if failures < FAILURES_TO_LOCK {
            return Self { failures, failed_at: Some(now), ..before };
        }
        let locks = before.locks.saturating_add(1);
        let until = Some(now.plus(subject.lock_time(locks))).max(before.locked_until);
        Self { failures: 0, locks, locked_until: until, failed_at: Some(now) }
    }

    /// A success wipes the failures; how often there were three is not forgotten by it.
    #[must_use]
    pub fn succeeded(self) -> Self {
        Self { failures: 0, ..self }
    }

    /// Staff let the subject try again.
    #[must_use]
    pub fn unlocked(self) -> Self {
        Self { failures: 0, locked_until: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const DEVICE: LockSubject = LockSubject::Device(HandleHash([7; 32]));
    const MINUTE: i64 = 60;

    fn person() -> LockSubject {
        LockSubject::Person(PlayerId::from(Uuid::from_u128(1)))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn fail(lockout: FaceLockout, subject: &LockSubject, times: u32, now: Timestamp) -> FaceLockout {
        (0..times).fold(lockout, |lockout, _| lockout.failed(subject, now))
    }

    fn minutes(lockout: &FaceLockout, now: Timestamp) -> u64 {
        lockout.locked_at(now).map_or(0, |until| until.since(now).as_secs() / 60)
    }

    #[test]
    fn the_third_failure_locks_a_person_for_half_an_hour_each_time() {
        let two = fail(FaceLockout::default(), &person(), 2, at(0));
        assert_eq!(two.locked_at(at(0)), None);
        let mut lockout = two;
        let mut now = at(0);
        for _ in 0..4 {
            lockout = lockout.failed(&person(), now);
            assert_eq!(minutes(&lockout, now), 30);
            now = now.plus(FIRST_LOCK);
            assert_eq!(lockout.locked_at(now), None, "free at that very instant");
            lockout = fail(lockout, &person(), 2, now);
            assert_eq!(lockout.locked_at(now), None, "two more are free");
        }
    }

    #[test]
    fn a_device_is_locked_for_longer_each_time_and_for_a_day_at_most() {
        let mut lockout = FaceLockout::default();
        let mut now = at(0);
        for expected in [30, 60, 120, 240, 480, 960, 1440, 1440] {
            lockout = fail(lockout, &DEVICE, 3, now);
            assert_eq!(minutes(&lockout, now), expected);
            now = now.plus(MAX_LOCK);
        }
    }

    #[test]
    fn a_success_wipes_failures_but_not_how_often_there_were_three() {
        let locked = fail(FaceLockout::default(), &DEVICE, 3, at(0));
        let later = at(31 * MINUTE);
        let passed = fail(locked, &DEVICE, 2, later).succeeded();
        assert_eq!((passed.failures, passed.locks), (0, 1));
        assert_eq!(fail(passed, &DEVICE, 2, later).locked_at(later), None);
        assert_eq!(minutes(&fail(passed, &DEVICE, 3, later), later), 60);
    }

    #[test]
    fn a_quiet_month_is_a_clean_slate() {
        let locked = fail(FaceLockout::default(), &DEVICE, 5, at(0));
        let almost = Timestamp::from_micros(at(0).plus(FAILURE_RETENTION).micros() - 1);
        assert_eq!(minutes(&locked.failed(&DEVICE, almost), almost), 60);
        let quiet = at(0).plus(FAILURE_RETENTION);
        assert_eq!(locked.failed(&DEVICE, quiet).failures, 1);
        assert_eq!(minutes(&fail(locked, &DEVICE, 3, quiet), quiet), 30);
    }

    #[test]
    fn staff_end_a_lock_and_the_next_three_failures_lock_again() {
        let unlocked = fail(FaceLockout::default(), &person(), 3, at(0)).unlocked();
        assert_eq!(unlocked.locked_at(at(0)), None);
        assert_eq!(minutes(&fail(unlocked, &person(), 3, at(1)), at(1)), 30);
    }

    fn subjects() -> impl Strategy<Value = LockSubject> {
        prop_oneof![
            any::<u128>().prop_map(|id| LockSubject::Person(PlayerId::from(Uuid::from_u128(id)))),
            any::<[u8; 32]>().prop_map(|hash| LockSubject::Device(HandleHash(hash))),
        ]
    }

    fn lockouts() -> impl Strategy<Value = FaceLockout> {
        let instant = || prop::option::of((0_i64..10_000_000).prop_map(at));
        (0_u32..FAILURES_TO_LOCK, any::<u32>(), instant(), instant()).prop_map(
            |(failures, locks, locked_until, failed_at)| FaceLockout { failures, locks, locked_until, failed_at },
        )
    }

    proptest! {
        #[test]
        fn no_failure_shortens_a_lock_and_none_locks_for_more_than_a_day(
            lockout in lockouts(), subject in subjects(), now in 0_i64..10_000_000,
        ) {
            let now = at(now);
            let failed = lockout.failed(&subject, now);
            prop_assert!(failed.locked_until >= lockout.locked_until);
            prop_assert!(failed.failures < FAILURES_TO_LOCK);
            let longest = now.plus(MAX_LOCK).max(lockout.locked_until.unwrap_or(now));
            prop_assert!(failed.locked_until.is_none_or(|until| until <= longest));
        }

        #[test]
        fn whatever_came_before_three_failures_in_a_row_lock_for_half_an_hour_at_least(
            lockout in lockouts(), subject in subjects(), now in 0_i64..10_000_000,
        ) {
            let now = at(now);
            let until = (0..FAILURES_TO_LOCK)
                .scan(lockout, |lockout, _| { *lockout = lockout.failed(&subject, now); Some(*lockout) })
                .filter_map(|lockout| lockout.locked_at(now))
                .max();
            prop_assert!(until.is_some_and(|until| until.since(now) >= FIRST_LOCK));
        }

        #[test]
        fn two_failures_between_successes_never_lock(rounds in 0_u32..40, subject in subjects()) {
            let mut lockout = FaceLockout::default();
            for round in 0..rounds {
                let now = at(i64::from(round) * 10);
                lockout = fail(lockout, &subject, 2, now).succeeded();
                prop_assert_eq!(lockout.locked_at(now), None);
            }
        }
    }
}
