//! Cases: a list, one, and its picture. Opening one leaves an audit event before anything is shown.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::app::Services;
use crate::app::review_cases::{CaseSummary, list_cases, view_case};
use crate::domain::id::CaseId;
use crate::domain::review::Case;
use crate::http::problem::{Problem, ProblemCode, locale};

/// How staff of this door appear in the log until they have names.
const VIEWER: &str = "compliance api";
const USUAL_LIMIT: u32 = 50;

#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<u32>,
    before: Option<CaseId>,
}

pub(super) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
    page: web::Query<Page>,
) -> Result<HttpResponse, Problem> {
    let cases = list_cases(services.store.as_ref(), page.limit.unwrap_or(USUAL_LIMIT), page.before)
        .await
        .map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(cases))
}

pub(super) async fn show(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<CaseId>,
) -> Result<HttpResponse, Problem> {
    let case = open(&request, &services, *id).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(CaseSummary::from(&case)))
}

pub(super) async fn frame(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<CaseId>,
) -> Result<HttpResponse, Problem> {
    let case = open(&request, &services, *id).await?;
    let frame = case.frame.ok_or_else(|| Problem::new(ProblemCode::NotFound, locale(&request)))?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("image/jpeg")
        .body(frame.expose().to_vec()))
}

async fn open(request: &HttpRequest, services: &Services, id: CaseId) -> Result<Case, Problem> {
    view_case(services.store.as_ref(), services.clock.as_ref(), id, VIEWER)
        .await
        .map_err(|error| Problem::store(&error, locale(request)))?
        .ok_or_else(|| Problem::new(ProblemCode::NotFound, locale(request)))
}
