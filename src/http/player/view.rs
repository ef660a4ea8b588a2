//! The verification view as JSON, with its reasons in the reader's language.

use serde::Serialize;

use crate::app::view_verification::{VerificationView, view_verification};
use crate::app::{Policy, Services};
use crate::domain::authorization::HandleHash;
use crate::domain::second_factor::FactorKind;
use crate::domain::time::Timestamp;
use crate::domain::verification::{Outcome, Reason, Stage, Verdict};
use crate::http::problem::Problem;
use crate::messages::{Locale, Message, message};

use super::problem::problem;

/// Where the page sends the browser at the end; the code is made only there.
const RETURN_PATH: &str = "api/player/return";

#[derive(Debug, Serialize)]
pub(super) struct View {
    stage: Stage,
    operator: OperatorView,
    sandbox: bool,
    expires_at: String,
    face: FaceView,
    second_factor: Option<SecondFactorView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<&'static str>,
    outcome: Option<OutcomeView>,
}

#[derive(Debug, Serialize)]
struct OperatorView {
    name: String,
}

#[derive(Debug, Serialize)]
struct FaceView {
    attempts_left: u32,
    locked_until: Option<String>,
}

#[derive(Debug, Serialize)]
struct SecondFactorView {
    mode: &'static str,
    methods: Vec<FactorKind>,
    locked_until: Option<String>,
}

#[derive(Debug, Serialize)]
struct OutcomeView {
    result: Verdict,
    reasons: Vec<ReasonView>,
    return_url: String,
}

#[derive(Debug, Serialize)]
struct ReasonView {
    code: &'static str,
    title: String,
    text: String,
    legal_basis: Option<String>,
    source: Option<String>,
    until: Option<String>,
}

/// Reads the session's verification for this reader.
pub(super) async fn read(services: &Services, session: HandleHash, locale: Locale) -> Result<View, Problem> {
    let view = view_verification(services, session).await.map_err(|error| problem(&error, locale))?;
    Ok(render(view, &services.policy, locale))
}

fn render(view: VerificationView, policy: &Policy, locale: Locale) -> View {
    let return_url = policy.public_url.join(RETURN_PATH).map(String::from).unwrap_or_default();
    View {
        // Whether the answer was handed back already is no business of the page.
        stage: if view.stage == Stage::Returned { Stage::Decided } else { view.stage },
        operator: OperatorView { name: view.operator },
        sandbox: policy.sandbox,
        expires_at: view.expires_at.rfc3339(),
        face: FaceView {
            attempts_left: view.face_attempts_left,
            locked_until: view.face_locked_until.map(Timestamp::rfc3339),
        },
        second_factor: view.second_factor.map(|factor| SecondFactorView {
            mode: if factor.enrol { "enrol" } else { "prove" },
            methods: factor.methods,
            locked_until: factor.locked_until.map(Timestamp::rfc3339),
        }),
        scenario: view.scenario,
        outcome: view.outcome.map(|outcome| render_outcome(&outcome, return_url, locale)),
    }
}

fn render_outcome(outcome: &Outcome, return_url: String, locale: Locale) -> OutcomeView {
    OutcomeView {
        result: outcome.verdict,
        reasons: outcome.reasons.iter().map(|reason| render_reason(reason, locale)).collect(),
        return_url,
    }
}

fn render_reason(reason: &Reason, locale: Locale) -> ReasonView {
    let Message { title, text } = message(reason.code.code(), locale);
    ReasonView {
        code: reason.code.code(),
        title,
        text,
        legal_basis: reason.legal_basis.clone(),
        source: reason.source.clone(),
        until: reason.until.map(|until| until.almaty_date().to_string()),
    }
}
