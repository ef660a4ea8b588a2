//! The browser arrives from the operator (RFC 9126 section 4).

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::problem::problem;
use super::{device_cookie, lost_browser, session_cookie};
use crate::app::Services;
use crate::app::start_verification::start_verification;
use crate::http::problem::{Problem, locale};
use crate::messages::Locale;

#[derive(Deserialize)]
pub(super) struct Arrival {
    client_id: String,
    request_uri: String,
}

/// Begins a verification and sends the browser to its page. A request that cannot be found is answered to the player:
/// there is no address yet that could be trusted with it. Whoever comes by the same link again goes on where they were.
pub(super) async fn authorize(
    request: HttpRequest,
    services: web::Data<Services>,
    arrival: web::Query<Arrival>,
) -> Result<HttpResponse, Problem> {
    let device = device_cookie::read(&request, &services);
    let started = start_verification(&services, &arrival.client_id, &arrival.request_uri, device.as_deref()).await;
    let started = match started {
        Ok(started) => started,
        Err(error) => return lost_browser::answer(&request, problem(&error, locale(&request))),
    };
    let page = match started.ui_locales.as_deref() {
        Some(suggested) => format!("/verify/?ui_locales={}", Locale::negotiate(suggested).tag()),
        None => "/verify/".to_owned(),
    };
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, page))
        .insert_header((CACHE_CONTROL, "no-store"))
        .cookie(session_cookie::make(&services, started.session.expose()))
        .cookie(device_cookie::make(&services, started.device.expose()))
        .finish())
}
