//! Failed and doubtful attempts are kept for compliance, in the transaction of the decision they belong to.

use super::{PlayerError, Services};
use crate::domain::face_search::{FaceHit, staff_reasons};
use crate::domain::id::CaseId;
use crate::domain::ports::UnitOfWork;
use crate::domain::reason::ReasonCode;
use crate::domain::review::{Case, CaseStatus, FaceScores};
use crate::domain::secret::SecretBytes;
use crate::domain::time::Timestamp;
use crate::domain::verification::{Verdict, Verification};

/// What staff will see.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) reasons: Vec<ReasonCode>,
    pub(super) scores: FaceScores,
    pub(super) face_hits: Vec<FaceHit>,
    pub(super) frame: Option<SecretBytes>,
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
    let case = Case {
        id: CaseId::new(now, services.randomness.as_ref()),
        verification: verification.id,
        operator: verification.operator.clone(),
        player: verification.player,
        opened_at: now,
        status,
        reasons: staff_reasons(evidence.reasons, &evidence.face_hits),
        scores: evidence.scores,
        face_hits: evidence.face_hits,
        frame: evidence.frame,
        contest: None,
    };
    unit.insert_case(&case).await?;
    Ok(())
}
