//! Key sets that operators publish (`jwks_uri`), fetched when they are needed and kept for a while.
//!
//! A key that an operator takes out of its set is good for us for [`KeepingTimes::longest`] at most.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::header::{ACCEPT, HeaderValue, USER_AGENT};
use url::Url;

use super::guarded_http::{GuardedHttp, failure};
use crate::domain::oauth::credentials::{KeySetError, KeySets};

/// A caller waits for it.
const TIMEOUT: Duration = Duration::from_secs(5);
/// No key set is longer, in bytes.
const MAX_SET: usize = 64 * 1_024;

/// How long a set is kept.
#[derive(Clone, Copy, Debug)]
struct KeepingTimes {
    /// No other is asked for.
    fresh: Duration,
    /// It still serves where no other can be had.
    longest: Duration,
    /// Between two fetches of a set, whoever asks for it.
    pause: Duration,
}

const USUAL: KeepingTimes =
    KeepingTimes { fresh: Duration::from_mins(5), longest: Duration::from_mins(15), pause: Duration::from_secs(10) };

/// Fetches key sets and keeps them.
pub struct HttpKeySets {
    http: GuardedHttp,
    times: KeepingTimes,
    places: Mutex<HashMap<Url, Arc<tokio::sync::Mutex<Place>>>>,
}

#[derive(Default)]
struct Place {
    set: Option<(Arc<str>, Instant)>,
    tried: Option<Instant>,
}

impl HttpKeySets {
    /// `sandbox`: whether this machine may be called, too.
    ///
    /// # Errors
    /// No TLS.
    pub fn new(sandbox: bool) -> Result<Self, reqwest::Error> {
        Ok(Self::with(GuardedHttp::new(sandbox, TIMEOUT)?, USUAL))
    }

    fn with(http: GuardedHttp, times: KeepingTimes) -> Self {
        Self { http, times, places: Mutex::default() }
    }

    async fn get(&self, uri: &Url, young: Duration) -> Result<Arc<str>, KeySetError> {
        let place = {
            let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(places.entry(uri.clone()).or_default())
        };
        // Whoever comes meanwhile waits for the one fetch.
        let mut place = place.lock().await;
        let kept = |within: Duration, place: &Place| {
            place.set.as_ref().filter(|(_, since)| since.elapsed() < within).map(|(set, _)| Arc::clone(set))
        };
        if let Some(set) = kept(young, &place) {
            return Ok(set);
        }
        let why = if place.tried.is_some_and(|tried| tried.elapsed() < self.times.pause) {
            KeySetError("it was asked for a moment ago".to_owned())
        } else {
            place.tried = Some(Instant::now());
            match self.fetch(uri).await {
                Ok(set) => {
                    let set: Arc<str> = set.into();
                    place.set = Some((Arc::clone(&set), Instant::now()));
                    return Ok(set);
                }
                Err(why) => why,
            }
        };
        kept(self.times.longest, &place).ok_or(why)
    }

    async fn fetch(&self, uri: &Url) -> Result<String, KeySetError> {
        let broken = |error: reqwest::Error| KeySetError(failure(&error).to_string());
        let mut response = self
            .http
            .client(uri)
            .map_err(|error| KeySetError(error.to_string()))?
            .get(uri.clone())
            .header(USER_AGENT, HeaderValue::from_static("Rastau-Keys/1"))
            .header(ACCEPT, HeaderValue::from_static("application/jwk-set+json, application/json"))
            .send()
            .await
            .map_err(broken)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(KeySetError(format!("the answer has the status {}", response.status().as_u16())));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > MAX_SET {
                return Err(KeySetError(format!("it is longer than {MAX_SET} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        String::from_utf8(body).map_err(|_| KeySetError("it is not text".to_owned()))
    }
}

#[async_trait]
impl KeySets for HttpKeySets {
    async fn key_set(&self, uri: &Url) -> Result<Arc<str>, KeySetError> {
        self.get(uri, self.times.fresh).await
    }

    async fn newest(&self, uri: &Url) -> Result<Arc<str>, KeySetError> {
        self.get(uri, self.times.pause).await
    }
}

impl fmt::Debug for HttpKeySets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpKeySets").field("times", &self.times).finish_non_exhaustive()
    }
}
