//! Staff, looked after by administrators.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::authorize::Staff;
use super::access::sign_in::{Forbidden, Malformed, Unauthorized, Unprocessable, private};
use super::cases::{NotFound, Overtaken, read_why};
use super::invitation::Invited;
use super::member::View;
use super::problem::problem;
use super::proposals;
use crate::app::Services;
use crate::app::staff::list::{find_staff, list_staff};
use crate::app::staff::manage::{StaffChange, change_staff, invite_staff, reinvite_staff};
use crate::app::staff::{Asker, StaffError};
use crate::domain::dual_control::{ControlledAction, can_approve};
use crate::domain::kernel::secret::SecretText;
use crate::domain::staff::{Login, Role, StaffMember};
use crate::http::codes;
use crate::http::problem::{Problem, ProblemCode, locale};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewStaff {
    login: String,
    name: String,
    /// `reviewer`, `supervisor`, `auditor`, `operator_manager`, `administrator`
    #[schema(value_type = Vec<codes::Role>)]
    roles: Vec<String>,
    /// Why, where they will decide, approve or confirm
    why: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChangedStaff {
    name: Option<String>,
    #[schema(value_type = Option<Vec<codes::Role>>)]
    roles: Option<Vec<String>>,
    disabled: Option<bool>,
    /// Why, where they are stopped, or will decide, approve or confirm from now on
    why: Option<String>,
}

/// Why somebody who decides, approves or confirms makes a new passkey
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Reinviting {
    why: Option<String>,
}

/// Staff, by login
#[utoipa::path(get, path = "/api/console/staff", tag = "console", operation_id = "listStaff",
    security(("session" = [])), responses((status = 200, body = Vec<View>), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let all = list_staff(services.store.as_ref()).await;
    let all = all.map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(private(&all.iter().map(View::from).collect::<Vec<_>>()))
}

/// Invite somebody
///
/// They count for nothing until another than who asked has confirmed their passkey. Who will decide, approve or confirm is
/// invited by two: the answer is then a proposal, which another settles.
#[utoipa::path(post, path = "/api/console/staff", tag = "console", operation_id = "inviteStaff",
    security(("session" = [])), request_body = NewStaff,
    responses((status = 200, body = Invited), (status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn invite(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    body: web::Json<NewStaff>,
) -> Result<HttpResponse, Problem> {
    let NewStaff { login, name, roles, why } = body.into_inner();
    let login = login.parse().map_err(|why| wrong(&request, why))?;
    let roles = read_roles(&request, &roles)?;
    if can_approve(&roles) {
        let measure = ControlledAction::InviteStaff { login, name, roles };
        return proposals::ask(&request, &services, &staff, measure, &why.unwrap_or_default()).await;
    }
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    let by = Asker::member(&staff.0.member);
    let invited = invite_staff(services.store.as_ref(), tools, login, &name, roles, &by).await;
    tell(&request, &services, invited)
}

/// Change somebody
///
/// Whatever is changed, they sign in anew. Stopping somebody takes one, who says why. Who decides, approves or confirms from then on is made so by two: the answer is then
/// a proposal, which another settles; and they are confirmed anew.
#[utoipa::path(patch, path = "/api/console/staff/{login}", tag = "console", operation_id = "changeStaff",
    security(("session" = [])), params(("login" = String, Path)), request_body = ChangedStaff,
    responses((status = 200, body = View), (status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn change(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    login: web::Path<String>,
    body: web::Json<ChangedStaff>,
) -> Result<HttpResponse, Problem> {
    let login: Login = login.parse().map_err(|why| wrong(&request, why))?;
    // Nobody locks themselves out, nor raises themselves.
    if login == staff.0.member.login {
        return Err(problem(&request, &StaffError::Forbidden));
    }
    let ChangedStaff { name, roles, disabled, why } = body.into_inner();
    let roles = roles.map(|roles| read_roles(&request, &roles)).transpose()?;
    let before = known(&request, &services, &login).await?;
    let stops = disabled == Some(true);
    let explained = stops.then(|| read_why(&request, why.as_deref().unwrap_or_default())).transpose()?;
    let stated = explained.map(|why| why.as_str().to_owned());
    let change = StaffChange { name, roles, disabled, why: stated };
    if change.grants_approval(&before) {
        if change.name.is_some() {
            return Err(wrong(&request, "change the name apart from what takes two".to_owned()));
        }
        let measure = ControlledAction::ChangeStaff { login, roles: change.roles, disabled: change.disabled };
        return proposals::ask(&request, &services, &staff, measure, &why.unwrap_or_default()).await;
    }
    let by = Asker::member(&staff.0.member);
    let changed = change_staff(services.store.as_ref(), services.clock.as_ref(), &login, change, &by).await;
    Ok(private(&View::from(&changed.map_err(|error| problem(&request, &error))?)))
}

/// Invite somebody once more
///
/// Who lost their passkey: what they had is forgotten, they are signed out everywhere, and are confirmed anew. Who decides,
/// approves or confirms is invited by two: the answer is then a proposal, which another settles.
#[utoipa::path(post, path = "/api/console/staff/{login}/invite", tag = "console", operation_id = "reinviteStaff",
    security(("session" = [])), params(("login" = String, Path)), request_body = Reinviting,
    responses((status = 200, body = Invited), (status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn reinvite(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    login: web::Path<String>,
    body: web::Json<Reinviting>,
) -> Result<HttpResponse, Problem> {
    let login: Login = login.parse().map_err(|why| wrong(&request, why))?;
    if can_approve(&known(&request, &services, &login).await?.roles) {
        let why = body.into_inner().why.unwrap_or_default();
        return proposals::ask(&request, &services, &staff, ControlledAction::ReinviteStaff { login }, &why).await;
    }
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    let by = Asker::member(&staff.0.member);
    let invited = reinvite_staff(services.store.as_ref(), tools, &login, &by).await;
    tell(&request, &services, invited)
}

fn tell(
    request: &HttpRequest,
    services: &Services,
    invited: Result<(StaffMember, SecretText), StaffError>,
) -> Result<HttpResponse, Problem> {
    let (member, invitation) = invited.map_err(|error| problem(request, &error))?;
    Ok(private(&super::invitation::invited(services, &member, &invitation)))
}

async fn known(request: &HttpRequest, services: &Services, login: &Login) -> Result<StaffMember, Problem> {
    let found = find_staff(services.store.as_ref(), login).await;
    let found = found.map_err(|error| Problem::store(&error, locale(request)))?;
    found.ok_or_else(|| problem(request, &StaffError::Unknown))
}

fn read_roles(request: &HttpRequest, roles: &[String]) -> Result<BTreeSet<Role>, Problem> {
    roles.iter().map(|role| role.parse()).collect::<Result<_, String>>().map_err(|why| wrong(request, why))
}

fn wrong(request: &HttpRequest, why: String) -> Problem {
    Problem::new(ProblemCode::StaffInvalid, locale(request)).because(why)
}
