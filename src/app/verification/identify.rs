//! The player names themselves by IIN. Whether the population register knows them is told to nobody before the camera.

use serde_json::json;

use super::second_factor::enrolled::standing_of;
use super::session::{audit, open};
use super::tries::{count_within, expect_room, note_spent};
use crate::app::scenario::played::{find_citizen, played_by};
use crate::app::support::steady_answer::SteadyAnswer;
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::observer::Observation;
use crate::domain::kernel::time::Timestamp;
use crate::domain::review::ports::CaseQueue;
use crate::domain::second_factor::ports::{Factors, HeldEnrolments};
use crate::domain::verification::ports::Verifications;
use crate::domain::verification::tries::{Asker, Tried};
use crate::domain::verification::{Stage, Verification};

/// Binds the verification to the person, or to whom nobody is: who tries numbers must not learn which are somebody's. Whether
/// they may play is asked only when they have proved to be that person: who types a stranger's IIN must not learn of their debts.
/// `address`: from where it comes, hashed.
///
/// # Errors
/// Such as say nothing of the person; a register that is down is down for everybody.
pub async fn identify_person(
    services: &Services,
    session: HandleHash,
    address: Option<HandleHash>,
    iin: &str,
) -> Result<(), PlayerError> {
    // What an IIN looks like is no secret.
    let iin = Iin::parse(iin)?;
    let answer = SteadyAnswer::begin();
    let done = identify(services, session, address, &iin).await;
    answer.due().await;
    done
}

async fn identify(
    services: &Services,
    session: HandleHash,
    address: Option<HandleHash>,
    iin: &Iin,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let scenario = played_by(services, iin);
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    verification.expect(Stage::Identify, now)?;
    let asker = Asker { device: verification.device, address };
    // Whom a sandbox plays is nobody's secret, and tried by a machine again and again.
    let counts = scenario.is_none();
    if counts {
        expect_room(services, unit.as_mut(), asker, Tried::ToBeSomebody, now).await?;
    }
    // The register may be slow: no transaction is held while it is asked.
    drop(unit);
    if find_citizen(services, iin).await?.is_none() {
        services.observer.note(Observation::PersonUnknown);
    }

    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    let fresh = PlayerId::new(now, services.randomness.as_ref());
    let player = unit.player_of(iin, fresh, now).await?;
    verification.identify(player, now)?;
    unit.update_verification(&mut verification).await?;
    let what = Tried::ToBeSomebody;
    let spent = if counts { count_within(services, unit.as_mut(), asker, what, now).await? } else { Vec::new() };
    let mut details = json!({ "player": player });
    if let Some(scenario) = scenario {
        details["scenario"] = json!(scenario.code);
    }
    audit(unit.as_mut(), &verification, AuditKind::PersonIdentified, details, now).await?;
    note_spent(services, unit.as_mut(), &verification, (what, &spent), now).await?;
    waive_face(unit.as_mut(), &mut verification, player, now).await?;
    unit.commit().await?;
    Ok(())
}

/// Whose refusal fell goes straight on to the second factor: once, on the same device.
async fn waive_face(
    unit: &mut (impl AuditLog + CaseQueue + Factors + HeldEnrolments + Verifications + ?Sized),
    verification: &mut Verification,
    player: PlayerId,
    now: Timestamp,
) -> Result<(), PlayerError> {
    let Some(device) = verification.device else { return Ok(()) };
    let Some(case) = unit.consume_face_waiver(player, &verification.operator, device, now).await? else {
        return Ok(());
    };
    let standing = standing_of(unit, verification, now).await?;
    verification.skip_face(standing, now)?;
    unit.update_verification(verification).await?;
    audit(unit, verification, AuditKind::FaceWaived, json!({ "case": case }), now).await
}
