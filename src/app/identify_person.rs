//! The player names themselves by IIN, and the population register must know them.

use serde_json::json;

use super::enrolled_factors::standing_of;
use super::played_scenario::{find_citizen, played_by};
use super::player_session::{audit, open};
use super::{PlayerError, Services};
use crate::domain::audit::AuditKind;
use crate::domain::authorization::HandleHash;
use crate::domain::id::PlayerId;
use crate::domain::person::Iin;
use crate::domain::ports::UnitOfWork;
use crate::domain::time::Timestamp;
use crate::domain::verification::{Stage, Verification};

/// Binds the verification to the person. Whether they may play is asked only when they have proved to be that person:
/// who types a stranger's IIN must not learn of their debts.
pub async fn identify_person(services: &Services, session: HandleHash, iin: &str) -> Result<(), PlayerError> {
    let iin = Iin::parse(iin)?;
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    open(unit.as_mut(), session).await?.expect(Stage::Identify, now)?;
    // The register may be slow: no transaction is held while it is asked.
    drop(unit);
    find_citizen(services, &iin).await?.ok_or(PlayerError::PersonNotFound)?;

    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    let fresh = PlayerId::new(now, services.randomness.as_ref());
    let player = unit.player_of(&iin, fresh, now).await?;
    verification.identify(player, now)?;
    unit.update_verification(&mut verification).await?;
    let mut details = json!({ "player": player });
    if let Some(scenario) = played_by(services, &iin) {
        details["scenario"] = json!(scenario.code);
    }
    audit(unit.as_mut(), &verification, AuditKind::PersonIdentified, details, now).await?;
    waive_face(unit.as_mut(), &mut verification, player, now).await?;
    unit.commit().await?;
    Ok(())
}

/// Whose refusal fell goes straight on to the second factor: once, on the same device.
async fn waive_face(
    unit: &mut dyn UnitOfWork,
    verification: &mut Verification,
    player: PlayerId,
    now: Timestamp,
) -> Result<(), PlayerError> {
    let Some(device) = verification.device else { return Ok(()) };
    let Some(case) = unit.take_leave(player, &verification.operator, device, now).await? else { return Ok(()) };
    let standing = standing_of(unit, verification, now).await?;
    verification.skip_face(standing, now)?;
    unit.update_verification(verification).await?;
    audit(unit, verification, AuditKind::FaceWaived, json!({ "case": case }), now).await
}
