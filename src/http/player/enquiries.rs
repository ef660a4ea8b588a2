//! Who asked about the person.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::problem;
use super::session_cookie;
use crate::app::Services;
use crate::app::verification::self_service::enquiries::{PAGE, view_enquiries};
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::check::Asked;
use crate::http::problem::{Problem, locale};

#[derive(Deserialize)]
pub(super) struct Page {
    before: Option<Uuid>,
}

/// A page of them, the newest first.
pub(super) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
    page: web::Query<Page>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let asked =
        view_enquiries(&services, session, page.before).await.map_err(|error| problem(&error, locale(&request)))?;
    let next = asked.last().filter(|_| asked.len() == PAGE as usize).map(|last| last.id.to_string());
    let body = json!({ "enquiries": asked.iter().map(shown).collect::<Vec<_>>(), "next": next });
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body))
}

fn shown(asked: &Asked) -> Value {
    json!({
        "operator": asked.operator,
        "purpose": asked.purpose,
        "at": asked.at.rfc3339(),
        "until": asked.until.map(Timestamp::rfc3339),
    })
}
