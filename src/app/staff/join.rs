//! Somebody who was invited makes their passkey, and is signed in with it. They count once another has confirmed them.

use serde_json::json;

use super::StaffError;
use super::confirm::is_first;
use super::passkeys::{CeremonyStart, keep, take};
use super::session::{Admitted, begin_session, note};
use crate::app::Services;
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::handle::hash_handle;
use crate::domain::kernel::id::StaffPasskeyId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::staff::ports::Staff;
use crate::domain::staff::{StaffMember, StaffPasskey};

const KIND: &str = "join";

/// Whom an invitation is for, and the options for `navigator.credentials.create`.
pub async fn begin_joining(
    services: &Services,
    invitation: &SecretText,
) -> Result<(StaffMember, CeremonyStart), StaffError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    if note_shown_again(unit.as_mut(), invitation, now).await? {
        unit.commit().await?;
        return Err(StaffError::InvitationUnknown);
    }
    let member = invited(unit.as_mut(), invitation, now).await?;
    let known = unit.list_staff_passkeys(member.id).await?;
    let exclude: Vec<Vec<u8>> = known.into_iter().map(|passkey| passkey.credential_id).collect();
    let started = services
        .passkeys
        .start_registration(member.id.uuid(), member.login.as_str(), &exclude)
        .map_err(StaffError::PasskeyRefused)?;
    let begun = keep(services, unit.as_mut(), KIND, member.id, started, now).await?;
    unit.commit().await?;
    Ok((member, begun))
}

/// Keeps the passkey, uses the invitation up, and signs in. Returns the session's handle.
pub async fn finish_joining(
    services: &Services,
    invitation: &SecretText,
    handle: &SecretText,
    answer: &serde_json::Value,
) -> Result<(SecretText, Admitted), StaffError> {
    let now = services.clock.now();
    let ceremony = take(services, handle, KIND, now).await?;
    let proof = services.passkeys.finish_registration(&ceremony.state, answer).map_err(StaffError::PasskeyRefused)?;
    let mut unit = services.store.begin().await?;
    let mut member = invited(unit.as_mut(), invitation, now).await?;
    // The invitation of one does not serve the ceremony of another.
    if member.id != ceremony.staff || !unit.take_invitation(hash_handle(invitation.expose()), now).await? {
        return Err(StaffError::InvitationUnknown);
    }
    let passkey = StaffPasskey {
        id: StaffPasskeyId::new(now, services.randomness.as_ref()),
        staff: member.id,
        credential_id: proof.credential_id,
        content: proof.content,
        created_at: now,
    };
    unit.insert_staff_passkey(&passkey).await?;
    unit.doubt_staff(member.id, &member.asked_by).await?;
    member.confirmed_at = is_first(unit.as_mut(), &member).await?.then_some(now);
    if member.confirmed_at.is_some() {
        unit.confirm_staff(member.id, now).await?;
    }
    let details = json!({ "passkey": passkey.id, "counts": member.confirmed_at.is_some() });
    note(unit.as_mut(), AuditKind::StaffJoined, &member, details, now).await?;
    let (handle, session) = begin_session(services, unit.as_mut(), &member, now).await?;
    unit.commit().await?;
    Ok((handle, Admitted { member, session }))
}

/// Whether somebody has joined by this invitation already. Whom it was meant for may come second: the log tells of it, once.
async fn note_shown_again(
    unit: &mut (impl AuditLog + Staff + ?Sized),
    invitation: &SecretText,
    now: Timestamp,
) -> Result<bool, StaffError> {
    let joined = unit.take_used_invitation(hash_handle(invitation.expose()), now).await?;
    let Some(joined) = joined else { return Ok(false) };
    let member = unit.find_staff(joined).await?.ok_or(StaffError::InvitationUnknown)?;
    tracing::warn!(login = member.login.as_str(), "an invitation that was used is shown again");
    note(unit, AuditKind::StaffInvitationShownAgain, &member, json!({}), now).await?;
    Ok(true)
}

async fn invited(
    unit: &mut (impl Staff + ?Sized),
    invitation: &SecretText,
    now: Timestamp,
) -> Result<StaffMember, StaffError> {
    let id = unit.find_invitation(hash_handle(invitation.expose()), now).await?;
    let member = unit.find_staff(id.ok_or(StaffError::InvitationUnknown)?).await?;
    member.filter(|member| member.disabled_at.is_none()).ok_or(StaffError::InvitationUnknown)
}
