//! The way out for webhooks.

use std::sync::Arc;

use anyhow::Context as _;

use crate::config::Config;
use crate::domain::webhooks::ports::WebhookSender;
use crate::gateways::webhook_http::HttpWebhookSender;

/// Posts to public addresses; in a sandbox to this machine, too.
pub fn sender(config: &Config) -> anyhow::Result<Arc<dyn WebhookSender>> {
    let sender = HttpWebhookSender::new(config.sandbox.enabled).context("webhooks have no HTTP client")?;
    Ok(Arc::new(sender))
}
