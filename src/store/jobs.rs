//! Background jobs: a row each, whose lease is taken by compare-and-set.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::jobs::ports::{Jobs, LeaseWhen};
use crate::domain::jobs::{JobEnd, JobResult, JobRun, JobStatus, Lease};
use crate::domain::kernel::time::Timestamp;
use crate::store::engine::columns::{corrupt, count, instant, named};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

#[derive(FromRow)]
struct JobRow {
    name: String,
    holder: Option<String>,
    leased_until: Option<i64>,
    begun_at: Option<i64>,
    ended_at: Option<i64>,
    result: Option<String>,
    failure: Option<String>,
    succeeded_at: Option<i64>,
    due_at: i64,
    asked: i64,
    failures: i64,
}

impl JobRow {
    fn into_status(self) -> Result<JobStatus> {
        let lease = match (self.holder, self.leased_until) {
            (Some(holder), Some(until)) => Some(Lease { holder, until: Timestamp::from_micros(until) }),
            (None, None) => None,
            _ => return Err(corrupt("job.holder")),
        };
        let last = match (self.ended_at, self.result) {
            (Some(at), Some(result)) => Some(JobEnd {
                at: Timestamp::from_micros(at),
                result: named(&result, JobResult::from_name, "job.result")?,
                failure: self.failure,
            }),
            (None, None) => None,
            _ => return Err(corrupt("job.result")),
        };
        Ok(JobStatus {
            name: self.name,
            lease,
            begun_at: instant(self.begun_at),
            last,
            succeeded_at: instant(self.succeeded_at),
            due_at: Timestamp::from_micros(self.due_at),
            is_asked_for: self.asked != 0,
            failures: count(self.failures, "job.failures")?,
        })
    }
}

/// `ended_at` of a run that brought everything to its end.
fn succeeded_at(run: &JobRun) -> Option<i64> {
    (run.end.result == JobResult::Succeeded).then_some(run.end.at.micros())
}

#[async_trait]
impl Jobs for SqlUnitOfWork {
    async fn list_jobs(&mut self) -> Result<Vec<JobStatus>> {
        let statement = sqlx::query_as(
            "SELECT name, holder, leased_until, begun_at, ended_at, result, failure, succeeded_at, due_at, asked, \
             failures FROM job ORDER BY name",
        );
        let rows: Vec<JobRow> = self.fetch_all(statement).await?;
        rows.into_iter().map(JobRow::into_status).collect()
    }

    async fn find_job(&mut self, name: &str) -> Result<Option<JobStatus>> {
        let statement = sqlx::query_as(
            "SELECT name, holder, leased_until, begun_at, ended_at, result, failure, succeeded_at, due_at, asked, \
             failures FROM job WHERE name = $1",
        )
        .bind(name);
        let row: Option<JobRow> = self.fetch_optional(statement).await?;
        row.map(JobRow::into_status).transpose()
    }

    async fn take_job(&mut self, name: &str, lease: &Lease, now: Timestamp, when: LeaseWhen) -> Result<bool> {
        // Due is what is due at `now` or planned past `furthest`; to whoever was asked, everything is. A run that is not brought to
        // its end stays due.
        let (due, furthest) = match when {
            LeaseWhen::Due { interval } => (now.micros(), now.plus(interval).micros()),
            LeaseWhen::Asked => (i64::MAX, i64::MAX),
        };
        let statement = sqlx::query(
            "INSERT INTO job (name, holder, leased_until, begun_at, due_at, asked, failures) \
             VALUES ($1, $2, $3, $4, $4, 0, 0) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until, \
             begun_at = excluded.begun_at, due_at = excluded.due_at, asked = 0 \
             WHERE (job.leased_until IS NULL OR job.leased_until <= $4) \
             AND (job.asked = 1 OR job.due_at <= $5 OR job.due_at > $6)",
        )
        .bind(name)
        .bind(lease.holder.as_str())
        .bind(lease.until.micros())
        .bind(now.micros())
        .bind(due)
        .bind(furthest);
        Ok(self.execute(statement).await? == 1)
    }

    async fn renew_job(&mut self, name: &str, lease: &Lease) -> Result<bool> {
        let statement = sqlx::query("UPDATE job SET leased_until = $3 WHERE name = $1 AND holder = $2")
            .bind(name)
            .bind(lease.holder.as_str())
            .bind(lease.until.micros());
        Ok(self.execute(statement).await? == 1)
    }

    async fn end_job(&mut self, run: &JobRun) -> Result<bool> {
        let statement = sqlx::query(
            "UPDATE job SET holder = NULL, leased_until = NULL, ended_at = $3, result = $4, failure = $5, \
             succeeded_at = COALESCE($6, succeeded_at), due_at = $7, \
             failures = CASE WHEN $4 = 'succeeded' THEN 0 WHEN $4 = 'failed' THEN failures + 1 ELSE failures END \
             WHERE name = $1 AND holder = $2",
        )
        .bind(run.name.as_str())
        .bind(run.holder.as_str())
        .bind(run.end.at.micros())
        .bind(run.end.result.as_str())
        .bind(run.end.failure.as_deref())
        .bind(succeeded_at(run))
        .bind(run.due_at.micros());
        Ok(self.execute(statement).await? == 1)
    }

    async fn note_job(&mut self, run: &JobRun) -> Result<()> {
        let statement = sqlx::query(
            "INSERT INTO job (name, begun_at, ended_at, result, failure, succeeded_at, due_at, asked, failures) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, CASE WHEN $4 = 'failed' THEN 1 ELSE 0 END) \
             ON CONFLICT (name) DO UPDATE SET begun_at = excluded.begun_at, ended_at = excluded.ended_at, \
             result = excluded.result, failure = excluded.failure, \
             succeeded_at = COALESCE(excluded.succeeded_at, job.succeeded_at), due_at = excluded.due_at, \
             failures = CASE WHEN excluded.result = 'succeeded' THEN 0 ELSE job.failures + excluded.failures END",
        )
        .bind(run.name.as_str())
        .bind(run.begun_at.micros())
        .bind(run.end.at.micros())
        .bind(run.end.result.as_str())
        .bind(run.end.failure.as_deref())
        .bind(succeeded_at(run))
        .bind(run.due_at.micros());
        self.execute(statement).await.map(|_| ())
    }

    async fn ask_for_job(&mut self, name: &str) -> Result<()> {
        let statement = sqlx::query(
            "INSERT INTO job (name, due_at, asked, failures) VALUES ($1, 0, 1, 0) \
             ON CONFLICT (name) DO UPDATE SET asked = 1",
        )
        .bind(name);
        self.execute(statement).await.map(|_| ())
    }

    async fn release_jobs(&mut self, holder: &str, now: Timestamp) -> Result<u64> {
        let statement = sqlx::query(
            "UPDATE job SET holder = NULL, leased_until = NULL, ended_at = $2, result = 'interrupted', failure = NULL, \
             due_at = $2 WHERE holder = $1",
        )
        .bind(holder)
        .bind(now.micros());
        self.execute(statement).await
    }

    async fn delete_jobs(&mut self, before: Timestamp) -> Result<u64> {
        let statement = sqlx::query(
            "DELETE FROM job WHERE begun_at < $1 AND due_at < $1 AND (leased_until IS NULL OR leased_until < $1)",
        )
        .bind(before.micros());
        self.execute(statement).await
    }
}
