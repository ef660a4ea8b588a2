//! Token introspection: RFC 7662.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::NO_STORE;
use super::client::authenticated;
use super::error::OAuthError;
use super::form::Form;
use crate::app::Services;
use crate::app::introspect_token::{IntrospectionError, introspect};
use crate::domain::access_token::AccessTokenClaims;

pub(super) const PATH: &str = "/oauth2/introspect";

/// RFC 7662 section 2.2: the claims of an active token, and nothing at all of any other.
#[derive(Serialize)]
struct Answer {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(flatten)]
    claims: Option<AccessTokenClaims>,
}

pub(super) async fn post(
    services: Data<Services>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, OAuthError> {
    let mut form = Form::read(&request, body).await?;
    let operator = authenticated(&services, &request, &mut form).await?;
    let token = form.require("token")?;
    let claims = introspect(&services, &operator, &token)
        .await
        .map_err(|IntrospectionError::Store(error)| OAuthError::store(&error))?;
    let mut answer = HttpResponse::Ok();
    for header in NO_STORE {
        answer.insert_header(header);
    }
    Ok(answer.json(Answer { active: claims.is_some(), token_type: claims.as_ref().map(|_| "Bearer"), claims }))
}
