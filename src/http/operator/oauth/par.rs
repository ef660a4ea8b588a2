//! Pushed authorization requests: RFC 9126.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::proof;
use crate::app::Services;
use crate::app::oauth::push::{PushError, push};
use crate::domain::oauth::authorization::RequestParameters;
use crate::http::operator::described::{OAuthRefusal, ProofHeader, PushedRequest};
use crate::http::operator::error::OAuthError;
use crate::http::operator::form::Form;
use crate::http::operator::{paths, uncached};

/// A request that was pushed.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PushedAnswer {
    /// Serves once, in the player's browser: `/oauth2/authorize?client_id=..&request_uri=..`
    request_uri: String,
    /// Its life, seconds.
    expires_in: u64,
}

/// Push an authorization request
///
/// RFC 9126. Everything that is asked for goes this way; the browser carries the answer's handle only.
#[utoipa::path(post, path = "/oauth2/par", tag = "operators", operation_id = "pushAuthorizationRequest",
    security(("clientAssertion" = []), ("clientCertificate" = []), ("clientSecret" = [])),
    params(ProofHeader),
    request_body(content = PushedRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 201, description = "Kept for a minute", body = PushedAnswer), OAuthRefusal))]
pub(in crate::http) async fn post(
    services: Data<Services>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, OAuthError> {
    let mut form = Form::read(&request, body).await?;
    let (operator, proven) = proof::caller(&services, &request, &mut form, paths::PAR).await?;
    refuse_what_would_be_ignored(&mut form)?;
    let parameters = RequestParameters {
        response_type: form.require("response_type")?,
        redirect_uri: form.require("redirect_uri")?,
        scope: form.take("scope").unwrap_or_default(),
        state: form.take("state"),
        code_challenge: form.take("code_challenge").unwrap_or_default(),
        code_challenge_method: form.take("code_challenge_method").unwrap_or_default(),
        ui_locales: form.take("ui_locales"),
        dpop_jkt: form.take("dpop_jkt"),
        proven,
        acr_values: form.take("acr_values"),
        max_age: form.take("max_age"),
        nonce: form.take("nonce"),
    };
    let pushed = push(&services, &operator, parameters).await.map_err(|error| match error {
        PushError::Request(error) => OAuthError::bad_request(error.code(), error.to_string()),
        PushError::Store(error) => OAuthError::store(&error),
    })?;
    let told = PushedAnswer { request_uri: pushed.request_uri, expires_in: pushed.expires_in.as_secs() };
    Ok(uncached(HttpResponse::Created()).json(told))
}

/// Unknown parameters are ignored (RFC 6749 section 3.1), but these would change what is asked.
fn refuse_what_would_be_ignored(form: &mut Form) -> Result<(), OAuthError> {
    if form.has("request_uri") {
        return Err(OAuthError::invalid_request("request_uri cannot be pushed"));
    }
    if form.has("request") {
        let unsupported = "request objects are not supported";
        return Err(OAuthError::bad_request("request_not_supported", unsupported));
    }
    if form.take("response_mode").is_some_and(|mode| mode != "query") {
        return Err(OAuthError::invalid_request("response_mode is always query"));
    }
    Ok(())
}
