//! TOTP and recovery codes.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Deserialize;
use serde_json::json;

use crate::app::verification::second_factor::recovery_codes::use_recovery_code;
use crate::app::verification::second_factor::totp::{begin_totp, confirm_totp, prove_totp};
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretText;
use crate::domain::second_factor::totp::Provisioning;
use crate::http::player::problem::problem;
use crate::http::player::{session_cookie, steps, view};
use crate::http::problem::{Problem, locale};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Code {
    code: SecretText,
}

/// The view, and the recovery codes that are shown this once.
pub(super) async fn answer_with_codes(
    request: &HttpRequest,
    services: &Services,
    session: HandleHash,
    codes: &[SecretText],
) -> Result<HttpResponse, Problem> {
    let view = view::read(services, steps::texts(request)?, session, locale(request)).await?;
    let codes: Vec<&str> = codes.iter().map(SecretText::expose).collect();
    let body = json!({ "verification": view, "recovery_codes": codes });
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body))
}

pub(in crate::http) async fn enrol_start(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let fail = |error: PlayerError| problem(&error, locale(&request));
    let provisioning = begin_totp(&services, session).await.map_err(fail)?;
    provisioned(&provisioning).map_err(fail)
}

/// What an app reads, as address, secret and picture.
pub(super) fn provisioned(provisioning: &Provisioning) -> Result<HttpResponse, PlayerError> {
    let uri = provisioning.uri.expose();
    let code = QrCode::new(uri).map_err(|_| PlayerError::Worker)?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    let body = json!({
        "otpauth_uri": uri,
        "secret": provisioning.secret_base32.expose(),
        "qr_svg": picture,
    });
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body))
}

pub(in crate::http) async fn enrol_finish(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Code>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let locale = locale(&request);
    let codes =
        confirm_totp(&services, session, body.code.expose(), locale).await.map_err(|error| problem(&error, locale))?;
    answer_with_codes(&request, &services, session, &codes).await
}

pub(in crate::http) async fn verify(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Code>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    prove_totp(&services, session, body.code.expose()).await.map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}

pub(in crate::http) async fn recovery_code(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Code>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    use_recovery_code(&services, session, body.code.expose())
        .await
        .map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}
