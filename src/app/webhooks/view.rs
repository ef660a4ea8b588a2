//! Where an operator's messages go, and which wait.

use crate::domain::kernel::store_error::StoreError;
use crate::domain::operators::operator::OperatorId;
use crate::domain::ports::Store;
use crate::domain::webhooks::endpoint::WebhookEndpoint;
use crate::domain::webhooks::message::WebhookMessage;
use crate::domain::webhooks::ports::WebhookFilter;

/// The endpoint of an operator.
pub async fn find_endpoint(store: &dyn Store, id: &OperatorId) -> Result<Option<WebhookEndpoint>, StoreError> {
    store.read().await?.find_webhook_endpoint(id).await
}

/// All endpoints, and at most `limit` messages that pass the filter, the newest first.
pub async fn list_webhooks(
    store: &dyn Store,
    filter: &WebhookFilter,
    limit: u32,
) -> Result<(Vec<WebhookEndpoint>, Vec<WebhookMessage>), StoreError> {
    let mut unit = store.read().await?;
    Ok((unit.list_webhook_endpoints().await?, unit.list_webhooks(filter, limit).await?))
}
