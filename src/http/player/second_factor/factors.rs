//! A person's own factors.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::totp::provisioned;
use crate::app::verification::second_factor::own::add::{
    begin_passkey_addition, begin_totp_addition, finish_passkey_addition, finish_totp_addition, renew_recovery_codes,
};
use crate::app::verification::second_factor::own::remove::remove_factor;
use crate::app::verification::second_factor::own::{OwnFactors, rename_factor, view_factors};
use crate::app::verification::second_factor::report_lost::report_lost_factors;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::own::{FactorId, FactorName, OwnFactorFault};
use crate::domain::second_factor::recovery_code::CODES;
use crate::http::player::problem::problem;
use crate::http::player::self_service::Factor;
use crate::http::player::{session_cookie, steps};
use crate::http::problem::{Problem, locale};

/// What is shown to confirm.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Confirming {
    factor: Factor,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewPasskey {
    credential: Value,
    name: Option<SecretText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewTotp {
    code: SecretText,
    name: Option<SecretText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Naming {
    name: SecretText,
}

fn body(own: &OwnFactors) -> Value {
    let factors = own.factors.iter().map(|factor| {
        json!({
            "id": factor.id.to_string(),
            "kind": factor.id.kind(),
            "name": factor.name.as_ref().map(|name| name.text().expose()),
            "created_at": factor.created_at.rfc3339(),
            "used_at": factor.used_at.map(Timestamp::rfc3339),
            "bound_by": factor.bound_by,
            "used_now": own.used_now.contains(&factor.id),
        })
    });
    json!({
        "factors": factors.collect::<Vec<_>>(),
        "recovery_codes": { "left": own.recovery_codes, "of": CODES },
        "addable": own.addable,
    })
}

fn private(body: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body)
}

async fn answer(request: &HttpRequest, services: &Services, session: HandleHash) -> Result<HttpResponse, Problem> {
    let own = view_factors(services, session).await.map_err(|error| problem(&error, locale(request)))?;
    Ok(private(&body(&own)))
}

fn which(request: &HttpRequest, id: &str) -> Result<FactorId, Problem> {
    // As one that is not there: it is not.
    id.parse().map_err(|_| problem(&OwnFactorFault::Unknown.into(), locale(request)))
}

fn named(request: &HttpRequest, name: Option<&SecretText>) -> Result<Option<FactorName>, Problem> {
    let read = name.map(|name| FactorName::read(name.expose())).transpose();
    read.map_err(|error| problem(&error.into(), locale(request)))
}

/// None of them is at hand any more.
pub(in crate::http) async fn lost(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    report_lost_factors(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}

/// Which there are.
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    answer(&request, &services, session).await
}

/// A further passkey: options for the browser.
pub(in crate::http) async fn passkey_start(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Confirming>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let options = begin_passkey_addition(&services, session, &body.into_inner().factor.into()).await;
    Ok(private(&options.map_err(|error| problem(&error, locale(&request)))?))
}

/// The passkey that the browser made.
pub(in crate::http) async fn passkey_finish(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<NewPasskey>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let name = named(&request, body.name.as_ref())?;
    let added = finish_passkey_addition(&services, session, &body.credential, name.as_ref(), locale(&request)).await;
    added.map_err(|error| problem(&error, locale(&request)))?;
    answer(&request, &services, session).await
}

/// An app: its secret.
pub(in crate::http) async fn totp_start(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Confirming>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let fail = |error: PlayerError| problem(&error, locale(&request));
    let provisioning = begin_totp_addition(&services, session, &body.into_inner().factor.into()).await.map_err(fail)?;
    provisioned(&provisioning).map_err(fail)
}

/// Its first code.
pub(in crate::http) async fn totp_finish(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<NewTotp>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let name = named(&request, body.name.as_ref())?;
    let added = finish_totp_addition(&services, session, body.code.expose(), name.as_ref(), locale(&request)).await;
    added.map_err(|error| problem(&error, locale(&request)))?;
    answer(&request, &services, session).await
}

/// New recovery codes, shown this once.
pub(in crate::http) async fn renew_codes(
    request: HttpRequest,
    services: web::Data<Services>,
    confirming: web::Json<Confirming>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let fail = |error: PlayerError| problem(&error, locale(&request));
    let shown = confirming.into_inner().factor.into();
    let codes = renew_recovery_codes(&services, session, &shown, locale(&request)).await.map_err(fail)?;
    let own = view_factors(&services, session).await.map_err(fail)?;
    let codes: Vec<&str> = codes.iter().map(SecretText::expose).collect();
    Ok(private(&json!({ "own": body(&own), "recovery_codes": codes })))
}

/// Names one.
pub(in crate::http) async fn rename(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<String>,
    body: web::Json<Naming>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let fail = |error: PlayerError| problem(&error, locale(&request));
    let id = which(&request, &id)?;
    let name = FactorName::read(body.name.expose()).map_err(|error| fail(error.into()))?;
    rename_factor(&services, session, id, &name).await.map_err(fail)?;
    answer(&request, &services, session).await
}

/// Removes one.
pub(in crate::http) async fn remove(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<String>,
    body: web::Json<Confirming>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let id = which(&request, &id)?;
    let removed = remove_factor(&services, session, id, &body.into_inner().factor.into(), locale(&request)).await;
    removed.map_err(|error| problem(&error, locale(&request)))?;
    answer(&request, &services, session).await
}
