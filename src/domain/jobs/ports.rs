//! Where the replicas agree on who does what.

use std::time::Duration;

use async_trait::async_trait;

use super::{JobRun, JobStatus, Lease};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;

type Result<T> = std::result::Result<T, StoreError>;

/// When a lease may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseWhen {
    /// When the job is due, see [`JobStatus::is_due`].
    Due {
        /// The job's interval.
        interval: Duration,
    },
    /// At any time: somebody asked.
    Asked,
}

/// Leases and last runs of background jobs.
#[async_trait]
pub trait Jobs: Send {
    /// All jobs that were ever begun, by name.
    async fn list_jobs(&mut self) -> Result<Vec<JobStatus>>;
    /// One of them.
    async fn find_job(&mut self, name: &str) -> Result<Option<JobStatus>>;
    /// Takes the job from `now` on unless somebody else holds it or it is not its time; says whether it was taken.
    async fn take_job(&mut self, name: &str, lease: &Lease, now: Timestamp, when: LeaseWhen) -> Result<bool>;
    /// Holds it longer; false when it is no longer this holder's.
    async fn renew_job(&mut self, name: &str, lease: &Lease) -> Result<bool>;
    /// Writes how a run ended and gives the lease back; false when it was no longer this holder's, and nothing is written. A
    /// wish that came meanwhile stays.
    async fn end_job(&mut self, run: &JobRun) -> Result<bool>;
    /// Writes how a run without a lease ended.
    async fn note_job(&mut self, run: &JobRun) -> Result<()>;
    /// The job is due at once, whatever was planned; whoever holds it does it once more.
    async fn ask_for_job(&mut self, name: &str) -> Result<()>;
    /// Gives back whatever this holder holds, each as interrupted at `now` and due; returns how many.
    async fn release_jobs(&mut self, holder: &str, now: Timestamp) -> Result<u64>;
    /// Forgets jobs that were begun before `before` and not since: what they worked on is no longer configured.
    async fn delete_jobs(&mut self, before: Timestamp) -> Result<u64>;
}
