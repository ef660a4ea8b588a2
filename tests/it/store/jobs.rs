use std::time::Duration;

use rastau::domain::jobs::ports::LeaseWhen;
use rastau::domain::jobs::{JobEnd, JobResult, JobRun, JobStatus, Lease};
use rastau::domain::kernel::time::Timestamp;

use super::database::{Database, at};
use super::on_both_engines;

const HOUR: Duration = Duration::from_hours(1);
const DUE: LeaseWhen = LeaseWhen::Due { interval: HOUR };

fn lease(holder: &str, until: i64) -> Lease {
    Lease { holder: holder.to_owned(), until: at(until) }
}

fn run(holder: &str, ended: i64, result: JobResult, due: Timestamp) -> JobRun {
    let failure = (result == JobResult::Failed).then(|| "no answer".to_owned());
    let end = JobEnd { at: at(ended), result, failure };
    JobRun { name: "retention".to_owned(), holder: holder.to_owned(), begun_at: at(ended), end, due_at: due }
}

async fn take(database: &Database, holder: &str, now: i64, when: LeaseWhen) -> bool {
    let mut unit = database.begin().await;
    let taken = unit.take_job("retention", &lease(holder, now + 30), at(now), when).await.unwrap();
    unit.commit().await.unwrap();
    taken
}

async fn end(database: &Database, run: &JobRun) -> bool {
    let mut unit = database.begin().await;
    let ended = unit.end_job(run).await.unwrap();
    unit.commit().await.unwrap();
    ended
}

async fn status(database: &Database) -> JobStatus {
    database.begin().await.find_job("retention").await.unwrap().unwrap()
}

on_both_engines! {
    async fn one_of_many_has_the_lease_until_it_is_past(database: &Database) {
        assert_eq!(database.begin().await.find_job("retention").await.unwrap(), None);
        assert!(take(database, "a", 0, DUE).await, "never done: due");
        for when in [DUE, LeaseWhen::Asked] {
            assert!(!take(database, "b", 29, when).await, "held");
            assert!(!take(database, "a", 29, when).await, "by itself, too");
        }
        assert!(take(database, "b", 30, DUE).await, "whoever held it is gone");
        let mut unit = database.begin().await;
        assert!(!unit.renew_job("retention", &lease("a", 90)).await.unwrap());
        assert!(unit.renew_job("retention", &lease("b", 90)).await.unwrap());
        unit.commit().await.unwrap();
        assert!(!take(database, "c", 89, DUE).await);
        assert!(!end(database, &run("a", 40, JobResult::Succeeded, at(3_640))).await, "too late");
        let held = status(database).await;
        assert_eq!((held.lease, held.begun_at, held.last), (Some(lease("b", 90)), Some(at(30)), None));
        assert!(end(database, &run("b", 50, JobResult::Succeeded, at(3_650))).await);
        let ended = status(database).await;
        assert_eq!((ended.lease, ended.due_at, ended.succeeded_at), (None, at(3_650), Some(at(50))));
    }

    async fn of_two_that_come_at_once_one_has_it(database: &Database) {
        let other = database.connect_again().await;
        let attempt = async |store: &rastau::store::SqlStore, holder: &str| {
            use rastau::domain::ports::Store as _;
            let mut unit = store.begin().await.unwrap();
            let taken = unit.take_job("retention", &lease(holder, 30), at(0), DUE).await.unwrap();
            unit.commit().await.unwrap();
            taken
        };
        let (one, two) = tokio::join!(attempt(&database.store, "a"), attempt(&other, "b"));
        assert!(one ^ two);
    }

    async fn it_is_due_when_planned_asked_for_or_planned_too_far_ahead(database: &Database) {
        assert!(take(database, "a", 0, DUE).await);
        assert!(end(database, &run("a", 1, JobResult::Succeeded, at(3_601))).await);
        assert!(!take(database, "a", 3_600, DUE).await);
        assert!(take(database, "a", 3_600, LeaseWhen::Asked).await, "somebody asked here");
        assert!(end(database, &run("a", 3_600, JobResult::Succeeded, at(7_200))).await);
        let sooner = LeaseWhen::Due { interval: Duration::from_mins(1) };
        assert!(take(database, "a", 3_601, sooner).await, "the interval is shorter now");
        assert!(end(database, &run("a", 3_602, JobResult::Succeeded, at(7_202))).await);
        let mut unit = database.begin().await;
        unit.ask_for_job("retention").await.unwrap();
        unit.commit().await.unwrap();
        assert!(status(database).await.is_due(at(3_603), HOUR));
        assert!(take(database, "b", 3_603, DUE).await, "somebody asked elsewhere");
        assert!(!status(database).await.is_asked_for);
        let mut unit = database.begin().await;
        unit.ask_for_job("retention").await.unwrap();
        unit.commit().await.unwrap();
        assert!(end(database, &run("b", 3_604, JobResult::Succeeded, at(7_204))).await);
        assert!(take(database, "b", 3_605, DUE).await, "asked for while it was under way: once more");
    }

    async fn what_was_never_done_can_be_asked_for(database: &Database) {
        let mut unit = database.begin().await;
        unit.ask_for_job("retention").await.unwrap();
        unit.ask_for_job("retention").await.unwrap();
        unit.commit().await.unwrap();
        let asked = status(database).await;
        assert_eq!((asked.begun_at, asked.last, asked.is_asked_for), (None, None, true));
        assert!(take(database, "a", 0, DUE).await);
    }

    async fn failures_are_counted_until_it_succeeds(database: &Database) {
        for (count, second) in [(1, 0), (2, 100)] {
            assert!(take(database, "a", second, DUE).await);
            assert!(end(database, &run("a", second, JobResult::Failed, at(second + 60))).await);
            let failed = status(database).await;
            assert_eq!((failed.failures, failed.succeeded_at), (count, None));
            assert_eq!(failed.last.unwrap().failure.as_deref(), Some("no answer"));
        }
        assert!(take(database, "a", 200, DUE).await);
        assert!(end(database, &run("a", 200, JobResult::Succeeded, at(3_800))).await);
        let good = status(database).await;
        assert_eq!((good.failures, good.last.unwrap().failure, good.succeeded_at), (0, None, Some(at(200))));
    }

    async fn a_run_of_every_replica_is_noted_without_a_lease(database: &Database) {
        for (second, result) in [(0, JobResult::Failed), (1, JobResult::Failed), (2, JobResult::Succeeded)] {
            let mut unit = database.begin().await;
            unit.note_job(&run("a", second, result, at(second + 1))).await.unwrap();
            unit.commit().await.unwrap();
            let noted = status(database).await;
            let failures = if result == JobResult::Failed { u32::try_from(second).unwrap() + 1 } else { 0 };
            assert_eq!((noted.lease, noted.failures, noted.due_at), (None, failures, at(second + 1)));
        }
        assert_eq!(status(database).await.succeeded_at, Some(at(2)));
    }

    async fn whoever_stops_gives_back_what_it_holds_and_no_more(database: &Database) {
        assert!(take(database, "a", 0, DUE).await);
        let mut unit = database.begin().await;
        assert!(unit.take_job("templates:1", &lease("b", 30), at(0), DUE).await.unwrap());
        assert_eq!(unit.release_jobs("a", at(5)).await.unwrap(), 1);
        unit.commit().await.unwrap();
        let given_back = status(database).await;
        assert_eq!(given_back.last.unwrap().result, JobResult::Interrupted);
        assert!(take(database, "c", 5, DUE).await, "due at once");
        let all = database.begin().await.list_jobs().await.unwrap();
        let names: Vec<&str> = all.iter().map(|job| job.name.as_str()).collect();
        assert_eq!(names, ["retention", "templates:1"]);
        assert_eq!(all[1].lease, Some(lease("b", 30)));
    }

    async fn what_nobody_does_any_more_is_forgotten(database: &Database) {
        assert!(take(database, "a", 0, DUE).await);
        let mut unit = database.begin().await;
        assert_eq!(unit.delete_jobs(at(0)).await.unwrap(), 0);
        assert_eq!(unit.delete_jobs(at(20)).await.unwrap(), 0, "held");
        assert_eq!(unit.delete_jobs(at(31)).await.unwrap(), 1);
        unit.commit().await.unwrap();
    }
}
