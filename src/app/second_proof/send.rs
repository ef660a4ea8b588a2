//! A code goes to one of the person's contacts of record.

use super::super::notices::queue::queue_notice;
use super::super::player_session::open;
use super::super::{PlayerError, Services};
use super::{contacts, sent};
use crate::domain::authorization::HandleHash;
use crate::domain::contact_code::{ContactCode, wait_for_next};
use crate::domain::locale::Locale;
use crate::domain::notice::NoticeContent;
use crate::domain::secret::SecretText;

/// Sends a code to the contact at `place` of the list that the person was told. Earlier codes of this verification are good no
/// more.
///
/// # Errors
/// [`PlayerError::Locked`] while wrong codes lock the person; [`PlayerError::CodeTooSoon`] when they were sent one just now, or
/// as many as anybody is; [`PlayerError::ContactUnknown`] without such a place.
pub async fn send_contact_code(
    services: &Services,
    session: HandleHash,
    place: usize,
    locale: Locale,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let contacts = contacts(services, session, now).await?;
    let contact = contacts.get(place).ok_or(PlayerError::ContactUnknown)?;
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_contact(now)?;
    unit.lock_player(player).await?;
    // A code that cannot be typed would but be noise on somebody's phone.
    let locked = unit.find_contact_lockout(player).await?.wait(now);
    if !locked.is_zero() {
        return Err(PlayerError::Locked(locked));
    }
    let wait = wait_for_next(&sent(unit.as_mut(), player, now).await?, now);
    if !wait.is_zero() {
        return Err(PlayerError::CodeTooSoon(wait));
    }
    let masked = SecretText::new(contact.masked());
    let (text, code) = ContactCode::draw((verification.id, player), masked, services.randomness.as_ref(), now);
    unit.insert_contact_code(&code).await?;
    let operator = unit.find_operator(&verification.operator).await?.map(|operator| operator.name).unwrap_or_default();
    let content = NoticeContent::EnrolmentCode { code: text, operator };
    let to = std::slice::from_ref(contact);
    queue_notice(services, unit.as_mut(), player, to, &content, locale, now).await?;
    unit.commit().await?;
    Ok(())
}
