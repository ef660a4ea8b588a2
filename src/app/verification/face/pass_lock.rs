//! Whoever is told that the person is locked may show by a passkey that they are that person: the lock is for others.

use serde_json::{Value, json};

use crate::app::verification::second_factor::prove_passkey::{begin, holds};
use crate::app::verification::session::{audit, open};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::second_factor::FactorKind;
use crate::domain::second_factor::passkey::CeremonyKind;

/// The options for `navigator.credentials.get`. Only where the end of a capture told of the lock: before the camera they would tell a
/// stranger of the person.
pub async fn begin_pass_lock(services: &Services, session: HandleHash) -> Result<Value, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_person_lock(now)?;
    let options = begin(services, unit.as_mut(), (verification.id, player), CeremonyKind::Unlock, now).await?;
    unit.commit().await?;
    Ok(options)
}

/// Checks the authenticator's answer: the lock then holds no more in this visit, whose face step is still to come. A wrong answer is
/// counted nowhere: a passkey is not guessed, and a count would let strangers lock the person's second step, too.
pub async fn pass_lock(services: &Services, session: HandleHash, answer: &Value) -> Result<(), PlayerError> {
    let now = services.clock.now();
    // The state is used up by the attempt, whatever comes of it.
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_person_lock(now)?;
    let state = unit.take_ceremony(verification.id, CeremonyKind::Unlock, now).await?;
    unit.commit().await?;
    let state = state.ok_or(PlayerError::CeremonyUnknown)?;

    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    holds(services, unit.as_mut(), player, &state, answer, now).await?.ok_or(PlayerError::PasskeyRejected)?;
    verification.pass_person_lock(now)?;
    unit.update_verification(&mut verification).await?;
    let details = json!({ "factor": FactorKind::Passkey.as_str() });
    audit(unit.as_mut(), &verification, AuditKind::FaceLockPassed, details, now).await?;
    unit.commit().await?;
    Ok(())
}
