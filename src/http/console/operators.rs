//! Operators, looked after by people: what opens a door takes two of them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::authorize::Staff;
use super::access::sign_in::{Forbidden, Malformed, Unauthorized, Unprocessable, private};
use super::cases::{NotFound, Overtaken, read_why};
use super::proposals;
use crate::app::Services;
use crate::app::operators::change::{narrow, standing_grants_of, stop, would_open};
use crate::app::operators::list::list_operators;
use crate::domain::dual_control::ControlledAction;
use crate::domain::operators::operator::OperatorId;
use crate::http::administration::operators::{invalid, problem as not_changed};
use crate::http::administration::view::{ChangeBody, NewOperatorBody, OperatorView};
use crate::http::problem::{Problem, ProblemCode, locale};

/// Operators, by id
#[utoipa::path(get, path = "/api/console/operators", tag = "console", operation_id = "consoleOperators",
    security(("session" = [])), responses((status = 200, body = Vec<OperatorView>), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let all = list_operators(services.store.as_ref()).await;
    let all = all.map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(private(&all.iter().map(OperatorView::from).collect::<Vec<_>>()))
}

/// An operator, and why it is added
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Adding {
    operator: NewOperatorBody,
    /// 3 to 200 characters; it stands in the audit log
    why: String,
}

/// Ask for an operator to be added
///
/// It is when another says yes. A secret that is drawn, in a sandbox alone, is fetched by who asked, once.
#[utoipa::path(post, path = "/api/console/operators", tag = "console", operation_id = "askToAddOperator",
    security(("session" = [])), request_body = Adding,
    responses((status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, Overtaken, Unprocessable))]
pub(in crate::http) async fn add_one(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    body: web::Json<Adding>,
) -> Result<HttpResponse, Problem> {
    let Adding { operator, why } = body.into_inner();
    let new = operator.into_new(&services).map_err(|why| invalid(&request).because(why))?;
    let measure = ControlledAction::AddOperator { operator: Box::new(new) };
    proposals::ask(&request, &services, &staff, measure, &why).await
}

/// What is to be changed of an operator
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Changing {
    change: ChangeBody,
    /// Why, where it opens a door
    why: Option<String>,
}

/// Change an operator
///
/// What is not named stays. Another name, contact, redirect URI, key or scope takes two: the answer is then a proposal, which
/// another settles. Taking addresses and scopes away takes one, and so does the rate. New keys count from the yes on: rotate
/// by a set that holds the old and the new.
#[utoipa::path(patch, path = "/api/console/operators/{id}", tag = "console", operation_id = "consoleChangeOperator",
    security(("session" = [])), params(("id" = String, Path)), request_body = Changing,
    responses((status = 200, body = OperatorView), (status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn change_one(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<Changing>,
) -> Result<HttpResponse, Problem> {
    let Changing { change, why } = body.into_inner();
    let wanted = change.into_change(&services).map_err(|why| invalid(&request).because(why))?;
    let store = services.store.as_ref();
    if would_open(store, &id, &wanted).await.map_err(|error| not_changed(&request, &error))? {
        let operator = operator_id(&request, &id)?;
        let measure = ControlledAction::ChangeOperator { operator, change: Box::new(wanted) };
        return proposals::ask(&request, &services, &staff, measure, &why.unwrap_or_default()).await;
    }
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    let changed = narrow(store, tools, &id, wanted, &staff.by()).await;
    Ok(private(&OperatorView::from(&changed.map_err(|error| not_changed(&request, &error))?)))
}

/// Whether an operator may ask for anything
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Switching {
    disabled: bool,
    /// Why, 3 to 200 characters; it stands in the audit log
    why: Option<String>,
}

/// Stop an operator, or ask for it to go on
///
/// Stopping takes one, who says why, and what the operator was granted ends with it. That it goes on takes two: the answer is then a proposal.
#[utoipa::path(post, path = "/api/console/operators/{id}/switch", tag = "console", operation_id = "switchOperator",
    security(("session" = [])), params(("id" = String, Path)), request_body = Switching,
    responses((status = 200, body = OperatorView), (status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn switch_one(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<Switching>,
) -> Result<HttpResponse, Problem> {
    let Switching { disabled, why } = body.into_inner();
    if !disabled {
        let measure = ControlledAction::EnableOperator { operator: operator_id(&request, &id)? };
        return proposals::ask(&request, &services, &staff, measure, &why.unwrap_or_default()).await;
    }
    let why = read_why(&request, why.as_deref().unwrap_or_default())?;
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    let stopped = stop(services.store.as_ref(), tools, &id, (&staff.by(), why.as_str())).await;
    Ok(private(&OperatorView::from(&stopped.map_err(|error| not_changed(&request, &error))?)))
}

/// What a stop would end
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Standing {
    /// Grants that stand now
    grants: u64,
}

/// What stopping an operator would end
#[utoipa::path(get, path = "/api/console/operators/{id}/standing", tag = "console", operation_id = "operatorStanding",
    security(("session" = [])), params(("id" = String, Path)),
    responses((status = 200, body = Standing), Malformed, Unauthorized, Forbidden, NotFound))]
pub(in crate::http) async fn standing(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let counted = standing_grants_of(services.store.as_ref(), services.clock.as_ref(), &id).await;
    Ok(private(&Standing { grants: counted.map_err(|error| not_changed(&request, &error))? }))
}

/// The operator that a path names; none has an id of other characters.
pub(super) fn operator_id(request: &HttpRequest, named: &str) -> Result<OperatorId, Problem> {
    OperatorId::parse(named).map_err(|_| Problem::new(ProblemCode::NotFound, locale(request)))
}
