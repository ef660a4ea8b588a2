//! Consent, IIN, turning back, going back.

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::problem::problem;
use super::{lost_browser, session_cookie, view};
use crate::app::Services;
use crate::app::verification::cancel::cancel_verification;
use crate::app::verification::consent::give_consent;
use crate::app::verification::identify::identify_person;
use crate::app::verification::way_back::return_to_operator;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretText;
use crate::http::peer;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::messages::Texts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Consent {
    accepted: bool,
    version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Identify {
    iin: SecretText,
}

/// What the address of our own link says.
#[derive(Deserialize)]
pub(super) struct Link {
    visit: Option<String>,
}

/// The view of the session's verification as an answer.
pub(super) async fn answer(
    request: &HttpRequest,
    services: &Services,
    session: HandleHash,
) -> Result<HttpResponse, Problem> {
    let view = view::read(services, texts(request)?, session, locale(request)).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(view))
}

/// The sentences of this service.
pub(super) fn texts(request: &HttpRequest) -> Result<&web::Data<Texts>, Problem> {
    request.app_data().ok_or_else(|| Problem::new(ProblemCode::Internal, locale(request)))
}

pub(super) async fn verification(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read_on_arrival(&request, &services)?;
    answer(&request, &services, session).await
}

pub(super) async fn consent(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Consent>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    give_consent(&services, session, body.accepted, &body.version)
        .await
        .map_err(|error| problem(&error, locale(&request)))?;
    answer(&request, &services, session).await
}

pub(super) async fn identify(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Identify>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    identify_person(&services, session, peer::hash(&request, &services), body.iin.expose())
        .await
        .map_err(|error| problem(&error, locale(&request)))?;
    answer(&request, &services, session).await
}

pub(super) async fn cancel(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    cancel_verification(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    answer(&request, &services, session).await
}

/// Sends the browser back to the operator, with the code when the player may play.
pub(super) async fn back(
    request: HttpRequest,
    services: web::Data<Services>,
    link: web::Query<Link>,
) -> Result<HttpResponse, Problem> {
    let session = match session_cookie::read_by_address(&request, &services, link.visit.as_deref()) {
        Ok(session) => session,
        Err(refusal) => return lost_browser::answer(&request, refusal),
    };
    let address = match return_to_operator(&services, session).await {
        Ok(address) => address,
        Err(error) => return lost_browser::answer(&request, problem(&error, locale(&request))),
    };
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, address.as_str()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish())
}
