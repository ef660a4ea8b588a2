//! What takes two of the staff.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::access::authorize::Staff;
use super::access::sign_in::{Forbidden, Malformed, Unauthorized, Unprocessable, private};
use super::cases::{Looking, NotFound, Overtaken, Settling, read_why};
use super::invitation::{Invited, invited};
use super::problem::measure_problem;
use crate::app::Services;
use crate::app::dual_control::DualControlError;
use crate::app::dual_control::fetch::{fetch_bundle, fetch_invitation, fetch_secret};
use crate::app::dual_control::list::list_proposals;
use crate::app::dual_control::propose::propose;
use crate::app::dual_control::settle::settle_proposal;
use crate::app::review::evidence::EvidenceError;
use crate::app::review::evidence::bundle::pack;
use crate::app::review::evidence::hold::hold_evidence;
use crate::app::staff::list::list_staff;
use crate::domain::dual_control::{APPROVAL_TTL, ControlledAction, PROPOSAL_TTL, Proposal};
use crate::domain::kernel::id::{CaseId, MeasureId};
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::staff::{Act, StaffMember, login_of};
use crate::domain::webhooks::ports::WebhookSender;
use crate::http::codes;
use crate::http::problem::{Problem, locale};
use crate::messages::report::report_page;

/// Newest that are shown.
const SHOWN: u32 = 100;

/// Something that takes two
#[derive(Serialize, ToSchema)]
#[schema(as = Proposal)]
pub(in crate::http) struct View {
    id: String,
    /// `erase_evidence`, `export_evidence`, `unlock_person`, `forget_factors`, `take_back_self_restriction`, `release_version`,
    /// `discard_version`, `roll_back_source`, `add_operator`, `change_operator`, `enable_operator`, `set_webhook`,
    /// `rotate_webhook`, `invite_staff`, `reinvite_staff` or `change_staff`
    #[schema(value_type = codes::ProposalKind)]
    kind: &'static str,
    /// A case, a source, an operator or a login
    subject: String,
    /// What exactly; another may have to judge it
    #[schema(value_type = Object)]
    measure: Value,
    why: String,
    /// How who asked made sure of whom they speak with, where it is needed; told to who decides or approves
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    identity_check: Option<SecretText>,
    /// Login of who asked
    by: String,
    at: String,
    /// `waiting`, `refused`, `allowed` (to be fetched by who asked), `done` or `lapsed`
    #[schema(value_type = codes::ProposalState)]
    state: &'static str,
    /// `bundle`, `invitation` or `secret`: where who asked fetches it
    #[serde(skip_serializing_if = "Option::is_none")]
    fetched: Option<&'static str>,
    /// When that state ends by itself
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// Who said yes or no, when, and which
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    settled: Option<Value>,
}

impl View {
    pub(super) fn of(proposal: &Proposal, staff: &[StaffMember], now: Timestamp) -> Self {
        let (state, until) = match &proposal.settlement {
            None if proposal.waits(now) => ("waiting", Some(proposal.at.plus(PROPOSAL_TTL))),
            None => ("lapsed", None),
            Some(settled) if !settled.yes => ("refused", None),
            Some(settled) => {
                let end = settled.at.plus(APPROVAL_TTL);
                let again = proposal.done_at.is_none() || !proposal.measure.is_fetched_once();
                match (proposal.measure.is_fetched() && again, now < end, proposal.done_at) {
                    (true, true, _) => ("allowed", Some(end)),
                    (_, _, Some(_)) => ("done", None),
                    _ => ("lapsed", None),
                }
            }
        };
        Self {
            id: proposal.id.to_string(),
            kind: proposal.measure.kind(),
            subject: proposal.measure.subject(),
            measure: json!(proposal.measure),
            why: proposal.why.clone(),
            identity_check: None,
            fetched: proposal.measure.fetched(),
            by: login_of(proposal.by, staff),
            at: proposal.at.rfc3339(),
            state,
            until: until.map(Timestamp::rfc3339),
            settled: proposal.settlement.map(
                |settled| json!({ "by": login_of(settled.by, staff), "at": settled.at.rfc3339(), "yes": settled.yes }),
            ),
        }
    }
}

/// The same for who must judge it.
fn whole(proposal: &Proposal, staff: &[StaffMember], reader: &Staff, now: Timestamp) -> View {
    let judges = reader.0.member.may(Act::Decide) || reader.0.member.may(Act::Approve);
    let check = proposal.identity_check.as_ref().filter(|_| judges);
    View { identity_check: check.map(|check| check.words().clone()), ..View::of(proposal, staff, now) }
}

/// Which.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct About {
    /// A case, a source, an operator or a login
    subject: Option<String>,
}

/// What takes two, the newest first
#[utoipa::path(get, path = "/api/console/proposals", tag = "console", operation_id = "listProposals",
    security(("session" = [])), params(About), responses((status = 200, body = Vec<View>), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
    reader: Staff,
    about: web::Query<About>,
) -> Result<HttpResponse, Problem> {
    let found = list_proposals(services.store.as_ref(), about.subject.as_deref(), SHOWN).await;
    let (proposals, staff) = found.map_err(|error| Problem::store(&error, locale(&request)))?;
    let now = services.clock.now();
    Ok(private(&proposals.iter().map(|one| whole(one, &staff, &reader, now)).collect::<Vec<_>>()))
}

/// Yes or no to what another asked for
#[utoipa::path(post, path = "/api/console/proposals/{id}/settle", tag = "console", operation_id = "settleProposal",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Settling,
    responses((status = 200, body = View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn settle(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<MeasureId>,
    body: web::Json<Settling>,
) -> Result<HttpResponse, Problem> {
    let settled = settle_proposal(&services, &staff.0, *id, body.yes).await;
    answer(&request, &services, &staff, settled, StatusCode::OK).await
}

/// Fetch evidence that another allowed to take out
///
/// A signed ZIP archive, to be checked with `rastau evidence verify`. Each time is in the audit log.
#[utoipa::path(post, path = "/api/console/proposals/{id}/bundle", tag = "console", operation_id = "fetchBundle",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")),
    responses((status = 200, description = "The bundle", content_type = "application/zip"),
        Malformed, Unauthorized, Forbidden, NotFound, Overtaken))]
pub(in crate::http) async fn bundle(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<MeasureId>,
) -> Result<HttpResponse, Problem> {
    let made = async {
        let collected = fetch_bundle(&services, &staff.0, *id).await?;
        let page = report_page(&collected.report, locale(&request));
        let name = format!("attachment; filename=\"case-{}.zip\"", collected.report.case);
        Ok::<_, DualControlError>((pack(&services, collected, page)?, name))
    };
    let (bundle, name) = made.await.map_err(|error| measure_problem(&request, &error))?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, name))
        .content_type("application/zip")
        .body(bundle.expose().to_vec()))
}

/// Fetch the invitation that another allowed
#[utoipa::path(post, path = "/api/console/proposals/{id}/invitation", tag = "console", operation_id = "fetchInvitation",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = Invited), Malformed, Unauthorized, Forbidden, NotFound, Overtaken))]
pub(in crate::http) async fn invitation(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<MeasureId>,
) -> Result<HttpResponse, Problem> {
    let fetched = fetch_invitation(&services, &staff.0, *id).await;
    let (member, link) = fetched.map_err(|error| measure_problem(&request, &error))?;
    Ok(private(&invited(&services, &member, &link)))
}

/// What was drawn when something was carried out
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Drawn {
    proposal: View,
    /// Shown in this answer alone; not there where the one before stays
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    secret: Option<SecretText>,
}

/// Carry out what another allowed, and see the secret that is drawn
///
/// Of an operator in a sandbox, or of an operator's messages.
#[utoipa::path(post, path = "/api/console/proposals/{id}/secret", tag = "console", operation_id = "fetchSecret",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = Drawn), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn secret(
    request: HttpRequest,
    services: web::Data<Services>,
    sender: web::Data<dyn WebhookSender>,
    staff: Staff,
    id: web::Path<MeasureId>,
) -> Result<HttpResponse, Problem> {
    let drawn = async {
        let (proposal, secret) = fetch_secret(&services, sender.as_ref(), &staff.0, *id).await?;
        let all = list_staff(services.store.as_ref()).await?;
        Ok::<_, DualControlError>(Drawn { proposal: whole(&proposal, &all, &staff, services.clock.now()), secret })
    };
    Ok(private(&drawn.await.map_err(|error| measure_problem(&request, &error))?))
}

/// Ask for a case's evidence to be erased
///
/// Its key is destroyed when another says yes; its hash stays in the log.
#[utoipa::path(post, path = "/api/console/cases/{id}/erase", tag = "console", operation_id = "askToErase",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Looking,
    responses((status = 202, body = View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn erase(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Looking>,
) -> Result<HttpResponse, Problem> {
    ask(&request, &services, &staff, ControlledAction::EraseEvidence { case: *id }, &body.why).await
}

/// Ask for a case's evidence to be taken out
#[utoipa::path(post, path = "/api/console/cases/{id}/export", tag = "console", operation_id = "askToExport",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Looking,
    responses((status = 202, body = View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn export(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Looking>,
) -> Result<HttpResponse, Problem> {
    ask(&request, &services, &staff, ControlledAction::ExportEvidence { case: *id }, &body.why).await
}

/// Ask for the person of a case to be unlocked
#[utoipa::path(post, path = "/api/console/cases/{id}/unlock", tag = "console", operation_id = "askToUnlock",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Looking,
    responses((status = 202, body = View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn unlock(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Looking>,
) -> Result<HttpResponse, Problem> {
    ask(&request, &services, &staff, ControlledAction::UnlockPerson { case: *id }, &body.why).await
}

/// Whether evidence is kept beyond its term
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Holding {
    held: bool,
    /// 3 to 200 characters; it stands in the audit log
    why: String,
}

/// Keep a case's evidence beyond its term, or no longer
#[utoipa::path(post, path = "/api/console/cases/{id}/hold", tag = "console", operation_id = "holdEvidence",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Holding,
    responses((status = 204, description = "Done"), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn hold(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Holding>,
) -> Result<HttpResponse, Problem> {
    let why = read_why(&request, &body.why)?;
    let held = hold_evidence(&services, &staff.0, *id, body.held, &why).await;
    held.map_err(|error: EvidenceError| measure_problem(&request, &error.into()))?;
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}

/// Asks for what takes two.
pub(super) async fn ask(
    request: &HttpRequest,
    services: &Services,
    staff: &Staff,
    measure: ControlledAction,
    why: &str,
) -> Result<HttpResponse, Problem> {
    let why = read_why(request, why)?;
    let asked = propose(services, &staff.0, measure, &why, None).await;
    answer(request, services, staff, asked, StatusCode::ACCEPTED).await
}

pub(super) async fn answer(
    request: &HttpRequest,
    services: &Services,
    reader: &Staff,
    result: Result<Proposal, DualControlError>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let told = async {
        let proposal = result?;
        let staff = list_staff(services.store.as_ref()).await?;
        Ok::<_, DualControlError>(whole(&proposal, &staff, reader, services.clock.now()))
    };
    let view = told.await.map_err(|error| measure_problem(request, &error))?;
    Ok(HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).json(view))
}
