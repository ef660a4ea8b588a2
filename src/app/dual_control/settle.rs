//! Another of the staff says yes or no; what a yes lets happen happens in the same transaction.

use serde_json::json;

use super::DualControlError;
use super::carry_out::{Two, carry_out};
use super::propose::player_of;
use crate::app::Services;
use crate::app::notices::tell::reachable;
use crate::app::restrictions::registry::tidy::TIDY_JOB;
use crate::app::staff::session::Admitted;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::dual_control::{ControlledAction, Proposal};
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::id::MeasureId;
use crate::domain::review::case_work::WorkFault;

/// Says yes or no to what somebody else asked for.
pub async fn settle_proposal(
    services: &Services,
    by: &Admitted,
    id: MeasureId,
    yes: bool,
) -> Result<Proposal, DualControlError> {
    let now = services.clock.now();
    let contacts = contacts_of_case(services, id, yes).await?;
    let mut unit = services.store.begin().await?;
    let mut proposal = unit.find_proposal(id).await?.ok_or(DualControlError::Unknown)?;
    proposal.settle(by.member.id, yes, now)?;
    unit.settle_proposal(&proposal).await?;
    let details = json!({ "by": by.member.login, "proposal": id, "kind": proposal.measure.kind(), "yes": yes });
    let event =
        NewAuditEvent { kind: AuditKind::MeasureSettled, at: now, subject: proposal.measure.subject(), details };
    unit.append_audit(&event).await?;
    if yes && !proposal.measure.is_fetched() {
        // Who asked must still be there, and may still ask.
        let asker = unit.list_staff().await?.into_iter().find(|member| member.id == proposal.by);
        let asker = asker.filter(|asker| asker.may(proposal.measure.asked_by()));
        let asker = asker.ok_or(WorkFault::NotDue)?;
        let two =
            Two { asker: asker.id, first: asker.login.to_string(), second: by.member.login.to_string(), proposal: id };
        carry_out(services, unit.as_mut(), &proposal.measure, &contacts, &two, now).await?;
    }
    if yes && proposal.measure.source().is_some() {
        unit.ask_for_job(TIDY_JOB).await?;
    }
    unit.commit().await?;
    Ok(proposal)
}

/// Whom a yes is told to, where the person of a case hears of it; asked before anything is changed.
async fn contacts_of_case(services: &Services, id: MeasureId, yes: bool) -> Result<Vec<Contact>, DualControlError> {
    let mut unit = services.store.read().await?;
    let proposal = unit.find_proposal(id).await?.ok_or(DualControlError::Unknown)?;
    let (ControlledAction::ForgetFactors { case } | ControlledAction::TakeBackSelfRestriction { case }) =
        proposal.measure
    else {
        return Ok(Vec::new());
    };
    if !yes {
        return Ok(Vec::new());
    }
    let player = player_of(unit.as_mut(), case).await?;
    drop(unit);
    Ok(reachable(services, player).await?)
}
