//! Coming in, showing the passkey once more, and going.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoResponses, ToSchema};

use super::authorize::Staff;
use super::{device_cookie, session_cookie, sign_in_rate_limiter};
use crate::app::Services;
use crate::app::staff::session::{Admitted, begin_step_up, finish_step_up, sign_out};
use crate::app::staff::{StaffError, join, sign_in};
use crate::domain::kernel::secret::SecretText;
use crate::domain::staff::{Act, IDLE_TIMEOUT, MAX_SESSION, STEP_UP};
use crate::http::codes;
use crate::http::console::problem::problem;
use crate::http::problem::{Problem, ProblemBody};

/// Nobody is signed in, or not with this
#[derive(IntoResponses)]
#[response(status = 401, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct Unauthorized(ProblemBody);

/// Another role is needed, or the passkey once more
#[derive(IntoResponses)]
#[response(status = 403, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct Forbidden(ProblemBody);

/// Not as it should be
#[derive(IntoResponses)]
#[response(status = 422, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct Unprocessable(ProblemBody);

/// No such form, or an invitation that does not count
#[derive(IntoResponses)]
#[response(status = 400, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct Malformed(ProblemBody);

/// What was begun is unknown or over
#[derive(IntoResponses)]
#[response(status = 409, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct Conflict(ProblemBody);

/// Too many begin at once
#[derive(IntoResponses)]
#[response(status = 429, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct TooManyRequests(ProblemBody);

/// Who is signed in
#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
pub(in crate::http) struct Me {
    login: String,
    name: String,
    #[schema(value_type = Vec<codes::Role>)]
    roles: Vec<&'static str>,
    /// Whether another has confirmed who this is; until then nothing may be done
    confirmed: bool,
    /// What may be done: rights by their names, see docs/CODES.md
    #[schema(value_type = Vec<codes::Right>)]
    may: Vec<&'static str>,
    /// When nobody is signed in any more, unless something is done before, RFC 3339
    idle_at: String,
    /// When nobody is, whatever is done
    ends_at: String,
    /// Until when sensitive acts need no passkey
    stepped_up_until: String,
}

impl From<&Admitted> for Me {
    fn from(admitted: &Admitted) -> Self {
        let (member, session) = (&admitted.member, &admitted.session);
        Self {
            login: member.login.to_string(),
            name: member.name.clone(),
            roles: member.roles.iter().map(|role| role.as_str()).collect(),
            confirmed: member.confirmed_at.is_some(),
            may: Act::ALL.into_iter().filter(|act| member.may(*act)).map(Act::as_str).collect(),
            idle_at: session.seen_at.plus(IDLE_TIMEOUT).rfc3339(),
            ends_at: session.began_at.plus(MAX_SESSION).rfc3339(),
            stepped_up_until: session.proven_at.plus(STEP_UP).rfc3339(),
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct Invitation {
    #[schema(value_type = String)]
    invitation: SecretText,
}

#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct Joining {
    #[schema(value_type = String)]
    invitation: SecretText,
    #[schema(value_type = String)]
    ceremony: SecretText,
    /// What `navigator.credentials.create` gave
    #[schema(value_type = Object)]
    credential: Value,
}

#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct SigningIn {
    login: String,
}

#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct Shown {
    #[schema(value_type = String)]
    ceremony: SecretText,
    /// What `navigator.credentials.get` gave
    #[schema(value_type = Object)]
    credential: Value,
}

/// Begin to join
///
/// Whom the invitation is for, and the options for `navigator.credentials.create`.
#[utoipa::path(post, path = "/api/console/join/start", tag = "console", operation_id = "beginJoining",
    request_body = Invitation,
    responses((status = 200, body = Object), Malformed, Unauthorized, Forbidden, Unprocessable, TooManyRequests))]
pub(in crate::http) async fn join_start(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Invitation>,
) -> Result<HttpResponse, Problem> {
    let begun = join::begin_joining(&services, &body.invitation).await;
    let (member, begun) = begun.map_err(|error| problem(&request, &error))?;
    Ok(private(&json!({
        "login": member.login, "name": member.name, "ceremony": begun.handle, "options": begun.options,
    })))
}

/// Join with a passkey
#[utoipa::path(post, path = "/api/console/join/finish", tag = "console", operation_id = "finishJoining",
    request_body = Joining,
    responses((status = 200, description = "Signed in", body = Me), Malformed, Unauthorized, Forbidden, Conflict, Unprocessable, TooManyRequests))]
pub(in crate::http) async fn join_finish(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Joining>,
) -> Result<HttpResponse, Problem> {
    let joined = join::finish_joining(&services, &body.invitation, &body.ceremony, &body.credential).await;
    signed_in(&request, &services, joined)
}

/// Begin to sign in
///
/// Whatever login is named, the answer looks alike: for one that is nobody's the options are made up.
#[utoipa::path(post, path = "/api/console/sign-in/start", tag = "console", operation_id = "beginSigningIn",
    request_body = SigningIn,
    responses((status = 200, body = Object), Malformed, Unauthorized, Forbidden, Unprocessable, TooManyRequests))]
pub(in crate::http) async fn start(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<SigningIn>,
) -> Result<HttpResponse, Problem> {
    sign_in_rate_limiter::name(&request, &services, &body.login)?;
    let begun = sign_in::begin_sign_in(&services, &body.login).await.map_err(|error| problem(&request, &error))?;
    Ok(private(&json!({ "ceremony": begun.handle, "options": begun.options })))
}

/// Sign in with a passkey
#[utoipa::path(post, path = "/api/console/sign-in/finish", tag = "console", operation_id = "finishSigningIn",
    request_body = Shown,
    responses((status = 200, description = "Signed in", body = Me), Malformed, Unauthorized, Forbidden, Conflict, Unprocessable, TooManyRequests))]
pub(in crate::http) async fn finish(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Shown>,
) -> Result<HttpResponse, Problem> {
    let signed = sign_in::finish_sign_in(&services, &body.ceremony, &body.credential).await;
    signed_in(&request, &services, signed)
}

/// Who is signed in
#[utoipa::path(get, path = "/api/console/me", tag = "console", operation_id = "getMe",
    security(("session" = [])), responses((status = 200, body = Me), Unauthorized))]
pub(in crate::http) async fn me(staff: Staff) -> HttpResponse {
    private(&Me::from(&staff.0))
}

/// Sign out
#[utoipa::path(post, path = "/api/console/sign-out", tag = "console", operation_id = "signOut",
    security(("session" = [])), responses((status = 204, description = "Nobody is signed in here"), Unauthorized, Forbidden))]
pub(in crate::http) async fn out(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
) -> Result<HttpResponse, Problem> {
    sign_out(&services, staff.0.session.hash).await.map_err(|error| problem(&request, &error))?;
    Ok(HttpResponse::NoContent().cookie(session_cookie::remove(&services)).finish())
}

/// Begin to show the passkey once more
#[utoipa::path(post, path = "/api/console/step-up/start", tag = "console", operation_id = "beginStepUp",
    security(("session" = [])), responses((status = 200, body = Object), Unauthorized, Forbidden))]
pub(in crate::http) async fn step_up_start(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
) -> Result<HttpResponse, Problem> {
    let begun = begin_step_up(&services, &staff.0).await.map_err(|error| problem(&request, &error))?;
    Ok(private(&json!({ "ceremony": begun.handle, "options": begun.options })))
}

/// Show the passkey once more
#[utoipa::path(post, path = "/api/console/step-up/finish", tag = "console", operation_id = "finishStepUp",
    security(("session" = [])), request_body = Shown,
    responses((status = 200, body = Me), Malformed, Unauthorized, Forbidden, Conflict, Unprocessable))]
pub(in crate::http) async fn step_up_finish(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    body: web::Json<Shown>,
) -> Result<HttpResponse, Problem> {
    let proven = finish_step_up(&services, &staff.0, &body.ceremony, &body.credential).await;
    let session = proven.map_err(|error| problem(&request, &error))?;
    Ok(private(&Me::from(&Admitted { session, member: staff.0.member })))
}

fn signed_in(
    request: &HttpRequest,
    services: &Services,
    signed: Result<(SecretText, Admitted), StaffError>,
) -> Result<HttpResponse, Problem> {
    let (handle, admitted) = signed.map_err(|error| problem(request, &error))?;
    let cookie = session_cookie::make(services, &handle);
    let device = device_cookie::make(services);
    Ok(HttpResponse::Ok()
        .cookie(cookie)
        .cookie(device)
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(Me::from(&admitted)))
}

/// For these eyes alone.
pub(in crate::http) fn private(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body)
}
