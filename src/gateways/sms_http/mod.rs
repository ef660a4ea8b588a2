//! A gateway for text messages over HTTP:
//!
//! ```text
//! POST {url}   Authorization: Bearer ...   Idempotency-Key: UUID   {"id":"UUID","to":"+77011234567","text":"..."}
//!   200 or 202 application/json {"id":"UUID","accepted":true}
//!   422 application/json {"id":"UUID","code":"address_refused"}
//! ```
//!
//! The gateway sends one id once, however often it comes. Whatever is neither of the two answers, to the letter, is none: the
//! notice may have been taken and may not, and goes there again under the same id.

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::configured_http::{SettingsError, bearer, client, is_json, is_safe};
use super::patience::body;
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::id::NoticeId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::notices::ports::{NoticeSender, OutgoingNotice};
use crate::domain::notices::{NoticeEnd, NoticeFailure};

/// For the connection, TLS included.
const CONNECT: Duration = Duration::from_secs(3);
/// No answer is longer, bytes.
const MAX_BYTES: usize = 16 * 1_024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Taken {
    id: String,
    accepted: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    id: String,
    code: String,
}

/// The gateway behind the port.
pub struct HttpSmsGateway {
    http: reqwest::Client,
    url: Url,
}

impl HttpSmsGateway {
    /// Checks the settings; connects to nothing yet. `timeout` is for one notice, from connecting to the last byte.
    pub fn new(url: Url, credential: &SecretText, timeout: Duration) -> Result<Self, SettingsError> {
        if !is_safe(&url) {
            return Err(SettingsError::Address);
        }
        let bearer = bearer(credential).ok_or(SettingsError::Credential)?;
        let http = client(&url, bearer)
            .connect_timeout(CONNECT.min(timeout))
            .timeout(timeout)
            .build()
            .map_err(SettingsError::Client)?;
        Ok(Self { http, url })
    }
}

#[async_trait]
impl NoticeSender for HttpSmsGateway {
    fn channel(&self) -> Channel {
        Channel::Sms
    }

    async fn send(&self, notice: &OutgoingNotice) -> NoticeEnd {
        let id = notice.id.to_string();
        let body = json!({ "id": id, "to": notice.to.address().expose(), "text": notice.words.text.expose() });
        let request = self.http.post(self.url.clone()).header("idempotency-key", &id).json(&body);
        let response = request.send().await.map_err(|error| failure(&error))?;
        read(response, notice.id).await
    }

    async fn check(&self) -> NoticeEnd {
        let response = self.http.head(self.url.clone()).send().await.map_err(|error| failure(&error))?;
        match response.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(NoticeFailure::Unauthorized),
            status if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED => Err(NoticeFailure::NotNow),
            _ => Ok(()),
        }
    }
}

async fn read(response: Response, id: NoticeId) -> NoticeEnd {
    let status = response.status();
    match status {
        StatusCode::OK | StatusCode::ACCEPTED | StatusCode::UNPROCESSABLE_ENTITY if is_json(&response) => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(NoticeFailure::Unauthorized),
        StatusCode::TOO_MANY_REQUESTS => return Err(NoticeFailure::NotNow),
        status if status.is_server_error() => return Err(NoticeFailure::NotNow),
        _ => return Err(NoticeFailure::Unreadable),
    }
    let body = body(response, MAX_BYTES).await.map_err(|_| NoticeFailure::Unreadable)?;
    let id = id.to_string();
    if status == StatusCode::UNPROCESSABLE_ENTITY {
        return match serde_json::from_slice::<Refused>(&body) {
            Ok(refused) if refused.id == id && refused.code == "address_refused" => Err(NoticeFailure::AddressRefused),
            _ => Err(NoticeFailure::Unreadable),
        };
    }
    match serde_json::from_slice::<Taken>(&body) {
        Ok(taken) if taken.id == id && taken.accepted => Ok(()),
        _ => Err(NoticeFailure::Unreadable),
    }
}

fn failure(error: &reqwest::Error) -> NoticeFailure {
    if error.is_timeout() { NoticeFailure::Timeout } else { NoticeFailure::NoConnection }
}

impl fmt::Debug for HttpSmsGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSmsGateway").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}
