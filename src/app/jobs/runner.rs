//! One run of a job: the lease taken, held and given back, panics caught, the end written down and counted.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::sleep;

use super::{Job, JobFailure};
use crate::domain::jobs::ports::LeaseWhen;
use crate::domain::jobs::{JobEnd, JobResult, JobRun, LEASE_TTL, Lease, RENEWAL_INTERVAL, Replicas};
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::handle::new_handle;
use crate::domain::kernel::observer::{Observation, Observer};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;

/// Characters of a replica's name: enough that no two are alike.
const HOLDER_LENGTH: usize = 12;

/// Who runs jobs: one replica, or a command.
#[derive(Clone)]
pub struct Runner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    holder: String,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("holder", &self.holder).finish_non_exhaustive()
    }
}

/// What came of trying to run a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It ran.
    Ran(JobEnd),
    /// Not before then: it is not due, or another replica holds it.
    NotBefore(Timestamp),
}

impl Runner {
    /// A holder of leases with a name that is made up here. `clock` is the real time, also in a sandbox: replicas agree by it.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        observer: Arc<dyn Observer>,
        randomness: &dyn Randomness,
    ) -> Self {
        let handle = new_handle(randomness);
        let holder = handle.chars().take(HOLDER_LENGTH).collect();
        Self { store, clock, observer, holder }
    }

    /// The name by which leases are held.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// Now, in real time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Runs a job of one replica if it is its time and nobody else does.
    ///
    /// # Errors
    /// When the store does not answer; the job may then have been done, and is due again.
    pub async fn run_due(&self, job: &mut dyn Job) -> Result<Attempt, StoreError> {
        let now = self.now();
        let interval = job.schedule().interval;
        // Whoever only looks waits for no writer, and keeps none waiting.
        let status = self.store.read().await?.find_job(job.name()).await?;
        let begins = status.map_or(now, |status| status.begins(now, interval));
        if begins > now {
            return Ok(Attempt::NotBefore(begins));
        }
        self.run_leased(job, LeaseWhen::Due { interval }).await
    }

    /// Runs a job because somebody asked, whether it is due or not.
    ///
    /// # Errors
    /// As [`Runner::run_due`].
    pub async fn run_asked(&self, job: &mut dyn Job) -> Result<Attempt, StoreError> {
        match job.schedule().replicas {
            Replicas::One => self.run_leased(job, LeaseWhen::Asked).await,
            Replicas::Each => {
                let run = self.run_each(job).await;
                job.finish().await;
                self.note(&run).await?;
                Ok(Attempt::Ran(run.end))
            }
        }
    }

    /// Runs a job that every replica does. What came of it is not written down yet.
    pub async fn run_each(&self, job: &mut dyn Job) -> JobRun {
        let begun_at = self.now();
        let result = contained(job).await;
        self.ended(job, begun_at, result)
    }

    /// Writes down what came of a run without a lease.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn note(&self, run: &JobRun) -> Result<(), StoreError> {
        let mut unit = self.store.begin().await?;
        unit.note_job(run).await?;
        unit.commit().await
    }

    /// Gives back every lease that is still held: runs that were cut off.
    ///
    /// # Errors
    /// When the store does not answer; the leases are then free when they are past.
    pub async fn release(&self) -> Result<u64, StoreError> {
        let mut unit = self.store.begin().await?;
        let released = unit.release_jobs(&self.holder, self.now()).await?;
        unit.commit().await?;
        Ok(released)
    }

    async fn run_leased(&self, job: &mut dyn Job, when: LeaseWhen) -> Result<Attempt, StoreError> {
        let begun_at = self.now();
        let lease = self.lease(begun_at);
        let mut unit = self.store.begin().await?;
        if !unit.take_job(job.name(), &lease, begun_at, when).await? {
            let status = unit.find_job(job.name()).await?;
            let free = status.and_then(|status| status.lease).map_or(lease.until, |other| other.until);
            return Ok(Attempt::NotBefore(free));
        }
        unit.commit().await?;
        let name = job.name().to_owned();
        let result = tokio::select! {
            biased;
            result = contained(job) => Some(result),
            () = self.hold(&name, lease) => None,
        };
        let Some(result) = result else {
            tracing::warn!(job = name, "the lease of a job was lost; its run was cut off");
            let end = JobEnd { at: self.now(), result: JobResult::Interrupted, failure: None };
            return Ok(Attempt::Ran(end));
        };
        let run = self.ended(job, begun_at, result);
        let mut unit = self.store.begin().await?;
        if !unit.end_job(&run).await? {
            tracing::warn!(job = name, "a job ended after its lease");
        }
        unit.commit().await?;
        Ok(Attempt::Ran(run.end))
    }

    fn lease(&self, now: Timestamp) -> Lease {
        Lease { holder: self.holder.clone(), until: now.plus(LEASE_TTL) }
    }

    /// Renews the lease for as long as it is this holder's; returns when it no longer is.
    async fn hold(&self, name: &str, lease: Lease) {
        let mut until = lease.until;
        loop {
            sleep(RENEWAL_INTERVAL).await;
            let lease = self.lease(self.now());
            match self.renew(name, &lease).await {
                Ok(true) => until = lease.until,
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(%error, job = name, "the lease of a job was not renewed");
                    if self.now() >= until {
                        return;
                    }
                }
            }
        }
    }

    async fn renew(&self, name: &str, lease: &Lease) -> Result<bool, StoreError> {
        let mut unit = self.store.begin().await?;
        let renewed = unit.renew_job(name, lease).await?;
        unit.commit().await?;
        Ok(renewed)
    }

    fn ended(&self, job: &dyn Job, begun_at: Timestamp, result: Result<(), JobFailure>) -> JobRun {
        let at = self.now();
        let name = job.name().to_owned();
        let (result, failure) = match result {
            Ok(()) => (JobResult::Succeeded, None),
            Err(failure) => {
                tracing::error!(job = name, %failure, "a job did not do everything");
                (JobResult::Failed, Some(failure.as_str().to_owned()))
            }
        };
        let took = Duration::from_micros(u64::try_from(at.micros() - begun_at.micros()).unwrap_or_default());
        self.observer.note(Observation::Job { name: &name, result: result.as_str(), ended: at, took });
        let due_at = job.schedule().next(at, result);
        JobRun { name, holder: self.holder.clone(), begun_at, end: JobEnd { at, result, failure }, due_at }
    }
}

/// A run whose panic is a failure like another.
async fn contained(job: &mut dyn Job) -> Result<(), JobFailure> {
    AssertUnwindSafe(job.run()).catch_unwind().await.unwrap_or_else(|_| Err(JobFailure::new("it panicked")))
}
