//! Failed captures, by person and by device.

use async_trait::async_trait;

use crate::domain::face::lockout::{FaceLockout, LockSubject};
use crate::domain::face::ports::FaceLockouts;
use crate::domain::kernel::time::Timestamp;
use crate::store::engine::columns::{count, instant, micros};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

/// failures, locks, `locked_until`, `failed_at`
type LockoutRow = (i64, i64, Option<i64>, Option<i64>);

fn lockout((failures, locks, locked_until, failed_at): LockoutRow) -> Result<FaceLockout> {
    Ok(FaceLockout {
        failures: count(failures, "face_lockout.failures")?,
        locks: count(locks, "face_lockout.locks")?,
        locked_until: instant(locked_until),
        failed_at: instant(failed_at),
    })
}

/// The subject as its column has it.
fn bytes(subject: LockSubject) -> Vec<u8> {
    match subject {
        LockSubject::Person(player) => player.uuid().as_bytes().to_vec(),
        LockSubject::Device(token) => token.0.to_vec(),
    }
}

#[async_trait]
impl FaceLockouts for SqlUnitOfWork {
    async fn find_face_lockout(&mut self, subject: LockSubject) -> Result<FaceLockout> {
        let found = self
            .fetch_optional(
                sqlx::query_as(
                    "SELECT failures, locks, locked_until, failed_at FROM face_lockout \
                     WHERE kind = $1 AND subject = $2",
                )
                .bind(subject.kind())
                .bind(bytes(subject)),
            )
            .await?;
        found.map_or(Ok(FaceLockout::default()), lockout)
    }

    async fn hold_face_lockout(&mut self, subject: LockSubject) -> Result<FaceLockout> {
        // Made when missing, since only a row can be held; the update changes nothing and locks it in every engine.
        let held = self
            .fetch_optional(
                sqlx::query_as(
                    "INSERT INTO face_lockout (kind, subject, failures, locks, locked_until, failed_at) \
                     VALUES ($1, $2, 0, 0, NULL, NULL) \
                     ON CONFLICT (kind, subject) DO UPDATE SET failures = face_lockout.failures \
                     RETURNING failures, locks, locked_until, failed_at",
                )
                .bind(subject.kind())
                .bind(bytes(subject)),
            )
            .await?;
        held.map_or(Ok(FaceLockout::default()), lockout)
    }

    async fn put_face_lockout(&mut self, subject: LockSubject, lockout: &FaceLockout) -> Result<()> {
        self.execute(
            sqlx::query(
                "INSERT INTO face_lockout (kind, subject, failures, locks, locked_until, failed_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (kind, subject) DO UPDATE SET failures = excluded.failures, locks = excluded.locks, \
                 locked_until = excluded.locked_until, failed_at = excluded.failed_at",
            )
            .bind(subject.kind())
            .bind(bytes(subject))
            .bind(i64::from(lockout.failures))
            .bind(i64::from(lockout.locks))
            .bind(micros(lockout.locked_until))
            .bind(micros(lockout.failed_at)),
        )
        .await?;
        Ok(())
    }

    async fn clear_face_failures(&mut self, subject: LockSubject) -> Result<()> {
        self.execute(
            sqlx::query("UPDATE face_lockout SET failures = 0 WHERE kind = $1 AND subject = $2 AND failures > 0")
                .bind(subject.kind())
                .bind(bytes(subject)),
        )
        .await?;
        Ok(())
    }

    async fn delete_face_lockouts(&mut self, quiet_since: Timestamp, now: Timestamp, limit: u32) -> Result<u64> {
        // The conditions stand twice: a row that fails anew while this statement waits for it must stay.
        self.execute(
            sqlx::query(
                "DELETE FROM face_lockout WHERE failed_at < $1 AND (locked_until IS NULL OR locked_until <= $2) \
                 AND (kind, subject) IN (SELECT kind, subject FROM face_lockout WHERE failed_at < $1 LIMIT $3)",
            )
            .bind(quiet_since.micros())
            .bind(now.micros())
            .bind(i64::from(limit)),
        )
        .await
    }
}
