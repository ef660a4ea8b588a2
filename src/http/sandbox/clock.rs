//! The clock of a sandbox: everybody may read it, an operator of the sandbox may move it by its own secret.
//!
//! The caller's address would be no guard: behind a proxy everybody comes from loopback.

use std::time::Duration;

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::app::Services;
use crate::app::authenticate_client::{AuthenticationError, authenticate};
use crate::app::move_clock::{MoveClockError, SandboxTime, advance_clock, read_clock, reset_clock};
use crate::domain::operator::OperatorId;
use crate::http::operator::basic_credentials;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::messages::Locale;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    advance_seconds: u64,
}

pub(super) async fn read(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let time = read_clock(&services).map_err(|error| problem(&error, locale(&request)))?;
    Ok(answer(time))
}

pub(super) async fn advance(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Advance>,
) -> Result<HttpResponse, Problem> {
    let operator = authenticated(&request, &services).await?;
    let by = Duration::from_secs(body.advance_seconds);
    let time = advance_clock(&services, by, &operator).await.map_err(|error| problem(&error, locale(&request)))?;
    Ok(answer(time))
}

pub(super) async fn reset(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let operator = authenticated(&request, &services).await?;
    let time = reset_clock(&services, &operator).await.map_err(|error| problem(&error, locale(&request)))?;
    Ok(answer(time))
}

fn answer(time: SandboxTime) -> HttpResponse {
    let body = json!({ "now": time.now.rfc3339(), "ahead_seconds": time.ahead.as_secs() });
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body)
}

/// No `WWW-Authenticate` comes with the refusal: a browser would ask for the secret, keep it, and send it on behalf of
/// other pages.
async fn authenticated(request: &HttpRequest, services: &Services) -> Result<OperatorId, Problem> {
    let refused = || Problem::new(ProblemCode::Unauthorized, locale(request));
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
