//! Whoever begins to come in is counted: by where they come from, and by the login that they name. A browser in which somebody
//! of the staff came in before has a count of its own, which nobody else can fill.

use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::{HttpRequest, web};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::device_cookie;
use crate::app::Services;
use crate::http::peer::{Caller, caller};
use crate::http::problem::{Problem, ProblemCode, locale};

/// How often one address may ring in a second, and how often at once: a whole office has one, and each ring is a row for two
/// minutes.
const OF_CALLER: Quota = quota(2, 40);
/// How often one login may be named.
const OF_LOGIN: Quota = quota(1, 10);
/// How often one browser may ring.
const OF_DEVICE: Quota = quota(2, 20);
/// Past this many counts the idle ones are forgotten.
const SWEEP_AT: usize = 10_000;

const fn quota(per_second: u32, at_once: u32) -> Quota {
    let (Some(per_second), Some(at_once)) = (NonZeroU32::new(per_second), NonZeroU32::new(at_once)) else {
        unreachable!()
    };
    Quota::per_second(per_second).allow_burst(at_once)
}

/// The counts, shared by all workers.
pub(in crate::http) struct SignInRateLimiter {
    callers: DefaultKeyedRateLimiter<Option<Caller>>,
    logins: DefaultKeyedRateLimiter<String>,
    devices: DefaultKeyedRateLimiter<[u8; 32]>,
}

impl Default for SignInRateLimiter {
    fn default() -> Self {
        Self {
            callers: RateLimiter::keyed(OF_CALLER),
            logins: RateLimiter::keyed(OF_LOGIN),
            devices: RateLimiter::keyed(OF_DEVICE),
        }
    }
}

impl fmt::Debug for SignInRateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInRateLimiter")
    }
}

impl SignInRateLimiter {
    /// Counts the request by where it comes from; how long to wait, when there are too many.
    fn admit(&self, device: Option<[u8; 32]>, caller: Option<Caller>) -> Result<(), Duration> {
        match device {
            Some(device) => count(&self.devices, &device),
            None => count(&self.callers, &caller),
        }
    }

    /// Counts a login that is named. A known browser was counted already, so that nobody keeps its owner out by naming them.
    fn name(&self, device: Option<[u8; 32]>, login: &str) -> Result<(), Duration> {
        if device.is_some() { Ok(()) } else { count(&self.logins, &login.to_owned()) }
    }
}

fn count<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Duration> {
    if limiter.len() > SWEEP_AT {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|full| full.wait_time_from(DefaultClock::default().now()))
}

/// Rings for a request; 429 when too many come from there.
pub(super) fn admit(request: &HttpRequest, services: &Services) -> Result<(), Problem> {
    at_bell(request, |bell| bell.admit(device_cookie::read(request, services), caller(request)))
}

/// Names a login; 429 when it was named too often.
pub(in crate::http) fn name(request: &HttpRequest, services: &Services, login: &str) -> Result<(), Problem> {
    at_bell(request, |bell| bell.name(device_cookie::read(request, services), login))
}

fn at_bell(
    request: &HttpRequest,
    admit: impl FnOnce(&SignInRateLimiter) -> Result<(), Duration>,
) -> Result<(), Problem> {
    let Some(bell) = request.app_data::<web::Data<SignInRateLimiter>>() else { return Ok(()) };
    admit(bell).map_err(|wait| Problem::new(ProblemCode::TooManyRequests, locale(request)).retry_after(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stranger(number: u8) -> Caller {
        Caller::of([198, 51, 100, number].into())
    }

    fn refused(rings: impl Iterator<Item = Result<(), Duration>>) -> usize {
        rings.filter(|ring| ring.is_err_and(|wait| wait <= Duration::from_secs(1))).count()
    }

    #[test]
    fn a_crowd_at_one_address_waits_and_nobody_else_does() {
        let bell = SignInRateLimiter::default();
        let crowd = refused((0..100).map(|_| bell.admit(None, Some(stranger(1)))));
        assert!((50..=60).contains(&crowd), "{crowd}");
        assert!(bell.admit(None, Some(stranger(2))).is_ok());
    }

    #[test]
    fn a_login_that_many_name_can_be_named_where_it_was_used_before() {
        let bell = SignInRateLimiter::default();
        let crowd = refused((0..100).map(|_| bell.name(None, "aigerim")));
        assert!((85..=90).contains(&crowd), "{crowd}");
        assert!(bell.name(None, "daniyar").is_ok());
        assert!(bell.name(Some([1; 32]), "aigerim").is_ok());
    }

    #[test]
    fn a_known_browser_has_a_count_of_its_own() {
        let bell = SignInRateLimiter::default();
        refused((0..100).map(|_| bell.admit(None, Some(stranger(1)))));
        let own = refused((0..100).map(|_| bell.admit(Some([1; 32]), Some(stranger(1)))));
        assert!((75..=80).contains(&own), "{own}");
        assert!(bell.admit(Some([2; 32]), Some(stranger(1))).is_ok());
    }
}
