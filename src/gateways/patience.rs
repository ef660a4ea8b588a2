//! How a service outside is asked: again after what may pass by itself, within a time for all tries, and not at all for a while once it
//! failed too often.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::Response;
use zeroize::Zeroizing;

use super::circuit_breaker::{BreakerSettings, CircuitBreaker};
use super::configured_http::why;
use super::retry;
use crate::domain::kernel::clock::{Clock, Randomness};

/// Why there is no answer. Texts carry nothing of a person.
#[derive(Debug)]
pub(super) enum Failure {
    /// May pass by itself: asking again is safe, since a question changes nothing.
    Passing(String),
    /// Asking again would bring the same.
    Lasting(String),
}

impl Failure {
    /// What was said cannot be believed.
    pub(super) fn lie(why: &str) -> Self {
        Self::Lasting(why.to_owned())
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::Passing(why(&error).to_owned())
    }
}

/// How patient we are.
#[derive(Clone, Copy, Debug)]
pub(super) struct PatienceSettings {
    /// For all tries and the waits between them.
    pub(super) total_timeout: Duration,
    /// So many further tries after a failure that may pass by itself.
    pub(super) retries: u32,
    /// The first wait is at most this long; each further one at most twice as long.
    pub(super) backoff: Duration,
    /// When to stop asking.
    pub(super) breaker: BreakerSettings,
}

/// Our patience with one service.
pub(super) struct RetryPolicy {
    settings: PatienceSettings,
    breaker: Mutex<CircuitBreaker>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

impl RetryPolicy {
    /// Nothing was asked yet.
    pub(super) fn new(settings: PatienceSettings, clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        Self { settings, breaker: Mutex::new(CircuitBreaker::new(settings.breaker)), clock, randomness }
    }

    /// The answer of `ask`, or why there is none; `whom` is named in the log.
    pub(super) async fn ask<'a, T: Send>(
        &self,
        whom: &str,
        ask: impl Fn() -> BoxFuture<'a, Result<T, Failure>> + Send + Sync,
    ) -> Result<T, String> {
        if !self.breaker().allow(self.clock.now()) {
            return Err("it failed too often; waiting before the next try".to_owned());
        }
        let answer = tokio::time::timeout(self.settings.total_timeout, self.ask_again(whom, ask))
            .await
            .unwrap_or_else(|_| Err(Failure::Passing("it took too long".to_owned())));
        match answer {
            Ok(answer) => {
                self.breaker().succeeded();
                Ok(answer)
            }
            Err(Failure::Passing(why) | Failure::Lasting(why)) => {
                self.breaker().failed(self.clock.now());
                tracing::warn!(why, "{whom} gave no answer");
                Err(why)
            }
        }
    }

    async fn ask_again<'a, T: Send>(
        &self,
        whom: &str,
        ask: impl Fn() -> BoxFuture<'a, Result<T, Failure>> + Send + Sync,
    ) -> Result<T, Failure> {
        let mut tried = 0;
        loop {
            match ask().await {
                Err(Failure::Passing(why)) if tried < self.settings.retries => {
                    tracing::debug!(why, tried, "{whom} is asked again");
                    let wait = retry::wait(self.settings.backoff, tried, self.randomness.as_ref());
                    tokio::time::sleep(wait).await;
                    tried += 1;
                }
                answer => return answer,
            }
        }
    }

    fn breaker(&self) -> MutexGuard<'_, CircuitBreaker> {
        // Its state is one word and never half-written.
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body, dropped as soon as it grows past `most` bytes.
pub(super) async fn body(mut response: Response, most: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let announced = response.content_length().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced.is_some_and(|length| length > most) {
        return Err(Failure::lie("the answer is too large"));
    }
    let mut body = Zeroizing::new(Vec::with_capacity(announced.unwrap_or(0)));
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > most {
            return Err(Failure::lie("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
