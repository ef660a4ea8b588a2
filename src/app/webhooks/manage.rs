//! Set, rotate and remove an operator's webhook endpoint.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;
use url::Url;

use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::id::WebhookId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::address::UrlRefused;
use crate::domain::operators::operator::OperatorId;
use crate::domain::operators::ports::Operators;
use crate::domain::ports::Store;
use crate::domain::webhooks::endpoint::WebhookEndpoint;
use crate::domain::webhooks::event::WebhookEvent;
use crate::domain::webhooks::message::{SendFailure, WebhookMessage};
use crate::domain::webhooks::ports::{WebhookEndpoints, WebhookMessages, WebhookSender};
use crate::domain::webhooks::secret::WebhookSecret;

/// Whoever sets another address does not wait long for the one before.
const FAREWELL: Duration = Duration::from_secs(3);

/// An endpoint that was set or rotated, and its secret when that is new: shown now and never again.
#[derive(Clone, Debug)]
pub struct ManagedWebhook {
    /// As it is kept.
    pub endpoint: WebhookEndpoint,
    /// `whsec_...`
    pub secret: Option<SecretText>,
}

/// Why an endpoint was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// No operator has this id.
    #[error("there is no operator {0}")]
    NoOperator(OperatorId),
    /// The operator has no endpoint.
    #[error("{0} has no webhook endpoint; `rastau webhook set` makes one")]
    NoEndpoint(OperatorId),
    /// No URL, or not one that we call.
    #[error(transparent)]
    Url(#[from] UrlRefused),
    /// Its name leads nowhere, or where we do not call.
    #[error("the URL cannot be used: {0}")]
    Unreachable(SendFailure),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets the URL of an operator's endpoint and enables it. The first time a secret is drawn; later the one that is there
/// stays. `by`: who decided, never empty.
pub async fn set_webhook(
    store: &dyn Store,
    (clock, randomness, sender): (&dyn Clock, &dyn Randomness, &dyn WebhookSender),
    operator: &OperatorId,
    url: &str,
    by: &str,
) -> Result<ManagedWebhook, WebhookError> {
    let (url, now) = (reachable(sender, url).await?, clock.now());
    let mut unit = store.begin().await?;
    let before = left_behind(unit.as_mut(), operator, &url).await?;
    let managed = set(unit.as_mut(), randomness, now, operator, url, by).await?;
    unit.commit().await?;
    if let Some(before) = before {
        tell_the_address_before(sender, randomness, &before, now).await;
    }
    Ok(managed)
}

/// The endpoint as it is, when messages are to go elsewhere.
pub async fn left_behind(
    unit: &mut (impl WebhookEndpoints + ?Sized),
    operator: &OperatorId,
    url: &Url,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    Ok(unit.find_webhook_endpoint(operator).await?.filter(|before| before.url != *url))
}

/// Tells where messages went before that they go elsewhere: once, and nothing depends on it, for it may be gone.
pub async fn tell_the_address_before(
    sender: &dyn WebhookSender,
    randomness: &dyn Randomness,
    before: &WebhookEndpoint,
    now: Timestamp,
) {
    let event = WebhookEvent::registration_changed();
    let message = WebhookMessage::new(WebhookId::new(now, randomness), before.operator.clone(), &event, now);
    let told = timeout(FAREWELL, sender.send(&before.sign(&message, now))).await.unwrap_or(Err(SendFailure::Timeout));
    if let Err(error) = told {
        tracing::info!(%error, operator = %before.operator, "where messages went before was not told that they go elsewhere");
    }
}

/// Whether we would call this URL as its name stands now.
pub async fn reachable(sender: &dyn WebhookSender, url: &str) -> Result<Url, WebhookError> {
    let url = Url::parse(url).map_err(|_| UrlRefused)?;
    sender.check(&url).await.map_err(|failure| match failure {
        SendFailure::UrlRefused => WebhookError::Url(UrlRefused),
        other => WebhookError::Unreachable(other),
    })?;
    Ok(url)
}

/// As [`set_webhook`] within a transaction, of a URL that is [`reachable`].
pub async fn set(
    unit: &mut (impl AuditLog + Operators + WebhookEndpoints + ?Sized),
    randomness: &dyn Randomness,
    now: Timestamp,
    operator: &OperatorId,
    url: Url,
    by: &str,
) -> Result<ManagedWebhook, WebhookError> {
    if unit.find_operator(operator).await?.is_none() {
        return Err(WebhookError::NoOperator(operator.clone()));
    }
    let known = unit.find_webhook_endpoint(operator).await?;
    let first = known.is_none();
    let endpoint = match known {
        Some(known) => WebhookEndpoint { url, disabled_at: None, ..known },
        None => WebhookEndpoint::new(operator.clone(), url, WebhookSecret::draw(randomness), now),
    };
    unit.put_webhook_endpoint(&endpoint).await?;
    let details = json!({ "url": endpoint.url.as_str(), "by": by });
    unit.append_audit(&NewAuditEvent::of_operator(AuditKind::WebhookSet, operator, details, now)).await?;
    let secret = first.then(|| endpoint.secret.reveal());
    Ok(ManagedWebhook { endpoint, secret })
}

/// Draws a new secret. The old one signs beside it for a day.
pub async fn rotate_webhook(
    store: &dyn Store,
    clock: &dyn Clock,
    randomness: &dyn Randomness,
    operator: &OperatorId,
    by: &str,
) -> Result<ManagedWebhook, WebhookError> {
    let mut unit = store.begin().await?;
    let managed = rotate(unit.as_mut(), randomness, clock.now(), operator, by).await?;
    unit.commit().await?;
    Ok(managed)
}

/// The same within a transaction.
pub async fn rotate(
    unit: &mut (impl AuditLog + WebhookEndpoints + ?Sized),
    randomness: &dyn Randomness,
    now: Timestamp,
    operator: &OperatorId,
    by: &str,
) -> Result<ManagedWebhook, WebhookError> {
    let known = unit.find_webhook_endpoint(operator).await?;
    let known = known.ok_or_else(|| WebhookError::NoEndpoint(operator.clone()))?;
    let endpoint = known.rotated(WebhookSecret::draw(randomness), now);
    unit.put_webhook_endpoint(&endpoint).await?;
    let until = endpoint.old_secret.as_ref().map(|old| old.until.rfc3339());
    let details = json!({ "old_until": until, "by": by });
    unit.append_audit(&NewAuditEvent::of_operator(AuditKind::WebhookSecretRotated, operator, details, now)).await?;
    let secret = Some(endpoint.secret.reveal());
    Ok(ManagedWebhook { endpoint, secret })
}

/// Removes the endpoint with its secrets. What was not delivered is kept as failed; returns how many messages that are.
pub async fn remove_webhook(
    store: &dyn Store,
    clock: &dyn Clock,
    operator: &OperatorId,
    by: &str,
) -> Result<u64, WebhookError> {
    let mut unit = store.begin().await?;
    let failed = remove(unit.as_mut(), clock.now(), operator, by).await?;
    unit.commit().await?;
    Ok(failed)
}

/// The same within a transaction.
pub async fn remove(
    unit: &mut (impl AuditLog + WebhookEndpoints + WebhookMessages + ?Sized),
    now: Timestamp,
    operator: &OperatorId,
    by: &str,
) -> Result<u64, WebhookError> {
    if !unit.remove_webhook_endpoint(operator).await? {
        return Err(WebhookError::NoEndpoint(operator.clone()));
    }
    let failed = unit.fail_webhooks(operator, SendFailure::EndpointGone, now).await?;
    let details = json!({ "undelivered": failed, "by": by });
    unit.append_audit(&NewAuditEvent::of_operator(AuditKind::WebhookRemoved, operator, details, now)).await?;
    Ok(failed)
}
