//! Who asked fetches what another allowed: a bundle, an invitation, or a secret that is drawn.

use super::DualControlError;
use crate::app::Services;
use crate::app::operators::add::add;
use crate::app::review::evidence::bundle::{Collected, collect, named};
use crate::app::review::evidence::taken_out::TakenOut;
use crate::app::review::why::Why;
use crate::app::staff::Asker;
use crate::app::staff::manage::{invite_within, reinvite_within};
use crate::app::staff::session::Admitted;
use crate::app::webhooks::manage::{left_behind, rotate, set, tell_the_address_before};
use crate::domain::dual_control::ports::Proposals;
use crate::domain::dual_control::{ControlledAction, Proposal};
use crate::domain::kernel::id::MeasureId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::review::case_work::WorkFault;
use crate::domain::staff::StaffMember;
use crate::domain::staff::ports::Staff;
use crate::domain::webhooks::ports::WebhookSender;

/// Collects the bundle of evidence that somebody may take out; each time is in the log.
pub async fn fetch_bundle(services: &Services, by: &Admitted, id: MeasureId) -> Result<Collected, DualControlError> {
    let mut unit = services.store.begin().await?;
    let proposal = fetch(services, unit.as_mut(), by, id).await?;
    let ControlledAction::ExportEvidence { case } = proposal.measure else { return Err(DualControlError::Unknown) };
    let allowed_by = second_of(unit.as_mut(), &proposal).await?;
    unit.commit().await?;
    let why = Why::read(&proposal.why).map_err(|_| DualControlError::Unknown)?;
    let taken = TakenOut { by: by.member.login.to_string(), allowed_by };
    Ok(collect(services, case, &taken, &why).await?)
}

/// Makes the invitation that somebody may hand out, once.
pub async fn fetch_invitation(
    services: &Services,
    by: &Admitted,
    id: MeasureId,
) -> Result<(StaffMember, SecretText), DualControlError> {
    let mut unit = services.store.begin().await?;
    let proposal = fetch(services, unit.as_mut(), by, id).await?;
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    let who = Asker::member(&by.member);
    let invited = match proposal.measure {
        ControlledAction::InviteStaff { login, name, roles } => {
            invite_within(unit.as_mut(), tools, login, &name, roles, &who).await?
        }
        ControlledAction::ReinviteStaff { login } => reinvite_within(unit.as_mut(), tools, &login, &who).await?,
        _ => return Err(DualControlError::Unknown),
    };
    unit.commit().await?;
    Ok(invited)
}

/// Carries out what draws a secret, which is shown to who asked, once; where messages went before is told that they go
/// elsewhere.
pub async fn fetch_secret(
    services: &Services,
    sender: &dyn WebhookSender,
    by: &Admitted,
    id: MeasureId,
) -> Result<(Proposal, Option<SecretText>), DualControlError> {
    let (now, randomness) = (services.clock.now(), services.randomness.as_ref());
    let mut unit = services.store.begin().await?;
    let proposal = fetch(services, unit.as_mut(), by, id).await?;
    let second = second_of(unit.as_mut(), &proposal).await?;
    let who = named(by.member.login.as_str(), second.as_deref());
    let (secret, before) = match &proposal.measure {
        ControlledAction::AddOperator { operator } => {
            (add(unit.as_mut(), randomness, now, operator.as_ref().clone(), &who).await?.secret, None)
        }
        ControlledAction::SetWebhook { operator, url } => {
            let before = left_behind(unit.as_mut(), operator, url).await?;
            (set(unit.as_mut(), randomness, now, operator, url.clone(), &who).await?.secret, before)
        }
        ControlledAction::RotateWebhook { operator } => {
            (rotate(unit.as_mut(), randomness, now, operator, &who).await?.secret, None)
        }
        _ => return Err(DualControlError::Unknown),
    };
    unit.commit().await?;
    if let Some(before) = before {
        tell_the_address_before(sender, randomness, &before, now).await;
    }
    Ok((proposal, secret))
}

/// Login of who said yes.
async fn second_of(unit: &mut (impl Staff + ?Sized), proposal: &Proposal) -> Result<Option<String>, DualControlError> {
    let second = proposal.settlement.map(|settled| settled.by);
    let staff = unit.list_staff().await?;
    let second = staff.iter().find(|member| Some(member.id) == second);
    Ok(second.map(|member| member.login.to_string()))
}

async fn fetch(
    services: &Services,
    unit: &mut (impl Proposals + ?Sized),
    by: &Admitted,
    id: MeasureId,
) -> Result<Proposal, DualControlError> {
    let mut proposal = unit.find_proposal(id).await?.ok_or(DualControlError::Unknown)?;
    let before = proposal.done_at;
    proposal.fetch(by.member.id, services.clock.now())?;
    if before.is_none() {
        // Of two that fetch at once one is the first.
        let first = unit.finish_proposal(&proposal).await;
        if proposal.measure.is_fetched_once() {
            first.map_err(|_| WorkFault::NotDue)?;
        }
    }
    Ok(proposal)
}
