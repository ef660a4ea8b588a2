//! Who asked fetches what another allowed: a bundle, or an invitation.

use super::MeasureError;
use crate::app::Services;
use crate::app::case_work::evidence::Why;
use crate::app::evidence::bundle::{Collected, collect};
use crate::app::staff::Asker;
use crate::app::staff::manage::{invite_within, reinvite_within};
use crate::app::staff::session::Admitted;
use crate::domain::case_work::WorkFault;
use crate::domain::id::MeasureId;
use crate::domain::measure::{Measure, Proposal};
use crate::domain::ports::UnitOfWork;
use crate::domain::secret::SecretText;
use crate::domain::staff::StaffMember;

/// Collects the bundle of evidence that somebody may take out; each time is in the log.
pub async fn fetch_bundle(services: &Services, by: &Admitted, id: MeasureId) -> Result<Collected, MeasureError> {
    let mut unit = services.store.begin().await?;
    let proposal = fetch(services, unit.as_mut(), by, id).await?;
    let Measure::ExportEvidence { case } = proposal.measure else { return Err(MeasureError::Unknown) };
    unit.commit().await?;
    let second = proposal.settlement.map(|settled| settled.by);
    let staff = services.store.read().await?.list_staff().await?;
    let second = staff.iter().find(|member| Some(member.id) == second);
    let second = second.map_or_else(String::new, |member| format!(" with {}", member.login));
    let why = Why::read(&proposal.why).map_err(|_| MeasureError::Unknown)?;
    Ok(collect(services, case, &format!("staff {}{second}", by.member.login), &why).await?)
}

/// Makes the invitation that somebody may hand out, once.
pub async fn fetch_invitation(
    services: &Services,
    by: &Admitted,
    id: MeasureId,
) -> Result<(StaffMember, SecretText), MeasureError> {
    let mut unit = services.store.begin().await?;
    let proposal = fetch(services, unit.as_mut(), by, id).await?;
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    let who = Asker::member(&by.member);
    let invited = match proposal.measure {
        Measure::InviteStaff { login, name, roles } => {
            invite_within(unit.as_mut(), tools, login, &name, roles, &who).await?
        }
        Measure::ReinviteStaff { login } => reinvite_within(unit.as_mut(), tools, &login, &who).await?,
        _ => return Err(MeasureError::Unknown),
    };
    unit.commit().await?;
    Ok(invited)
}

async fn fetch(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    by: &Admitted,
    id: MeasureId,
) -> Result<Proposal, MeasureError> {
    let mut proposal = unit.find_proposal(id).await?.ok_or(MeasureError::Unknown)?;
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
