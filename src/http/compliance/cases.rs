//! Cases: a list, one, and its picture. Opening one takes a reason, which is in the audit log before anything is shown; pictures
//! bear the name of this door and the time.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, IntoResponses};

use crate::app::Services;
use crate::app::review::case_work::pictures::mark_picture;
use crate::app::review::cases::{CaseSummary, list_cases, view_case};
use crate::app::review::why::Why;
use crate::domain::kernel::id::CaseId;
use crate::domain::review::case::Case;
use crate::http::problem::{Problem, ProblemBody, ProblemCode, locale};
use crate::http::refusals::ReadRefusal;

/// How this door appears in the log: it is for machines. People have names at the console.
const VIEWER: &str = "compliance api";
/// In which a caller says why.
const REASON: &str = "view-reason";
const USUAL_LIMIT: u32 = 50;

/// No such form
#[derive(IntoResponses)]
#[response(status = 400, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct Malformed(ProblemBody);

/// No reason, or one that is too long
#[derive(IntoResponses)]
#[response(status = 422, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct Unreasoned(ProblemBody);

/// How a look is reasoned.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub(in crate::http) struct ReasonHeader {
    /// Why this is looked at, 3 to 200 visible characters of ASCII; it stays in the audit log
    #[param(rename = "View-Reason", min_length = 3, max_length = 200)]
    reason: String,
}

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Page {
    /// How many, 50 if not said
    limit: Option<u32>,
    /// Older than this one
    #[param(value_type = Option<String>, format = "uuid")]
    before: Option<CaseId>,
}

/// Cases, the newest first
#[utoipa::path(get, path = "/api/compliance/cases", tag = "compliance", operation_id = "listCases",
    security(("staff" = [])), params(Page),
    responses((status = 200, description = "Without their evidence", body = Vec<Object>), ReadRefusal, Malformed))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
    page: web::Query<Page>,
) -> Result<HttpResponse, Problem> {
    let cases = list_cases(services.store.as_ref(), page.limit.unwrap_or(USUAL_LIMIT), page.before)
        .await
        .map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(cases))
}

/// A case with its evidence
///
/// That it was opened stands in the audit log, with the reason.
#[utoipa::path(get, path = "/api/compliance/cases/{id}", tag = "compliance", operation_id = "getCase",
    security(("staff" = [])), params(("id" = String, Path, format = "uuid", description = "The case"), ReasonHeader),
    responses((status = 200, description = "The case", body = Object), ReadRefusal, Malformed, Unreasoned))]
pub(in crate::http) async fn show(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<CaseId>,
) -> Result<HttpResponse, Problem> {
    let case = open(&request, &services, *id).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(CaseSummary::from(&case)))
}

/// The picture of a case
///
/// That it was opened stands in the audit log, with the reason.
#[utoipa::path(get, path = "/api/compliance/cases/{id}/frame", tag = "compliance", operation_id = "getCaseFrame",
    security(("staff" = [])), params(("id" = String, Path, format = "uuid", description = "The case"), ReasonHeader),
    responses((status = 200, description = "JPEG, marked", content_type = "image/jpeg"), ReadRefusal, Malformed, Unreasoned))]
pub(in crate::http) async fn frame(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<CaseId>,
) -> Result<HttpResponse, Problem> {
    let case = open(&request, &services, *id).await?;
    let frame = case.frame.ok_or_else(|| Problem::new(ProblemCode::NotFound, locale(&request)))?;
    let marked =
        mark_picture(&services, frame, VIEWER).await.map_err(|error| Problem::engine(&error, locale(&request)))?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("image/jpeg")
        .body(marked.expose().to_vec()))
}

async fn open(request: &HttpRequest, services: &Services, id: CaseId) -> Result<Case, Problem> {
    let said = request.headers().get(REASON).and_then(|value| value.to_str().ok());
    let why = said.and_then(|said| Why::read(said).ok());
    let why = why.ok_or_else(|| Problem::new(ProblemCode::ViewReasonMissing, locale(request)))?;
    view_case(services.store.as_ref(), services.clock.as_ref(), id, VIEWER, Some(&why))
        .await
        .map_err(|error| Problem::store(&error, locale(request)))?
        .ok_or_else(|| Problem::new(ProblemCode::NotFound, locale(request)))
}
