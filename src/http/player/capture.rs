//! The capture stream: JPEG frames up, one hint for each down (docs/API.md).

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, rt, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Closed, Session};
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::problem;
use super::{session_cookie, view};
use crate::app::capture_face::{Begun, CaptureResult, FaceCapture, FrameAnswer, begin_capture};
use crate::app::{PlayerError, Services};
use crate::domain::authorization::HandleHash;
use crate::domain::capture::{CAPTURE_TIME, FRAMES_NEEDED};
use crate::domain::ports::{EngineError, Observation};
use crate::domain::secret::SecretBytes;
use crate::domain::verification::Verdict;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::messages::Locale;

const PROTOCOL: &str = "rastau.capture.v1";
const VERSION: u8 = 1;
/// Version, sequence, capture time.
const HEADER_BYTES: usize = 1 + 4 + 8;
/// One JPEG, at most.
const FRAME_BYTES: usize = 512 * 1024;
/// How often a silent connection is looked at.
const TICK: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
pub(super) struct Language {
    ui_locales: Option<String>,
}

/// One capture's connection.
struct Stream {
    services: web::Data<Services>,
    session: HandleHash,
    locale: Locale,
    socket: Session,
}

/// Opens the stream. What is refused before it opens is refused as an ordinary problem.
pub(super) async fn stream(
    request: HttpRequest,
    services: web::Data<Services>,
    language: web::Query<Language>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    // A browser cannot choose the headers of a WebSocket: the page names its language in the address.
    let locale = language.ui_locales.as_deref().map_or_else(|| locale(&request), Locale::negotiate);
    let session = session_cookie::read(&request, &services)?;
    let begun = match begin_capture(&services, session).await {
        Ok(begun) => Ok(begun),
        // A browser learns nothing of a handshake that was refused, and this much it must know: come again.
        Err(error @ PlayerError::Engine(EngineError::Busy { .. })) => Err(problem(&error, locale)),
        Err(error) => return Err(problem(&error, locale)),
    };
    let (response, socket, messages) = actix_ws::handle_with_protocols(&request, body, &[PROTOCOL])
        .map_err(|_| Problem::new(ProblemCode::BadRequest, locale))?;
    let messages = messages
        .max_frame_size(HEADER_BYTES + FRAME_BYTES)
        .aggregate_continuations()
        .max_continuation_size(HEADER_BYTES + FRAME_BYTES);
    let stream = Stream { services, session, locale, socket };
    rt::spawn(stream.run(begun, messages));
    Ok(response)
}

impl Stream {
    /// Runs until there is a result, a fault of the other side, or silence for the capture's whole time. A connection
    /// that is cut leaves nothing behind but the counted attempt.
    async fn run(mut self, begun: Result<Begun, Problem>, mut messages: AggregatedMessageStream) {
        let outcome = match begun {
            Err(refusal) => self.refuse(&refusal).await,
            Ok(Begun::Ended(verdict)) => self.result(ended(verdict)).await,
            Ok(Begun::Ready(capture)) => self.capture(*capture, &mut messages).await,
        };
        if outcome.is_ok() {
            let _ = self.socket.close(Some(CloseReason::from(CloseCode::Normal))).await;
        }
    }

    async fn capture(
        &mut self,
        mut capture: FaceCapture,
        messages: &mut AggregatedMessageStream,
    ) -> Result<(), Closed> {
        let ready = json!({ "type": "ready", "frames_needed": FRAMES_NEEDED, "seconds": CAPTURE_TIME.as_secs() });
        self.send(&ready).await?;
        loop {
            let Ok(received) = rt::time::timeout(TICK, messages.recv()).await else {
                if capture.is_over() {
                    return self.finish(capture).await;
                }
                continue;
            };
            let message = match received {
                Some(Ok(AggregatedMessage::Binary(message))) => message,
                Some(Ok(AggregatedMessage::Ping(payload))) => {
                    self.socket.pong(&payload).await?;
                    continue;
                }
                Some(Ok(AggregatedMessage::Pong(_))) => continue,
                Some(Ok(AggregatedMessage::Text(_))) => return self.fail(ProblemCode::FrameMalformed).await,
                Some(Ok(AggregatedMessage::Close(_))) | None => return Err(Closed),
                Some(Err(_)) => return self.fail(ProblemCode::FrameTooLarge).await,
            };
            let Some((sequence, picture)) = parse_frame(&message) else {
                return self.fail(ProblemCode::FrameMalformed).await;
            };
            match capture.take_frame(sequence, picture).await {
                Ok(FrameAnswer::Guidance { guidance, collected }) => {
                    let hint = json!({
                        "type": "guidance",
                        "sequence": sequence,
                        "code": guidance.code(),
                        "collected": collected,
                        "needed": FRAMES_NEEDED,
                    });
                    self.send(&hint).await?;
                }
                Ok(FrameAnswer::OutOfOrder) => return self.fail(ProblemCode::FrameOutOfOrder).await,
                Ok(FrameAnswer::Complete) => return self.finish(capture).await,
                Err(error) => return self.refuse(&problem(&error, self.locale)).await,
            }
        }
    }

    async fn finish(&mut self, capture: FaceCapture) -> Result<(), Closed> {
        match capture.finish().await {
            Ok(CaptureResult::Passed) => self.result("passed").await,
            Ok(CaptureResult::Retry(reason)) => self.result_with("retry", Some(reason.code())).await,
            Ok(CaptureResult::Ended(verdict)) => self.result(ended(verdict)).await,
            Err(error) => self.refuse(&problem(&error, self.locale)).await,
        }
    }

    async fn result(&mut self, result: &'static str) -> Result<(), Closed> {
        self.result_with(result, None).await
    }

    async fn result_with(&mut self, result: &'static str, reason: Option<&str>) -> Result<(), Closed> {
        self.services.observer.note(Observation::Capture(result));
        match view::read(&self.services, self.session, self.locale).await {
            Ok(view) => {
                let text = reason.map(|code| crate::messages::message(code, self.locale).text);
                let message =
                    json!({ "type": "result", "result": result, "reason": reason, "text": text, "verification": view });
                self.send(&message).await
            }
            Err(refusal) => self.refuse(&refusal).await,
        }
    }

    async fn fail(&mut self, code: ProblemCode) -> Result<(), Closed> {
        self.refuse(&Problem::new(code, self.locale)).await
    }

    async fn refuse(&mut self, refusal: &Problem) -> Result<(), Closed> {
        let body = refusal.body();
        let told = json!({
            "type": "problem",
            "code": refusal.code(),
            "problem": body,
            "detail": body.detail(),
            "retry_after": body.retry_after(),
        });
        self.send(&told).await
    }

    async fn send(&mut self, message: &Value) -> Result<(), Closed> {
        self.socket.text(message.to_string()).await
    }
}

fn ended(verdict: Verdict) -> &'static str {
    if verdict == Verdict::UnderReview { "under_review" } else { "refused" }
}

/// Splits a message into its sequence number and its JPEG.
fn parse_frame(message: &[u8]) -> Option<(u32, SecretBytes)> {
    let (header, picture) = message.split_at_checked(HEADER_BYTES)?;
    let (version, rest) = header.split_first()?;
    let sequence = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
    (*version == VERSION && !picture.is_empty()).then(|| (sequence, SecretBytes::new(picture.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_frame_is_a_header_and_a_picture() {
        let mut message = vec![1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9];
        assert!(parse_frame(&message).is_none());
        message.push(0xff);
        let (sequence, picture) = parse_frame(&message).unwrap();
        assert_eq!((sequence, picture.expose()), (7, &[0xff][..]));
        message[0] = 2;
        assert!(parse_frame(&message).is_none());
    }

    proptest! {
        #[test]
        fn no_message_makes_the_parser_panic(message: Vec<u8>) {
            let _ = parse_frame(&message);
        }
    }
}
