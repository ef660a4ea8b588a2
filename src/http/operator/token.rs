//! The token endpoint: RFC 6749 section 4.1.3, with PKCE.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::NO_STORE;
use super::client::authenticated;
use super::error::OAuthError;
use super::form::Form;
use crate::app::Services;
use crate::app::exchange_code::{CodeGrant, ExchangeError, exchange};
use crate::domain::secret::SecretText;

pub(super) const PATH: &str = "/oauth2/token";

pub(super) async fn post(
    services: Data<Services>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, OAuthError> {
    let mut form = Form::read(&request, body).await?;
    let operator = authenticated(&services, &request, &mut form).await?;
    if form.require("grant_type")? != "authorization_code" {
        let only = "grant_type must be authorization_code";
        return Err(OAuthError::bad_request("unsupported_grant_type", only));
    }
    let grant = CodeGrant {
        code: SecretText::new(form.require("code")?),
        redirect_uri: form.require("redirect_uri")?,
        code_verifier: SecretText::new(form.require("code_verifier")?),
    };
    let exchanged = exchange(&services, &operator, grant).await.map_err(|error| match error {
        ExchangeError::InvalidGrant(why) => {
            tracing::warn!(operator = operator.id.as_str(), why, "a code was refused");
            OAuthError::bad_request("invalid_grant", "the code cannot be redeemed")
        }
        ExchangeError::Sign(error) => {
            tracing::error!(%error, "no token can be signed");
            OAuthError::server_error()
        }
        ExchangeError::Store(error) => OAuthError::store(&error),
    })?;
    let mut answer = HttpResponse::Ok();
    for header in NO_STORE {
        answer.insert_header(header);
    }
    Ok(answer.json(json!({
        "access_token": exchanged.access_token,
        "token_type": "Bearer",
        "expires_in": exchanged.expires_in.as_secs(),
        "scope": exchanged.scope,
    })))
}
