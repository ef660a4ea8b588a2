//! Background jobs on a real database: one of many runs them, panics and lost leases included.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use rastau::app::jobs::runner::{Attempt, Runner};
use rastau::app::jobs::scheduler::Scheduler;
use rastau::app::jobs::{Job, JobFailure};
use rastau::domain::jobs::{JobResult, LEASE_TTL, Schedule};
use rastau::domain::kernel::observer::Unobserved;
use rastau::domain::kernel::testing::{FakeClock, SeededRandomness};
use rastau::domain::ports::Store as _;
use tokio::sync::Semaphore;

use crate::store::database::{Database, at};
use crate::store::on_both_engines;

/// Counts its runs; each waits for a permit.
struct Counted {
    schedule: Schedule,
    begun: Arc<AtomicU32>,
    permits: Arc<Semaphore>,
    panics: bool,
}

impl Counted {
    fn new(schedule: Schedule) -> Self {
        Self { schedule, begun: Arc::default(), permits: Arc::new(Semaphore::new(0)), panics: false }
    }

    /// The same job in another replica.
    fn again(&self) -> Self {
        Self { schedule: self.schedule, begun: self.begun.clone(), permits: self.permits.clone(), panics: self.panics }
    }

    fn begun(&self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Job for Counted {
    fn name(&self) -> &'static str {
        "counted"
    }

    fn schedule(&self) -> Schedule {
        self.schedule
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics, "as it was told to");
        self.permits.acquire().await?.forget();
        Ok(())
    }
}

const HOURLY: Schedule = Schedule::one(Duration::from_hours(1));

fn runner(database: &Database, clock: &Arc<FakeClock>, seed: u64) -> Runner {
    let store = Arc::new(database.store.clone());
    Runner::new(store, clock.clone(), Arc::new(Unobserved), &SeededRandomness::new(seed))
}

async fn until(what: impl Fn() -> bool) {
    for _ in 0..600 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within 30 s");
}

fn ended(attempt: &Attempt) -> JobResult {
    match attempt {
        Attempt::Ran(end) => end.result,
        Attempt::NotBefore(then) => panic!("not before {then}"),
    }
}

on_both_engines! {
    async fn of_two_replicas_one_runs_it_and_the_other_waits(database: &Database) {
        let clock = Arc::new(FakeClock::new(at(0)));
        let (one, two) = (runner(database, &clock, 1), runner(database, &clock, 2));
        let mut job = Counted::new(HOURLY);
        let mut elsewhere = job.again();
        let (begun, permits) = (job.begun.clone(), job.permits.clone());
        let first = tokio::spawn(async move { one.run_due(&mut job).await.unwrap() });
        until(|| begun.load(Ordering::SeqCst) == 1).await;
        let free = Attempt::NotBefore(at(0).plus(LEASE_TTL));
        assert_eq!(two.run_due(&mut elsewhere).await.unwrap(), free);
        assert_eq!(two.run_asked(&mut elsewhere).await.unwrap(), free, "nor because somebody asked");
        permits.add_permits(1);
        assert_eq!(ended(&first.await.unwrap()), JobResult::Succeeded);
        assert_eq!(two.run_due(&mut elsewhere).await.unwrap(), Attempt::NotBefore(at(3_600)));
        assert_eq!(elsewhere.begun(), 1);
    }

    async fn whoever_lost_its_lease_writes_nothing_down(database: &Database) {
        let clock = Arc::new(FakeClock::new(at(0)));
        let (one, two) = (runner(database, &clock, 1), runner(database, &clock, 2));
        let mut job = Counted::new(HOURLY);
        let mut elsewhere = job.again();
        let (begun, permits) = (job.begun.clone(), job.permits.clone());
        let first = tokio::spawn(async move { one.run_due(&mut job).await });
        until(|| begun.load(Ordering::SeqCst) == 1).await;
        clock.advance(LEASE_TTL);
        let holder = two.holder().to_owned();
        let second = tokio::spawn(async move { two.run_due(&mut elsewhere).await });
        until(|| begun.load(Ordering::SeqCst) == 2).await;
        // The first one notices at its next renewal, and is cut off.
        assert_eq!(ended(&first.await.unwrap().unwrap()), JobResult::Interrupted);
        let held = database.begin().await.find_job("counted").await.unwrap().unwrap();
        assert_eq!((held.lease.unwrap().holder, held.last), (holder, None));
        permits.add_permits(1);
        assert_eq!(ended(&second.await.unwrap().unwrap()), JobResult::Succeeded);
    }

    async fn a_panic_is_a_failure_and_it_is_tried_again_sooner(database: &Database) {
        let clock = Arc::new(FakeClock::new(at(0)));
        let runner = runner(database, &clock, 1);
        let schedule = Schedule { retry: Duration::from_mins(1), ..HOURLY };
        let mut job = Counted { panics: true, ..Counted::new(schedule) };
        assert_eq!(ended(&runner.run_due(&mut job).await.unwrap()), JobResult::Failed);
        let failed = database.begin().await.find_job("counted").await.unwrap().unwrap();
        assert_eq!((failed.failures, failed.due_at, failed.lease), (1, at(60), None));
        assert_eq!(failed.last.unwrap().failure.as_deref(), Some("it panicked"));
        clock.advance(Duration::from_mins(1));
        (job.panics, job.permits) = (false, Arc::new(Semaphore::new(1)));
        assert_eq!(ended(&runner.run_due(&mut job).await.unwrap()), JobResult::Succeeded);
    }

    async fn a_service_that_stops_lets_runs_end_or_gives_their_leases_back(database: &Database) {
        let clock = Arc::new(FakeClock::new(at(0)));
        let job = Counted::new(HOURLY);
        let (begun, permits) = (job.begun.clone(), job.permits.clone());
        let scheduler = Scheduler::start(runner(database, &clock, 1), vec![Box::new(job.again())]);
        until(|| begun.load(Ordering::SeqCst) == 1).await;
        scheduler.drain(Duration::from_millis(200)).await;
        let cut = database.begin().await.find_job("counted").await.unwrap().unwrap();
        assert_eq!((cut.lease, cut.due_at), (None, at(0)));
        assert_eq!(cut.last.unwrap().result, JobResult::Interrupted);

        let scheduler = Scheduler::start(runner(database, &clock, 2), vec![Box::new(job.again())]);
        until(|| begun.load(Ordering::SeqCst) == 2).await;
        scheduler.stopper().stop();
        permits.add_permits(2);
        scheduler.drain(Duration::from_mins(1)).await;
        let whole = database.begin().await.find_job("counted").await.unwrap().unwrap();
        assert_eq!((whole.last.unwrap().result, whole.due_at), (JobResult::Succeeded, at(3_600)));
        assert_eq!((begun.load(Ordering::SeqCst), permits.available_permits()), (2, 1), "none begins after that");
    }

    async fn what_every_replica_does_is_done_by_each(database: &Database) {
        let clock = Arc::new(FakeClock::new(at(0)));
        let job = Counted::new(Schedule::each(Duration::from_millis(10)));
        job.permits.add_permits(1_000);
        let started = [1, 2].map(|seed| Scheduler::start(runner(database, &clock, seed), vec![Box::new(job.again())]));
        until(|| job.begun() >= 20).await;
        for scheduler in started {
            scheduler.drain(Duration::from_mins(1)).await;
        }
        let noted = database.store.read().await.unwrap().find_job("counted").await.unwrap().unwrap();
        assert_eq!((noted.lease, noted.last.unwrap().result), (None, JobResult::Succeeded));
    }
}
