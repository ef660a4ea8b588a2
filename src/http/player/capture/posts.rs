//! The capture over plain requests, for where WebSockets are blocked: one request opens it, and one carries each frame.

use actix_web::error::PayloadError;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::dialogue::Dialogue;
use super::under_way::CapturesUnderWay;
use super::wire::{Camera, Text};
use super::{Wishes, full, place};
use crate::app::Services;
use crate::domain::kernel::handle::{hash_handle, new_handle};
use crate::http::peer;
use crate::http::player::problem::problem;
use crate::http::player::session_cookie;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::messages::Texts;

#[derive(Deserialize)]
pub(in crate::http::player) struct Opening {
    camera: Option<Camera>,
}

/// Opens a capture.
pub(in crate::http::player) async fn open(
    request: HttpRequest,
    services: web::Data<Services>,
    texts: web::Data<Texts>,
    captures: web::Data<CapturesUnderWay>,
    wishes: web::Query<Wishes>,
    opening: web::Json<Opening>,
) -> Result<HttpResponse, Problem> {
    let locale = locale(&request);
    let session = session_cookie::read(&request, &services)?;
    if !captures.has_room() {
        return Err(full(&request));
    }
    let place = place(&request, &services, session).await?;
    let handle = new_handle(services.randomness.as_ref());
    let from = (peer::hash(&request, &services), place);
    let (mut dialogue, mut messages) = Dialogue::open(services, texts, (session, locale), from, wishes.lights())
        .await
        .map_err(|error| problem(&error, locale))?;
    if let Some(camera) = opening.into_inner().camera {
        messages.extend(dialogue.text(Some(Text::Camera(camera))).await);
    }
    if !dialogue.is_over() {
        captures.keep(session, hash_handle(&handle), dialogue).await;
    }
    let body = json!({ "capture": handle, "messages": messages });
    Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(body))
}

/// Takes one frame. Frames that come at once wait for each other.
pub(in crate::http::player) async fn frame(
    request: HttpRequest,
    services: web::Data<Services>,
    captures: web::Data<CapturesUnderWay>,
    handle: web::Path<String>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let unknown = || Problem::new(ProblemCode::CaptureUnknown, locale(&request));
    let dialogue = captures.find(session, hash_handle(&handle)).ok_or_else(unknown)?;
    let mut dialogue = dialogue.lock().await;
    if dialogue.is_over() {
        return Err(unknown());
    }
    let messages = match body {
        Ok(frame) => dialogue.frame(&frame).await,
        Err(error) if is_too_long(&error) => dialogue.fail(ProblemCode::FrameTooLarge).await,
        // The line broke, or was too slow: that is told to whoever is still there, and ends nothing.
        Err(_) => return Err(Problem::new(ProblemCode::BadRequest, locale(&request))),
    };
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({ "messages": messages })))
}

/// The page gives the capture up: its camera was taken away.
pub(in crate::http::player) async fn give_up(
    request: HttpRequest,
    services: web::Data<Services>,
    captures: web::Data<CapturesUnderWay>,
    handle: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let session = session_cookie::read(&request, &services)?;
    let unknown = || Problem::new(ProblemCode::CaptureUnknown, locale(&request));
    let dialogue = captures.find(session, hash_handle(&handle)).ok_or_else(unknown)?;
    let mut dialogue = dialogue.lock().await;
    if dialogue.is_over() {
        return Err(unknown());
    }
    dialogue.give_up().await;
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}

fn is_too_long(error: &actix_web::Error) -> bool {
    matches!(error.as_error::<PayloadError>(), Some(PayloadError::Overflow))
}
