//! Somebody who came in waits until another has confirmed who they are.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authorize::Staff;
use super::sign_in::{Forbidden, Malformed, Unauthorized, Unprocessable, private};
use crate::app::Services;
use crate::app::staff::StaffError;
use crate::app::staff::confirm::{self, Waiting};
use crate::domain::kernel::secret::SecretText;
use crate::domain::staff::Login;
use crate::http::console::cases::{NotFound, Overtaken};
use crate::http::console::member::View;
use crate::http::console::problem::problem;
use crate::http::problem::Problem;

/// What somebody who waits tells whoever confirms them
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Code {
    /// Eight digits
    #[schema(value_type = String)]
    code: SecretText,
    expires_at: String,
}

/// Somebody who waits
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Unconfirmed {
    member: View,
    /// Logins of who asked for them; nobody where that was whoever has the machine
    asked_by: Vec<String>,
    /// Whether who reads this may confirm them
    yours: bool,
}

impl From<&Waiting> for Unconfirmed {
    fn from(waiting: &Waiting) -> Self {
        Self {
            member: View::from(&waiting.member),
            asked_by: waiting.asked_by.iter().map(Login::to_string).collect(),
            yours: waiting.yours,
        }
    }
}

/// The code that they tell
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Confirming {
    #[schema(value_type = String)]
    code: SecretText,
}

/// Draw the code by which another confirms who this is
///
/// Good for a quarter of an hour and five tries; the one before is void.
#[utoipa::path(post, path = "/api/console/me/code", tag = "console", operation_id = "drawConfirmationCode",
    security(("session" = [])), responses((status = 200, body = Code), Unauthorized, Forbidden, Overtaken))]
pub(in crate::http) async fn draw(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
) -> Result<HttpResponse, Problem> {
    let drawn = confirm::draw_code(&services, &staff.0).await;
    let (code, expires_at) = drawn.map_err(|error| problem(&request, &error))?;
    Ok(private(&Code { code, expires_at: expires_at.rfc3339() }))
}

/// Who waits to be confirmed
#[utoipa::path(get, path = "/api/console/confirmations", tag = "console", operation_id = "listUnconfirmed",
    security(("session" = [])), responses((status = 200, body = Vec<Unconfirmed>), Unauthorized, Forbidden))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
) -> Result<HttpResponse, Problem> {
    let waiting = confirm::list_waiting(&services, &staff.0).await.map_err(|error| problem(&request, &error))?;
    Ok(private(&waiting.iter().map(Unconfirmed::from).collect::<Vec<_>>()))
}

/// Confirm somebody
///
/// Whoever asked for them cannot. Meet or call them, and type the code that they see.
#[utoipa::path(post, path = "/api/console/confirmations/{login}", tag = "console", operation_id = "confirmStaff",
    security(("session" = [])), params(("login" = String, Path)), request_body = Confirming,
    responses((status = 200, body = View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn confirm(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    login: web::Path<String>,
    body: web::Json<Confirming>,
) -> Result<HttpResponse, Problem> {
    let confirmed = async {
        let login: Login = login.parse().map_err(|_| StaffError::Unknown)?;
        confirm::confirm(&services, &staff.0, &login, &body.code).await
    };
    Ok(private(&View::from(&confirmed.await.map_err(|error| problem(&request, &error))?)))
}
