//! One of the staff asks for what takes two, and says why.

use serde_json::json;

use super::DualControlError;
use crate::app::Services;
use crate::app::operators::add::expect_addable;
use crate::app::operators::change::expect_changeable;
use crate::app::restrictions::registry::manage::{ManageError, step_back};
use crate::app::review::evidence::EvidenceError;
use crate::app::review::why::Why;
use crate::app::staff::StaffError;
use crate::app::staff::session::Admitted;
use crate::app::verification::face::unlock::UnlockError;
use crate::app::verification::second_factor::recovery::recoveries;
use crate::app::verification::second_factor::reset::ForgetError;
use crate::app::verification::self_service::take_back;
use crate::app::webhooks::manage::WebhookError;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::dual_control::{ControlledAction, IdentityCheck, Proposal};
use crate::domain::face::lockout::LockSubject;
use crate::domain::kernel::id::{CaseId, MeasureId, PlayerId, StaffId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::{Operator, OperatorId};
use crate::domain::operators::ports::Operators;
use crate::domain::ports::UnitOfWork;
use crate::domain::restrictions::{Version, VersionState};
use crate::domain::review::case_work::WorkFault;
use crate::domain::review::evidence::retention::may_erase;
use crate::domain::review::ports::CaseQueue;
use crate::domain::staff::StaffMember;

/// So many of one subject are looked through for the same.
const LATELY: u32 = 50;

/// Asks for `measure`, with what was done to know whom it is for where that is needed. What cannot be done is not asked for.
pub async fn propose(
    services: &Services,
    by: &Admitted,
    measure: ControlledAction,
    why: &Why,
    identity_check: Option<IdentityCheck>,
) -> Result<Proposal, DualControlError> {
    if measure.needs_identity_check() != identity_check.is_some() {
        return Err(DualControlError::IdentityCheck);
    }
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    expect_possible(unit.as_mut(), &measure, now).await?;
    let subject = measure.subject();
    let lately = unit.list_proposals(Some(&subject), LATELY).await?;
    if lately.iter().any(|other| other.measure.kind() == measure.kind() && other.waits(now)) {
        return Err(DualControlError::Asked);
    }
    let proposal = Proposal {
        id: MeasureId::new(now, services.randomness.as_ref()),
        measure,
        why: why.as_str().to_owned(),
        identity_check,
        by: by.member.id,
        at: now,
        settlement: None,
        done_at: None,
    };
    unit.insert_proposal(&proposal).await?;
    let details = json!({ "by": by.member.login, "why": proposal.why, "proposal": proposal.id, "measure": proposal.measure.details() });
    unit.append_audit(&NewAuditEvent { kind: AuditKind::MeasureProposed, at: now, subject, details }).await?;
    unit.commit().await?;
    Ok(proposal)
}

async fn expect_possible(
    unit: &mut dyn UnitOfWork,
    measure: &ControlledAction,
    now: Timestamp,
) -> Result<(), DualControlError> {
    match measure {
        ControlledAction::EraseEvidence { case } => {
            let work = unit.find_queued_case(*case).await?.ok_or(EvidenceError::Unknown)?.work;
            let kept = unit.find_evidence(*case).await?;
            may_erase(work.status, kept.hold, kept.erased_at).map_err(EvidenceError::from)?;
        }
        ControlledAction::ExportEvidence { case } => {
            unit.find_queued_case(*case).await?.ok_or(EvidenceError::Unknown)?;
        }
        ControlledAction::UnlockPerson { case } => {
            let player = player_of(unit, *case).await?;
            let lockout = unit.hold_face_lockout(LockSubject::Person(player)).await?;
            lockout.locked_at(now).ok_or(UnlockError::NotLocked)?;
        }
        ControlledAction::ForgetFactors { case } => {
            let player = player_of(unit, *case).await?;
            let doubted = recoveries(unit, player, now).await?.contact_is_doubted(now);
            if unit.own_factors(player).await?.is_empty() && !doubted {
                return Err(ForgetError::NothingThere.into());
            }
        }
        ControlledAction::TakeBackSelfRestriction { case } => {
            let player = player_of(unit, *case).await?;
            take_back::expect_possible(unit, player, now).await?;
        }
        ControlledAction::ReleaseVersion { source, version } | ControlledAction::DiscardVersion { source, version } => {
            let versions = unit.list_versions(source).await?;
            let waits = Version::in_state(&versions, VersionState::Quarantined);
            waits.filter(|waits| waits.number == *version).ok_or_else(|| ManageError::NothingWaits(source.clone()))?;
        }
        ControlledAction::RollBackSource { source, from, version } => {
            let versions = unit.list_versions(source).await?;
            let (current, previous) = step_back(&versions, source)?;
            if (current.number, previous.number) != (*from, *version) {
                return Err(ManageError::NoPrevious(source.clone()).into());
            }
        }
        ControlledAction::AddOperator { operator } => expect_addable(unit, operator).await?,
        ControlledAction::ChangeOperator { operator, change } => {
            expect_changeable(unit, operator.as_str(), change).await?;
        }
        ControlledAction::EnableOperator { operator } => {
            let known = find_operator(unit, operator).await?;
            known.disabled_at.ok_or(WorkFault::NotDue)?;
        }
        ControlledAction::SetWebhook { operator, .. } => {
            find_operator(unit, operator).await?;
        }
        ControlledAction::RotateWebhook { operator } => {
            let endpoint = unit.find_webhook_endpoint(operator).await?;
            endpoint.ok_or_else(|| WebhookError::NoEndpoint(operator.clone()))?;
        }
        ControlledAction::InviteStaff { login, name, roles } => {
            // The id is another one when they join; what counts here is whether they could.
            let id = StaffId::least(now);
            StaffMember::new(id, login.clone(), name, roles.clone(), now).map_err(StaffError::from)?;
            if unit.find_staff_by_login(login).await?.is_some() {
                return Err(StaffError::LoginTaken.into());
            }
        }
        ControlledAction::ReinviteStaff { login } => {
            unit.find_staff_by_login(login).await?.ok_or(StaffError::Unknown)?;
        }
        ControlledAction::ChangeStaff { login, roles, .. } => {
            let member = unit.find_staff_by_login(login).await?.ok_or(StaffError::Unknown)?;
            let roles = roles.clone().unwrap_or_else(|| member.roles.clone());
            StaffMember::new(member.id, member.login, &member.name, roles, now).map_err(StaffError::from)?;
        }
    }
    Ok(())
}

async fn find_operator(unit: &mut (impl Operators + ?Sized), id: &OperatorId) -> Result<Operator, DualControlError> {
    Ok(unit.find_operator(id).await?.ok_or_else(|| WebhookError::NoOperator(id.clone()))?)
}

/// Whom a case is about.
pub(super) async fn player_of(
    unit: &mut (impl CaseQueue + ?Sized),
    case: CaseId,
) -> Result<PlayerId, DualControlError> {
    let found = unit.find_queued_case(case).await?.ok_or(EvidenceError::Unknown)?;
    Ok(found.case.player.ok_or(UnlockError::Unknown)?)
}
