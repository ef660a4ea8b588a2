//! The steps that a scenario of the sandbox takes without camera and authenticator. Mounted only there.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::problem::problem;
use super::{session_cookie, steps};
use crate::app::Services;
use crate::app::verification::face::pretend::pretend_capture;
use crate::app::verification::second_factor::pretend::pretend_factor;
use crate::app::verification::second_factor::second_proof::pretend::pretend_contact;
use crate::domain::second_factor::FactorKind;
use crate::http::problem::{Problem, locale};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pretended {
    factor: Option<FactorKind>,
}

pub(super) async fn capture(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    pretend_capture(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}

pub(super) async fn contact(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    pretend_contact(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}

/// A passkey, where none is named.
pub(super) async fn factor(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Pretended>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let factor = body.factor.unwrap_or(FactorKind::Passkey);
    pretend_factor(&services, session, factor).await.map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}
