//! What strangers tried, by browser and by address.

use async_trait::async_trait;

use crate::domain::kernel::time::Timestamp;
use crate::domain::verification::ports::Tries;
use crate::domain::verification::tries::{Tried, TriedBy};
use crate::store::engine::columns::count;
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

#[async_trait]
impl Tries for SqlUnitOfWork {
    async fn tries(&mut self, by: TriedBy, what: Tried, period: Timestamp) -> Result<u32> {
        let found: Option<(i64,)> = self
            .fetch_optional(
                sqlx::query_as(
                    "SELECT tries FROM stranger_try WHERE kind = $1 AND subject = $2 AND what = $3 AND began_at = $4",
                )
                .bind(by.kind())
                .bind(by.hash().0.to_vec())
                .bind(what.as_str())
                .bind(period.micros()),
            )
            .await?;
        found.map_or(Ok(0), |(tries,)| count(tries, "stranger_try.tries"))
    }

    async fn count_try(&mut self, by: TriedBy, what: Tried, period: Timestamp) -> Result<u32> {
        let counted: Option<(i64,)> = self
            .fetch_optional(
                sqlx::query_as(
                    "INSERT INTO stranger_try (kind, subject, what, began_at, tries) VALUES ($1, $2, $3, $4, 1) \
                     ON CONFLICT (kind, subject, what, began_at) DO UPDATE SET tries = stranger_try.tries + 1 \
                     RETURNING tries",
                )
                .bind(by.kind())
                .bind(by.hash().0.to_vec())
                .bind(what.as_str())
                .bind(period.micros()),
            )
            .await?;
        counted.map_or(Ok(0), |(tries,)| count(tries, "stranger_try.tries"))
    }

    async fn take_back_try(&mut self, by: TriedBy, what: Tried, period: Timestamp) -> Result<()> {
        self.execute(
            sqlx::query(
                "UPDATE stranger_try SET tries = tries - 1 \
                 WHERE kind = $1 AND subject = $2 AND what = $3 AND began_at = $4 AND tries > 0",
            )
            .bind(by.kind())
            .bind(by.hash().0.to_vec())
            .bind(what.as_str())
            .bind(period.micros()),
        )
        .await?;
        Ok(())
    }

    async fn delete_tries(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        // Nobody counts in a period that is over, so no row comes back between the two.
        self.execute(
            sqlx::query(
                "DELETE FROM stranger_try WHERE began_at < $1 AND (kind, subject, what, began_at) IN \
                 (SELECT kind, subject, what, began_at FROM stranger_try WHERE began_at < $1 LIMIT $2)",
            )
            .bind(before.micros())
            .bind(i64::from(limit)),
        )
        .await
    }
}
