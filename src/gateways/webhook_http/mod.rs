//! Webhooks over HTTP: one POST a try, after Standard Webhooks ("Headers": `webhook-id`, `webhook-timestamp`,
//! `webhook-signature`). A URL comes from outside, so the call must not become a way into our own network: see
//! [`resolver`], and docs/adr/0018-webhooks.md.

mod resolver;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use url::{Host, Url};

use crate::domain::ports::{WebhookAnswer, WebhookSender};
use crate::domain::webhook::endpoint::{Reach, SignedMessage, check_url};
use crate::domain::webhook::message::SendFailure;
use resolver::{CheckedResolver, Lookup, SystemLookup, expect_reachable};

/// From looking the name up to the last byte (Standard Webhooks, "Timeouts": 15 to 30 s).
const TIMEOUT: Duration = Duration::from_secs(15);
/// So much of an answer's body is read; the rest is nobody's business.
const MOST_BODY: usize = 4 * 1_024;

/// Posts webhooks.
pub struct HttpWebhookSender {
    /// For URLs that may reach public addresses.
    public: reqwest::Client,
    /// For URLs that may reach this machine.
    loopback: reqwest::Client,
    lookup: Arc<dyn Lookup>,
    sandbox: bool,
}

impl HttpWebhookSender {
    /// `sandbox`: whether this machine may be called, too.
    ///
    /// # Errors
    /// No TLS.
    pub fn new(sandbox: bool) -> Result<Self, reqwest::Error> {
        Self::with(sandbox, Arc::new(SystemLookup), TIMEOUT)
    }

    fn with(sandbox: bool, lookup: Arc<dyn Lookup>, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = |reach| {
            reqwest::Client::builder()
                .https_only(reach == Reach::Public)
                // Only what was checked is connected to: a proxy or a redirect would choose for itself.
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .dns_resolver(CheckedResolver::new(lookup.clone(), reach))
                // No connection outlives its check.
                .pool_max_idle_per_host(0)
                .timeout(timeout)
                .build()
        };
        Ok(Self { public: client(Reach::Public)?, loopback: client(Reach::Loopback)?, lookup, sandbox })
    }

    /// Addresses that are written out are never looked up, so they are looked at here.
    fn reach(&self, url: &Url) -> Result<Reach, SendFailure> {
        check_url(url, self.sandbox).map_err(|_| SendFailure::UrlRefused)
    }
}

#[async_trait]
impl WebhookSender for HttpWebhookSender {
    async fn check(&self, url: &Url) -> Result<(), SendFailure> {
        let reach = self.reach(url)?;
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        let addresses: Vec<IpAddr> = tokio::time::timeout(TIMEOUT, self.lookup.lookup(name.to_owned()))
            .await
            .map_err(|_| SendFailure::Timeout)?
            .map_err(|_| SendFailure::NameUnknown)?;
        expect_reachable(&addresses, reach)
    }

    async fn send(&self, message: &SignedMessage) -> Result<WebhookAnswer, SendFailure> {
        let client = match self.reach(&message.url)? {
            Reach::Public => &self.public,
            Reach::Loopback => &self.loopback,
        };
        let response = client
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
        f.debug_struct("HttpWebhookSender").field("sandbox", &self.sandbox).finish_non_exhaustive()
    }
}

/// The beginning of the body. The status has said everything: a body that breaks off or stalls changes nothing.
async fn beginning(mut response: reqwest::Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MOST_BODY - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == MOST_BODY {
            break;
        }
    }
    body
}

/// What went wrong, our own resolver's word first.
fn failure(error: &reqwest::Error) -> SendFailure {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<SendFailure>() {
            return *refused;
        }
        cause = error.source();
    }
    if error.is_timeout() {
        SendFailure::Timeout
    } else if error.is_connect() {
        SendFailure::NoConnection
    } else {
        SendFailure::Broken
    }
}
