//! Second factors of a person who lost them, or from whom they were taken.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::authorize::Staff;
use super::access::sign_in::{Forbidden, Malformed, Unauthorized, Unprocessable};
use super::cases::{NotFound, Overtaken, read_why};
use super::problem::measure_problem;
use super::proposals::{View, answer};
use crate::app::Services;
use crate::app::dual_control::DualControlError;
use crate::app::dual_control::propose::propose;
use crate::domain::dual_control::{ControlledAction, IdentityCheck};
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::SecretText;
use crate::http::problem::Problem;

/// Why somebody gets their place back, and how it was found out who asks for it
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Forgetting {
    /// 3 to 200 characters; it stands in the audit log
    why: String,
    /// Which document was seen, and how: 20 letters to 1000 characters; kept encrypted
    #[schema(value_type = String)]
    identity_check: SecretText,
}

/// Ask for the second factors of a case's person to be forgotten
///
/// When another says yes, passkeys, app and recovery codes are gone, tokens end, the person is told, and makes a factor anew.
#[utoipa::path(post, path = "/api/console/cases/{id}/forget-factors", tag = "console", operation_id = "askToForgetFactors",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Forgetting,
    responses((status = 202, body = View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn forget_factors(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Forgetting>,
) -> Result<HttpResponse, Problem> {
    ask(&request, &services, &staff, ControlledAction::ForgetFactors { case: *id }, &body).await
}

/// Ask for a self-restriction to fall that somebody else declared in the person's place
///
/// Only one of the visit in which a first factor was made, within 72 hours, and once that factor was forgotten: every other one stays.
#[utoipa::path(post, path = "/api/console/cases/{id}/take-back", tag = "console", operation_id = "askToTakeBack",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Forgetting,
    responses((status = 202, body = View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn take_back(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Forgetting>,
) -> Result<HttpResponse, Problem> {
    ask(&request, &services, &staff, ControlledAction::TakeBackSelfRestriction { case: *id }, &body).await
}

async fn ask(
    request: &HttpRequest,
    services: &Services,
    staff: &Staff,
    measure: ControlledAction,
    body: &Forgetting,
) -> Result<HttpResponse, Problem> {
    let why = read_why(request, &body.why)?;
    let check = IdentityCheck::read(body.identity_check.expose());
    let check = check.map_err(|_| measure_problem(request, &DualControlError::IdentityCheck))?;
    let asked = propose(services, &staff.0, measure, &why, Some(check)).await;
    answer(request, services, staff, asked, StatusCode::ACCEPTED).await
}
