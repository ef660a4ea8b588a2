//! Deliver messages once more: one, or all that failed since a time. Their ids stay, so receivers know what they have.

use serde_json::json;

use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::id::WebhookId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::ports::Store;
use crate::domain::webhooks::message::MessageState;

/// Subject of a replay over all operators.
const EVERYBODY: &str = "every operator";

/// Why nothing is delivered once more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// No message has this id, or it was deleted.
    #[error("there is no message {0}")]
    Unknown(WebhookId),
    /// It has not come to its end.
    #[error("message {0} is pending: its next try comes at {1}")]
    Pending(WebhookId, Timestamp),
    /// There is nowhere to deliver it.
    #[error("{0} has no endpoint in use; `rastau webhook set` makes or enables one")]
    NoEndpoint(OperatorId),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes one message due again, delivered or failed. `by`: who decided, never empty.
pub async fn replay_webhook(store: &dyn Store, clock: &dyn Clock, id: WebhookId, by: &str) -> Result<(), ReplayError> {
    let now = clock.now();
    let mut unit = store.begin().await?;
    let message = unit.find_webhook(id).await?.ok_or(ReplayError::Unknown(id))?;
    if message.state == MessageState::Pending {
        return Err(ReplayError::Pending(id, message.due_at));
    }
    let endpoint = unit.find_webhook_endpoint(&message.operator).await?;
    if endpoint.is_none_or(|endpoint| endpoint.disabled_at.is_some()) {
        return Err(ReplayError::NoEndpoint(message.operator));
    }
    if !unit.replay_webhook(id, now).await? {
        return Err(ReplayError::Store(StoreError::Conflict));
    }
    let details = json!({ "message": id.to_string(), "by": by });
    unit.append_audit(&NewAuditEvent::of_operator(AuditKind::WebhookReplayed, &message.operator, details, now)).await?;
    unit.commit().await?;
    Ok(())
}

/// Makes every failed message since `since` due again, of one operator or of all with an endpoint in use; returns how many.
pub async fn replay_failed_webhooks(
    store: &dyn Store,
    clock: &dyn Clock,
    since: Timestamp,
    operator: Option<&OperatorId>,
    by: &str,
) -> Result<u64, StoreError> {
    let now = clock.now();
    let mut unit = store.begin().await?;
    let replayed = unit.replay_failed_webhooks(since, operator, now).await?;
    let event = NewAuditEvent {
        kind: AuditKind::WebhookReplayed,
        at: now,
        subject: operator.map_or(EVERYBODY, OperatorId::as_str).to_owned(),
        details: json!({ "failed_since": since.rfc3339(), "messages": replayed, "by": by }),
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok(replayed)
}
