//! Staff are invited, changed and stopped.

use std::collections::BTreeSet;

use serde_json::json;

use super::{StaffError, session};
use crate::domain::audit::AuditKind;
use crate::domain::authorization::{hash_handle, new_handle};
use crate::domain::id::StaffId;
use crate::domain::measure::are_eyes;
use crate::domain::ports::{Clock, Randomness, Store, StoreError, UnitOfWork};
use crate::domain::secret::SecretText;
use crate::domain::staff::{Act, INVITATION, Login, Role, StaffMember};
use crate::domain::time::Timestamp;

/// Adds somebody and invites them; `by` is who does it. Returns the invitation, to be handed to them alone.
pub async fn invite_staff(
    store: &dyn Store,
    tools: (&dyn Clock, &dyn Randomness),
    login: Login,
    name: &str,
    roles: BTreeSet<Role>,
    by: &str,
) -> Result<(StaffMember, SecretText), StaffError> {
    let mut unit = store.begin().await?;
    let invited = invite_within(unit.as_mut(), tools, login, name, roles, by).await?;
    unit.commit().await?;
    Ok(invited)
}

/// The same within a transaction.
pub async fn invite_within(
    unit: &mut dyn UnitOfWork,
    (clock, randomness): (&dyn Clock, &dyn Randomness),
    login: Login,
    name: &str,
    roles: BTreeSet<Role>,
    by: &str,
) -> Result<(StaffMember, SecretText), StaffError> {
    let now = clock.now();
    let member = StaffMember::new(StaffId::new(now, randomness), login, name, roles, now)?;
    unit.insert_staff(&member).await.map_err(|error| match error {
        StoreError::Conflict => StaffError::LoginTaken,
        error => error.into(),
    })?;
    let invitation = invite(unit, randomness, member.id, now).await?;
    note(unit, AuditKind::StaffInvited, &member, by, now).await?;
    Ok((member, invitation))
}

/// Invites somebody once more, who lost their passkeys: what they had is forgotten, and so is every session.
pub async fn reinvite_staff(
    store: &dyn Store,
    tools: (&dyn Clock, &dyn Randomness),
    login: &Login,
    by: &str,
) -> Result<(StaffMember, SecretText), StaffError> {
    let mut unit = store.begin().await?;
    let invited = reinvite_within(unit.as_mut(), tools, login, by).await?;
    unit.commit().await?;
    Ok(invited)
}

/// The same within a transaction.
pub async fn reinvite_within(
    unit: &mut dyn UnitOfWork,
    (clock, randomness): (&dyn Clock, &dyn Randomness),
    login: &Login,
    by: &str,
) -> Result<(StaffMember, SecretText), StaffError> {
    let now = clock.now();
    let member = unit.find_staff_by_login(login).await?.ok_or(StaffError::Unknown)?;
    unit.delete_staff_passkeys(member.id).await?;
    unit.delete_staff_sessions(member.id).await?;
    let invitation = invite(unit, randomness, member.id, now).await?;
    note(unit, AuditKind::StaffInvited, &member, by, now).await?;
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
}

impl StaffChange {
    /// Whether somebody decides or approves by it who did not before: nobody makes a second pair of eyes alone.
    pub fn makes_eyes(&self, before: &StaffMember) -> bool {
        let after = self.roles.as_ref().unwrap_or(&before.roles);
        let gains = [Act::Decide, Act::Approve].into_iter().any(|act| {
            let may = |roles: &BTreeSet<Role>| roles.iter().any(|role| role.may(act));
            may(after) && !may(&before.roles)
        });
        let comes_back = self.disabled == Some(false) && before.disabled_at.is_some();
        gains || (comes_back && are_eyes(after))
    }
}

/// Changes somebody; every session of theirs is over.
pub async fn change_staff(
    store: &dyn Store,
    clock: &dyn Clock,
    login: &Login,
    change: StaffChange,
    by: &str,
) -> Result<StaffMember, StaffError> {
    let mut unit = store.begin().await?;
    let member = change_within(unit.as_mut(), login, change, by, clock.now()).await?;
    unit.commit().await?;
    Ok(member)
}

/// The same within a transaction.
pub async fn change_within(
    unit: &mut dyn UnitOfWork,
    login: &Login,
    change: StaffChange,
    by: &str,
    now: Timestamp,
) -> Result<StaffMember, StaffError> {
    let before = unit.find_staff_by_login(login).await?.ok_or(StaffError::Unknown)?;
    let name = change.name.unwrap_or_else(|| before.name.clone());
    let roles = change.roles.unwrap_or_else(|| before.roles.clone());
    let mut member = StaffMember::new(before.id, before.login.clone(), &name, roles, before.added_at)?;
    member.disabled_at = match change.disabled {
        Some(true) => before.disabled_at.or(Some(now)),
        Some(false) => None,
        None => before.disabled_at,
    };
    unit.update_staff(&member).await?;
    unit.delete_staff_sessions(member.id).await?;
    note(unit, AuditKind::StaffChanged, &member, by, now).await?;
    Ok(member)
}

async fn invite(
    unit: &mut dyn UnitOfWork,
    randomness: &dyn Randomness,
    staff: StaffId,
    now: Timestamp,
) -> Result<SecretText, StaffError> {
    let invitation = new_handle(randomness);
    unit.put_invitation(staff, hash_handle(&invitation), now.plus(INVITATION)).await?;
    Ok(SecretText::new(invitation))
}

async fn note(
    unit: &mut dyn UnitOfWork,
    kind: AuditKind,
    member: &StaffMember,
    by: &str,
    now: Timestamp,
) -> Result<(), StaffError> {
    let details = json!({
        "by": by, "login": member.login, "roles": member.roles, "disabled": member.disabled_at.is_some(),
    });
    session::note(unit, kind, member, details, now).await
}
