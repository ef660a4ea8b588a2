//! What an operator's back end did with a code, as the service saw it: whoever tests an integration looks here.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::Services;
use crate::app::sandbox::follow_code::{FollowedCode, follow_code};
use crate::domain::kernel::secret::SecretText;
use crate::http::problem::{Problem, ProblemBody, ProblemCode, locale};

/// Which.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Which {
    /// The code with which the player's browser came back to the operator.
    code: String,
}

/// What came of a code.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct GrantView {
    /// The `client_id` that redeemed it.
    operator: String,
    /// What was issued, the oldest first.
    tokens: Vec<IssuedView>,
    /// All of it ended before its time.
    ended: Option<EndView>,
}

/// One pair of tokens.
#[derive(Serialize, ToSchema)]
struct IssuedView {
    /// RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// How many renewals lie between the first pair and this one; two pairs with the same number came of one refresh token.
    renewals: u32,
}

/// An end.
#[derive(Serialize, ToSchema)]
struct EndView {
    /// RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// `revoked`, `restricted`, `code_replayed`, `refresh_replayed`, `disowned`, `factors_forgotten` or `factor_removed`; null where the
    /// operator lost its registration.
    why: Option<String>,
}

impl From<FollowedCode> for GrantView {
    fn from(followed: FollowedCode) -> Self {
        let issued = followed.tokens.into_iter();
        Self {
            operator: followed.operator.to_string(),
            tokens: issued.map(|pair| IssuedView { at: pair.at.rfc3339(), renewals: pair.renewals }).collect(),
            ended: followed.ended.map(|(at, why)| EndView { at: at.rfc3339(), why }),
        }
    }
}

/// What an operator did with a code
///
/// Redeemed, renewed, given back: as it reached the service. The code is good for nothing else by then.
#[utoipa::path(get, path = "/api/sandbox/grant", tag = "sandbox", operation_id = "followCode", params(Which),
    responses((status = 200, description = "What came of it", body = GrantView),
        (status = 400, description = "No code given", content_type = "application/problem+json", body = ProblemBody),
        (status = 404, description = "No such code was redeemed", content_type = "application/problem+json", body = ProblemBody)))]
pub(in crate::http) async fn follow(
    request: HttpRequest,
    services: web::Data<Services>,
    which: web::Query<Which>,
) -> Result<HttpResponse, Problem> {
    let locale = locale(&request);
    let code = SecretText::new(which.into_inner().code);
    let followed = follow_code(&services, &code).await.map_err(|error| Problem::store(&error, locale))?;
    let followed = followed.ok_or_else(|| Problem::new(ProblemCode::NotFound, locale))?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(GrantView::from(followed)))
}
