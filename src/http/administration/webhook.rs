//! An operator's webhook endpoint: shown, set, rotated, removed.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::view::{RemovedWebhook, WebhookBody, WebhookView};
use super::write::{answer, answered, read, write_once};
use super::{Alone, BY, not_found, opener, operator_id, shown};
use crate::app::Services;
use crate::app::webhooks::manage;
use crate::app::webhooks::manage::{WebhookError, left_behind, reachable, tell_the_address_before};
use crate::app::webhooks::view::find_endpoint;
use crate::domain::webhooks::ports::WebhookSender;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::http::refusals::{ReadRefusal, WriteHeaders, WriteRefusal};

/// An operator's webhook endpoint
#[utoipa::path(get, path = "/api/administration/operators/{id}/webhook", tag = "administration", operation_id = "getWebhook",
    security(("administrator" = [])),
    params(("id" = String, Path, description = "The `client_id`")),
    responses((status = 200, description = "As it is, without its secret", body = WebhookView), ReadRefusal))]
pub(in crate::http) async fn show(
    request: HttpRequest,
    services: Data<Services>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let store = |error| Problem::store(&error, locale(&request));
    let id = operator_id(&request, &id)?;
    let endpoint = find_endpoint(services.store.as_ref(), &id).await.map_err(store)?;
    Ok(shown(&WebhookView::from(&endpoint.ok_or_else(|| not_found(&request))?)))
}

/// Set where an operator's messages go
///
/// The first time a secret is drawn and shown once; later the one that is there stays. Where the staff has somebody who says yes
/// to it, it is asked for at the console: `takes_two` (409).
#[utoipa::path(put, path = "/api/administration/operators/{id}/webhook", tag = "administration", operation_id = "setWebhook",
    security(("administrator" = [])),
    params(("id" = String, Path, description = "The `client_id`"), WriteHeaders),
    request_body = WebhookBody,
    responses((status = 200, description = "Set, and enabled", body = WebhookView), WriteRefusal))]
pub(in crate::http) async fn set(
    request: HttpRequest,
    services: Data<Services>,
    sender: Data<dyn WebhookSender>,
    alone: Data<Alone>,
    id: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let id = operator_id(&request, &id)?;
    let wanted: WebhookBody = read(&request, &body)?;
    if let Some(answer) = answered(&request, &services, &body).await? {
        return Ok(answer);
    }
    // Before the transaction: a name is looked up.
    let url = reachable(sender.as_ref(), &wanted.url).await.map_err(|error| problem(&request, &error))?;
    let mut before = None;
    let set = write_once(&request, &services, &body, async |unit, now| {
        let by = opener(&request, unit, now, **alone).await?;
        before = left_behind(unit, &id, &url).await.map_err(|error| problem(&request, &error.into()))?;
        let set = manage::set(unit, services.randomness.as_ref(), now, &id, url.clone(), by).await;
        let set = set.map_err(|error| problem(&request, &error))?;
        Ok(answer(StatusCode::OK, &WebhookView::from(&set)))
    })
    .await?;
    if let Some(before) = before {
        tell_the_address_before(sender.as_ref(), services.randomness.as_ref(), &before, services.clock.now()).await;
    }
    Ok(set)
}

/// Draw a new secret
///
/// The old one signs beside it for a day. Where the staff has somebody who says yes to it, it is asked for at the console:
/// `takes_two` (409).
#[utoipa::path(post, path = "/api/administration/operators/{id}/webhook/rotate", tag = "administration", operation_id = "rotateWebhook",
    security(("administrator" = [])),
    params(("id" = String, Path, description = "The `client_id`"), WriteHeaders),
    responses((status = 200, description = "With the new secret", body = WebhookView), WriteRefusal))]
pub(in crate::http) async fn rotate(
    request: HttpRequest,
    services: Data<Services>,
    alone: Data<Alone>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = operator_id(&request, &id)?;
    write_once(&request, &services, b"", async |unit, now| {
        let by = opener(&request, unit, now, **alone).await?;
        let rotated = manage::rotate(unit, services.randomness.as_ref(), now, &id, by).await;
        let rotated = rotated.map_err(|error| problem(&request, &error))?;
        Ok(answer(StatusCode::OK, &WebhookView::from(&rotated)))
    })
    .await
}

/// Remove an operator's webhook endpoint
#[utoipa::path(delete, path = "/api/administration/operators/{id}/webhook", tag = "administration", operation_id = "removeWebhook",
    security(("administrator" = [])),
    params(("id" = String, Path, description = "The `client_id`"), WriteHeaders),
    responses((status = 200, description = "Gone, with its secrets", body = RemovedWebhook), WriteRefusal))]
pub(in crate::http) async fn remove(
    request: HttpRequest,
    services: Data<Services>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = operator_id(&request, &id)?;
    write_once(&request, &services, b"", async |unit, now| {
        let removed = manage::remove(unit, now, &id, BY).await;
        let undelivered = removed.map_err(|error| problem(&request, &error))?;
        Ok(answer(StatusCode::OK, &RemovedWebhook { undelivered }))
    })
    .await
}

/// Why nothing was done with an endpoint.
pub(in crate::http) fn problem(request: &HttpRequest, error: &WebhookError) -> Problem {
    match error {
        WebhookError::NoOperator(_) | WebhookError::NoEndpoint(_) => not_found(request),
        WebhookError::Url(_) | WebhookError::Unreachable(_) => {
            Problem::new(ProblemCode::WebhookUrlInvalid, locale(request)).because(error.to_string())
        }
        WebhookError::Store(error) => Problem::store(error, locale(request)),
    }
}
