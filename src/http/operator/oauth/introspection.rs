//! Token introspection: RFC 7662, and signed: RFC 9701.

use actix_web::http::header::ACCEPT;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::json;

use crate::app::Services;
use crate::app::oauth::introspect::introspect;
use crate::domain::oauth::access_token::AccessTokenClaims;
use crate::domain::oauth::credentials::Statement;
use crate::domain::operators::operator::Operator;
use crate::http::operator::client::authenticated;
use crate::http::operator::described::{Introspection, NamedToken, OAuthRefusal};
use crate::http::operator::error::OAuthError;
use crate::http::operator::form::Form;
use crate::http::operator::uncached;

/// RFC 9701 section 4.
const SIGNED: &str = "application/token-introspection+jwt";

/// RFC 7662 section 2.2: the claims of an active token, and nothing at all of any other.
#[derive(Serialize)]
struct Answer<'a> {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(flatten)]
    claims: Option<&'a AccessTokenClaims>,
}

/// Ask whether a token stands
///
/// RFC 7662; signed (RFC 9701) for who accepts `application/token-introspection+jwt`.
#[utoipa::path(post, path = "/oauth2/introspect", tag = "operators", operation_id = "introspectToken",
    security(("clientAssertion" = []), ("clientCertificate" = []), ("clientSecret" = [])),
    request_body(content = NamedToken, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Whether it stands; of a token that does not, nothing else is told", content(
            (Introspection = "application/json"),
            (String = "application/token-introspection+jwt"),
        )),
        OAuthRefusal,
    ))]
pub(in crate::http) async fn post(
    services: Data<Services>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, OAuthError> {
    let mut form = Form::read(&request, body).await?;
    let operator = authenticated(&services, &request, &mut form).await?;
    let token = form.require("token")?;
    let claims = introspect(&services, &operator, &token).await.map_err(|error| OAuthError::store(&error))?;
    let bound = |claims: &AccessTokenClaims| claims.cnf.as_ref().is_some_and(|cnf| cnf.jkt.is_some());
    let claims = claims.as_deref();
    let token_type = claims.map(|claims| if bound(claims) { "DPoP" } else { "Bearer" });
    let told = Answer { active: claims.is_some(), token_type, claims };
    let mut answer = uncached(HttpResponse::Ok());
    if !wants_signed(&request) {
        return Ok(answer.json(told));
    }
    Ok(answer.content_type(SIGNED).body(signed(&services, &operator, &told)?))
}

fn wants_signed(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|kind| kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(SIGNED))
}

/// RFC 9701 section 5.
fn signed(services: &Services, operator: &Operator, told: &Answer<'_>) -> Result<String, OAuthError> {
    let claims = json!({
        "iss": services.policy.issuer,
        "aud": operator.id.as_str(),
        "iat": services.clock.now().seconds(),
        "token_introspection": told,
    });
    services.credentials.signer.state(Statement::Introspection, &claims).map_err(|error| {
        tracing::error!(%error, "no introspection can be signed");
        OAuthError::server_error()
    })
}
