//! A code goes to another contact of record than the declaration had.

use super::{channels, contacts};
use crate::app::verification::second_factor::second_proof::send::send_code;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::locale::Locale;
use crate::domain::restrictions::self_restriction::SelfRestrictionError;
use crate::domain::second_factor::contact_code::CodePurpose;

/// Sends a code to the contact at `place` of the list that the person was told.
///
/// # Errors
/// [`PlayerError::ContactUnknown`] without such a place; [`PlayerError::SelfRestriction`] where nothing can be taken back, or not so;
/// those of a code of the contact step.
pub async fn send_take_back_code(
    services: &Services,
    session: HandleHash,
    place: usize,
    locale: Locale,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let contacts = contacts(services, session, now).await?;
    let contact = contacts.get(place).ok_or(PlayerError::ContactUnknown)?;
    let mut unit = services.store.begin().await?;
    let player = open(unit.as_mut(), session).await?.expect_self_service(now)?;
    unit.lock_player(player).await?;
    let verification = open(unit.as_mut(), session).await?;
    verification.expect_self_service(now)?;
    if !channels(services, unit.as_mut(), &verification, player, now).await?.contains(&contact.channel()) {
        return Err(SelfRestrictionError::NotIndependent.into());
    }
    let of = (&verification, player);
    send_code(services, unit.as_mut(), of, contact, CodePurpose::TakeBack, locale, now).await?;
    unit.commit().await?;
    Ok(())
}
