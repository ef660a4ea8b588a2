//! What an operator was told, to be pulled: the webhooks' events from a place on.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::client::authenticated_by_header;
use super::described::OAuthRefusal;
use super::error::OAuthError;
use super::form::Form;
use super::uncached;
use crate::app::Services;
use crate::app::webhooks::events::{MAX_EVENTS, list_events};
use crate::domain::kernel::id::WebhookId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::webhooks::message::WebhookMessage;
use crate::http::codes;

/// Unless more or fewer are asked for.
const USUAL: u32 = 100;

/// From where on.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described; read by hand")]
pub(in crate::http) struct Stretch {
    /// `next` of the last answer, an event's `id`, or an RFC 3339 instant; from the beginning when left out.
    #[param(example = "2026-11-30T10:00:00Z")]
    after: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500, example = 100)]
    limit: Option<u32>,
    /// The `client_id`, for who authenticates by a TLS certificate.
    client_id: Option<String>,
}

/// One event, as its webhook told it.
#[derive(Serialize, ToSchema)]
#[schema(as = OperatorEvent)]
pub(in crate::http) struct EventView {
    /// The webhook's `webhook-id`: whoever got it has had the event.
    #[schema(format = "uuid")]
    id: String,
    /// Its kind, such as `player.restricted`.
    #[serde(rename = "type")]
    #[schema(value_type = codes::EventKind, example = "player.restricted")]
    kind: &'static str,
    /// RFC 3339
    #[schema(format = DateTime)]
    timestamp: String,
    /// What it tells.
    #[schema(value_type = Object)]
    data: Value,
}

/// A stretch of events, the oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = OperatorEvents)]
pub(in crate::http) struct EventsAnswer {
    events: Vec<EventView>,
    /// More are there already.
    more: bool,
    /// To be sent as `after`; as it was, where there was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What you were told
///
/// The events of your webhooks from a place on, the oldest first, for 30 days, whatever became of their delivery: for whoever was
/// away. Events show ten seconds after they happened, so that none is passed over.
#[utoipa::path(get, path = "/api/operator/events", tag = "operators", operation_id = "listEvents",
    security(("bearerAssertion" = []), ("clientCertificate" = []), ("clientSecret" = [])),
    params(Stretch),
    responses((status = 200, description = "Events", body = EventsAnswer), OAuthRefusal))]
pub(in crate::http) async fn get(services: Data<Services>, request: HttpRequest) -> Result<HttpResponse, OAuthError> {
    let mut query = Form::parse(request.query_string().as_bytes())?;
    let operator = authenticated_by_header(&services, &request, query.take("client_id").as_deref()).await?;
    let after = query.take("after").as_deref().map(place).transpose()?;
    let from = after.unwrap_or(WebhookId::least(Timestamp::from_seconds(0)));
    let limit = query.take("limit").map_or(Ok(USUAL), |limit| limit.parse());
    let limit = limit.ok().filter(|limit| (1..=MAX_EVENTS).contains(limit));
    let limit = limit.ok_or_else(|| OAuthError::invalid_request("limit is 1 to 500"))?;
    let found = list_events(&services, &operator, from, limit).await.map_err(|error| OAuthError::store(&error))?;
    let next = found.events.last().map(|last| last.id).or(after).map(|id| id.to_string());
    let events = found.events.iter().map(EventView::from).collect();
    Ok(uncached(HttpResponse::Ok()).json(EventsAnswer { events, more: found.more, next }))
}

fn place(text: &str) -> Result<WebhookId, OAuthError> {
    text.parse()
        .ok()
        .or_else(|| Timestamp::read_rfc3339(text).map(WebhookId::least))
        .ok_or_else(|| OAuthError::invalid_request("after is an event's id or an RFC 3339 instant"))
}

impl From<&WebhookMessage> for EventView {
    fn from(message: &WebhookMessage) -> Self {
        let mut body: Value = serde_json::from_str(&message.body).unwrap_or_default();
        Self {
            id: message.id.to_string(),
            kind: message.kind.as_str(),
            timestamp: message.created_at.rfc3339(),
            data: body["data"].take(),
        }
    }
}
