//! Where an operator's messages go, looked after by people: to let them go elsewhere takes two.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoResponses, ToSchema};

use super::access::authorize::Staff;
use super::access::sign_in::{Forbidden, Malformed, Unauthorized, Unprocessable, private};
use super::cases::{Looking, NotFound, Overtaken};
use super::operators::operator_id;
use super::proposals;
use crate::app::Services;
use crate::app::webhooks::manage::{reachable, remove_webhook};
use crate::app::webhooks::view::find_endpoint;
use crate::domain::dual_control::ControlledAction;
use crate::domain::webhooks::ports::WebhookSender;
use crate::http::administration::view::{RemovedWebhook, WebhookView};
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
    responses((status = 200, description = "Without its secret", body = WebhookView), Malformed, Unauthorized, Forbidden, NotFound))]
pub(in crate::http) async fn show(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = operator_id(&request, &id)?;
    let found = find_endpoint(services.store.as_ref(), &id).await;
    let found = found.map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(private(&WebhookView::from(&found.ok_or_else(|| not_found(&request))?)))
}

/// Where messages go, and why
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Setting {
    /// https to a public address (http to this machine in a sandbox)
    #[schema(format = "uri")]
    url: String,
    /// 3 to 200 characters; it stands in the audit log
    why: String,
}

/// Ask for an operator's messages to go there
///
/// When another said yes, who asked carries it out: the first time a secret is drawn and shown, once; later the one that is
/// there stays. Where messages went before is told.
#[utoipa::path(put, path = "/api/console/operators/{id}/webhook", tag = "console", operation_id = "askToSetWebhook",
    security(("session" = [])), params(("id" = String, Path)), request_body = Setting,
    responses((status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable, NotNow))]
pub(in crate::http) async fn set(
    request: HttpRequest,
    services: web::Data<Services>,
    sender: web::Data<dyn WebhookSender>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<Setting>,
) -> Result<HttpResponse, Problem> {
    let operator = operator_id(&request, &id)?;
    let url = reachable(sender.as_ref(), &body.url).await.map_err(|error| problem(&request, &error))?;
    proposals::ask(&request, &services, &staff, ControlledAction::SetWebhook { operator, url }, &body.why).await
}

/// Ask for a new webhook secret
///
/// When another said yes, who asked fetches it. The old one signs beside it for a day.
#[utoipa::path(post, path = "/api/console/operators/{id}/webhook/rotate", tag = "console",
    operation_id = "askToRotateWebhook", security(("session" = [])), params(("id" = String, Path)), request_body = Looking,
    responses((status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn rotate(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<Looking>,
) -> Result<HttpResponse, Problem> {
    let operator = operator_id(&request, &id)?;
    proposals::ask(&request, &services, &staff, ControlledAction::RotateWebhook { operator }, &body.why).await
}

/// Remove an operator's webhook endpoint
#[utoipa::path(delete, path = "/api/console/operators/{id}/webhook", tag = "console",
    operation_id = "consoleRemoveWebhook", security(("session" = [])), params(("id" = String, Path)),
    responses((status = 200, description = "Gone, with its secrets", body = RemovedWebhook), Malformed, Unauthorized, Forbidden, NotFound))]
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

fn not_found(request: &HttpRequest) -> Problem {
    Problem::new(ProblemCode::NotFound, locale(request))
}
