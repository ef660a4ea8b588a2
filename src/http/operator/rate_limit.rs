//! Each operator may ask so often, of each replica.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::error::OAuthError;
use crate::domain::operators::operator::{Operator, OperatorId};

/// The limiters of all operators that have asked, shared by all workers. There are as many as operators, who are few.
#[derive(Debug, Default)]
pub(super) struct OperatorLimiter(Mutex<HashMap<OperatorId, (u32, Arc<DefaultDirectRateLimiter>)>>);

impl OperatorLimiter {
    /// Counts a request of an authenticated operator.
    ///
    /// # Errors
    /// 429 with `Retry-After` past its rate; twice the rate may come at once.
    pub(super) fn count(&self, operator: &Operator) -> Result<(), OAuthError> {
        let clock = DefaultClock::default();
        self.of(operator).check().map_err(|not_until| {
            let seconds = not_until.wait_time_from(clock.now()).as_secs() + 1;
            tracing::warn!(operator = operator.id.as_str(), "an operator asks too often");
            OAuthError::too_many(seconds)
        })
    }

    /// A changed rate begins anew.
    fn of(&self, operator: &Operator) -> Arc<DefaultDirectRateLimiter> {
        let rate = operator.requests_per_second;
        let mut limiters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match limiters.get(&operator.id) {
            Some((of, limiter)) if *of == rate => limiter.clone(),
            _ => {
                let limiter = Arc::new(RateLimiter::direct(quota(rate)));
                limiters.insert(operator.id.clone(), (rate, limiter.clone()));
                limiter
            }
        }
    }
}

fn quota(rate: u32) -> Quota {
    let at_least_one = |rate| NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(rate)).allow_burst(at_least_one(rate.saturating_mul(2)))
}
