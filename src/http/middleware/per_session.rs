//! Each browser session may ask only so often: guesses and floods are slowed without punishing others behind one address.

use std::num::NonZeroU32;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::app::Services;
use crate::domain::kernel::handle::hash_handle;
use crate::http::player_session_cookie_name;
use crate::http::problem::{Problem, ProblemCode, locale};

/// Requests a second, and how many may come at once.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(5).unwrap();
const BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Frames of a capture, where each is a request of its own; the capture itself counts them more strictly.
const FRAMES_PER_SECOND: NonZeroU32 = NonZeroU32::new(60).unwrap();
const FRAME_BURST: NonZeroU32 = NonZeroU32::new(300).unwrap();
/// Past this many sessions the idle ones are forgotten.
const SWEEP_AT: usize = 10_000;

/// The limiter, shared by all workers.
pub struct SessionLimiter {
    steps: DefaultKeyedRateLimiter<[u8; 32]>,
    frames: DefaultKeyedRateLimiter<[u8; 32]>,
}

impl std::fmt::Debug for SessionLimiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionLimiter({} sessions)", self.steps.len())
    }
}

impl Default for SessionLimiter {
    fn default() -> Self {
        Self {
            steps: RateLimiter::keyed(Quota::per_second(PER_SECOND).allow_burst(BURST)),
            frames: RateLimiter::keyed(Quota::per_second(FRAMES_PER_SECOND).allow_burst(FRAME_BURST)),
        }
    }
}

/// Answers 429 with `Retry-After` past the limit. Requests without a session go on: they are refused for that.
pub async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    check(&request, |limiter| &limiter.steps)?;
    next.call(request).await
}

/// The same for the frames of a capture.
pub async fn limit_frames(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    check(&request, |limiter| &limiter.frames)?;
    next.call(request).await
}

fn check(
    request: &ServiceRequest,
    which: fn(&SessionLimiter) -> &DefaultKeyedRateLimiter<[u8; 32]>,
) -> Result<(), Problem> {
    let limiter = request.app_data::<web::Data<SessionLimiter>>();
    let services = request.app_data::<web::Data<Services>>();
    let (Some(limiter), Some(services)) = (limiter, services) else {
        return Ok(());
    };
    let Some(cookie) = request.cookie(player_session_cookie_name(services)) else {
        return Ok(());
    };
    let limiter = which(limiter);
    if limiter.len() > SWEEP_AT {
        limiter.retain_recent();
    }
    limiter.check_key(&hash_handle(cookie.value()).0).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now());
        Problem::new(ProblemCode::TooManyRequests, locale(request.request())).retry_after(wait)
    })
}
