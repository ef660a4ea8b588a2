//! Runs the jobs of a service, each in a task of its own, until it is told to stop.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Job;
use super::runner::{Attempt, Runner};
use crate::domain::jobs::{JobResult, Replicas};
use crate::domain::kernel::time::Timestamp;

/// How long a job waits at most before it is looked at again: somebody may have asked for it.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// How long after a database that did not answer.
const OUTAGE_INTERVAL: Duration = Duration::from_secs(2);
/// How often it is written down that a job of every replica goes well.
const NOTE_INTERVAL: Duration = Duration::from_mins(1);

/// The jobs of one replica while it serves.
#[derive(Debug)]
pub struct Scheduler {
    runner: Runner,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// Tells a [`Scheduler`] to begin no more runs.
#[derive(Clone, Debug)]
pub struct Stopper(watch::Sender<bool>);

impl Stopper {
    /// Runs under way go on, no other begins.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Scheduler {
    /// Begins with `jobs`.
    pub fn start(runner: Runner, jobs: Vec<Box<dyn Job>>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for job in jobs {
            tasks.spawn(keep_running(runner.clone(), job, stopped.clone()));
        }
        Self { runner, stop, tasks }
    }

    /// Whoever may stop it.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// Lets runs under way come to their end within `patience`, cuts the others off and gives their leases back.
    pub async fn drain(mut self, patience: Duration) {
        self.stop.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(patience, all).await.is_err() {
            tracing::warn!("jobs are cut off; whoever serves next goes on with them");
            self.tasks.shutdown().await;
        }
        if let Err(error) = self.runner.release().await {
            tracing::warn!(%error, "leases of jobs were not given back; they are free when they are past");
        }
    }
}

async fn keep_running(runner: Runner, mut job: Box<dyn Job>, mut stopped: watch::Receiver<bool>) {
    let mut notes = Notes::default();
    while !*stopped.borrow_and_update() {
        let wait = match job.schedule().replicas {
            Replicas::Each => run_each(&runner, job.as_mut(), &mut notes).await,
            Replicas::One => run_one(&runner, job.as_mut()).await,
        };
        tokio::select! {
            _ = stopped.changed() => {}
            () = sleep(wait) => {}
        }
    }
    job.finish().await;
}

/// One look at a job of one replica; returns how long until the next.
async fn run_one(runner: &Runner, job: &mut dyn Job) -> Duration {
    match runner.run_due(job).await {
        // At once again: somebody may have asked for it meanwhile.
        Ok(Attempt::Ran(_)) => Duration::ZERO,
        Ok(Attempt::NotBefore(then)) => then.since(runner.now()).min(LOOK_INTERVAL),
        Err(error) => {
            tracing::error!(%error, job = job.name(), "a job was not looked at");
            OUTAGE_INTERVAL
        }
    }
}

/// One run of a job of every replica.
async fn run_each(runner: &Runner, job: &mut dyn Job, notes: &mut Notes) -> Duration {
    let run = runner.run_each(job).await;
    if notes.is_due(run.end.result, run.end.at) && runner.note(&run).await.is_ok() {
        notes.last = Some((run.end.result, run.end.at));
    }
    run.due_at.since(run.end.at)
}

/// What was last written down: each change, and now and then that nothing has changed.
#[derive(Default)]
struct Notes {
    last: Option<(JobResult, Timestamp)>,
}

impl Notes {
    fn is_due(&self, result: JobResult, now: Timestamp) -> bool {
        self.last.is_none_or(|(last, at)| last != result || now.since(at) >= NOTE_INTERVAL)
    }
}
