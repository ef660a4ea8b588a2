//! A source of contacts of record over HTTP: the state's base of citizens' mobile numbers, or another:
//!
//! ```text
//! POST {url}   Authorization: Bearer ...   {"request":"UUID","iin":"900101300017"}
//!   200 application/json
//!   {"request":"UUID","iin":"900101300017","contacts":[{"channel":"sms","address":"+77011234567"}]}
//! ```
//!
//! Who has none has an empty list; there is at most one a channel, for a code to several phones is a code to more strangers.
//! Whatever is not this, to the letter, is no answer: a person has no contact only when the source says so itself. The IIN
//! travels in the body alone, since addresses end up in logs.

mod answer;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use url::Url;
use uuid::Builder;

use super::circuit_breaker::BreakerSettings;
use super::configured_http::{SettingsError, bearer, client, is_safe, why};
use super::patience::{Failure, PatienceSettings, RetryPolicy};
use crate::domain::identity::contact::Contact;
use crate::domain::identity::person::Iin;
use crate::domain::identity::register::{ContactError, ContactsOfRecord};
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::secret::SecretText;

/// For the connection, TLS included.
const CONNECT: Duration = Duration::from_secs(2);
/// The longest wait before the first repeat.
const BACKOFF: Duration = Duration::from_millis(200);
/// For all tries of one question, whatever the settings of one are: a person waits.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
/// After so many failures in a row nobody waits for it, for so long.
const BREAKER: BreakerSettings = BreakerSettings { failures: 5, open_for: Duration::from_secs(30) };

/// A source and how patient we are with it.
#[derive(Clone, Debug)]
pub struct ContactsSettings {
    /// Its address; https, or http to this machine.
    pub url: Url,
    /// The bearer credential.
    pub credential: SecretText,
    /// For one try, from connecting to the last byte.
    pub timeout: Duration,
    /// So many further tries.
    pub retries: u32,
}

/// The source behind the port.
pub struct HttpContacts {
    http: reqwest::Client,
    settings: ContactsSettings,
    patience: RetryPolicy,
    randomness: Arc<dyn Randomness>,
}

impl HttpContacts {
    /// Checks the settings; connects to nothing yet.
    pub fn new(
        settings: ContactsSettings,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, SettingsError> {
        if !is_safe(&settings.url) {
            return Err(SettingsError::Address);
        }
        let bearer = bearer(&settings.credential).ok_or(SettingsError::Credential)?;
        let http = client(&settings.url, bearer)
            .connect_timeout(CONNECT.min(settings.timeout))
            .timeout(settings.timeout)
            .build()
            .map_err(SettingsError::Client)?;
        let patience = PatienceSettings {
            total_timeout: ((settings.timeout + BACKOFF * 2) * (settings.retries + 1)).min(TOTAL_TIMEOUT),
            retries: settings.retries,
            backoff: BACKOFF,
            breaker: BREAKER,
        };
        let patience = RetryPolicy::new(patience, clock, randomness.clone());
        Ok(Self { http, settings, patience, randomness })
    }

    /// Whether it can be reached and lets us in; asks about nobody.
    ///
    /// # Errors
    /// Why not, in words.
    pub async fn check(&self) -> Result<(), String> {
        let answer = self.http.head(self.settings.url.clone()).send().await.map_err(|error| why(&error).to_owned())?;
        match answer.status().as_u16() {
            401 | 403 => Err("it does not let us in".to_owned()),
            _ => Ok(()),
        }
    }

    async fn ask_once(&self, iin: &Iin) -> Result<Vec<Contact>, Failure> {
        let mut bytes = [0; 16];
        self.randomness.fill(&mut bytes);
        let request = Builder::from_random_bytes(bytes).into_uuid().to_string();
        let body = json!({ "request": request, "iin": iin.expose() });
        let response = self.http.post(self.settings.url.clone()).json(&body).send().await?;
        answer::read(response, iin, &request).await
    }
}

#[async_trait]
impl ContactsOfRecord for HttpContacts {
    async fn find(&self, iin: &Iin) -> Result<Vec<Contact>, ContactError> {
        let answer = self.patience.ask("the source of contacts of record", || Box::pin(self.ask_once(iin))).await;
        answer.map_err(ContactError::Unavailable)
    }
}

impl fmt::Debug for HttpContacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpContacts").field("settings", &self.settings).finish_non_exhaustive()
    }
}
