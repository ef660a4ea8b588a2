//! WebAuthn ceremonies: the options down, the authenticator's answer up.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;

use super::totp::answer_with_codes;
use crate::app::Services;
use crate::app::verification::face::pass_lock::{begin_pass_lock, pass_lock};
use crate::app::verification::second_factor::enrol_passkey::{begin_passkey_enrolment, finish_passkey_enrolment};
use crate::app::verification::second_factor::prove_passkey::{begin_passkey, prove_passkey};
use crate::http::player::problem::problem;
use crate::http::player::{session_cookie, steps};
use crate::http::problem::{Problem, locale};

pub(in crate::http) async fn register_start(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let options =
        begin_passkey_enrolment(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    Ok(HttpResponse::Ok().json(options))
}

pub(in crate::http) async fn register_finish(
    request: HttpRequest,
    services: web::Data<Services>,
    credential: web::Json<Value>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let locale = locale(&request);
    let codes = finish_passkey_enrolment(&services, session, &credential, locale)
        .await
        .map_err(|error| problem(&error, locale))?;
    answer_with_codes(&request, &services, session, &codes).await
}

pub(in crate::http) async fn authenticate_start(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let options = begin_passkey(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    Ok(HttpResponse::Ok().json(options))
}

pub(in crate::http) async fn authenticate_finish(
    request: HttpRequest,
    services: web::Data<Services>,
    credential: web::Json<Value>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    prove_passkey(&services, session, &credential).await.map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}

pub(in crate::http) async fn lock_start(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let options = begin_pass_lock(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    Ok(HttpResponse::Ok().json(options))
}

pub(in crate::http) async fn lock_finish(
    request: HttpRequest,
    services: web::Data<Services>,
    credential: web::Json<Value>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    pass_lock(&services, session, &credential).await.map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}
