//! What the page of a recovery shows.

use super::super::second_proof::sent;
use super::super::second_proof::view::{SentCode, told};
use super::{contacts, expect_code_wanted, recoveries};
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::contact_code::{CodePurpose, wait_for_next};
use crate::domain::second_factor::recovery::RecoveryState;

/// The recovery as the person sees it.
#[derive(Clone, Debug)]
pub struct RecoveryView {
    /// How it stands.
    pub state: RecoveryState,
    /// Until when whoever begins one now would wait.
    pub would_wait_until: Timestamp,
    /// Where a code may go, as they are told: best first. None while no code does anything.
    pub contacts: Vec<(Channel, SecretText)>,
    /// The code that is on its way or there, while it may be typed.
    pub sent: Option<SentCode>,
    /// From when another code may be asked for.
    pub next_at: Timestamp,
    /// Until when no code is looked at.
    pub locked_until: Option<Timestamp>,
}

/// Reads it for the person of this session.
///
/// # Errors
/// [`PlayerError::Contacts`] when it cannot be told what is on record: that is never "none".
pub async fn view_recovery(services: &Services, session: HandleHash) -> Result<RecoveryView, PlayerError> {
    let now = services.clock.now();
    let contacts = contacts(services, session, now).await?;
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_recovery(now)?;
    let state = recoveries(unit.as_mut(), player, now).await?.state(now);
    let code = unit.newest_contact_code(verification.id, CodePurpose::Recovery).await?;
    let wanted = expect_code_wanted(&state).is_ok();
    Ok(RecoveryView {
        state,
        would_wait_until: now.plus(services.policy.enrolment.recovery_hold),
        contacts: if wanted { told(&contacts) } else { Vec::new() },
        sent: code.filter(|code| wanted && code.is_open(now)).map(SentCode::from),
        next_at: now.plus(wait_for_next(&sent(unit.as_mut(), player, now).await?, now)),
        locked_until: unit.find_contact_lockout(player).await?.locked_until.filter(|until| *until > now),
    })
}
