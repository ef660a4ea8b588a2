//! Somebody who came in is confirmed: they see a code, and another than who asked for them types it.

use serde_json::{Value, json};

use super::session::{Admitted, note};
use super::{Asker, StaffError};
use crate::app::Services;
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::domain::staff::confirmation::{ConfirmFault, ConfirmationCode};
use crate::domain::staff::ports::Staff;
use crate::domain::staff::{Act, Login, StaffMember};

/// Somebody who waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Who.
    pub member: StaffMember,
    /// Who of the staff asked for them.
    pub asked_by: Vec<Login>,
    /// Whether who reads it may confirm them.
    pub yours: bool,
}

/// Draws the code that somebody who waits tells; the one before is void. Returns until when it is good.
pub async fn draw_code(services: &Services, waits: &Admitted) -> Result<(SecretText, Timestamp), StaffError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    unit.hold_staff(&waits.member.login).await?;
    let member = unit.find_staff(waits.member.id).await?.ok_or(StaffError::Unknown)?;
    member.expect_confirmable(None)?;
    let credential = credential_of(unit.as_mut(), &member).await?;
    let (text, code) = ConfirmationCode::draw(member.id, &credential, services.randomness.as_ref(), now);
    unit.put_confirmation_code(&code).await?;
    unit.commit().await?;
    Ok((text, code.expires_at))
}

/// Who has a passkey and waits, as `by` sees them.
pub async fn list_waiting(services: &Services, by: &Admitted) -> Result<Vec<Waiting>, StaffError> {
    let mut unit = services.store.read().await?;
    let all = unit.list_staff().await?;
    let mut waiting = Vec::new();
    for member in all.iter().filter(|member| member.expect_confirmable(None).is_ok()) {
        if !unit.list_staff_passkeys(member.id).await?.is_empty() {
            let askers = all.iter().filter(|one| member.asked_by.contains(&one.id));
            waiting.push(Waiting {
                member: member.clone(),
                asked_by: askers.map(|asker| asker.login.clone()).collect(),
                yours: by.member.can_confirm(member),
            });
        }
    }
    Ok(waiting)
}

/// Another of the staff types the code.
pub async fn confirm(
    services: &Services,
    by: &Admitted,
    login: &Login,
    code: &SecretText,
) -> Result<StaffMember, StaffError> {
    let by = (Asker::member(&by.member), json!({ "by": by.member.login }));
    confirm_as(services.store.as_ref(), services.clock.as_ref(), by, login, code).await
}

/// Whoever has the machine types it: where nobody else can, or `alone` is said.
pub async fn confirm_at_machine(
    store: &dyn Store,
    clock: &dyn Clock,
    (by, alone): (&str, bool),
    login: &Login,
    code: &SecretText,
) -> Result<StaffMember, StaffError> {
    let all = store.read().await?.list_staff().await?;
    let waits = all.iter().find(|member| member.login == *login).ok_or(StaffError::Unknown)?;
    let others = all.iter().filter(|member| member.can_confirm(waits)).count();
    if others > 0 && !alone {
        return Err(StaffError::OthersConfirm(others));
    }
    let by = (Asker::machine(by), json!({ "by": by, "alone": alone }));
    confirm_as(store, clock, by, login, code).await
}

async fn confirm_as(
    store: &dyn Store,
    clock: &dyn Clock,
    (by, details): (Asker, Value),
    login: &Login,
    typed: &SecretText,
) -> Result<StaffMember, StaffError> {
    let now = clock.now();
    let mut unit = store.begin().await?;
    unit.hold_staff(login).await?;
    let mut member = unit.find_staff_by_login(login).await?.ok_or(StaffError::Unknown)?;
    member.expect_confirmable(by.staff)?;
    let credential = credential_of(unit.as_mut(), &member).await?;
    let code = unit.try_confirmation_code(member.id).await?;
    if !code.is_some_and(|code| code.fits(&credential, typed.expose(), now)) {
        note(unit.as_mut(), AuditKind::StaffNotConfirmed, &member, details, now).await?;
        unit.commit().await?;
        return Err(ConfirmFault::Code.into());
    }
    unit.confirm_staff(member.id, now).await?;
    note(unit.as_mut(), AuditKind::StaffConfirmed, &member, details, now).await?;
    unit.commit().await?;
    member.confirmed_at = Some(now);
    Ok(member)
}

/// The credential id of the passkey that is vouched for: the one there is.
async fn credential_of(unit: &mut (impl Staff + ?Sized), member: &StaffMember) -> Result<Vec<u8>, StaffError> {
    let mut passkeys = unit.list_staff_passkeys(member.id).await?;
    match (passkeys.pop(), passkeys.is_empty()) {
        (Some(only), true) => Ok(only.credential_id),
        _ => Err(ConfirmFault::NotDue.into()),
    }
}

/// Whether somebody whom the machine brings in counts at once: there is nobody yet who could confirm them.
pub(super) async fn is_first(unit: &mut (impl Staff + ?Sized), member: &StaffMember) -> Result<bool, StaffError> {
    let all = unit.list_staff().await?;
    Ok(member.asked_by.is_empty() && !all.iter().any(|other| other.id != member.id && other.may(Act::Confirm)))
}
