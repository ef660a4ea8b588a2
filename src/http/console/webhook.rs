//! Where an operator's messages go, looked after by people.

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::IntoResponses;

use super::cases::Gone;
use super::door::Staff;
use super::sign_in::{Forbidden, Malformed, NotIn, Wrong, private};
use crate::app::Services;
use crate::app::manage_webhook::{remove_webhook, rotate_webhook, set_webhook};
use crate::domain::operator::OperatorId;
use crate::domain::ports::WebhookSender;
use crate::http::administration::view::{RemovedWebhook, WebhookBody, WebhookView};
use crate::http::administration::webhook::problem;
use crate::http::problem::{Problem, ProblemBody, ProblemCode, locale};

/// The name does not resolve now
#[derive(IntoResponses)]
#[response(status = 503, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct NotNow(ProblemBody);

/// The webhook endpoint of an operator
#[utoipa::path(get, path = "/api/console/operators/{id}/webhook", tag = "console", operation_id = "consoleWebhook",
    security(("session" = [])), params(("id" = String, Path)),
    responses((status = 200, description = "Without its secret", body = WebhookView), Malformed, NotIn, Forbidden, Gone))]
pub(in crate::http) async fn show(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = operator_id(&request, &id)?;
    let found = async { services.store.read().await?.find_webhook_endpoint(&id).await }.await;
    let found = found.map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(private(&WebhookView::from(&found.ok_or_else(|| not_found(&request))?)))
}

/// Set where an operator's messages go
///
/// The first time a secret is drawn and shown once; later the one that is there stays.
#[utoipa::path(put, path = "/api/console/operators/{id}/webhook", tag = "console", operation_id = "consoleSetWebhook",
    security(("session" = [])), params(("id" = String, Path)), request_body = WebhookBody,
    responses((status = 200, body = WebhookView), Malformed, NotIn, Forbidden, Gone, Wrong, NotNow))]
pub(in crate::http) async fn set(
    request: HttpRequest,
    services: web::Data<Services>,
    sender: web::Data<dyn WebhookSender>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<WebhookBody>,
) -> Result<HttpResponse, Problem> {
    let id = operator_id(&request, &id)?;
    let tools = (services.clock.as_ref(), services.randomness.as_ref(), sender.as_ref());
    let set = set_webhook(services.store.as_ref(), tools, &id, &body.url, &staff.by()).await;
    Ok(private(&WebhookView::from(&set.map_err(|error| problem(&request, &error))?)))
}

/// Draw a new webhook secret
///
/// The old one signs beside it for a day.
#[utoipa::path(post, path = "/api/console/operators/{id}/webhook/rotate", tag = "console",
    operation_id = "consoleRotateWebhook", security(("session" = [])), params(("id" = String, Path)),
    responses((status = 200, body = WebhookView), Malformed, NotIn, Forbidden, Gone))]
pub(in crate::http) async fn rotate(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = operator_id(&request, &id)?;
    let (clock, randomness) = (services.clock.as_ref(), services.randomness.as_ref());
    let rotated = rotate_webhook(services.store.as_ref(), clock, randomness, &id, &staff.by()).await;
    Ok(private(&WebhookView::from(&rotated.map_err(|error| problem(&request, &error))?)))
}

/// Remove an operator's webhook endpoint
#[utoipa::path(delete, path = "/api/console/operators/{id}/webhook", tag = "console",
    operation_id = "consoleRemoveWebhook", security(("session" = [])), params(("id" = String, Path)),
    responses((status = 200, description = "Gone, with its secrets", body = RemovedWebhook), Malformed, NotIn, Forbidden, Gone))]
pub(in crate::http) async fn remove(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = operator_id(&request, &id)?;
    let removed = remove_webhook(services.store.as_ref(), services.clock.as_ref(), &id, &staff.by()).await;
    let undelivered = removed.map_err(|error| problem(&request, &error))?;
    Ok(private(&RemovedWebhook { undelivered }))
}

fn operator_id(request: &HttpRequest, named: &str) -> Result<OperatorId, Problem> {
    OperatorId::parse(named).map_err(|_| not_found(request))
}

fn not_found(request: &HttpRequest) -> Problem {
    Problem::new(ProblemCode::NotFound, locale(request))
}
