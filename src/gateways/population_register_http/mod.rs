//! A population register over HTTP:
//!
//! ```text
//! POST {base}/v1/persons/search   Authorization: Bearer ...   {"iin":"900101300017"}
//!   200 {"iin":"900101300017","name":"...","photo":"base64 of JPEG, PNG, WebP or JPEG 2000"}
//!   404 {"code":"person_not_found"}
//! ```
//!
//! The IIN travels in the body alone, since addresses end up in logs. Whatever is neither of the two answers, to the
//! letter, is no answer: a person is "not found" only when the register says so itself.

mod answer;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use url::Url;

use super::circuit_breaker::BreakerSettings;
use super::configured_http::{bearer, client, is_safe};
use super::patience::{Failure, PatienceSettings, RetryPolicy};
use crate::domain::identity::person::{Citizen, Iin};
use crate::domain::identity::register::{PopulationRegister, RegisterError};
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::secret::SecretText;

/// Where the register is and how patient we are.
#[derive(Clone, Debug)]
pub struct RegisterSettings {
    /// Its address; https, or http on the loopback.
    pub base_url: Url,
    /// The bearer credential.
    pub credential: SecretText,
    /// For the connection, TLS included.
    pub connect_timeout: Duration,
    /// For one try, from connecting to the last byte.
    pub attempt_timeout: Duration,
    /// For all tries and the waits between them.
    pub total_timeout: Duration,
    /// So many further tries after a failure that may pass by itself.
    pub retries: u32,
    /// The first wait is at most this long; each further one at most twice as long.
    pub backoff: Duration,
    /// When to stop asking.
    pub breaker: BreakerSettings,
}

impl RegisterSettings {
    /// Patience that fits a person waiting before a screen: 10 s in all, two retries, half a minute of rest after five
    /// failures.
    pub fn new(base_url: Url, credential: SecretText) -> Self {
        Self {
            base_url,
            credential,
            connect_timeout: Duration::from_secs(2),
            attempt_timeout: Duration::from_secs(4),
            total_timeout: Duration::from_secs(10),
            retries: 2,
            backoff: Duration::from_millis(200),
            breaker: BreakerSettings { failures: 5, open_for: Duration::from_secs(30) },
        }
    }
}

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum RegisterSettingsError {
    /// IINs and photos do not travel in the clear.
    #[error("the population register needs an https address without user name, query or fragment")]
    Address,
    /// It cannot stand in a header.
    #[error("the population register's credential is empty or has characters that no header carries")]
    Credential,
    /// TLS or the like.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[source] reqwest::Error),
}

/// The register behind the port.
pub struct HttpPopulationRegister {
    http: reqwest::Client,
    search: Url,
    settings: RegisterSettings,
    patience: RetryPolicy,
}

impl HttpPopulationRegister {
    /// Checks the settings; connects to nothing yet.
    pub fn new(
        settings: RegisterSettings,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, RegisterSettingsError> {
        let search = search_address(&settings.base_url)?;
        let bearer = bearer(&settings.credential).ok_or(RegisterSettingsError::Credential)?;
        let http = client(&search, bearer)
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.attempt_timeout)
            .build()
            .map_err(RegisterSettingsError::Client)?;
        let patience = PatienceSettings {
            total_timeout: settings.total_timeout,
            retries: settings.retries,
            backoff: settings.backoff,
            breaker: settings.breaker,
        };
        Ok(Self { http, search, patience: RetryPolicy::new(patience, clock, randomness), settings })
    }

    async fn search(&self, iin: &Iin) -> Result<Option<Citizen>, Failure> {
        let body = json!({ "iin": iin.expose() });
        let response = self.http.post(self.search.clone()).json(&body).send().await?;
        answer::read(response, iin).await
    }
}

#[async_trait]
impl PopulationRegister for HttpPopulationRegister {
    async fn find(&self, iin: &Iin) -> Result<Option<Citizen>, RegisterError> {
        let answer = self.patience.ask("the population register", || Box::pin(self.search(iin))).await;
        answer.map_err(RegisterError::Unavailable)
    }
}

impl fmt::Debug for HttpPopulationRegister {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpPopulationRegister").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn search_address(base: &Url) -> Result<Url, RegisterSettingsError> {
    if !is_safe(base) || base.query().is_some() {
        return Err(RegisterSettingsError::Address);
    }
    let address = format!("{}/v1/persons/search", base.as_str().trim_end_matches('/'));
    Url::parse(&address).map_err(|_| RegisterSettingsError::Address)
}
