//! The person takes a self-restriction back that somebody else declared in their name: a code to another contact, the code back.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::problem::problem;
use super::second_factor::contact::{Chosen, Code, ContactJson, SentJson, contacts_json};
use super::{session_cookie, steps};
use crate::app::Services;
use crate::app::verification::self_service::take_back_self::send::send_take_back_code;
use crate::app::verification::self_service::take_back_self::verify::take_back_self_restriction;
use crate::app::verification::self_service::take_back_self::view::view_take_back;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::time::Timestamp;
use crate::http::problem::{Problem, locale};

#[derive(Serialize)]
struct View {
    contacts: Vec<ContactJson>,
    sent: Option<SentJson>,
    next_at: String,
    locked_until: Option<String>,
}

async fn answer(request: &HttpRequest, services: &Services, session: HandleHash) -> Result<HttpResponse, Problem> {
    let view = view_take_back(services, session).await.map_err(|error| problem(&error, locale(request)))?;
    let view = View {
        contacts: contacts_json(view.contacts),
        sent: view.sent.map(SentJson::from),
        next_at: view.next_at.rfc3339(),
        locked_until: view.locked_until.map(Timestamp::rfc3339),
    };
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(view))
}

pub(super) async fn read(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    answer(&request, &services, session).await
}

pub(super) async fn send(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Chosen>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let locale = locale(&request);
    send_take_back_code(&services, session, body.contact, locale).await.map_err(|error| problem(&error, locale))?;
    answer(&request, &services, session).await
}

pub(super) async fn verify(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Code>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let locale = locale(&request);
    take_back_self_restriction(&services, session, body.code.expose(), locale)
        .await
        .map_err(|error| problem(&error, locale))?;
    steps::answer(&request, &services, session).await
}
