//! A registry of restrictions that is asked about one person at a time:
//!
//! ```text
//! POST {url}   Authorization: Bearer ...   {"request":"UUID","iin":"900101300017"}
//!   200 application/json
//!   {"request":"UUID","iin":"900101300017","as_of":"2026-11-26T06:00:00+05:00","restrictions":[
//!     {"key":"2026/123","ground":"debtor","legal_basis":"...","starts_at":"2026-01-01","ends_at":null}]}
//! ```
//!
//! Who is not restricted has an empty list: one that is missing is no answer, and neither is anything else that is not this, to the
//! letter. The IIN travels in the body alone, since addresses end up in logs.

mod answer;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio::sync::Semaphore;
use url::Url;
use uuid::Builder;

use super::circuit_breaker::BreakerSettings;
use super::configured_http::{bearer, client, is_safe};
use super::patience::{Failure, PatienceSettings, RetryPolicy};
use crate::domain::identity::person::Iin;
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::secret::SecretText;
use crate::domain::restrictions::remote::{RemoteAnswer, RemoteRegistry, RemoteRegistryError};

/// For the connection, TLS included.
const CONNECT: Duration = Duration::from_secs(2);
/// The longest wait before the first repeat.
const BACKOFF: Duration = Duration::from_millis(100);
/// For all tries of one question, whatever the settings of one are: a person waits.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
/// So many questions are out at a time; the others wait, within their own time.
const AT_ONCE: usize = 64;
/// After so many failures in a row nobody waits for it, for so long.
const BREAKER: BreakerSettings = BreakerSettings { failures: 5, open_for: Duration::from_secs(15) };

/// A registry and how patient we are with it.
#[derive(Clone, Debug)]
pub struct RemoteSettings {
    /// Its name as a source.
    pub name: String,
    /// Its address; https, or http to this machine.
    pub url: Url,
    /// The bearer credential.
    pub credential: SecretText,
    /// How long an answer may be trusted.
    pub max_age: Duration,
    /// How long an answer may be given again.
    pub reuse: Duration,
    /// For one try, from connecting to the last byte.
    pub timeout: Duration,
    /// So many further tries.
    pub retries: u32,
}

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum RegistrySettingsError {
    /// IINs do not travel in the clear.
    #[error("a remote registry needs an https address (http to this machine only) without user name or fragment")]
    Address,
    /// It cannot stand in a header.
    #[error("the registry's credential is empty or has characters that no header carries")]
    Credential,
    /// TLS or the like.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[source] reqwest::Error),
}

/// The registry behind the port.
pub struct HttpRemoteRegistry {
    http: reqwest::Client,
    settings: RemoteSettings,
    patience: RetryPolicy,
    turns: Semaphore,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

impl HttpRemoteRegistry {
    /// Checks the settings; connects to nothing yet. `clock` must be the real one: the registry dates its answers by it.
    pub fn new(
        settings: RemoteSettings,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, RegistrySettingsError> {
        if !is_safe(&settings.url) {
            return Err(RegistrySettingsError::Address);
        }
        let bearer = bearer(&settings.credential).ok_or(RegistrySettingsError::Credential)?;
        let http = client(&settings.url, bearer)
            .connect_timeout(CONNECT.min(settings.timeout))
            .timeout(settings.timeout)
            .build()
            .map_err(RegistrySettingsError::Client)?;
        let patience = PatienceSettings {
            total_timeout: ((settings.timeout + BACKOFF * 2) * (settings.retries + 1)).min(TOTAL_TIMEOUT),
            retries: settings.retries,
            backoff: BACKOFF,
            breaker: BREAKER,
        };
        let patience = RetryPolicy::new(patience, clock.clone(), randomness.clone());
        Ok(Self { http, settings, patience, turns: Semaphore::new(AT_ONCE), clock, randomness })
    }

    async fn ask_in_turn(&self, iin: &Iin) -> Result<RemoteAnswer, Failure> {
        let _turn = self.turns.acquire().await.map_err(|_| Failure::lie("it is asked no more"))?;
        self.ask_once(iin).await
    }

    async fn ask_once(&self, iin: &Iin) -> Result<RemoteAnswer, Failure> {
        let mut bytes = [0; 16];
        self.randomness.fill(&mut bytes);
        let request = Builder::from_random_bytes(bytes).into_uuid().to_string();
        let body = json!({ "request": request, "iin": iin.expose() });
        let response = self.http.post(self.settings.url.clone()).json(&body).send().await?;
        answer::read(response, &self.settings.name, iin, &request, self.clock.now()).await
    }
}

#[async_trait]
impl RemoteRegistry for HttpRemoteRegistry {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn max_age(&self) -> Duration {
        self.settings.max_age
    }

    fn reuse(&self) -> Duration {
        self.settings.reuse
    }

    async fn ask(&self, iin: &Iin) -> Result<RemoteAnswer, RemoteRegistryError> {
        let whom = format!("the registry {}", self.settings.name);
        self.patience.ask(&whom, || Box::pin(self.ask_in_turn(iin))).await.map_err(RemoteRegistryError)
    }
}

impl fmt::Debug for HttpRemoteRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRemoteRegistry").field("settings", &self.settings).finish_non_exhaustive()
    }
}
