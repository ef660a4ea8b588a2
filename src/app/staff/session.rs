//! Who is signed in, and what they may do now.

use serde_json::{Value, json};

use super::StaffError;
use super::passkeys::{CeremonyStart, begin, finish, take};
use crate::app::Services;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::handle::{HandleHash, hash_handle, new_handle};
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::staff::ports::Staff;
use crate::domain::staff::{Act, MAX_SESSION, StaffMember, StaffSession};

const STEP_UP: &str = "step_up";

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Who, as they stand now.
    pub member: StaffMember,
    /// In which browser.
    pub session: StaffSession,
}

impl Admitted {
    /// Whether they may do this now.
    ///
    /// # Errors
    /// [`StaffError::Unconfirmed`] while nobody vouched for them, [`StaffError::Forbidden`] when none of their roles is for it, [`StaffError::StepUpNeeded`] when it is sensitive and the
    /// passkey was not shown lately.
    pub fn expect(&self, act: Act, now: Timestamp) -> Result<(), StaffError> {
        if self.member.confirmed_at.is_none() {
            Err(StaffError::Unconfirmed)
        } else if !self.member.may(act) {
            Err(StaffError::Forbidden)
        } else if act.needs_step_up() && !self.session.is_stepped_up(now) {
            Err(StaffError::StepUpNeeded)
        } else {
            Ok(())
        }
    }
}

/// Who is signed in with this handle; that they were seen is noted.
pub async fn admit(services: &Services, handle: HandleHash) -> Result<Admitted, StaffError> {
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let found = unit.find_staff_session(handle).await?;
    drop(unit);
    let (mut session, member) = found.ok_or(StaffError::SignedOut)?;
    if !session.stands(now) || member.disabled_at.is_some() {
        return Err(StaffError::SignedOut);
    }
    // Once a minute is enough, and no writer is waited for in between.
    if now.since(session.seen_at).as_secs() >= 60 {
        session.seen_at = now;
        let mut unit = services.store.begin().await?;
        unit.update_staff_session(&session).await?;
        unit.commit().await?;
    }
    Ok(Admitted { member, session })
}

/// Begins to show the passkey once more.
pub async fn begin_step_up(services: &Services, admitted: &Admitted) -> Result<CeremonyStart, StaffError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let begun = begin(services, unit.as_mut(), STEP_UP, admitted.member.id, None, now).await?;
    unit.commit().await?;
    Ok(begun)
}

/// The passkey was shown once more.
pub async fn finish_step_up(
    services: &Services,
    admitted: &Admitted,
    handle: &SecretText,
    answer: &Value,
) -> Result<StaffSession, StaffError> {
    let now = services.clock.now();
    let ceremony = take(services, handle, STEP_UP, now).await?;
    if ceremony.staff != admitted.member.id {
        return Err(StaffError::CeremonyUnknown);
    }
    let mut unit = services.store.begin().await?;
    finish(services, unit.as_mut(), &ceremony, answer, now).await?;
    let session = StaffSession { seen_at: now, proven_at: now, ..admitted.session };
    unit.update_staff_session(&session).await?;
    note(unit.as_mut(), AuditKind::StaffSteppedUp, &admitted.member, json!({}), now).await?;
    unit.commit().await?;
    Ok(session)
}

/// Ends a session, whoever's.
pub async fn sign_out(services: &Services, handle: HandleHash) -> Result<(), StaffError> {
    let mut unit = services.store.begin().await?;
    if let Some((_, member)) = unit.find_staff_session(handle).await? {
        unit.delete_staff_session(handle).await?;
        note(unit.as_mut(), AuditKind::StaffSignedOut, &member, json!({}), services.clock.now()).await?;
    }
    Ok(unit.commit().await?)
}

/// A session for somebody who has just shown a passkey. Returns the handle, which the browser alone keeps.
pub(super) async fn begin_session(
    services: &Services,
    unit: &mut (impl Staff + ?Sized),
    member: &StaffMember,
    now: Timestamp,
) -> Result<(SecretText, StaffSession), StaffError> {
    let handle = new_handle(services.randomness.as_ref());
    let session = StaffSession::begin(hash_handle(&handle), member.id, now);
    unit.insert_staff_session(&session, now.minus(MAX_SESSION)).await?;
    Ok((SecretText::new(handle), session))
}

/// What staff did with themselves, in the log.
pub(super) async fn note(
    unit: &mut (impl AuditLog + ?Sized),
    kind: AuditKind,
    member: &StaffMember,
    details: Value,
    now: Timestamp,
) -> Result<(), StaffError> {
    let event = NewAuditEvent { kind, at: now, subject: member.id.to_string(), details };
    Ok(unit.append_audit(&event).await.map(drop)?)
}
