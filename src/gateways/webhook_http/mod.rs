//! Webhooks over HTTP: one POST a try, after Standard Webhooks ("Headers": `webhook-id`, `webhook-timestamp`,
//! `webhook-signature`).

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use url::Url;

use super::guarded_http::{GuardedHttp, failure};
use crate::domain::webhooks::endpoint::SignedMessage;
use crate::domain::webhooks::message::SendFailure;
use crate::domain::webhooks::ports::{WebhookAnswer, WebhookSender};

/// From looking the name up to the last byte (Standard Webhooks, "Timeouts": 15 to 30 s).
const TIMEOUT: Duration = Duration::from_secs(15);
/// So much of an answer's body is read; the rest is nobody's business.
const MAX_BODY: usize = 4 * 1_024;

/// Posts webhooks.
pub struct HttpWebhookSender(GuardedHttp);

impl HttpWebhookSender {
    /// `sandbox`: whether this machine may be called, too.
    ///
    /// # Errors
    /// No TLS.
    pub fn new(sandbox: bool) -> Result<Self, reqwest::Error> {
        GuardedHttp::new(sandbox, TIMEOUT).map(Self)
    }
}

#[async_trait]
impl WebhookSender for HttpWebhookSender {
    async fn check(&self, url: &Url) -> Result<(), SendFailure> {
        self.0.check(url).await
    }

    async fn send(&self, message: &SignedMessage) -> Result<WebhookAnswer, SendFailure> {
        let response = self
            .0
            .client(&message.url)?
            .post(message.url.clone())
            .header(USER_AGENT, HeaderValue::from_static("Rastau-Webhooks/1"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("webhook-id", message.id.as_str())
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", message.signature.as_str())
            .body(message.body.clone())
            .send()
            .await
            .map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        Ok(WebhookAnswer { status, body: beginning(response).await })
    }
}

impl fmt::Debug for HttpWebhookSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpWebhookSender").field("sandbox", &self.0.sandbox()).finish()
    }
}

/// The beginning of the body. The status has said everything: a body that breaks off or stalls changes nothing.
async fn beginning(mut response: reqwest::Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MAX_BODY - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == MAX_BODY {
            break;
        }
    }
    body
}
