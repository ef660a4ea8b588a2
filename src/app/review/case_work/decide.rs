//! Somebody says what an attempt was, and where that lifts a refusal another says yes or no. What follows is done in the
//! same transaction.

use serde_json::json;

use super::CaseWorkError;
use super::effects::{refusal_falls, refusal_stands};
use super::queue::note;
use crate::app::Services;
use crate::app::staff::session::Admitted;
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::id::{CaseId, DecisionId};
use crate::domain::kernel::secret::SecretText;
use crate::domain::review::case_work::{CaseDecision, CaseWork, Conclusion, Settlement, WorkFault, read_note};
use crate::domain::review::ports::QueuedCase;

/// What somebody says.
#[derive(Clone, Debug)]
pub struct StatedConclusion {
    /// What the attempt was.
    pub conclusion: Conclusion,
    /// For the player to read.
    pub to_player: Option<SecretText>,
    /// For staff alone.
    pub internal: Option<SecretText>,
}

/// Who has the case says what it was.
pub async fn conclude_case(
    services: &Services,
    by: &Admitted,
    id: CaseId,
    said: StatedConclusion,
) -> Result<CaseWork, CaseWorkError> {
    let now = services.clock.now();
    let (to_player, internal) = (read_note(said.to_player.as_ref())?, read_note(said.internal.as_ref())?);
    let mut unit = services.store.begin().await?;
    let QueuedCase { case, mut work } = unit.find_queued_case(id).await?.ok_or(CaseWorkError::Unknown)?;
    let over = work.conclude(by.member.id, said.conclusion, &case.reasons)?;
    let decision = CaseDecision {
        id: DecisionId::new(now, services.randomness.as_ref()),
        case: id,
        conclusion: said.conclusion,
        to_player,
        internal,
        by: by.member.id,
        at: now,
        settlement: None,
    };
    unit.insert_case_decision(&decision).await?;
    unit.update_case_work(&mut work).await?;
    // Notes stand in no log.
    let details =
        json!({ "by": by.member.login, "decision": decision.id, "conclusion": said.conclusion, "over": over });
    note(unit.as_mut(), services, AuditKind::CaseConcluded, id, details).await?;
    if over {
        refusal_stands(services, unit.as_mut(), &case, now).await?;
    }
    unit.commit().await?;
    Ok(work)
}

/// Another says yes or no to what was decided last.
pub async fn settle_case(services: &Services, by: &Admitted, id: CaseId, yes: bool) -> Result<CaseWork, CaseWorkError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let QueuedCase { case, mut work } = unit.find_queued_case(id).await?.ok_or(CaseWorkError::Unknown)?;
    let waits = |one: &CaseDecision| one.conclusion.overturns() && one.settlement.is_none();
    let decided = unit.list_case_decisions(id).await?;
    let mut decision = decided.into_iter().find(waits).ok_or(WorkFault::NotDue)?;
    work.settle(by.member.id, decision.by, yes)?;
    decision.settlement = Some(Settlement { by: by.member.id, at: now, yes });
    unit.settle_case_decision(&decision).await?;
    unit.update_case_work(&mut work).await?;
    let details = json!({ "by": by.member.login, "decision": decision.id, "yes": yes });
    note(unit.as_mut(), services, AuditKind::CaseSettled, id, details).await?;
    if yes {
        refusal_falls(services, unit.as_mut(), &case, now).await?;
    }
    unit.commit().await?;
    Ok(work)
}
