//! What the page of it shows.

use super::contacts;
use crate::app::verification::second_factor::second_proof::sent;
use crate::app::verification::second_factor::second_proof::view::{SentCode, told};
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::contact_code::{CodePurpose, wait_for_next};

/// Taking back, as the person sees it.
#[derive(Clone, Debug)]
pub struct TakeBackView {
    /// Where a code may go, as they are told.
    pub contacts: Vec<(Channel, SecretText)>,
    /// The code that is on its way or there, while it may be typed.
    pub sent: Option<SentCode>,
    /// From when another code may be asked for.
    pub next_at: Timestamp,
    /// Until when no code is looked at.
    pub locked_until: Option<Timestamp>,
}

/// Reads it for the person of this session, while they may act on the decision.
///
/// # Errors
/// [`PlayerError::SelfRestriction`] where nothing can be taken back, or not by what they have shown; [`PlayerError::Contacts`] when it
/// cannot be told what is on record.
pub async fn view_take_back(services: &Services, session: HandleHash) -> Result<TakeBackView, PlayerError> {
    let now = services.clock.now();
    let contacts = contacts(services, session, now).await?;
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_self_service(now)?;
    let code = unit.newest_contact_code(verification.id, CodePurpose::TakeBack).await?;
    Ok(TakeBackView {
        contacts: told(&contacts),
        sent: code.filter(|code| code.is_open(now)).map(SentCode::from),
        next_at: now.plus(wait_for_next(&sent(unit.as_mut(), player, now).await?, now)),
        locked_until: unit.find_contact_lockout(player).await?.locked_until.filter(|until| *until > now),
    })
}
