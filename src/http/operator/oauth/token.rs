//! The token endpoint: RFC 6749 sections 4.1.3 and 6, with PKCE and DPoP.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::proof;
use crate::app::Services;
use crate::app::oauth::exchange::{CodeGrant, exchange};
use crate::app::oauth::issue::GrantError;
use crate::app::oauth::renew::{Renewals, renew};
use crate::domain::kernel::secret::SecretText;
use crate::domain::oauth::confirmation::Confirmation;
use crate::domain::operators::operator::Operator;
use crate::http::operator::described::{OAuthRefusal, ProofHeader, TokenRequest};
use crate::http::operator::error::{OAuthError, OAuthProblem};
use crate::http::operator::form::Form;
use crate::http::operator::{certificate, paths, uncached};

/// Tokens.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct TokenAnswer<'a> {
    /// A JWT, RFC 9068.
    access_token: &'a str,
    /// `DPoP`, or `Bearer` where it is bound to a certificate or not at all.
    token_type: &'static str,
    /// Its life, seconds; at most 300.
    expires_in: u64,
    /// For this client and this key, until the next one is used.
    refresh_token: &'a str,
    /// `play`, or `openid play`
    scope: &'static str,
    /// Who it was (OpenID Connect), where `openid` was asked for; with the first tokens alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
}

/// Exchange a code, or renew
///
/// RFC 6749, with PKCE and DPoP. A renewal asks each time whether the player may still play.
#[utoipa::path(post, path = "/oauth2/token", tag = "operators", operation_id = "issueTokens",
    security(("clientAssertion" = []), ("clientCertificate" = []), ("clientSecret" = [])),
    params(ProofHeader),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Tokens", body = TokenAnswer<'static>),
        (status = 504, description = "By a scenario of a sandbox: the answer was lost", body = OAuthProblem<'static>), OAuthRefusal))]
pub(in crate::http) async fn post(
    services: Data<Services>,
    renewals: Data<Renewals>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, OAuthError> {
    let mut form = Form::read(&request, body).await?;
    let (operator, proven) = proof::caller(&services, &request, &mut form, paths::TOKEN).await?;
    let confirmation = match proven {
        Some(key) => Some(Confirmation::DpopKey(key)),
        None => certificate::shown(&request)?.map(Confirmation::Certificate),
    };
    let issued = match form.require("grant_type")?.as_str() {
        "authorization_code" => {
            let shown = CodeGrant {
                code: SecretText::new(form.require("code")?),
                redirect_uri: form.require("redirect_uri")?,
                // One that is left out fits no challenge: `invalid_grant`, as RFC 7636 section 4.6 has it.
                code_verifier: SecretText::new(form.take("code_verifier").unwrap_or_default()),
                confirmation,
            };
            exchange(&services, &operator, shown).await
        }
        "refresh_token" => {
            let shown = SecretText::new(form.require("refresh_token")?);
            let scope = form.take("scope");
            renew(&services, &renewals, &operator, &shown, scope.as_deref(), confirmation).await
        }
        _ => {
            let known = "grant_type must be authorization_code or refresh_token";
            return Err(OAuthError::bad_request("unsupported_grant_type", known));
        }
    };
    let issued = issued.map_err(|error| refusal(&error, &operator))?;
    Ok(uncached(HttpResponse::Ok()).json(TokenAnswer {
        access_token: issued.access_token.expose(),
        token_type: issued.token_type,
        expires_in: issued.expires_in.as_secs(),
        refresh_token: issued.refresh_token.expose(),
        scope: issued.scope,
        id_token: issued.id_token.as_ref().map(SecretText::expose),
    }))
}

fn refusal(error: &GrantError, operator: &Operator) -> OAuthError {
    match error {
        GrantError::InvalidGrant(why) => {
            tracing::warn!(operator = operator.id.as_str(), why, "a grant was refused");
            OAuthError::bad_request("invalid_grant", "the grant is not valid, or is no longer")
        }
        GrantError::Scope => OAuthError::bad_request("invalid_scope", "scope is more than was granted"),
        GrantError::Unbound => proof::required(),
        GrantError::CannotTell => OAuthError::try_again(),
        GrantError::AnswerLost => OAuthError::answer_lost(),
        GrantError::Sign(error) => {
            tracing::error!(%error, "no token can be signed");
            OAuthError::server_error()
        }
        GrantError::Store(error) => OAuthError::store(error),
    }
}
