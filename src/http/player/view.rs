//! The verification view as JSON, with its reasons in the reader's language.

use serde::Serialize;

use crate::app::verification::view::{SelfServiceView, VerificationView, view_verification};
use crate::app::{Policy, Services};
use crate::domain::decision::{Reason, Verdict};
use crate::domain::kernel::handle::{HandleHash, visit_name};
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::restrictions::self_restriction::Term;
use crate::domain::second_factor::FactorKind;
use crate::domain::verification::Stage;
use crate::http::problem::Problem;
use crate::messages::own_sources::legal_basis;
use crate::messages::{Locale, Message, Texts};

use super::pending::PendingJson;
use super::problem::problem;

/// Where the page sends the browser at the end; the code is made only there.
const RETURN_PATH: &str = "api/player/return";

#[derive(Debug, Serialize)]
pub(super) struct View {
    visit: String,
    stage: Stage,
    operator: OperatorView,
    sandbox: bool,
    expires_at: String,
    face: FaceView,
    second_factor: Option<SecondFactorView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<&'static str>,
    outcome: Option<OutcomeView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    self_service: Option<SelfServiceJson>,
}

#[derive(Debug, Serialize)]
struct SelfServiceJson {
    until: String,
    methods: Vec<FactorKind>,
    restricted_until: Option<String>,
    terms: Vec<TermView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocable_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    take_back_until: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    take_back_alone: bool,
}

#[derive(Debug, Serialize)]
struct TermView {
    months: u32,
    until: String,
}

#[derive(Debug, Serialize)]
struct OperatorView {
    name: String,
    /// Where its site begins: who needs another browser starts there anew.
    site: Option<String>,
}

#[derive(Debug, Serialize)]
struct FaceView {
    attempts_left: u32,
    locked_until: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    passkey_passes: bool,
}

#[derive(Debug, Serialize)]
struct SecondFactorView {
    mode: &'static str,
    methods: Vec<FactorKind>,
    locked_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery: Option<PendingJson>,
}

#[derive(Debug, Serialize)]
struct OutcomeView {
    result: Verdict,
    reasons: Vec<ReasonView>,
    /// What staff wrote to the player.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<SecretText>,
    /// Whether the operator was sent the answer already; it may not have arrived.
    returned: bool,
    /// Our own address that leads back with the answer; once that is over, the operator's site, or nothing.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    turn_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contest: Option<&'static str>,
}

/// Reads the session's verification for this reader.
pub(super) async fn read(
    services: &Services,
    texts: &Texts,
    session: HandleHash,
    locale: Locale,
) -> Result<View, Problem> {
    let view = view_verification(services, session).await.map_err(|error| problem(&error, locale))?;
    Ok(render(view, visit_name(session), &services.policy, (texts, locale)))
}

fn render(view: VerificationView, visit: String, policy: &Policy, (texts, locale): (&Texts, Locale)) -> View {
    let return_url = if view.way_back.over {
        view.operator_site.clone()
    } else {
        policy.public_url.join(&format!("{RETURN_PATH}?visit={visit}")).ok().map(String::from)
    };
    let return_url = return_url.unwrap_or_default();
    View {
        visit,
        // To the page both are the end.
        stage: if view.stage == Stage::Returned { Stage::Decided } else { view.stage },
        operator: OperatorView { name: view.operator, site: view.operator_site },
        sandbox: policy.sandbox,
        expires_at: view.expires_at.rfc3339(),
        face: FaceView {
            attempts_left: view.face_attempts_left,
            locked_until: view.face_locked_until.map(Timestamp::rfc3339),
            passkey_passes: view.passkey_passes,
        },
        second_factor: view.second_factor.map(|factor| SecondFactorView {
            mode: if factor.enrol { "enrol" } else { "prove" },
            methods: factor.methods,
            locked_until: factor.locked_until.map(Timestamp::rfc3339),
            recovery: factor.recovery.map(PendingJson::of),
        }),
        scenario: view.scenario,
        outcome: view.outcome.map(|outcome| OutcomeView {
            result: outcome.verdict,
            reasons: outcome
                .reasons
                .iter()
                .map(|reason| ReasonView {
                    contest: view.self_service.as_ref().and_then(|service| contest(reason, service)),
                    ..render_reason(reason, texts, locale)
                })
                .collect(),
            note: view.note,
            returned: view.way_back.taken,
            return_url,
        }),
        self_service: view.self_service.map(render_self_service),
    }
}

/// Whether the person can still say that it is wrong, or said so.
fn contest(reason: &Reason, service: &SelfServiceView) -> Option<&'static str> {
    let state = if service.contested.contains(&reason.code) { "opened" } else { "open_to" };
    reason.code.is_contestable().then_some(state)
}

fn render_self_service(service: SelfServiceView) -> SelfServiceJson {
    let term = |(term, until): (Term, Timestamp)| TermView { months: term.months(), until: date(until) };
    SelfServiceJson {
        until: service.until.rfc3339(),
        methods: service.methods,
        restricted_until: service.restricted_until.map(date),
        terms: service.terms.into_iter().map(term).collect(),
        revocable_until: service.revocable_until.map(Timestamp::rfc3339),
        take_back_until: service.take_back_until.map(Timestamp::rfc3339),
        take_back_alone: service.take_back_alone,
    }
}

/// Others are of a day of the law; what is held ends at a moment.
fn is_of_a_moment(code: ReasonCode) -> bool {
    matches!(code, ReasonCode::EnrolmentHeld | ReasonCode::RecoveryHeld)
}

fn date(instant: Timestamp) -> String {
    instant.almaty_date().to_string()
}

fn render_reason(reason: &Reason, texts: &Texts, locale: Locale) -> ReasonView {
    let Message { title, text, turn_to } = texts.message(reason.code.code(), locale);
    ReasonView {
        code: reason.code.code(),
        title,
        text,
        legal_basis: reason.legal_basis.as_deref().map(|basis| legal_basis(reason.source.as_deref(), basis, locale)),
        source: reason.source.as_ref().map(|source| texts.source(source, locale)),
        until: reason.until.map(|at| if is_of_a_moment(reason.code) { at.rfc3339() } else { date(at) }),
        turn_to,
        contest: None,
    }
}
