//! Every factor was lost: how a recovery stands, a code to a contact of record, the code back.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::contact::{Chosen, Code, ContactJson, SentJson, contacts_json};
use crate::app::Services;
use crate::app::verification::second_factor::recovery::send::send_recovery_code;
use crate::app::verification::second_factor::recovery::verify::verify_recovery_code;
use crate::app::verification::second_factor::recovery::view::{RecoveryView, view_recovery};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::enrolment::carry_out_until;
use crate::domain::second_factor::recovery::RecoveryState;
use crate::http::player::problem::problem;
use crate::http::player::{session_cookie, steps};
use crate::http::problem::{Problem, locale};

#[derive(Serialize)]
struct View {
    /// `open`, `waits`, `due` or `closed`.
    state: &'static str,
    since: Option<String>,
    until: String,
    contacts: Vec<ContactJson>,
    sent: Option<SentJson>,
    next_at: String,
    locked_until: Option<String>,
}

impl From<RecoveryView> for View {
    fn from(view: RecoveryView) -> Self {
        let (state, since, until) = match view.state {
            RecoveryState::Open => ("open", None, view.would_wait_until),
            RecoveryState::Waits(hold) => ("waits", Some(hold.began_at), hold.until),
            RecoveryState::Due(hold) => ("due", Some(hold.began_at), carry_out_until(&hold)),
            RecoveryState::Closed(until) => ("closed", None, until),
        };
        Self {
            state,
            since: since.map(Timestamp::rfc3339),
            until: until.rfc3339(),
            contacts: contacts_json(view.contacts),
            sent: view.sent.map(SentJson::from),
            next_at: view.next_at.rfc3339(),
            locked_until: view.locked_until.map(Timestamp::rfc3339),
        }
    }
}

async fn answer(request: &HttpRequest, services: &Services, session: HandleHash) -> Result<HttpResponse, Problem> {
    let view = view_recovery(services, session).await.map_err(|error| problem(&error, locale(request)))?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(View::from(view)))
}

pub(in crate::http) async fn read(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    answer(&request, &services, session).await
}

pub(in crate::http) async fn send(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Chosen>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let locale = locale(&request);
    send_recovery_code(&services, session, body.contact, locale).await.map_err(|error| problem(&error, locale))?;
    answer(&request, &services, session).await
}

/// The held time begins, or, once it is over, the old factors go.
pub(in crate::http) async fn verify(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Code>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let locale = locale(&request);
    verify_recovery_code(&services, session, body.code.expose(), locale)
        .await
        .map_err(|error| problem(&error, locale))?;
    steps::answer(&request, &services, session).await
}
