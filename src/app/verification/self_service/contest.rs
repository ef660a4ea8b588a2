//! A person says that a reason of their refusal is wrong: a case for staff, who look at what the source says.

use serde_json::json;

use crate::app::verification::record_case::open_case;
use crate::app::verification::session::{audit, open};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::face::scores::FaceScores;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::review::case::{Case, CaseStatus, Contest, ContestError};

/// Opens a case against one of the reasons that the person was told; once for each.
///
/// # Errors
/// [`PlayerError::Contest`] for a reason that they were not told, [`PlayerError::Contested`] the second time.
pub async fn contest_reason(services: &Services, session: HandleHash, contest: Contest) -> Result<CaseId, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_self_service(now)?;
    let told = verification.outcome.as_ref().is_some_and(|outcome| outcome.codes().contains(&contest.reason));
    if !told {
        return Err(ContestError::Reason.into());
    }
    let case = Case {
        id: CaseId::new(now, services.randomness.as_ref()),
        verification: verification.id,
        operator: verification.operator.clone(),
        player: Some(player),
        opened_at: now,
        status: CaseStatus::Open,
        reasons: vec![contest.reason],
        scores: FaceScores::default(),
        face_hits: Vec::new(),
        frame: None,
        contest: Some(contest),
        attempt: None,
    };
    open_case(services, unit.as_mut(), &case, None).await.map_err(|error| match error {
        PlayerError::Store(StoreError::Conflict) => PlayerError::Contested,
        other => other,
    })?;
    let codes: Vec<_> = case.reasons.iter().map(|reason| reason.code()).collect();
    let details = json!({ "case": case.id.to_string(), "reasons": codes });
    audit(unit.as_mut(), &verification, AuditKind::ReasonContested, details, now).await?;
    unit.commit().await?;
    Ok(case.id)
}
