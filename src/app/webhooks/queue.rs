//! Put a message for an operator into the outbox, in the transaction of what it tells of: neither is there without the
//! other. Delivery is another's work (`deliver_webhooks`).

use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::id::WebhookId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::webhooks::event::WebhookEvent;
use crate::domain::webhooks::message::WebhookMessage;
use crate::domain::webhooks::ports::WebhookMessages;

/// Queues `event` of `now` for `operator`. Does nothing when the operator has no endpoint.
pub async fn queue_webhook(
    unit: &mut (impl WebhookMessages + ?Sized),
    operator: &OperatorId,
    event: &WebhookEvent,
    now: Timestamp,
    randomness: &dyn Randomness,
) -> Result<(), StoreError> {
    let message = WebhookMessage::new(WebhookId::new(now, randomness), operator.clone(), event, now);
    unit.queue_webhook(&message).await?;
    Ok(())
}
