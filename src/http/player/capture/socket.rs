//! The capture over a WebSocket.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, rt, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Closed, Session};
use serde_json::Value;

use super::dialogue::Dialogue;
use super::wire::{self, MESSAGE_BYTES, PROTOCOL};
use super::{Wishes, place};
use crate::app::Services;
use crate::domain::kernel::handle::HandleHash;
use crate::http::peer;
use crate::http::player::problem::problem;
use crate::http::player::session_cookie;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::messages::{Locale, Texts};

/// How often a silent connection is looked at.
const TICK: Duration = Duration::from_secs(1);

/// Refusals that the page acts on: come again, or not from here.
const TOLD: [ProblemCode; 4] =
    [ProblemCode::Busy, ProblemCode::FaceLocked, ProblemCode::TooManyTries, ProblemCode::OtherVisit];

/// Opens the stream. What is refused before it opens is refused as an ordinary problem.
pub(in crate::http::player) async fn stream(
    request: HttpRequest,
    services: web::Data<Services>,
    texts: web::Data<Texts>,
    wishes: web::Query<Wishes>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let locale = wishes.ui_locales.as_deref().map_or_else(|| locale(&request), Locale::negotiate);
    let session = session_cookie::read_by_address(&request, &services, wishes.visit.as_deref());
    // Before anything is begun: whatever is no handshake counts against nobody.
    let (response, socket, messages) = actix_ws::handle_with_protocols(&request, body, &[PROTOCOL])
        .map_err(|_| Problem::new(ProblemCode::BadRequest, locale))?;
    let begun = match session {
        Ok(session) => begin(&request, services, texts, (session, locale), wishes.lights()).await,
        Err(refusal) => Err(refusal),
    };
    let (dialogue, first) = match begun {
        Ok((dialogue, first)) => (Some(dialogue), first),
        // A browser learns nothing of a handshake that was refused, and this much it must know.
        Err(refusal) if TOLD.iter().any(|code| code.code() == refusal.code()) => (None, vec![wire::problem(&refusal)]),
        Err(refusal) => return Err(refusal),
    };
    let messages =
        messages.max_frame_size(MESSAGE_BYTES).aggregate_continuations().max_continuation_size(MESSAGE_BYTES);
    rt::spawn(run(socket, messages, dialogue, first));
    Ok(response)
}

async fn begin(
    request: &HttpRequest,
    services: web::Data<Services>,
    texts: web::Data<Texts>,
    (session, locale): (HandleHash, Locale),
    lights: bool,
) -> Result<(Dialogue, Vec<Value>), Problem> {
    let from = (peer::hash(request, &services), place(request, &services, session).await?);
    let begun = Dialogue::open(services, texts, (session, locale), from, lights).await;
    begun.map_err(|error| problem(&error, locale))
}

/// Runs until the last word is said or the other side is gone.
async fn run(
    mut socket: Session,
    mut messages: AggregatedMessageStream,
    dialogue: Option<Dialogue>,
    first: Vec<Value>,
) {
    let opened = send(&mut socket, first).await;
    let over = match (opened, dialogue) {
        (Ok(()), None) => Ok(()),
        (Ok(()), Some(mut dialogue)) => {
            let over = talk(&mut socket, &mut messages, &mut dialogue).await;
            dialogue.break_off().await;
            over
        }
        (Err(closed), _) => Err(closed),
    };
    if over.is_ok() {
        let _ = socket.close(Some(CloseReason::from(CloseCode::Normal))).await;
    }
}

async fn talk(
    socket: &mut Session,
    messages: &mut AggregatedMessageStream,
    dialogue: &mut Dialogue,
) -> Result<(), Closed> {
    while !dialogue.is_over() {
        let said = match rt::time::timeout(TICK, messages.recv()).await {
            Ok(Some(Ok(AggregatedMessage::Binary(message)))) => dialogue.frame(&message).await,
            Ok(Some(Ok(AggregatedMessage::Text(text)))) => dialogue.text(wire::read_text(&text)).await,
            Ok(Some(Ok(AggregatedMessage::Ping(payload)))) => {
                socket.pong(&payload).await?;
                // Pings keep a connection open, not a capture alive.
                dialogue.tick().await
            }
            Err(_) | Ok(Some(Ok(AggregatedMessage::Pong(_)))) => dialogue.tick().await,
            Ok(Some(Ok(AggregatedMessage::Close(_))) | None) => return Err(Closed),
            Ok(Some(Err(_))) => dialogue.fail(ProblemCode::FrameTooLarge).await,
        };
        send(socket, said).await?;
    }
    Ok(())
}

async fn send(socket: &mut Session, said: Vec<Value>) -> Result<(), Closed> {
    for message in said {
        socket.text(message.to_string()).await?;
    }
    Ok(())
}
