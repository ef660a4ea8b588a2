//! What is said in one capture, whatever carries it.

use actix_web::web;
use serde_json::{Value, json};

use super::wire::{self, Text};
use crate::app::Services;
use crate::app::verification::face::capture::{CaptureResult, CaptureStart, FaceCapture, FrameAnswer, begin_capture};
use crate::domain::decision::Verdict;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::observer::Observation;
use crate::http::per_caller::Held;
use crate::http::player::problem::problem;
use crate::http::player::view;
use crate::http::problem::{Problem, ProblemCode};
use crate::messages::{Locale, Texts};

/// One capture's conversation.
#[derive(Debug)]
pub(super) struct Dialogue {
    services: web::Data<Services>,
    texts: web::Data<Texts>,
    session: HandleHash,
    locale: Locale,
    /// `None` once the last word is said.
    capture: Option<Box<FaceCapture>>,
    /// Whether the browser may still say what camera it has.
    before_frames: bool,
    /// What it holds of what its caller may have.
    _place: Option<Held>,
}

impl Dialogue {
    /// Begins a capture; the first words.
    pub(super) async fn open(
        services: web::Data<Services>,
        texts: web::Data<Texts>,
        (session, locale): (HandleHash, Locale),
        (address, place): (Option<HandleHash>, Option<Held>),
        lights: bool,
    ) -> Result<(Self, Vec<Value>), crate::app::PlayerError> {
        let begun = begin_capture(&services, session, address, lights).await?;
        let mut dialogue = Self { services, texts, session, locale, capture: None, before_frames: true, _place: place };
        let said = match begun {
            CaptureStart::Ended(verdict) => vec![dialogue.result(ended(verdict), None).await],
            CaptureStart::Ready(capture) => {
                let said = vec![wire::ready(capture.nonce(), capture.lights()), wire::show(capture.shown())];
                dialogue.capture = Some(capture);
                said
            }
        };
        Ok((dialogue, said))
    }

    /// Whether the last word is said.
    pub(super) fn is_over(&self) -> bool {
        self.capture.is_none()
    }

    /// What the page says in words: of its camera, which comes late after the first frame; or that it gives up. Anything else is a fault.
    pub(super) async fn text(&mut self, text: Option<Text>) -> Vec<Value> {
        match (text, self.capture.as_mut()) {
            (Some(Text::Camera(camera)), Some(capture)) if self.before_frames => {
                capture.camera(&camera.label);
                self.before_frames = false;
                Vec::new()
            }
            (Some(Text::GiveUp), _) => {
                self.give_up().await;
                Vec::new()
            }
            _ => self.fail(ProblemCode::FrameMalformed).await,
        }
    }

    /// Takes one frame.
    pub(super) async fn frame(&mut self, message: &[u8]) -> Vec<Value> {
        self.before_frames = false;
        let Some(frame) = wire::read_frame(message) else {
            return self.fail(ProblemCode::FrameMalformed).await;
        };
        let Some(capture) = self.capture.as_mut() else {
            return Vec::new();
        };
        let sequence = frame.header.sequence;
        match capture.take_frame(frame).await {
            Ok(FrameAnswer::Step(step)) => {
                let guidance = wire::guidance(sequence, step.guidance, step.progress);
                std::iter::once(guidance).chain(step.show.map(wire::show)).collect()
            }
            Ok(FrameAnswer::Complete) => self.finish().await,
            Ok(FrameAnswer::OutOfOrder) => self.fail(ProblemCode::FrameOutOfOrder).await,
            Ok(FrameAnswer::NotLinked) => self.fail(ProblemCode::FrameNotLinked).await,
            Ok(FrameAnswer::TooMany) => self.fail(ProblemCode::TooManyFrames).await,
            Err(error) => self.refuse(&problem(&error, self.locale)).await,
        }
    }

    /// Ends what has lasted or been silent too long.
    pub(super) async fn tick(&mut self) -> Vec<Value> {
        match &self.capture {
            Some(capture) if capture.is_over() => self.finish().await,
            _ => Vec::new(),
        }
    }

    /// A fault of the other side: the capture is broken off.
    pub(super) async fn fail(&mut self, code: ProblemCode) -> Vec<Value> {
        self.refuse(&Problem::new(code, self.locale)).await
    }

    /// The other side is gone. Whoever has seen some of the challenge does not get away with leaving.
    pub(super) async fn break_off(&mut self) {
        if let Some(capture) = self.capture.take()
            && let Err(error) = capture.break_off().await
        {
            tracing::error!(%error, "a capture that was broken off could not be counted");
        }
    }

    /// The page has no camera any more.
    pub(super) async fn give_up(&mut self) {
        if let Some(capture) = self.capture.take()
            && let Err(error) = capture.give_up().await
        {
            tracing::error!(%error, "a capture that was given up could not be counted");
        }
    }

    async fn refuse(&mut self, refusal: &Problem) -> Vec<Value> {
        self.break_off().await;
        vec![wire::problem(refusal)]
    }

    async fn finish(&mut self) -> Vec<Value> {
        let Some(capture) = self.capture.take() else {
            return Vec::new();
        };
        let said = match capture.finish().await {
            Ok(CaptureResult::Passed) => self.result("passed", None).await,
            Ok(CaptureResult::Retry(reason)) => self.result("retry", Some(reason.code())).await,
            Ok(CaptureResult::Ended(verdict)) => self.result(ended(verdict), None).await,
            Err(error) => wire::problem(&problem(&error, self.locale)),
        };
        vec![said]
    }

    async fn result(&self, result: &'static str, reason: Option<&str>) -> Value {
        self.services.observer.note(Observation::Capture(result));
        let text = reason.map(|code| crate::messages::message(code, self.locale).text);
        match view::read(&self.services, &self.texts, self.session, self.locale).await {
            Ok(view) => {
                json!({ "type": "result", "result": result, "reason": reason, "text": text, "verification": view })
            }
            Err(refusal) => wire::problem(&refusal),
        }
    }
}

fn ended(verdict: Verdict) -> &'static str {
    if verdict == Verdict::UnderReview { "under_review" } else { "refused" }
}
