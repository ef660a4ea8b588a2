//! A code goes to one of the person's contacts of record.

use super::{codes, sent};
use crate::app::notices::queue::queue_notice;
use crate::app::verification::second_factor::recovery::recoveries;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::audit::ports::AuditLog;
use crate::domain::identity::contact::Contact;
use crate::domain::identity::ports::Players;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::notices::ports::Notices;
use crate::domain::operators::ports::Operators;
use crate::domain::second_factor::contact_code::{CodePurpose, ContactCode, wait_for_next};
use crate::domain::second_factor::ports::ContactCodes;
use crate::domain::verification::Verification;

/// Sends a code to the contact at `place` of the list that the person was told. Earlier codes of this verification are good no
/// more.
///
/// # Errors
/// [`PlayerError::ContactUnknown`] without such a place, and while no code is believed; those of [`send_code`].
pub async fn send_contact_code(
    services: &Services,
    session: HandleHash,
    place: usize,
    locale: Locale,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let codes = codes(services, session, now).await?;
    let contact = codes.contacts().get(place).ok_or(PlayerError::ContactUnknown)?;
    let mut unit = services.store.begin().await?;
    let player = open(unit.as_mut(), session).await?.expect_contact(now)?;
    unit.lock_player(player).await?;
    // Under the lock: somebody may have said meanwhile that a recovery was not theirs.
    let verification = open(unit.as_mut(), session).await?;
    verification.expect_contact(now)?;
    if recoveries(unit.as_mut(), player, now).await?.contact_is_doubted(now) {
        return Err(PlayerError::ContactUnknown);
    }
    let of = (&verification, player);
    send_code(services, unit.as_mut(), of, contact, CodePurpose::Enrolment, locale, now).await?;
    unit.commit().await?;
    Ok(())
}

/// Draws a code for this purpose and queues the notice that brings it, within a transaction. Takes the player's lock.
///
/// # Errors
/// [`PlayerError::Locked`] while wrong codes lock the person; [`PlayerError::CodeTooSoon`] when they were sent one just now, or
/// as many as anybody is, whatever for.
pub(in crate::app) async fn send_code(
    services: &Services,
    unit: &mut (impl AuditLog + ContactCodes + Notices + Operators + Players + ?Sized),
    (verification, player): (&Verification, PlayerId),
    contact: &Contact,
    purpose: CodePurpose,
    locale: Locale,
    now: Timestamp,
) -> Result<(), PlayerError> {
    unit.lock_player(player).await?;
    // A code that cannot be typed would but be noise on somebody's phone.
    let locked = unit.find_contact_lockout(player).await?.wait(now);
    if !locked.is_zero() {
        return Err(PlayerError::Locked(locked));
    }
    let wait = wait_for_next(&sent(unit, player, now).await?, now);
    if !wait.is_zero() {
        return Err(PlayerError::CodeTooSoon(wait));
    }
    let of = (verification.id, player);
    let (code, kept) = ContactCode::draw(of, purpose, contact, services.randomness.as_ref(), now);
    unit.insert_contact_code(&kept).await?;
    let content = match purpose {
        CodePurpose::Enrolment => {
            let operator = unit.find_operator(&verification.operator).await?;
            NoticeContent::EnrolmentCode { code, operator: operator.map(|one| one.name).unwrap_or_default() }
        }
        CodePurpose::Recovery => NoticeContent::RecoveryCode { code },
        CodePurpose::TakeBack => NoticeContent::TakeBackCode { code },
    };
    queue_notice(services, unit, player, std::slice::from_ref(contact), &content, locale, now).await?;
    Ok(())
}
