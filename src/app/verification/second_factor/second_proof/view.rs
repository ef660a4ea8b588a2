//! What the page of this step shows.

use super::{Codes, codes, may_wait, sent};
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::contact_code::{CodePurpose, ContactCode, TRIES, wait_for_next};

/// The step as the person sees it.
#[derive(Clone, Debug)]
pub struct ContactView {
    /// Where a code may go, as they are told: best first. A code is asked for by the place in this list.
    pub contacts: Vec<(Channel, SecretText)>,
    /// Whether no code goes out because somebody said that a recovery was not theirs.
    pub doubted: bool,
    /// The code that is on its way or there, while it may be typed.
    pub sent: Option<SentCode>,
    /// From when another code may be asked for.
    pub next_at: Timestamp,
    /// Until when no code is looked at.
    pub locked_until: Option<Timestamp>,
    /// Whether they may wait instead, and until when they would.
    pub wait_until: Option<Timestamp>,
    /// An enrolment that waits already.
    pub pending: Option<PendingView>,
}

/// A code that went out.
#[derive(Clone, Debug)]
pub struct SentCode {
    /// Where.
    pub masked: SecretText,
    /// When.
    pub sent_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// How often it may be tried yet.
    pub tries_left: u32,
}

impl From<ContactCode> for SentCode {
    fn from(code: ContactCode) -> Self {
        Self {
            expires_at: code.expires_at(),
            tries_left: TRIES.saturating_sub(code.tries),
            sent_at: code.sent_at,
            masked: code.masked,
        }
    }
}

/// Contacts as a person is told them.
pub(in crate::app) fn told(contacts: &[Contact]) -> Vec<(Channel, SecretText)> {
    contacts.iter().map(|one| (one.channel(), SecretText::new(one.masked()))).collect()
}

/// An enrolment that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingView {
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// Reads the step of this session.
///
/// # Errors
/// [`PlayerError::Contacts`] when it cannot be told what is on record: that is never "none".
pub async fn view_contact_step(services: &Services, session: HandleHash) -> Result<ContactView, PlayerError> {
    let now = services.clock.now();
    let codes = codes(services, session, now).await?;
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_contact(now)?;
    let pending = unit.open_hold(player).await?.filter(|hold| hold.is_pending(now));
    let code = unit.newest_contact_code(verification.id, CodePurpose::Enrolment).await?;
    let next_at = now.plus(wait_for_next(&sent(unit.as_mut(), player, now).await?, now));
    let locked_until = unit.find_contact_lockout(player).await?.locked_until.filter(|until| *until > now);
    let wait_until = match &pending {
        Some(hold) => Some(hold.until),
        None => may_wait(services, &codes).then(|| now.plus(services.policy.enrolment.hold)),
    };
    Ok(ContactView {
        contacts: told(codes.contacts()),
        doubted: matches!(codes, Codes::Doubted),
        sent: code.filter(|code| code.is_open(now)).map(SentCode::from),
        next_at,
        locked_until,
        wait_until,
        pending: pending.map(|hold| PendingView { since: hold.began_at, until: hold.until }),
    })
}
