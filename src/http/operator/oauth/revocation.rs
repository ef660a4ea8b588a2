//! Token revocation: RFC 7009.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::app::Services;
use crate::app::oauth::revoke::revoke;
use crate::http::operator::client::authenticated;
use crate::http::operator::described::{NamedToken, OAuthRefusal};
use crate::http::operator::error::OAuthError;
use crate::http::operator::form::Form;
use crate::http::operator::uncached;

/// Give a token back
///
/// RFC 7009. Always 200 for an authenticated client: whatever it named does not stand now. The hint of what kind of token it is
/// (`token_type_hint`) is not needed.
#[utoipa::path(post, path = "/oauth2/revoke", tag = "operators", operation_id = "revokeToken",
    security(("clientAssertion" = []), ("clientCertificate" = []), ("clientSecret" = [])),
    request_body(content = NamedToken, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "It does not stand now"), OAuthRefusal))]
pub(in crate::http) async fn post(
    services: Data<Services>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, OAuthError> {
    let mut form = Form::read(&request, body).await?;
    let operator = authenticated(&services, &request, &mut form).await?;
    let token = form.require("token")?;
    revoke(&services, &operator, &token).await.map_err(|error| OAuthError::store(&error))?;
    Ok(uncached(HttpResponse::Ok()).finish())
}
