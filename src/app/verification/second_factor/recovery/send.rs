//! A code goes to a contact of record, to begin a recovery or to carry it out.

use super::super::second_proof::send::send_code;
use super::{contacts, expect_code_wanted, recoveries};
use crate::app::verification::second_factor::enrolled::expect_any;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::locale::Locale;
use crate::domain::second_factor::contact_code::CodePurpose;

/// Sends a code to the contact at `place` of the list that the person was told.
///
/// # Errors
/// [`PlayerError::ContactUnknown`] without such a place; [`PlayerError::RecoveryPending`] before the held time is over,
/// [`PlayerError::RecoveryClosed`] after somebody objected; [`PlayerError::FactorMissing`] where there is nothing to lose; those of a
/// code of the contact step.
pub async fn send_recovery_code(
    services: &Services,
    session: HandleHash,
    place: usize,
    locale: Locale,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let contacts = contacts(services, session, now).await?;
    let contact = contacts.get(place).ok_or(PlayerError::ContactUnknown)?;
    let mut unit = services.store.begin().await?;
    let player = open(unit.as_mut(), session).await?.expect_recovery(now)?;
    unit.lock_player(player).await?;
    let verification = open(unit.as_mut(), session).await?;
    verification.expect_recovery(now)?;
    expect_any(unit.as_mut(), player, now).await?;
    expect_code_wanted(&recoveries(unit.as_mut(), player, now).await?.state(now))?;
    let of = (&verification, player);
    send_code(services, unit.as_mut(), of, contact, CodePurpose::Recovery, locale, now).await?;
    unit.commit().await?;
    Ok(())
}
