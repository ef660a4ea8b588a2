//! The queue and its cases.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, IntoResponses, ToSchema};

use super::access::authorize::Staff;
use super::access::sign_in::{Forbidden, Malformed, Unauthorized, Unprocessable, private};
use super::evidence_view::{CaseView, EvidenceView, Queue, evidence as evidence_view};
use super::problem::case_problem;
use crate::app::Services;
use crate::app::review::case_work::CaseWorkError;
use crate::app::review::case_work::decide::{StatedConclusion, conclude_case, settle_case};
use crate::app::review::case_work::evidence::{look_for, view_evidence};
use crate::app::review::case_work::pictures::{Picture, view_picture};
use crate::app::review::case_work::queue::{hand_over_case, read_case, read_queue, take_case};
use crate::app::review::why::Why;
use crate::app::staff::list::list_staff;
use crate::domain::face::liveness::cues::Finding;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::{almaty_midnight, read_date};
use crate::domain::operators::operator::OperatorId;
use crate::domain::reason::ReasonCode;
use crate::domain::review::case::{CaseStatus, Risk};
use crate::domain::review::case_work::Conclusion;
use crate::domain::review::ports::{CaseFilter, CaseHolder};
use crate::http::codes;
use crate::http::problem::{Problem, ProblemBody, ProblemCode, locale};

const USUAL_PAGE: u32 = 50;

/// No such case
#[derive(IntoResponses)]
#[response(status = 404, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct NotFound(ProblemBody);

/// Somebody was faster, or the case waits for something else
#[derive(IntoResponses)]
#[response(status = 409, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct Overtaken(ProblemBody);

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Which {
    /// `open`, `recorded`, `proposed` or `decided`
    #[param(value_type = Option<codes::CaseStatus>, inline)]
    status: Option<String>,
    /// `me`, `nobody` or anybody's
    holder: Option<String>,
    /// A reason code
    #[param(value_type = Option<codes::ReasonCode>, inline)]
    reason: Option<String>,
    /// What a cue saw, as `flat`, `loop` or `virtual_camera`
    #[param(value_type = Option<codes::Finding>, inline)]
    finding: Option<String>,
    /// `low`, `medium` or `high`
    #[param(value_type = Option<codes::Risk>, inline)]
    risk: Option<String>,
    /// Opened from this day of Almaty on, `2027-01-15`
    from: Option<String>,
    /// Opened on this day of Almaty at the latest
    until: Option<String>,
    /// A browser, as the evidence of a case names it: 64 hex digits
    device: Option<String>,
    /// An operator's id
    operator: Option<String>,
    /// Opened after this one
    #[param(value_type = Option<String>, format = "uuid")]
    after: Option<CaseId>,
    /// Opened before this one
    #[param(value_type = Option<String>, format = "uuid")]
    before: Option<CaseId>,
    /// `oldest` first, or the newest
    order: Option<String>,
    /// How many, 50 if not said, 200 at most
    limit: Option<u32>,
}

impl Which {
    fn filter(&self, staff: &Staff) -> Result<CaseFilter, ()> {
        /// Fails when it is said and means nothing.
        fn read<T>(said: Option<&String>, from: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
            said.map(|text| from(text).ok_or(())).transpose()
        }
        let holder = |text: &str| match text {
            "me" => Some(CaseHolder::Of(staff.0.member.id)),
            "nobody" => Some(CaseHolder::Nobody),
            _ => None,
        };
        let device = |text: &str| {
            let mut hash = [0; 32];
            hex::decode_to_slice(text, &mut hash).ok().map(|()| HandleHash(hash))
        };
        Ok(CaseFilter {
            status: read(self.status.as_ref(), CaseStatus::from_name)?,
            holder: read(self.holder.as_ref(), holder)?,
            reason: read(self.reason.as_ref(), ReasonCode::from_code)?,
            operator: read(self.operator.as_ref(), |text| OperatorId::parse(text).ok())?,
            player: None,
            device: read(self.device.as_ref(), device)?,
            finding: read(self.finding.as_ref(), Finding::from_code)?,
            risk: read(self.risk.as_ref(), Risk::from_name)?,
            from: read(self.from.as_ref(), |text| Some(almaty_midnight(read_date(text)?)))?,
            until: read(self.until.as_ref(), |text| Some(almaty_midnight(read_date(text)?.next_day()?)))?,
            after: self.after,
            before: self.before,
            oldest_first: self.order.as_deref() == Some("oldest"),
        })
    }
}

/// Why somebody looks
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Looking {
    /// 3 to 200 characters; it stands in the audit log
    pub(super) why: String,
}

/// Why somebody does something.
pub(super) fn read_why(request: &HttpRequest, why: &str) -> Result<Why, Problem> {
    Why::read(why).map_err(|error| case_problem(request, &error))
}

/// Why somebody looks at a picture, and how
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct LookingAt {
    /// 3 to 200 characters; it stands in the audit log
    why: String,
    /// Brought to one pose and size by the face, to be laid over another
    aligned: Option<bool>,
}

/// Whose cases somebody looks for
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct LookingFor {
    #[schema(value_type = String)]
    iin: SecretText,
    why: String,
}

/// To whom; to whoever comes without
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct HandingOver {
    to: Option<String>,
}

/// What an attempt was
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Concluding {
    /// `attack`, `another_person`, `cannot_tell`, `source_right`, `source_wrong` or `rightful_person`
    #[schema(value_type = codes::Conclusion)]
    conclusion: String,
    /// For the player to read
    #[schema(value_type = Option<String>)]
    to_player: Option<SecretText>,
    /// For staff alone
    #[schema(value_type = Option<String>)]
    internal: Option<SecretText>,
}

/// Yes or no to what another decided
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Settling {
    pub(super) yes: bool,
}

/// The queue
#[utoipa::path(get, path = "/api/console/cases", tag = "console", operation_id = "queueCases",
    security(("session" = [])), params(Which), responses((status = 200, body = Queue), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    which: web::Query<Which>,
) -> Result<HttpResponse, Problem> {
    let bad = |()| Problem::new(ProblemCode::BadRequest, locale(&request));
    let filter = which.filter(&staff).map_err(bad)?;
    let page = read_queue(&services, &filter, which.limit.unwrap_or(USUAL_PAGE)).await;
    let page = page.map_err(|error| case_problem(&request, &error))?;
    Ok(private(&Queue::of(&page, locale(&request))))
}

/// The cases of a person
///
/// That somebody looked stands in the audit log, with the reason.
#[utoipa::path(post, path = "/api/console/cases/find", tag = "console", operation_id = "findCases",
    security(("session" = [])), request_body = LookingFor,
    responses((status = 200, body = Queue), Malformed, Unauthorized, Forbidden, NotFound, Unprocessable))]
pub(in crate::http) async fn find(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    body: web::Json<LookingFor>,
) -> Result<HttpResponse, Problem> {
    let page = async {
        let why = Why::read(&body.why)?;
        let Some(player) = look_for(&services, &staff.0, &body.iin, &why).await? else {
            return Err(CaseWorkError::Unknown);
        };
        read_queue(&services, &CaseFilter { player: Some(player), ..CaseFilter::default() }, USUAL_PAGE).await
    };
    let page = page.await.map_err(|error| case_problem(&request, &error))?;
    Ok(private(&Queue::of(&page, locale(&request))))
}

/// A case without its evidence
#[utoipa::path(get, path = "/api/console/cases/{id}", tag = "console", operation_id = "openCase",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = CaseView), Malformed, Unauthorized, Forbidden, NotFound))]
pub(in crate::http) async fn show(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<CaseId>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &services, *id).await
}

/// The evidence of a case
///
/// The IIN and what was measured; that it was opened stands in the audit log, with the reason.
#[utoipa::path(post, path = "/api/console/cases/{id}/evidence", tag = "console", operation_id = "openEvidence",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Looking,
    responses((status = 200, body = EvidenceView), Malformed, Unauthorized, Forbidden, NotFound, Unprocessable))]
pub(in crate::http) async fn evidence(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Looking>,
) -> Result<HttpResponse, Problem> {
    let seen = async {
        let why = Why::read(&body.why)?;
        let evidence = view_evidence(&services, &staff.0, *id, &why).await?;
        let staff = list_staff(services.store.as_ref()).await?;
        Ok(evidence_view(&evidence, &staff, &services.policy, locale(&request)))
    };
    Ok(private(&seen.await.map_err(|error| case_problem(&request, &error))?))
}

/// A picture of a case
///
/// Marked with who looks; that it was opened stands in the audit log, with the reason.
#[utoipa::path(post, path = "/api/console/cases/{id}/pictures/{picture}", tag = "console",
    operation_id = "openPicture", security(("session" = [])),
    params(("id" = String, Path, format = "uuid"), ("picture" = String, Path, description = "`frame`, `id-photo`, or the number of a picture of the capture")),
    request_body = LookingAt,
    responses((status = 200, description = "JPEG", content_type = "image/jpeg"), Malformed, Unauthorized, Forbidden, NotFound, Unprocessable))]
pub(in crate::http) async fn picture(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    path: web::Path<(CaseId, String)>,
    body: web::Json<LookingAt>,
) -> Result<HttpResponse, Problem> {
    let seen = async {
        let why = Why::read(&body.why)?;
        let which = Picture::from_name(&path.1).ok_or(CaseWorkError::NoPicture)?;
        view_picture(&services, &staff.0, path.0, (which, body.aligned.unwrap_or_default()), &why).await
    };
    let picture = seen.await.map_err(|error| case_problem(&request, &error))?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("image/jpeg")
        .body(picture.expose().to_vec()))
}

/// Take a case
#[utoipa::path(post, path = "/api/console/cases/{id}/take", tag = "console", operation_id = "takeCase",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = CaseView), Malformed, Unauthorized, Forbidden, NotFound, Overtaken))]
pub(in crate::http) async fn take(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
) -> Result<HttpResponse, Problem> {
    take_case(&services, &staff.0, *id).await.map_err(|error| case_problem(&request, &error))?;
    answer(&request, &services, *id).await
}

/// Let a case go
#[utoipa::path(post, path = "/api/console/cases/{id}/hand-over", tag = "console", operation_id = "handOverCase",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = HandingOver,
    responses((status = 200, body = CaseView), Malformed, Unauthorized, Forbidden, NotFound, Overtaken))]
pub(in crate::http) async fn hand_over(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<HandingOver>,
) -> Result<HttpResponse, Problem> {
    let handed = async {
        let to = body.to.as_deref().map(str::parse).transpose().map_err(|_| CaseWorkError::NobodyThere)?;
        hand_over_case(&services, &staff.0, *id, to.as_ref()).await
    };
    handed.await.map_err(|error| case_problem(&request, &error))?;
    answer(&request, &services, *id).await
}

/// Say what an attempt was
///
/// A refusal falls when another says yes.
#[utoipa::path(post, path = "/api/console/cases/{id}/conclude", tag = "console", operation_id = "concludeCase",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Concluding,
    responses((status = 200, body = CaseView), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn conclude(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Concluding>,
) -> Result<HttpResponse, Problem> {
    let Concluding { conclusion, to_player, internal } = body.into_inner();
    let unknown = || Problem::new(ProblemCode::BadRequest, locale(&request));
    let conclusion = Conclusion::from_name(&conclusion).ok_or_else(unknown)?;
    let said = StatedConclusion { conclusion, to_player, internal };
    conclude_case(&services, &staff.0, *id, said).await.map_err(|error| case_problem(&request, &error))?;
    answer(&request, &services, *id).await
}

/// Say yes or no to what another decided
#[utoipa::path(post, path = "/api/console/cases/{id}/settle", tag = "console", operation_id = "settleCase",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Settling,
    responses((status = 200, body = CaseView), Malformed, Unauthorized, Forbidden, NotFound, Overtaken))]
pub(in crate::http) async fn settle(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Settling>,
) -> Result<HttpResponse, Problem> {
    settle_case(&services, &staff.0, *id, body.yes).await.map_err(|error| case_problem(&request, &error))?;
    answer(&request, &services, *id).await
}

async fn answer(request: &HttpRequest, services: &Services, id: CaseId) -> Result<HttpResponse, Problem> {
    let file = read_case(services, id).await.map_err(|error| case_problem(request, &error))?;
    Ok(private(&CaseView::of(&file, locale(request))))
}
