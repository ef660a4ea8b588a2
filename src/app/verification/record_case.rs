//! Failed and doubtful attempts are kept for compliance, in the transaction of the decision they belong to.

use serde_json::json;

use super::tries::count_if_room;
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::decision::Verdict;
use crate::domain::face::scores::FaceScores;
use crate::domain::face::search::{FaceHit, staff_reasons};
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::review::case::{Case, CaseStatus};
use crate::domain::review::evidence::dossier;
use crate::domain::review::evidence::dossier::{Dossier, JudgedCapture};
use crate::domain::review::ports::{CaseEvidence, Cases, SealedEvidence};
use crate::domain::verification::Verification;
use crate::domain::verification::ports::{Tries, Verifications};
use crate::domain::verification::tries::{Asker, Tried};

/// What staff will see.
#[derive(Debug, Default)]
pub(in crate::app) struct CaseDraft {
    pub(in crate::app) reasons: Vec<ReasonCode>,
    pub(in crate::app) scores: FaceScores,
    pub(in crate::app) face_hits: Vec<FaceHit>,
    /// Whether the register knows nobody of this IIN: staff read it, and nobody else.
    pub(super) is_nobody: bool,
    pub(in crate::app) captured: Option<Captured>,
    /// Which capture of the verification it was, where there was one.
    pub(in crate::app) attempt: Option<u32>,
    /// Whose failures they are, where there was a camera.
    pub(in crate::app) asker: Asker,
}

/// A capture with its pictures.
#[derive(Debug)]
pub(in crate::app) struct Captured {
    pub(in crate::app) judged: JudgedCapture,
    pub(in crate::app) pictures: Vec<SecretBytes>,
    /// The number of the best one.
    pub(in crate::app) best: Option<usize>,
}

/// Keeps the attempt: open when a person must look, for doubt or for a likeness; recorded when the
/// refusal was clear.
pub(super) async fn record_case(
    services: &Services,
    unit: &mut (impl AuditLog + CaseEvidence + Cases + Tries + Verifications + ?Sized),
    verification: &Verification,
    verdict: Verdict,
    evidence: CaseDraft,
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
    unit: &mut (impl AuditLog + CaseEvidence + Cases + ?Sized),
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
        models: services.face.engine.models().to_vec(),
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
