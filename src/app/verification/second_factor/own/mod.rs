//! A person looks after their own factors, right after they have shown who they are: sees, names, adds, removes them.

pub mod add;
pub mod remove;

use serde_json::json;

use crate::app::verification::session::{audit, open};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::second_factor::FactorKind;
use crate::domain::second_factor::own::{FactorId, FactorName, OwnFactor, OwnFactorFault, expect_addable};
use crate::domain::verification::Verification;

/// What a person is shown of their factors.
#[derive(Clone, Debug)]
pub struct OwnFactors {
    /// Those that can be shown, the oldest first.
    pub factors: Vec<OwnFactor>,
    /// Those among them that were shown or made in this visit.
    pub used_now: Vec<FactorId>,
    /// How many recovery codes are left.
    pub recovery_codes: usize,
    /// What they may add.
    pub addable: Vec<FactorKind>,
}

/// Reads them.
pub async fn view_factors(services: &Services, session: HandleHash) -> Result<OwnFactors, PlayerError> {
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_self_service(services.clock.now())?;
    let factors = unit.own_factors(player).await?;
    let recovery_codes = unit.find_recovery_codes(player).await?.map_or(0, |codes| codes.left());
    let addable = FactorKind::ALL.into_iter().filter(|kind| expect_addable(&factors, *kind).is_ok()).collect();
    let used_now = factors.iter().filter(|factor| is_used_in(&verification, factor)).map(|factor| factor.id).collect();
    Ok(OwnFactors { factors, used_now, recovery_codes, addable })
}

/// Whether it was shown or made since the face step of this visit.
fn is_used_in(verification: &Verification, factor: &OwnFactor) -> bool {
    let last = factor.used_at.map_or(factor.created_at, |used| used.max(factor.created_at));
    verification.face_at.is_some_and(|face| last >= face)
}

/// Names one. That takes no second factor: nothing can be done with a name.
pub async fn rename_factor(
    services: &Services,
    session: HandleHash,
    id: FactorId,
    name: &FactorName,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_self_service(now)?;
    if !unit.name_factor(player, id, name).await? {
        return Err(OwnFactorFault::Unknown.into());
    }
    let details = json!({ "factor": id.kind().as_str(), "id": id.to_string() });
    audit(unit.as_mut(), &verification, AuditKind::FactorRenamed, details, now).await?;
    unit.commit().await?;
    Ok(())
}
