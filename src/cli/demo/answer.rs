//! What the service answers a virtual player.

use anyhow::{Context as _, Result};
use serde_json::Value;

/// The header in which a page says whose visit it shows.
pub(super) const VISIT: &str = "rastau-visit";

/// The service said no.
#[derive(Debug, thiserror::Error)]
#[error("refused with {status}: {code} ({detail})")]
pub struct Refused {
    /// HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// The sentence.
    pub detail: String,
}

pub(super) async fn read(answer: reqwest::Response) -> Result<Value> {
    let status = answer.status();
    let body: Value = answer.json().await.context("the answer is no JSON")?;
    if status.is_success() {
        return Ok(body);
    }
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    Err(Refused { status: status.as_u16(), code: text("code"), detail: text("detail") }.into())
}
