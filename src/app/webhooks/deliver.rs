//! The way out of the outbox: due messages are claimed, signed, posted and settled, an operator at a time beside the
//! others, so that one that does not answer keeps nobody waiting but itself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::app::Services;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::observer::{Observation, Observer};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::ports::Store;
use crate::domain::webhooks::endpoint::WebhookEndpoint;
use crate::domain::webhooks::message::{Delivery, SendFailure, WebhookMessage};
use crate::domain::webhooks::ports::WebhookSender;

/// Messages of one operator under way at once.
const PAGE: u32 = 8;
/// How long a claim holds: longer than a sender may take, and than the clocks of replicas differ.
const LEASE: Duration = Duration::from_mins(1);

/// Everything that delivery needs.
#[derive(Clone)]
pub struct Courier {
    /// The outbox.
    pub store: Arc<dyn Store>,
    /// The way out.
    pub sender: Arc<dyn WebhookSender>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Who counts tries.
    pub observer: Arc<dyn Observer>,
}

impl Courier {
    /// Delivers through `sender`.
    pub fn new(services: &Services, sender: Arc<dyn WebhookSender>) -> Self {
        Self {
            store: services.store.clone(),
            sender,
            clock: services.clock.clone(),
            randomness: services.randomness.clone(),
            observer: services.observer.clone(),
        }
    }
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Courier")
    }
}

/// Delivers everything that is due now, each once, and waits for it.
pub async fn deliver_due_webhooks(courier: &Courier) -> Result<(), StoreError> {
    let operators = courier.operators_due().await?;
    join_all(operators.into_iter().map(|operator| courier.round(operator))).await;
    Ok(())
}

impl Courier {
    /// Operators to whom something is due.
    pub async fn operators_due(&self) -> Result<Vec<OperatorId>, StoreError> {
        self.store.read().await?.operators_with_webhooks_due(self.clock.now()).await
    }

    /// Page after page of one operator's messages, until none is due or a whole page came to nothing.
    pub async fn round(&self, operator: OperatorId) {
        loop {
            match self.page(&operator).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    // Claimed messages come back when their lease is over.
                    tracing::error!(%error, %operator, "webhooks were not delivered");
                    return;
                }
            }
        }
    }

    /// Delivers one page; says whether another is worth a try at once.
    async fn page(&self, operator: &OperatorId) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        let endpoint = unit.find_webhook_endpoint(operator).await?.filter(|endpoint| endpoint.disabled_at.is_none());
        let Some(endpoint) = endpoint else { return Ok(false) };
        let messages = unit.claim_webhooks(operator, now, now.plus(LEASE), PAGE).await?;
        unit.commit().await?;
        let full = messages.len() >= PAGE as usize;
        let mut any = false;
        for delivered in join_all(messages.into_iter().map(|message| self.deliver(&endpoint, message))).await {
            any |= delivered?;
        }
        Ok(full && any)
    }

    /// One try; says whether the receiver has the message now.
    async fn deliver(&self, endpoint: &WebhookEndpoint, message: WebhookMessage) -> Result<bool, StoreError> {
        let signed = endpoint.sign(&message, self.clock.now());
        let delivery = match self.sender.send(&signed).await {
            Ok(answer) => Delivery::Answered(answer.status),
            Err(failure) => Delivery::Failed(failure),
        };
        let now = self.clock.now();
        let after = message.after(delivery, now, self.randomness.as_ref());
        self.observer.note(Observation::Webhook(after.state.as_str()));
        if !delivery.is_success() {
            tracing::warn!(id = %after.id, operator = %after.operator, result = %delivery, attempts = after.attempts,
                state = after.state.as_str(), "a webhook was not delivered");
        }
        let mut unit = self.store.begin().await?;
        // The endpoint before its messages, as whoever removes it does: several that are told 410 at once then queue up. Only
        // while the URL is still the one that answered so.
        let gone = delivery.is_gone() && unit.disable_webhook_endpoint(&after.operator, &endpoint.url, now).await?;
        unit.finish_webhook_attempt(&after).await?;
        if gone {
            unit.fail_webhooks(&after.operator, SendFailure::EndpointGone, now).await?;
            unit.append_audit(&disabled(&after, now)).await?;
        }
        unit.commit().await?;
        Ok(delivery.is_success())
    }
}

fn disabled(message: &WebhookMessage, at: Timestamp) -> NewAuditEvent {
    let details = json!({ "message": message.id.to_string(), "status": 410 });
    NewAuditEvent::of_operator(AuditKind::WebhookDisabled, &message.operator, details, at)
}
