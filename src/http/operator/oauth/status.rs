//! The published status lists: Token Status List.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use actix_web::web::{Data, Path};

use crate::app::Services;
use crate::app::oauth::status_lists::{StatusError, StatusLists};
use crate::domain::oauth::status_list::TIME_TO_LIVE;
use crate::http::operator::error::{OAuthError, OAuthProblem};

/// A status list
///
/// Token Status List: one bit a grant, 1 when it has ended. To be kept for as long as its headers say.
#[utoipa::path(get, path = "/oauth2/status/{list}", tag = "operators", operation_id = "getStatusList",
    params(("list" = String, Path, description = "Its number, as tokens name it")),
    responses(
        (status = 200, description = "A signed list", body = String, content_type = "application/statuslist+jwt"),
        (status = 404, description = "There is none", body = OAuthProblem<'static>),
        (status = 503, description = "Not now", body = OAuthProblem<'static>),
    ))]
pub(in crate::http) async fn get(
    services: Data<Services>,
    lists: Data<StatusLists>,
    list: Path<String>,
) -> Result<HttpResponse, OAuthError> {
    let Ok(list) = list.parse() else { return Ok(nowhere()) };
    let signed = lists.get(&services, list).await.map_err(|error| match error {
        StatusError::Sign(error) => {
            tracing::error!(%error, "no status list can be signed");
            OAuthError::server_error()
        }
        StatusError::Store(error) => OAuthError::store(&error),
    })?;
    Ok(match signed {
        None => nowhere(),
        Some(signed) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, format!("public, max-age={}", TIME_TO_LIVE.as_secs())))
            // Section 8.1 of the specification: browsers may read it, too.
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .content_type("application/statuslist+jwt")
            .body(signed),
    })
}

fn nowhere() -> HttpResponse {
    OAuthError::refused(StatusCode::NOT_FOUND, "invalid_request", "there is no such status list").into()
}
