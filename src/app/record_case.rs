//! Failed and doubtful attempts are kept for compliance, in the transaction of the decision they belong to.

use serde_json::json;

use super::tries::count_if_room;
use super::{PlayerError, Services};
use crate::domain::audit::{AuditKind, NewAuditEvent};
use crate::domain::evidence::dossier::{self, Dossier, JudgedCapture};
use crate::domain::face_search::{FaceHit, staff_reasons};
use crate::domain::id::CaseId;
use crate::domain::ports::{SealedEvidence, StoreError, UnitOfWork};
use crate::domain::reason::ReasonCode;
use crate::domain::review::{Case, CaseStatus, FaceScores};
use crate::domain::secret::SecretBytes;
use crate::domain::time::Timestamp;
use crate::domain::tries::{Asker, Tried};
use crate::domain::verification::{Verdict, Verification};

/// What staff will see.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) reasons: Vec<ReasonCode>,
    pub(super) scores: FaceScores,
    pub(super) face_hits: Vec<FaceHit>,
    /// Whether the register knows nobody of this IIN: staff read it, and nobody else.
    pub(super) is_nobody: bool,
    pub(super) captured: Option<Captured>,
    /// Which capture of the verification it was, where there was one.
    pub(super) attempt: Option<u32>,
    /// Whose failures they are, where there was a camera.
    pub(super) asker: Asker,
}

/// A capture with its pictures.
#[derive(Debug)]
pub(super) struct Captured {
    pub(super) judged: JudgedCapture,
    pub(super) pictures: Vec<SecretBytes>,
    /// The number of the best one.
    pub(super) best: Option<usize>,
}

/// Keeps the attempt: open when a person must look, for doubt or for a likeness; recorded when the
/// refusal was clear.
pub(super) async fn record_case(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    verification: &Verification,
    verdict: Verdict,
    evidence: Evidence,
    now: Timestamp,
) -> Result<(), PlayerError> {
    let doubtful = verdict == Verdict::UnderReview || !evidence.face_hits.is_empty();
    let status = if doubtful { CaseStatus::Open } else { CaseStatus::Recorded };
    let mut reasons = staff_reasons(evidence.reasons, &evidence.face_hits);
    reasons.extend(evidence.is_nobody.then_some(ReasonCode::PersonNotFound));
    let captured = match evidence.captured {
        // A stranger could fill the disk with clear refusals; what a person must look at is always kept whole.
        Some(captured)
            if !doubtful
                && !captured.pictures.is_empty()
                && !count_if_room(services, unit, verification, (evidence.asker, Tried::Recording), now).await? =>
        {
            reasons.push(ReasonCode::RecordingNotKept);
            None
        }
        captured => captured,
    };
    let case = Case {
        id: CaseId::new(now, services.randomness.as_ref()),
        verification: verification.id,
        operator: verification.operator.clone(),
        player: verification.player,
        opened_at: now,
        status,
        reasons,
        scores: evidence.scores,
        face_hits: evidence.face_hits,
        // It is among the sealed pictures.
        frame: None,
        contest: None,
        attempt: evidence.attempt,
    };
    open_case(services, unit, &case, captured).await
}

/// Opens a case with its sealed evidence, whose hash goes into the log.
pub(super) async fn open_case(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    case: &Case,
    captured: Option<Captured>,
) -> Result<(), PlayerError> {
    let (capture, pictures, best) = match captured {
        Some(captured) => (Some(captured.judged), captured.pictures, captured.best),
        None => (None, Vec::new(), None),
    };
    let record = Dossier {
        version: dossier::VERSION,
        salt: Dossier::salt(services.randomness.as_ref()),
        case: case.id,
        verification: case.verification,
        operator: case.operator.clone(),
        opened_at: case.opened_at,
        reasons: case.reasons.clone(),
        program: concat!("rastau ", env!("CARGO_PKG_VERSION")).to_owned(),
        models: services.faces.models().to_vec(),
        capture,
        pictures: pictures.iter().map(dossier::note).collect(),
        best,
    };
    let record = record.to_bytes().map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let digest = dossier::digest(&record);
    unit.insert_case(case).await?;
    unit.seal_evidence(case.id, &SealedEvidence { digest, record, pictures, best }).await?;
    let event = NewAuditEvent {
        kind: AuditKind::CaseOpened,
        at: case.opened_at,
        subject: case.id.to_string(),
        details: json!({ "verification": case.verification, "evidence": hex::encode(digest) }),
    };
    unit.append_audit(&event).await?;
    Ok(())
}
