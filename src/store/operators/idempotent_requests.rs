//! Writes by the API and their answers. An answer may hold a secret, so it is encrypted and bound to its key.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::idempotency::{Claim, IdempotencyKey, KeptAnswer, RequestFingerprint};
use crate::domain::operators::ports::IdempotentRequests;
use crate::store::engine::columns::{bytes, count};
use crate::store::engine::encryption::Column;
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const ANSWER: Column = Column::new("idempotent_request", "answer");
/// Stands where no answer was kept yet; never seen outside the transaction that wrote it.
const NO_STATUS: i64 = 0;

#[derive(FromRow)]
struct RequestRow {
    request_sha256: Vec<u8>,
    status: i64,
    answer: Vec<u8>,
}

#[async_trait]
impl IdempotentRequests for SqlUnitOfWork {
    async fn claim_request(
        &mut self,
        key: IdempotencyKey,
        request: RequestFingerprint,
        now: Timestamp,
    ) -> Result<Claim> {
        // Where another transaction holds the key this waits for its end.
        let claimed = self
            .execute(
                sqlx::query(
                    "INSERT INTO idempotent_request (key_sha256, request_sha256, status, answer, created_at) \
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key_sha256) DO NOTHING",
                )
                .bind(key.0.to_vec())
                .bind(request.0.to_vec())
                .bind(NO_STATUS)
                .bind(Vec::new())
                .bind(now.micros()),
            )
            .await?;
        if claimed > 0 {
            return Ok(Claim::New);
        }
        let (request, answer) = self.answered_request(key).await?.ok_or(StoreError::Conflict)?;
        Ok(Claim::Answered { request, answer })
    }

    async fn answered_request(&mut self, key: IdempotencyKey) -> Result<Option<(RequestFingerprint, KeptAnswer)>> {
        let row = self
            .fetch_optional(
                sqlx::query_as::<_, RequestRow>(
                    "SELECT request_sha256, status, answer FROM idempotent_request WHERE key_sha256 = $1",
                )
                .bind(key.0.to_vec()),
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let request = RequestFingerprint(bytes(&row.request_sha256, "idempotent_request.request_sha256")?);
        let body = self.cipher.open(ANSWER, &[&key.0], &row.answer)?;
        Ok(Some((request, KeptAnswer { status: count(row.status, "idempotent_request.status")?, body })))
    }

    async fn keep_answer(&mut self, key: IdempotencyKey, answer: &KeptAnswer) -> Result<()> {
        let sealed = self.cipher.seal(ANSWER, &[&key.0], answer.body.expose())?;
        self.change(
            sqlx::query("UPDATE idempotent_request SET status = $2, answer = $3 WHERE key_sha256 = $1")
                .bind(key.0.to_vec())
                .bind(i64::from(answer.status))
                .bind(sealed),
        )
        .await
    }

    async fn delete_requests(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sqlx::query("DELETE FROM idempotent_request WHERE created_at < $1").bind(before.micros())).await
    }
}
