//! A resource that is protected by our own access tokens: how the person was verified, to whoever holds the token and its key
//! (OpenID Connect Core section 5.3).

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::proof;
use crate::app::Services;
use crate::app::oauth::use_token::use_token;
use crate::domain::oauth::confirmation::Confirmation;
use crate::http::operator::described::{OAuthRefusal, ProofHeader};
use crate::http::operator::error::{DPOP_CHALLENGE, OAuthError, refused_at_resource};
use crate::http::operator::rate_limit::OperatorLimiter;
use crate::http::operator::{certificate, paths, uncached};

/// Who it was.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct UserInfo<'a> {
    /// The pairwise subject.
    #[schema(example = "nCbzDRyuPkJJyvYYVFPGmwaDXZYfWzkGwhVGvtOwk2Y")]
    sub: &'a str,
    /// When the person was verified, seconds.
    #[schema(example = 1_800_000_000)]
    auth_time: i64,
    /// How the person was verified, while that is recent.
    #[schema(example = "urn:rastau:acr:face+contact+passkey")]
    acr: &'a str,
    /// RFC 8176.
    amr: &'a [String],
    /// Present and true in the sandbox only.
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<bool>,
}

/// Ask who it was
///
/// What the access token says, to whoever holds it and its key: by `Authorization: DPoP` and a proof with `ath`, or by
/// `Authorization: Bearer` over the certificate that it is bound to.
#[utoipa::path(get, path = "/oauth2/userinfo", tag = "operators", operation_id = "getUserInfo",
    security(("accessToken" = [])),
    params(ProofHeader),
    responses((status = 200, description = "Who it was", body = UserInfo<'static>), OAuthRefusal))]
pub(in crate::http) async fn get(services: Data<Services>, request: HttpRequest) -> Result<HttpResponse, OAuthError> {
    let (scheme, token) = shown_token(&request)?;
    let confirmation = if scheme.eq_ignore_ascii_case("dpop") {
        let key = proof::of_token(&services, &request, paths::USERINFO, token).await?;
        Some(Confirmation::DpopKey(key))
    } else {
        certificate::shown(&request)?.map(Confirmation::Certificate)
    };
    let used = use_token(&services, token, confirmation).await.map_err(|error| OAuthError::store(&error))?;
    let Some(used) = used else {
        return Err(refused_at_resource("invalid_token", "the token does not stand, or is of another key"));
    };
    if let Some(limiter) = request.app_data::<Data<OperatorLimiter>>() {
        limiter.count(&used.operator)?;
    }
    let claims = &used.claims;
    Ok(uncached(HttpResponse::Ok()).json(UserInfo {
        sub: &claims.sub,
        auth_time: claims.auth_time,
        acr: &claims.acr,
        amr: &claims.amr,
        sandbox: claims.sandbox,
    }))
}

/// Scheme and token. The scheme's case does not matter (RFC 9110 section 11.1); a token anywhere else is none.
fn shown_token(request: &HttpRequest) -> Result<(&str, &str), OAuthError> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let header = headers.next().and_then(|value| value.to_str().ok());
    if headers.next().is_some() {
        return Err(OAuthError::invalid_request("one Authorization header a request"));
    }
    let known = |scheme: &str| ["dpop", "bearer"].iter().any(|one| scheme.eq_ignore_ascii_case(one));
    header
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| known(scheme))
        .map(|(scheme, token)| (scheme, token.trim_start_matches(' ')))
        .ok_or_else(|| {
            OAuthError::refused(StatusCode::UNAUTHORIZED, "invalid_token", "an access token is required")
                .with_header(WWW_AUTHENTICATE, DPOP_CHALLENGE.to_owned())
        })
}
