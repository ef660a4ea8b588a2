//! The code comes back.

use serde_json::json;

use crate::app::verification::second_factor::recovery::recoveries;
use crate::app::verification::session::{audit, open};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::UnitOfWork;
use crate::domain::second_factor::contact_code::{CodePurpose, ContactCode};
use crate::domain::verification::Verification;

/// Takes the code that went to the contact; a right one opens enrolment, in this verification alone and once.
///
/// # Errors
/// [`PlayerError::CodeExpired`] also while no code is believed; those of [`take_code`].
pub async fn verify_contact_code(services: &Services, session: HandleHash, typed: &str) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let player = open(unit.as_mut(), session).await?.expect_contact(now)?;
    unit.lock_player(player).await?;
    // Under the lock: somebody may have said meanwhile that a recovery was not theirs.
    let mut verification = open(unit.as_mut(), session).await?;
    verification.expect_contact(now)?;
    if recoveries(unit.as_mut(), player, now).await?.contact_is_doubted(now) {
        return Err(PlayerError::CodeExpired);
    }
    let (mut unit, _) = take_code(unit, &verification, player, CodePurpose::Enrolment, typed, now).await?;
    verification.contact_proven(now)?;
    unit.update_verification(&mut verification).await?;
    unit.commit().await?;
    Ok(())
}

/// Takes a code that was sent for this purpose. A right one is used up, and the transaction goes on under the player's lock; a wrong
/// one is counted, and ends it.
///
/// # Errors
/// [`PlayerError::CodeExpired`] where there is no code that may be tried; for a wrong one [`PlayerError::CodeWrong`], or
/// [`PlayerError::Locked`] when it was one too many of this person over all sessions.
pub(in crate::app) async fn take_code(
    mut unit: Box<dyn UnitOfWork>,
    verification: &Verification,
    player: PlayerId,
    purpose: CodePurpose,
    typed: &str,
    now: Timestamp,
) -> Result<(Box<dyn UnitOfWork>, ContactCode), PlayerError> {
    // Guesses of several sessions queue up instead of racing.
    unit.lock_player(player).await?;
    let lockout = unit.find_contact_lockout(player).await?;
    let locked = lockout.wait(now);
    if !locked.is_zero() {
        return Err(PlayerError::Locked(locked));
    }
    let code = unit.newest_contact_code(verification.id, purpose).await?;
    let code = code.filter(|code| code.player == player && code.is_open(now)).ok_or(PlayerError::CodeExpired)?;
    // Counted before it is looked at, and used up by compare-and-set.
    let counted = unit.count_contact_try(code.id).await?;
    if counted && code.fits(typed, now) && unit.use_contact_code(code.id, now).await? {
        unit.put_contact_lockout(player, &lockout.succeeded()).await?;
        let details = json!({ "for": purpose.as_str() });
        audit(unit.as_mut(), verification, AuditKind::ContactProven, details, now).await?;
        return Ok((unit, code));
    }
    let lockout = lockout.failed(now);
    unit.put_contact_lockout(player, &lockout).await?;
    let details = json!({ "for": purpose.as_str(), "failures": lockout.failures });
    audit(unit.as_mut(), verification, AuditKind::ContactRejected, details, now).await?;
    unit.commit().await?;
    let wait = lockout.wait(now);
    Err(if wait.is_zero() { PlayerError::CodeWrong } else { PlayerError::Locked(wait) })
}
