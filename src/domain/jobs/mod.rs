//! Background jobs: when one is due, and which of several replicas may do it.

pub mod ports;

use std::time::Duration;

use super::kernel::time::Timestamp;

/// How long a replica may be silent before another takes its job over: longer than the clocks of replicas differ.
pub const LEASE_TTL: Duration = Duration::from_secs(30);
/// How often the holder of a lease says that it is still there.
pub const RENEWAL_INTERVAL: Duration = Duration::from_secs(10);
/// Characters of a failure that are kept.
pub const MAX_FAILURE: usize = 300;

/// Which replicas do a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replicas {
    /// Every one: what it does concerns the process, or shares its work message by message.
    Each,
    /// One at a time, by a lease.
    One,
}

/// When and where a job is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// From the end of a run to the next.
    pub interval: Duration,
    /// The same after a run that failed; at most `interval`.
    pub retry: Duration,
    /// Who does it.
    pub replicas: Replicas,
}

impl Schedule {
    /// By one replica, and again after `interval` whether it failed or not.
    pub const fn one(interval: Duration) -> Self {
        Self { interval, retry: interval, replicas: Replicas::One }
    }

    /// By each replica.
    pub const fn each(interval: Duration) -> Self {
        Self { interval, retry: interval, replicas: Replicas::Each }
    }

    /// When the next run is due after one that ended at `ended`.
    pub fn next(&self, ended: Timestamp, result: JobResult) -> Timestamp {
        match result {
            JobResult::Succeeded => ended.plus(self.interval),
            JobResult::Failed => ended.plus(self.retry.min(self.interval)),
            // Whoever is there goes on with it.
            JobResult::Interrupted => ended,
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobResult {
    /// Everything was done.
    Succeeded,
    /// Not everything; the failure says why.
    Failed,
    /// The process was stopped, or lost the lease.
    Interrupted,
}

impl JobResult {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::Interrupted];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The result with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.as_str() == name)
    }
}

/// A lease: who does a job, and until when nobody else may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The replica, by a name that it made up when it started.
    pub holder: String,
    /// Until when.
    pub until: Timestamp,
}

/// How the last run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobEnd {
    /// When.
    pub at: Timestamp,
    /// How.
    pub result: JobResult,
    /// Why it failed; nothing of a person.
    pub failure: Option<String>,
}

/// What is kept of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobStatus {
    /// Its name.
    pub name: String,
    /// Who does it just now.
    pub lease: Option<Lease>,
    /// When it was begun last; `None` while it was only asked for.
    pub begun_at: Option<Timestamp>,
    /// How that ended, or the run before it.
    pub last: Option<JobEnd>,
    /// When everything was last done.
    pub succeeded_at: Option<Timestamp>,
    /// When it is due next.
    pub due_at: Timestamp,
    /// Whether somebody wants it at once.
    pub is_asked_for: bool,
    /// Runs that failed since the last one that did not.
    pub failures: u32,
}

impl JobStatus {
    /// Whether a replica holds it at `now`.
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.until > now)
    }

    /// Whether it is due at `now`. Nobody would plan it further ahead than `interval`: such a date is of a longer interval of
    /// before, or of a clock that was wrong.
    pub fn is_due(&self, now: Timestamp, interval: Duration) -> bool {
        self.is_asked_for || self.due_at <= now || self.due_at > now.plus(interval)
    }

    /// The earliest moment from `now` on at which it may be begun.
    pub fn begins(&self, now: Timestamp, interval: Duration) -> Timestamp {
        let due = if self.is_due(now, interval) { now } else { self.due_at };
        self.lease.as_ref().map_or(due, |lease| lease.until.max(due))
    }
}

/// A run that ended, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRun {
    /// The job.
    pub name: String,
    /// The replica that did it.
    pub holder: String,
    /// When it began.
    pub begun_at: Timestamp,
    /// How it ended.
    pub end: JobEnd,
    /// When the next one is due.
    pub due_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + seconds)
    }

    fn status(due: i64, lease: Option<i64>) -> JobStatus {
        JobStatus {
            name: "retention".to_owned(),
            lease: lease.map(|until| Lease { holder: "a".to_owned(), until: at(until) }),
            begun_at: None,
            last: None,
            succeeded_at: None,
            due_at: at(due),
            is_asked_for: false,
            failures: 0,
        }
    }

    #[test]
    fn a_failure_is_tried_again_sooner_and_an_interruption_at_once() {
        let schedule =
            Schedule { interval: Duration::from_hours(1), retry: Duration::from_mins(1), replicas: Replicas::One };
        assert_eq!(schedule.next(at(0), JobResult::Succeeded), at(3_600));
        assert_eq!(schedule.next(at(0), JobResult::Failed), at(60));
        assert_eq!(schedule.next(at(0), JobResult::Interrupted), at(0));
    }

    proptest! {
        #[test]
        fn it_begins_when_it_is_due_and_nobody_holds_it(
            due in -10_000_i64..10_000, lease in prop::option::of(-10_000_i64..10_000), interval in 1_u64..5_000,
        ) {
            let (status, interval) = (status(due, lease), Duration::from_secs(interval));
            let begins = status.begins(at(0), interval);
            prop_assert!(begins >= at(0));
            prop_assert!(status.lease.iter().all(|lease| lease.until <= begins), "never while somebody holds it");
            if !status.is_held(at(0)) {
                prop_assert!(begins <= at(0).plus(interval), "never later than an interval from now");
                prop_assert_eq!(begins == at(0), status.is_due(at(0), interval));
            }
        }

        #[test]
        fn names_are_read_back(result in prop::sample::select(&JobResult::ALL)) {
            prop_assert_eq!(JobResult::from_name(result.as_str()), Some(result));
        }
    }
}
