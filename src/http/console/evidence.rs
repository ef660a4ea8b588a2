//! The capture of a case as a timeline, and what the log has about the case.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::access::authorize::Staff;
use super::access::sign_in::{Forbidden, Malformed, Unauthorized, Unprocessable, private};
use super::cases::{Looking, NotFound, Overtaken, read_why};
use super::problem::measure_problem;
use crate::app::Services;
use crate::app::review::case_work::evidence::view_capture;
use crate::app::review::evidence::log_proof::{ProvenEvent, Trail, prove_trail_of_case};
use crate::domain::face::comparison::NamedModel;
use crate::domain::face::liveness::course::Content;
use crate::domain::kernel::id::CaseId;
use crate::domain::reason::ReasonCode;
use crate::domain::review::evidence::dossier::{Dossier, JudgedCapture};
use crate::domain::review::evidence::recording::{RecordedFrame, RecordedStep};
use crate::http::codes;
use crate::http::problem::Problem;

/// What was on the page, from when on
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct StepView {
    /// Milliseconds after the beginning
    at: u64,
    /// `straight`, `light` or `command`
    what: &'static str,
    /// Which light or command
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

/// One frame; what was not seen in it is left out
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct FrameView {
    /// Milliseconds after the beginning
    at: u64,
    /// Degrees, positive to the image's right
    #[serde(skip_serializing_if = "Option::is_none")]
    yaw: Option<f32>,
    /// Degrees, positive when the head is lowered
    #[serde(skip_serializing_if = "Option::is_none")]
    pitch: Option<f32>,
    /// Height in widths
    #[serde(skip_serializing_if = "Option::is_none")]
    eyes: Option<f32>,
    /// Gap in widths
    #[serde(skip_serializing_if = "Option::is_none")]
    mouth: Option<f32>,
    /// Unified, 0 to 100
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<f32>,
    /// Passive PAD, 0 (attack) to 1 (bona fide)
    #[serde(skip_serializing_if = "Option::is_none")]
    presentation: Option<f32>,
    /// Red, green and blue of the skin, 0 to 255
    #[serde(skip_serializing_if = "Option::is_none")]
    face: Option<[f32; 3]>,
    /// The same of what stands around it
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<[f32; 3]>,
    /// Why it did not pass the gate
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection: Option<&'static str>,
    /// The number of its picture
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<usize>,
    /// Whether it was kept for comparison
    kept: bool,
}

/// A capture, frame by frame
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CaptureView {
    began_at: String,
    virtual_camera: bool,
    steps: Vec<StepView>,
    frames: Vec<FrameView>,
    /// The number of the picture that stands for the case
    best: Option<usize>,
    /// Captures left after this one
    attempts_left: u32,
    program: String,
    /// What for, which, SHA-256
    #[schema(value_type = Vec<Object>)]
    models: Vec<NamedModel>,
}

impl CaptureView {
    fn of(dossier: &Dossier, capture: &JudgedCapture) -> Self {
        Self {
            began_at: capture.recording.begun_at.rfc3339(),
            virtual_camera: capture.recording.virtual_camera,
            steps: capture.recording.steps.iter().map(step).collect(),
            frames: capture.recording.frames.iter().map(frame).collect(),
            best: dossier.best,
            attempts_left: capture.attempts_left,
            program: dossier.program.clone(),
            models: dossier.models.clone(),
        }
    }
}

fn step(step: &RecordedStep) -> StepView {
    let (what, code) = match step.content {
        Content::Straight => ("straight", None),
        Content::Light(light) => ("light", Some(light.code())),
        Content::Command(command) => ("command", Some(command.code())),
    };
    StepView { at: step.after / 1_000, what, code }
}

fn frame(frame: &RecordedFrame) -> FrameView {
    FrameView {
        at: frame.after / 1_000,
        yaw: frame.signs.map(|signs| signs.yaw),
        pitch: frame.signs.map(|signs| signs.pitch),
        eyes: frame.signs.map(|signs| signs.eyes_open),
        mouth: frame.signs.map(|signs| signs.mouth_open),
        quality: frame.quality,
        presentation: frame.presentation,
        face: frame.colours.map(|colours| colours.face),
        background: frame.colours.map(|colours| colours.background),
        rejection: frame.rejection.map(ReasonCode::code),
        picture: frame.picture,
        kept: frame.kept,
    }
}

/// The capture of a case
///
/// Frame by frame, with the numbers of its pictures; that it was opened stands in the audit log, with the reason.
#[utoipa::path(post, path = "/api/console/cases/{id}/capture", tag = "console", operation_id = "openCapture",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")), request_body = Looking,
    responses((status = 200, body = CaptureView), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn capture(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<CaseId>,
    body: web::Json<Looking>,
) -> Result<HttpResponse, Problem> {
    let why = read_why(&request, &body.why)?;
    let (dossier, capture) =
        view_capture(&services, &staff.0, *id, &why).await.map_err(|error| measure_problem(&request, &error.into()))?;
    Ok(private(&CaptureView::of(&dossier, &capture)))
}

/// An event of the log
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct EventView {
    /// Its number in the log
    sequence: i64,
    at: String,
    #[schema(value_type = codes::AuditEventKind)]
    kind: String,
    #[schema(value_type = Object)]
    details: Value,
    /// Hashes that lead from it to the root
    path: usize,
}

/// What the log has about a case, proven
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct TrailView {
    events: Vec<EventView>,
    /// How many events the log has
    size: u64,
    /// The root of their tree, hex, to which every proof leads
    root: String,
    /// The same, signed
    checkpoint: String,
}

impl From<&Trail> for TrailView {
    fn from(trail: &Trail) -> Self {
        let event = |proven: &ProvenEvent| EventView {
            sequence: proven.event.sequence,
            at: proven.event.at.rfc3339(),
            kind: proven.event.kind.clone(),
            details: serde_json::from_str(&proven.event.details).unwrap_or_else(|_| json!({})),
            path: proven.proof.path.len(),
        };
        Self {
            events: trail.events.iter().map(event).collect(),
            size: trail.checkpoint.size,
            root: trail.checkpoint.root.clone(),
            checkpoint: trail.signed.clone(),
        }
    }
}

/// What the log has about a case
///
/// Each event was proven to be in the log whose signed checkpoint comes with it.
#[utoipa::path(get, path = "/api/console/cases/{id}/trail", tag = "console", operation_id = "getTrail",
    security(("session" = [])), params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = TrailView), Malformed, Unauthorized, Forbidden, NotFound))]
pub(in crate::http) async fn trail(
    request: HttpRequest,
    services: web::Data<Services>,
    id: web::Path<CaseId>,
) -> Result<HttpResponse, Problem> {
    let trail = prove_trail_of_case(&services, *id).await.map_err(|error| measure_problem(&request, &error.into()))?;
    Ok(private(&TrailView::from(&trail)))
}
