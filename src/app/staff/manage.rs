//! Staff are invited, changed and stopped.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::confirm::is_first;
use super::{Asker, StaffError, session};
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::dual_control::{EYES, can_approve};
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::handle::{hash_handle, new_handle};
use crate::domain::kernel::id::StaffId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::domain::staff::ports::Staff;
use crate::domain::staff::{Act, INVITATION, Login, Role, StaffMember};

/// Adds somebody and invites them; `by` is who does it. Returns the invitation, to be handed to them alone.
pub async fn invite_staff(
    store: &dyn Store,
    tools: (&dyn Clock, &dyn Randomness),
    login: Login,
    name: &str,
    roles: BTreeSet<Role>,
    by: &Asker,
) -> Result<(StaffMember, SecretText), StaffError> {
    let mut unit = store.begin().await?;
    let invited = invite_within(unit.as_mut(), tools, login, name, roles, by).await?;
    unit.commit().await?;
    Ok(invited)
}

/// The same within a transaction.
pub async fn invite_within(
    unit: &mut (impl AuditLog + Staff + ?Sized),
    (clock, randomness): (&dyn Clock, &dyn Randomness),
    login: Login,
    name: &str,
    roles: BTreeSet<Role>,
    by: &Asker,
) -> Result<(StaffMember, SecretText), StaffError> {
    let now = clock.now();
    let mut member = StaffMember::new(StaffId::new(now, randomness), login, name, roles, now)?;
    member.asked_by = by.known();
    unit.insert_staff(&member).await.map_err(|error| match error {
        StoreError::Conflict => StaffError::LoginTaken,
        error => error.into(),
    })?;
    let invitation = invite(unit, randomness, member.id, now).await?;
    note_invitation(unit, &member, by, now).await?;
    Ok((member, invitation))
}

/// Invites somebody once more, who lost their passkeys: what they had is forgotten, and so is every session. They are confirmed
/// anew.
pub async fn reinvite_staff(
    store: &dyn Store,
    tools: (&dyn Clock, &dyn Randomness),
    login: &Login,
    by: &Asker,
) -> Result<(StaffMember, SecretText), StaffError> {
    let mut unit = store.begin().await?;
    let invited = reinvite_within(unit.as_mut(), tools, login, by).await?;
    unit.commit().await?;
    Ok(invited)
}

/// The same within a transaction.
pub async fn reinvite_within(
    unit: &mut (impl AuditLog + Staff + ?Sized),
    (clock, randomness): (&dyn Clock, &dyn Randomness),
    login: &Login,
    by: &Asker,
) -> Result<(StaffMember, SecretText), StaffError> {
    let now = clock.now();
    unit.hold_staff(login).await?;
    let mut member = unit.find_staff_by_login(login).await?.ok_or(StaffError::Unknown)?;
    unit.delete_staff_passkeys(member.id).await?;
    unit.delete_staff_sessions(member.id).await?;
    let before = member.clone();
    (member.asked_by, member.confirmed_at) = (by.known(), None);
    remember_second(unit, &before, &member, now).await?;
    unit.doubt_staff(member.id, &member.asked_by).await?;
    let invitation = invite(unit, randomness, member.id, now).await?;
    note_invitation(unit, &member, by, now).await?;
    Ok((member, invitation))
}

/// Where an invitation is taken: behind a fragment, which no server's log sees.
pub fn join_link(public_url: &str, invitation: &SecretText) -> SecretText {
    SecretText::new(format!("{}/console/#join={}", public_url.trim_end_matches('/'), invitation.expose()))
}

/// What is changed of somebody; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct StaffChange {
    /// How others know them.
    pub name: Option<String>,
    /// What they are there for.
    pub roles: Option<BTreeSet<Role>>,
    /// Whether they may do anything.
    pub disabled: Option<bool>,
    /// Why, where it takes nobody else: for the log.
    pub why: Option<String>,
}

impl StaffChange {
    /// Whether somebody becomes a pair of eyes by it who was none before, or of another kind: nobody makes a second pair alone.
    pub fn grants_approval(&self, before: &StaffMember) -> bool {
        let after = self.roles.as_ref().unwrap_or(&before.roles);
        let gains = EYES.into_iter().any(|act| {
            let may = |roles: &BTreeSet<Role>| roles.iter().any(|role| role.may(act));
            may(after) && !may(&before.roles)
        });
        let comes_back = self.disabled == Some(false) && before.disabled_at.is_some();
        gains || (comes_back && can_approve(after))
    }
}

/// Changes somebody, as one alone may; every session of theirs is over.
///
/// # Errors
/// [`StaffError::TakesTwo`] where one of the staff would make a pair of eyes by it.
pub async fn change_staff(
    store: &dyn Store,
    clock: &dyn Clock,
    login: &Login,
    change: StaffChange,
    by: &Asker,
) -> Result<StaffMember, StaffError> {
    let mut unit = store.begin().await?;
    unit.hold_staff(login).await?;
    let before = unit.find_staff_by_login(login).await?.ok_or(StaffError::Unknown)?;
    if by.staff.is_some() && change.grants_approval(&before) {
        return Err(StaffError::TakesTwo);
    }
    let member = change_within(unit.as_mut(), login, change, by, clock.now()).await?;
    unit.commit().await?;
    Ok(member)
}

/// The same within a transaction, whoever decided. Who becomes a pair of eyes is confirmed anew, by another than who asked.
pub async fn change_within(
    unit: &mut (impl AuditLog + Staff + ?Sized),
    login: &Login,
    change: StaffChange,
    by: &Asker,
    now: Timestamp,
) -> Result<StaffMember, StaffError> {
    unit.hold_staff(login).await?;
    let before = unit.find_staff_by_login(login).await?.ok_or(StaffError::Unknown)?;
    let eyes = change.grants_approval(&before);
    let name = change.name.unwrap_or_else(|| before.name.clone());
    let roles = change.roles.unwrap_or_else(|| before.roles.clone());
    let mut member = StaffMember {
        asked_by: before.asked_by.clone(),
        confirmed_at: before.confirmed_at,
        ..StaffMember::new(before.id, before.login.clone(), &name, roles, before.added_at)?
    };
    member.disabled_at = match change.disabled {
        Some(true) => before.disabled_at.or(Some(now)),
        Some(false) => None,
        None => before.disabled_at,
    };
    unit.update_staff(&member).await?;
    if eyes {
        doubt(unit, &mut member, by, now).await?;
    }
    remember_second(unit, &before, &member, now).await?;
    unit.delete_staff_sessions(member.id).await?;
    note_change(unit, &member, (by, change.why.as_deref()), now).await?;
    Ok(member)
}

/// Keeps when somebody ceased to be the second whom things take.
async fn remember_second(
    unit: &mut (impl Staff + ?Sized),
    before: &StaffMember,
    after: &StaffMember,
    now: Timestamp,
) -> Result<(), StaffError> {
    if before.may(Act::Approve) && !after.may(Act::Approve) {
        unit.note_second(after.id, now).await?;
    }
    Ok(())
}

/// They count once they are confirmed anew; at once where the machine raises somebody whom nobody could confirm.
async fn doubt(
    unit: &mut (impl Staff + ?Sized),
    member: &mut StaffMember,
    by: &Asker,
    now: Timestamp,
) -> Result<(), StaffError> {
    let counted = member.confirmed_at.take().is_some();
    // Whoever does not count yet may be in the hands of who asked first.
    let before = if counted { BTreeSet::new() } else { std::mem::take(&mut member.asked_by) };
    member.asked_by = before.into_iter().chain(by.staff).collect();
    unit.doubt_staff(member.id, &member.asked_by).await?;
    if counted && is_first(unit, member).await? {
        unit.confirm_staff(member.id, now).await?;
        member.confirmed_at = Some(now);
    }
    Ok(())
}

async fn invite(
    unit: &mut (impl Staff + ?Sized),
    randomness: &dyn Randomness,
    staff: StaffId,
    now: Timestamp,
) -> Result<SecretText, StaffError> {
    let invitation = new_handle(randomness);
    unit.put_invitation(staff, hash_handle(&invitation), now.plus(INVITATION)).await?;
    Ok(SecretText::new(invitation))
}

async fn note_invitation(
    unit: &mut (impl AuditLog + ?Sized),
    member: &StaffMember,
    by: &Asker,
    now: Timestamp,
) -> Result<(), StaffError> {
    session::note(unit, AuditKind::StaffInvited, member, described(member, by), now).await
}

async fn note_change(
    unit: &mut (impl AuditLog + ?Sized),
    member: &StaffMember,
    (by, why): (&Asker, Option<&str>),
    now: Timestamp,
) -> Result<(), StaffError> {
    let mut details = described(member, by);
    if let Some(why) = why {
        details["why"] = json!(why);
    }
    session::note(unit, AuditKind::StaffChanged, member, details, now).await
}

fn described(member: &StaffMember, by: &Asker) -> Value {
    json!({
        "by": by.named, "login": member.login, "roles": member.roles, "disabled": member.disabled_at.is_some(),
    })
}
