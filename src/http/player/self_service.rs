//! What a person may do about a decision: restrict themselves, contest a reason.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;

use super::problem::problem;
use super::{session_cookie, steps};
use crate::app::verification::second_factor::confirm::{ShownFactor, begin_confirmation};
use crate::app::verification::self_service::contest::contest_reason;
use crate::app::verification::self_service::restrict::restrict_self;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::secret::SecretText;
use crate::domain::reason::ReasonCode;
use crate::domain::restrictions::self_restriction::Term;
use crate::domain::review::case::{Contest, ContestError};
use crate::http::problem::{Problem, locale};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declaration {
    months: u32,
    factor: Factor,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Factor {
    Passkey(Value),
    Totp(SecretText),
    RecoveryCode(SecretText),
}

impl From<Factor> for ShownFactor {
    fn from(factor: Factor) -> Self {
        match factor {
            Factor::Passkey(answer) => Self::Passkey(answer),
            Factor::Totp(code) => Self::Totp(code),
            Factor::RecoveryCode(code) => Self::RecoveryCode(code),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contested {
    reason: String,
    statement: SecretText,
}

/// Options for a passkey that confirms.
pub(super) async fn confirm_start(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let options = begin_confirmation(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(options))
}

/// The person restricts themselves.
pub(super) async fn restrict(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Declaration>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let fail = |error: PlayerError| problem(&error, locale(&request));
    let Declaration { months, factor } = body.into_inner();
    let term = Term::of_months(months).map_err(|error| fail(error.into()))?;
    restrict_self(&services, session, term, &factor.into(), locale(&request)).await.map_err(fail)?;
    steps::answer(&request, &services, session).await
}

/// The person says that a reason is wrong.
pub(super) async fn contest(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Contested>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let fail = |error: PlayerError| problem(&error, locale(&request));
    let contest = ReasonCode::from_code(&body.reason)
        .ok_or(ContestError::Reason)
        .and_then(|reason| Contest::new(reason, &body.statement))
        .map_err(|error| fail(error.into()))?;
    contest_reason(&services, session, contest).await.map_err(fail)?;
    steps::answer(&request, &services, session).await
}
