//! What an operator was told, once more: for whoever was away when its webhooks came.

use std::time::Duration;

use crate::app::Services;
use crate::domain::kernel::id::WebhookId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::operators::operator::Operator;
use crate::domain::webhooks::message::WebhookMessage;

/// No answer has more.
pub const MAX_EVENTS: u32 = 500;
/// What is younger is not told yet: an event that a slower transaction wrote a moment before may still be missing, and whoever
/// goes on from a younger one would never see it.
pub const SETTLED: Duration = Duration::from_secs(10);

/// A stretch of events, the oldest first.
#[derive(Clone, Debug)]
pub struct Events {
    /// What was told.
    pub events: Vec<WebhookMessage>,
    /// Whether more are there already.
    pub more: bool,
}

/// Events after `after` (exclusive), at most `limit`. They are kept for as long as messages are
/// ([`MESSAGE_RETENTION`](crate::domain::webhooks::message::KEPT)), of operators with an endpoint, whatever became of their delivery.
pub async fn list_events(
    services: &Services,
    operator: &Operator,
    after: WebhookId,
    limit: u32,
) -> Result<Events, StoreError> {
    let limit = limit.clamp(1, MAX_EVENTS);
    let until = WebhookId::least(services.clock.now().minus(SETTLED));
    let mut events = services.store.read().await?.webhooks_between(&operator.id, after, until, limit + 1).await?;
    let more = events.len() > limit as usize;
    events.truncate(limit as usize);
    Ok(Events { events, more })
}
