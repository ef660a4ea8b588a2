//! The outbox of webhooks. A try is a lease: claiming counts it and moves `due_at` past it, and what it came to is
//! written only while it is the latest.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::kernel::id::WebhookId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::webhooks::event::EventKind;
use crate::domain::webhooks::message::{Delivery, MessageState, SendFailure, WebhookMessage};
use crate::domain::webhooks::ports::{WebhookFilter, WebhookMessages};
use crate::store::engine::columns::{count, named, parse};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::operators::registrations::operator_id;

/// The columns of a message; named, as everywhere.
macro_rules! columns {
    () => {
        "id, operator, kind, body, created_at, state, attempts, due_at, last_result"
    };
}

#[derive(FromRow)]
struct MessageRow {
    id: String,
    operator: String,
    kind: String,
    body: String,
    created_at: i64,
    state: String,
    attempts: i64,
    due_at: i64,
    last_result: Option<String>,
}

impl MessageRow {
    fn into_message(self) -> Result<WebhookMessage> {
        let delivery = |text: String| named(&text, Delivery::from_name, "webhook_message.last_result");
        Ok(WebhookMessage {
            id: parse(&self.id, "webhook_message.id")?,
            operator: operator_id(&self.operator)?,
            kind: named(&self.kind, EventKind::from_name, "webhook_message.kind")?,
            body: self.body,
            created_at: Timestamp::from_micros(self.created_at),
            state: named(&self.state, MessageState::from_name, "webhook_message.state")?,
            attempts: count(self.attempts, "webhook_message.attempts")?,
            due_at: Timestamp::from_micros(self.due_at),
            last: self.last_result.map(delivery).transpose()?,
        })
    }
}

#[async_trait]
impl WebhookMessages for SqlUnitOfWork {
    async fn queue_webhook(&mut self, message: &WebhookMessage) -> Result<bool> {
        // One statement, and no secret is read: a decision must not depend on whether an endpoint's can be.
        let queued = self
            .execute(
                sqlx::query(
                    "INSERT INTO webhook_message \
                     (id, operator, kind, body, created_at, state, attempts, due_at, last_result) \
                     SELECT $1, operator, $3, $4, $5, CASE WHEN disabled_at IS NULL THEN $6 ELSE 'failed' END, $7, $8, \
                     CASE WHEN disabled_at IS NULL THEN NULL ELSE 'endpoint_gone' END \
                     FROM webhook_endpoint WHERE operator = $2",
                )
                .bind(message.id.to_string())
                .bind(message.operator.as_str())
                .bind(message.kind.as_str())
                .bind(message.body.as_str())
                .bind(message.created_at.micros())
                .bind(message.state.as_str())
                .bind(i64::from(message.attempts))
                .bind(message.due_at.micros()),
            )
            .await?;
        Ok(queued > 0)
    }

    async fn operators_with_webhooks_due(&mut self, now: Timestamp) -> Result<Vec<OperatorId>> {
        let rows: Vec<(String,)> = self
            .fetch_all(
                sqlx::query_as(
                    "SELECT operator FROM webhook_endpoint WHERE disabled_at IS NULL AND EXISTS \
                     (SELECT 1 FROM webhook_message WHERE webhook_message.operator = webhook_endpoint.operator \
                     AND state = 'pending' AND due_at <= $1)",
                )
                .bind(now.micros()),
            )
            .await?;
        rows.iter().map(|(operator,)| operator_id(operator)).collect()
    }

    async fn claim_webhooks(
        &mut self,
        operator: &OperatorId,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<WebhookMessage>> {
        let rows = self
            .fetch_all(
                // The conditions stand twice: what another replica claims while this statement waits for it is its own.
                sqlx::query_as::<_, MessageRow>(concat!(
                    "UPDATE webhook_message SET attempts = attempts + 1, due_at = $3 ",
                    "WHERE state = 'pending' AND due_at <= $2 AND id IN (SELECT id FROM webhook_message ",
                    "WHERE operator = $1 AND state = 'pending' AND due_at <= $2 ORDER BY due_at, id LIMIT $4) ",
                    "RETURNING ",
                    columns!()
                ))
                .bind(operator.as_str())
                .bind(now.micros())
                .bind(until.micros())
                .bind(i64::from(limit)),
            )
            .await?;
        let mut messages: Vec<WebhookMessage> =
            rows.into_iter().map(MessageRow::into_message).collect::<Result<_>>()?;
        messages.sort_by_key(|message| message.id);
        Ok(messages)
    }

    async fn finish_webhook_attempt(&mut self, message: &WebhookMessage) -> Result<bool> {
        let finished = self
            .execute(
                sqlx::query(
                    "UPDATE webhook_message SET state = $3, due_at = $4, last_result = $5 \
                     WHERE id = $1 AND attempts = $2 AND state = 'pending'",
                )
                .bind(message.id.to_string())
                .bind(i64::from(message.attempts))
                .bind(message.state.as_str())
                .bind(message.due_at.micros())
                .bind(message.last.map(|delivery| delivery.to_string())),
            )
            .await?;
        Ok(finished > 0)
    }

    async fn fail_webhooks(&mut self, operator: &OperatorId, why: SendFailure, now: Timestamp) -> Result<u64> {
        self.execute(
            sqlx::query(
                "UPDATE webhook_message SET state = 'failed', due_at = $2, last_result = $3 \
                 WHERE operator = $1 AND state = 'pending'",
            )
            .bind(operator.as_str())
            .bind(now.micros())
            .bind(why.as_str()),
        )
        .await
    }

    async fn find_webhook(&mut self, id: WebhookId) -> Result<Option<WebhookMessage>> {
        self.fetch_optional(
            sqlx::query_as::<_, MessageRow>(concat!("SELECT ", columns!(), " FROM webhook_message WHERE id = $1"))
                .bind(id.to_string()),
        )
        .await?
        .map(MessageRow::into_message)
        .transpose()
    }

    async fn list_webhooks(&mut self, filter: &WebhookFilter, limit: u32) -> Result<Vec<WebhookMessage>> {
        let rows = self
            .fetch_all(
                // A filter that is not given is an empty text: every id is greater, and ids are never empty.
                sqlx::query_as::<_, MessageRow>(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM webhook_message WHERE ($1 = '' OR operator = $1) AND ($2 = '' OR state = $2) ",
                    "AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4"
                ))
                .bind(filter.operator.as_ref().map_or("", OperatorId::as_str))
                .bind(filter.state.map_or("", MessageState::as_str))
                .bind(filter.before.map_or(String::new(), |id| id.to_string()))
                .bind(i64::from(limit)),
            )
            .await?;
        rows.into_iter().map(MessageRow::into_message).collect()
    }

    async fn webhooks_between(
        &mut self,
        operator: &OperatorId,
        after: WebhookId,
        before: WebhookId,
        limit: u32,
    ) -> Result<Vec<WebhookMessage>> {
        let rows = self
            .fetch_all(
                sqlx::query_as::<_, MessageRow>(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM webhook_message WHERE operator = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4"
                ))
                .bind(operator.as_str())
                .bind(after.to_string())
                .bind(before.to_string())
                .bind(i64::from(limit)),
            )
            .await?;
        rows.into_iter().map(MessageRow::into_message).collect()
    }

    async fn replay_webhook(&mut self, id: WebhookId, now: Timestamp) -> Result<bool> {
        let replayed = self
            .execute(
                sqlx::query(
                    "UPDATE webhook_message SET state = 'pending', attempts = 0, due_at = $2 \
                     WHERE id = $1 AND state <> 'pending'",
                )
                .bind(id.to_string())
                .bind(now.micros()),
            )
            .await?;
        Ok(replayed > 0)
    }

    async fn replay_failed_webhooks(
        &mut self,
        since: Timestamp,
        operator: Option<&OperatorId>,
        now: Timestamp,
    ) -> Result<u64> {
        self.execute(
            sqlx::query(
                "UPDATE webhook_message SET state = 'pending', attempts = 0, due_at = $3 \
                 WHERE state = 'failed' AND created_at >= $1 AND ($2 = '' OR operator = $2) \
                 AND operator IN (SELECT operator FROM webhook_endpoint WHERE disabled_at IS NULL)",
            )
            .bind(since.micros())
            .bind(operator.map_or("", OperatorId::as_str))
            .bind(now.micros()),
        )
        .await
    }

    async fn delete_webhooks(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        // The condition stands twice: a message that is replayed while this statement waits for it must stay.
        self.execute(
            sqlx::query(
                "DELETE FROM webhook_message WHERE due_at < $1 \
                 AND id IN (SELECT id FROM webhook_message WHERE due_at < $1 LIMIT $2)",
            )
            .bind(before.micros())
            .bind(i64::from(limit)),
        )
        .await
    }
}
