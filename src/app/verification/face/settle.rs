//! What a judged capture means for its verification: the next step, one more try or the end; with audit event and case.

use serde_json::json;

use super::capture::CaptureResult;
use crate::app::verification::record_case::{Captured, CaseDraft, record_case};
use crate::app::verification::second_factor::enrolled::standing_of;
use crate::app::verification::session::{audit, record_decision};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::decision::{Outcome, Verdict};
use crate::domain::face::judgement::{FaceJudgement, told_at_retry};
use crate::domain::face::scores::FaceScores;
use crate::domain::face::search::FaceHit;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::ports::Enquiries;
use crate::domain::ports::UnitOfWork;
use crate::domain::verification::Verification;
use crate::domain::verification::ports::Verifications;
use crate::domain::verification::tries::Asker;
use crate::domain::webhooks::ports::WebhookMessages;

/// A capture that has come to its judgement.
#[derive(Debug)]
pub(in crate::app) struct SettledCapture {
    pub(in crate::app) attempt: u32,
    pub(in crate::app) judgement: FaceJudgement,
    pub(in crate::app) scores: FaceScores,
    pub(in crate::app) face_hits: Vec<FaceHit>,
    /// Whether the register knows nobody of this IIN.
    pub(in crate::app) is_nobody: bool,
    /// What goes into the sealed record, where there was a camera.
    pub(in crate::app) captured: Option<Captured>,
    /// Whose attempt it is.
    pub(in crate::app) asker: Asker,
    /// Whether all was followed, every turn of the head to the other side.
    pub(super) mirrored: bool,
    /// Whether a scenario of the sandbox stood in for the engine.
    pub(in crate::app) pretended: bool,
}

/// Takes the verification where the judgement leads.
pub(in crate::app) async fn settle(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    verification: &mut Verification,
    judged: SettledCapture,
    now: Timestamp,
) -> Result<CaptureResult, PlayerError> {
    let SettledCapture { attempt, judgement, scores, face_hits, is_nobody, captured, asker, mirrored, pretended } =
        judged;
    let (result, verdict, reasons) = match &judgement {
        FaceJudgement::Passed => ("passed", None, Vec::new()),
        FaceJudgement::Retry(reason) => (reason.code(), Some(Verdict::Refused), vec![*reason]),
        FaceJudgement::Ended(outcome) => {
            let reasons = outcome.codes();
            (reasons.first().map_or("", |reason| reason.code()), Some(outcome.verdict), reasons)
        }
    };
    if judgement == FaceJudgement::Passed {
        let standing = standing_of(unit, verification, now).await?;
        verification.face_succeeded(attempt, standing, now)?;
    }
    note_judged(unit, verification, result, pretended, now).await?;
    if let Some(verdict) = verdict {
        let evidence = CaseDraft { reasons, scores, face_hits, is_nobody, captured, attempt: Some(attempt), asker };
        record_case(services, unit, verification, verdict, evidence, now).await?;
    }
    match judgement {
        FaceJudgement::Passed => {
            unit.update_verification(verification).await?;
            Ok(CaptureResult::Passed)
        }
        FaceJudgement::Retry(reason) => Ok(CaptureResult::Retry(told_at_retry(reason, mirrored))),
        FaceJudgement::Ended(outcome) => {
            let verdict = outcome.verdict;
            end(services, unit, verification, outcome, now).await?;
            Ok(CaptureResult::Ended(verdict))
        }
    }
}

/// What the log keeps of a capture; `pretended` ones are marked.
pub(super) async fn note_judged(
    unit: &mut (impl AuditLog + ?Sized),
    verification: &Verification,
    result: &str,
    pretended: bool,
    now: Timestamp,
) -> Result<(), PlayerError> {
    let mut details = json!({ "attempt": verification.face_attempts, "result": result });
    if pretended {
        details["pretended"] = json!(true);
    }
    audit(unit, verification, AuditKind::FaceJudged, details, now).await
}

/// Ends the verification here.
pub(in crate::app) async fn end(
    services: &Services,
    unit: &mut (impl AuditLog + Enquiries + Verifications + WebhookMessages + ?Sized),
    verification: &mut Verification,
    outcome: Outcome,
    now: Timestamp,
) -> Result<(), PlayerError> {
    verification.end_early(outcome.clone(), now)?;
    unit.update_verification(verification).await?;
    record_decision(services, unit, verification, &outcome, json!({}), now).await
}
