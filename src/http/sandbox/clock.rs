//! The clock of a sandbox: everybody may read it, an operator of the sandbox may move it by its own secret.
//!
//! The caller's address would be no guard: behind a proxy everybody comes from loopback.

use std::time::Duration;

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::app::Services;
use crate::app::oauth::client::{AuthenticationError, authenticate};
use crate::app::sandbox::move_clock::{MoveClockError, SandboxTime, advance_clock, read_clock, reset_clock};
use crate::domain::operators::operator::OperatorId;
use crate::http::operator::basic_credentials;
use crate::http::problem::{Problem, ProblemBody, ProblemCode, locale};
use crate::messages::Locale;

/// How far.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Advance {
    /// At most 400 days ahead of real time in all.
    #[schema(maximum = 34_560_000)]
    advance_seconds: u64,
}

/// The sandbox's time
#[utoipa::path(get, path = "/api/sandbox/clock", tag = "sandbox", operation_id = "readClock",
    responses((status = 200, description = "Its time", body = ClockView)))]
pub(in crate::http) async fn read(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let time = read_clock(&services).map_err(|error| problem(&error, locale(&request)))?;
    Ok(answer(time))
}

/// Move the sandbox's clock
#[utoipa::path(post, path = "/api/sandbox/clock", tag = "sandbox", operation_id = "advanceClock",
    security(("clientSecret" = [])),
    request_body = Advance,
    responses((status = 200, description = "Its time", body = ClockView), ClockRefusal))]
pub(in crate::http) async fn advance(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Advance>,
) -> Result<HttpResponse, Problem> {
    let operator = authenticated(&request, &services).await?;
    let by = Duration::from_secs(body.advance_seconds);
    let time = advance_clock(&services, by, &operator).await.map_err(|error| problem(&error, locale(&request)))?;
    Ok(answer(time))
}

/// Set the sandbox's clock back to real time
#[utoipa::path(delete, path = "/api/sandbox/clock", tag = "sandbox", operation_id = "resetClock",
    security(("clientSecret" = [])),
    responses((status = 200, description = "Its time", body = ClockView), ClockRefusal))]
pub(in crate::http) async fn reset(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let operator = authenticated(&request, &services).await?;
    let time = reset_clock(&services, &operator).await.map_err(|error| problem(&error, locale(&request)))?;
    Ok(answer(time))
}

/// A sandbox's time.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ClockView {
    /// RFC 3339.
    #[schema(format = DateTime)]
    now: String,
    /// How far ahead of real time.
    ahead_seconds: u64,
}

const BY_SECRET: &str = r#"ClientSecret realm="rastau sandbox""#;

/// Why the clock was not moved.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub(in crate::http) enum ClockRefusal {
    /// No JSON of this form
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// Not an operator of this sandbox by its secret
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemBody),
    /// Too long
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// No JSON
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(ProblemBody),
    /// Too far ahead
    #[response(status = 422, content_type = "application/problem+json")]
    TooFar(ProblemBody),
    /// Not now
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

fn answer(time: SandboxTime) -> HttpResponse {
    let body = ClockView { now: time.now.rfc3339(), ahead_seconds: time.ahead.as_secs() };
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body)
}

/// The refusal does not name the scheme `Basic`: a browser would ask for the secret, keep it, and send it on behalf of other pages.
async fn authenticated(request: &HttpRequest, services: &Services) -> Result<OperatorId, Problem> {
    let refused = || Problem::new(ProblemCode::Unauthorized, locale(request)).challenge(BY_SECRET);
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let credentials = header.and_then(basic_credentials).ok_or_else(refused)?;
    match authenticate(services, credentials).await {
        Ok(operator) => Ok(operator.id),
        Err(AuthenticationError::Store(error)) => Err(Problem::store(&error, locale(request))),
        Err(error) => {
            tracing::warn!(%error, "a sandbox's clock was not moved");
            Err(refused())
        }
    }
}

fn problem(error: &MoveClockError, locale: Locale) -> Problem {
    match error {
        MoveClockError::NoSandbox => Problem::new(ProblemCode::NotFound, locale),
        MoveClockError::TooFarAhead(_) => Problem::new(ProblemCode::ClockTooFar, locale),
        MoveClockError::Store(error) => Problem::store(error, locale),
    }
}
