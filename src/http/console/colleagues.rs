//! To whom a case can be handed over.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::sign_in::{Forbidden, Malformed, Unauthorized, private};
use crate::app::Services;
use crate::app::review::case_work::queue::list_colleagues;
use crate::domain::staff::StaffMember;
use crate::http::problem::{Problem, locale};

/// Somebody who can take a case
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Colleague {
    login: String,
    name: String,
}

impl From<&StaffMember> for Colleague {
    fn from(member: &StaffMember) -> Self {
        Self { login: member.login.to_string(), name: member.name.clone() }
    }
}

/// Who can take a case
///
/// Whoever decides, and counts; by login.
#[utoipa::path(get, path = "/api/console/colleagues", tag = "console", operation_id = "listColleagues",
    security(("session" = [])), responses((status = 200, body = Vec<Colleague>), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let all = list_colleagues(services.store.as_ref()).await;
    let all = all.map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(private(&all.iter().map(Colleague::from).collect::<Vec<_>>()))
}
