//! The second proof: which contacts there are, a code to one of them, the code back, or a wait; and "this was not me".

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::Services;
use crate::app::verification::second_factor::second_proof::disown::{
    disown_by_face, disown_by_link, view_held_enrolment,
};
use crate::app::verification::second_factor::second_proof::send::send_contact_code;
use crate::app::verification::second_factor::second_proof::verify::verify_contact_code;
use crate::app::verification::second_factor::second_proof::view::{ContactView, SentCode, view_contact_step};
use crate::app::verification::second_factor::second_proof::wait::wait_instead;
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::enrolment::HoldKind;
use crate::http::player::pending::PendingJson;
use crate::http::player::problem::problem;
use crate::http::player::{session_cookie, steps};
use crate::http::problem::{Problem, locale};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Chosen {
    pub(in crate::http) contact: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Code {
    pub(in crate::http) code: SecretText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Link {
    token: SecretText,
}

#[derive(Serialize)]
struct View {
    contacts: Vec<ContactJson>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    doubted: bool,
    sent: Option<SentJson>,
    next_at: String,
    locked_until: Option<String>,
    wait_until: Option<String>,
    pending: Option<PendingJson>,
}

#[derive(Serialize)]
pub(in crate::http) struct ContactJson {
    channel: Channel,
    masked: SecretText,
}

#[derive(Serialize)]
pub(in crate::http) struct SentJson {
    masked: SecretText,
    sent_at: String,
    expires_at: String,
    tries_left: u32,
}

impl From<SentCode> for SentJson {
    fn from(sent: SentCode) -> Self {
        Self {
            masked: sent.masked,
            sent_at: sent.sent_at.rfc3339(),
            expires_at: sent.expires_at.rfc3339(),
            tries_left: sent.tries_left,
        }
    }
}

pub(in crate::http) fn contacts_json(contacts: Vec<(Channel, SecretText)>) -> Vec<ContactJson> {
    contacts.into_iter().map(|(channel, masked)| ContactJson { channel, masked }).collect()
}

impl From<ContactView> for View {
    fn from(view: ContactView) -> Self {
        Self {
            contacts: contacts_json(view.contacts),
            doubted: view.doubted,
            sent: view.sent.map(SentJson::from),
            next_at: view.next_at.rfc3339(),
            locked_until: view.locked_until.map(Timestamp::rfc3339),
            wait_until: view.wait_until.map(Timestamp::rfc3339),
            pending: view.pending.map(|hold| PendingJson::of((hold.since, hold.until))),
        }
    }
}

async fn answer(request: &HttpRequest, services: &Services, session: HandleHash) -> Result<HttpResponse, Problem> {
    let view = view_contact_step(services, session).await.map_err(|error| problem(&error, locale(request)))?;
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
    send_contact_code(&services, session, body.contact, locale).await.map_err(|error| problem(&error, locale))?;
    answer(&request, &services, session).await
}

pub(in crate::http) async fn verify(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Code>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    verify_contact_code(&services, session, body.code.expose())
        .await
        .map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}

pub(in crate::http) async fn wait(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    wait_instead(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    steps::answer(&request, &services, session).await
}

/// By whoever passed the face step while an enrolment waits.
pub(in crate::http) async fn not_me(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    disown_by_face(&services, session).await.map_err(|error| problem(&error, locale(&request)))?;
    answer(&request, &services, session).await
}

/// What the link of a notice is about. A POST, so that the token stands in no address; it changes nothing.
pub(in crate::http) async fn look_at_link(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Link>,
) -> Result<HttpResponse, Problem> {
    let hold =
        view_held_enrolment(&services, body.token.expose()).await.map_err(|error| problem(&error, locale(&request)))?;
    let counts = match hold.kind {
        HoldKind::First => services.clock.now() >= hold.until,
        HoldKind::Recovery => hold.ended.is_some(),
    };
    let body = json!({ "of": hold.kind.as_str(), "since": hold.began_at.rfc3339(), "until": hold.until.rfc3339(),
        "counts": counts });
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body))
}

/// Ends it.
pub(in crate::http) async fn not_me_by_link(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Json<Link>,
) -> Result<HttpResponse, Problem> {
    disown_by_link(&services, body.token.expose()).await.map_err(|error| problem(&error, locale(&request)))?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({ "ended": true })))
}
