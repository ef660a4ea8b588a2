//! Send a signed message to an operator's endpoint now, and say what came. It does not stand in the outbox.

use serde_json::json;

use super::manage::WebhookError;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::id::WebhookId;
use crate::domain::operators::operator::OperatorId;
use crate::domain::ports::Store;
use crate::domain::webhooks::event::WebhookEvent;
use crate::domain::webhooks::message::{Delivery, SendFailure, WebhookMessage};
use crate::domain::webhooks::ports::{WebhookAnswer, WebhookSender};

/// What came of a test.
#[derive(Clone, Debug)]
pub struct WebhookTest {
    /// The `webhook-id` that was sent.
    pub id: WebhookId,
    /// The receiver's answer, or why there was none.
    pub answer: Result<WebhookAnswer, SendFailure>,
    /// Whether the endpoint is disabled: only `set` enables it again.
    pub disabled: bool,
}

/// Sends a test message to the endpoint, once. `by`: who asked, never empty.
pub async fn test_webhook(
    store: &dyn Store,
    (clock, randomness, sender): (&dyn Clock, &dyn Randomness, &dyn WebhookSender),
    operator: &OperatorId,
    by: &str,
) -> Result<WebhookTest, WebhookError> {
    let now = clock.now();
    let endpoint = store.read().await?.find_webhook_endpoint(operator).await?;
    let endpoint = endpoint.ok_or_else(|| WebhookError::NoEndpoint(operator.clone()))?;
    let id = WebhookId::new(now, randomness);
    let message = WebhookMessage::new(id, operator.clone(), &WebhookEvent::test(), now);
    let answer = sender.send(&endpoint.sign(&message, now)).await;
    let result = match &answer {
        Ok(answer) => Delivery::Answered(answer.status),
        Err(failure) => Delivery::Failed(*failure),
    };
    let mut unit = store.begin().await?;
    let details = json!({ "message": id.to_string(), "result": result.to_string(), "by": by });
    unit.append_audit(&NewAuditEvent::of_operator(AuditKind::WebhookTested, operator, details, now)).await?;
    unit.commit().await?;
    Ok(WebhookTest { id, answer, disabled: endpoint.disabled_at.is_some() })
}
