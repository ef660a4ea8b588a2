//! The browser arrives from the operator (RFC 9126 section 4).

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::problem::problem;
use super::{device_cookie, lost_browser, session_cookie};
use crate::app::Services;
use crate::app::verification::start::start_verification;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::messages::Locale;

#[derive(Deserialize)]
pub(super) struct Arrival {
    #[serde(default)]
    client_id: String,
    request_uri: Option<String>,
}

/// For the developers of a client that knows no pushed requests.
const PUSH_FIRST: &str = "push the request first, to pushed_authorization_request_endpoint (RFC 9126)";
/// Says it on a page: to the player that the site did not begin, to its developers what to do.
const NOT_PUSHED_PAGE: &str = "/verify/?not-pushed";

/// Begins a verification and sends the browser to its page. A request that cannot be found is answered to the player:
/// there is no address yet that could be trusted with it. Whoever comes by the same link again goes on where they were.
pub(super) async fn authorize(
    request: HttpRequest,
    services: web::Data<Services>,
    arrival: web::Query<Arrival>,
) -> Result<HttpResponse, Problem> {
    let device = device_cookie::read(&request, &services);
    let Some(request_uri) = &arrival.request_uri else {
        let refusal = Problem::new(ProblemCode::BadRequest, locale(&request)).because(PUSH_FIRST);
        return lost_browser::answer_by(&request, refusal, NOT_PUSHED_PAGE);
    };
    let started = start_verification(&services, &arrival.client_id, request_uri, device.as_deref()).await;
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
