//! Webhooks: endpoints and the outbox in the store, and the way out.

use async_trait::async_trait;
use url::Url;

use super::endpoint::{SignedMessage, WebhookEndpoint};
use super::message::{MessageState, SendFailure, WebhookMessage};
use crate::domain::kernel::id::WebhookId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;

type Result<T> = std::result::Result<T, StoreError>;

/// Endpoints of operators, their secrets encrypted.
#[async_trait]
pub trait WebhookEndpoints: Send {
    /// Keeps one in place of the operator's earlier one; [`StoreError::Conflict`] when there is no such operator.
    async fn put_webhook_endpoint(&mut self, endpoint: &WebhookEndpoint) -> Result<()>;
    /// The operator's, if it has one.
    async fn find_webhook_endpoint(&mut self, operator: &OperatorId) -> Result<Option<WebhookEndpoint>>;
    /// All, by operator.
    async fn list_webhook_endpoints(&mut self) -> Result<Vec<WebhookEndpoint>>;
    /// Removes it; false when there was none.
    async fn remove_webhook_endpoint(&mut self, operator: &OperatorId) -> Result<bool>;
    /// Disables it while it has this URL; false when it has another or is disabled already.
    async fn disable_webhook_endpoint(&mut self, operator: &OperatorId, url: &Url, now: Timestamp) -> Result<bool>;
    /// Forgets replaced secrets that sign no more at `now`; says of how many endpoints.
    async fn drop_old_webhook_secrets(&mut self, now: Timestamp) -> Result<u64>;
}

/// Which messages to list.
#[derive(Clone, Debug, Default)]
pub struct WebhookFilter {
    /// Of one operator.
    pub operator: Option<OperatorId>,
    /// In one state.
    pub state: Option<MessageState>,
    /// Older than this one.
    pub before: Option<WebhookId>,
}

/// The outbox.
#[async_trait]
pub trait WebhookMessages: Send {
    /// Keeps a message if its operator has an endpoint; false when it has none. To one that is disabled it will not be sent: it has
    /// come to its end at once, to be pulled.
    async fn queue_webhook(&mut self, message: &WebhookMessage) -> Result<bool>;
    /// Operators with an endpoint in use and messages that are due at `now`.
    async fn operators_with_webhooks_due(&mut self, now: Timestamp) -> Result<Vec<OperatorId>>;
    /// Takes at most `limit` of the operator's messages that are due at `now`, the longest due first, counts a try of each
    /// and leases them until `until`: before that nobody else takes them.
    async fn claim_webhooks(
        &mut self,
        operator: &OperatorId,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<WebhookMessage>>;
    /// Writes what a try came to, while it is the latest of a message that is pending; false otherwise.
    async fn finish_webhook_attempt(&mut self, message: &WebhookMessage) -> Result<bool>;
    /// Ends all pending messages of an operator that has no endpoint any more; says how many.
    async fn fail_webhooks(&mut self, operator: &OperatorId, why: SendFailure, now: Timestamp) -> Result<u64>;
    /// By id.
    async fn find_webhook(&mut self, id: WebhookId) -> Result<Option<WebhookMessage>>;
    /// The newest first.
    async fn list_webhooks(&mut self, filter: &WebhookFilter, limit: u32) -> Result<Vec<WebhookMessage>>;
    /// The operator's between two ids (both exclusive), the oldest first, however they stand.
    async fn webhooks_between(
        &mut self,
        operator: &OperatorId,
        after: WebhookId,
        before: WebhookId,
        limit: u32,
    ) -> Result<Vec<WebhookMessage>>;
    /// Makes a message that has come to its end pending again, with all its tries; false when it has not, or is unknown.
    async fn replay_webhook(&mut self, id: WebhookId, now: Timestamp) -> Result<bool>;
    /// The same with every failed message since `since` whose operator has an endpoint in use; says how many.
    async fn replay_failed_webhooks(
        &mut self,
        since: Timestamp,
        operator: Option<&OperatorId>,
        now: Timestamp,
    ) -> Result<u64>;
    /// Deletes, at most `limit`, messages that came to their end before `before`, and those that nobody delivered since;
    /// returns how many.
    async fn delete_webhooks(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
}

/// What a receiver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The beginning of its body, a few KB at most, as it came.
    pub body: Vec<u8>,
}

/// Posts messages to receivers. Whatever a URL says, it reaches public addresses alone (in a sandbox this machine, too).
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Whether a message could go there: checks the URL and all the addresses that its name has now. Connects to nothing.
    async fn check(&self, url: &Url) -> std::result::Result<(), SendFailure>;

    /// Posts one message, once. Checks as above, connects to nothing but what was checked, and follows no redirect.
    async fn send(&self, message: &SignedMessage) -> std::result::Result<WebhookAnswer, SendFailure>;
}
