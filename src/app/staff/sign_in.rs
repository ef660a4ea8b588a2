//! Somebody of the staff signs in with a passkey.

use serde_json::{Value, json};

use super::StaffError;
use super::made_up::credential_id;
use super::passkeys::{CeremonyStart, begin, finish, take};
use super::session::{Admitted, begin_session, note};
use crate::app::Services;
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::id::StaffId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::staff::Login;

const KIND: &str = "sign_in";

/// The options for `navigator.credentials.get`. A login that is unknown, stopped, or has no passkey is answered as any other,
/// with options that are made up: the same work, the same form, and a ceremony that nobody can finish.
pub async fn begin_sign_in(services: &Services, login: &str) -> Result<CeremonyStart, StaffError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let member = match login.parse::<Login>() {
        Ok(login) => unit.find_staff_by_login(&login).await?.filter(|member| member.disabled_at.is_none()),
        Err(_) => None,
    };
    let staff = member.map_or_else(|| StaffId::new(now, services.randomness.as_ref()), |member| member.id);
    let stand_in = credential_id(&services.policy.pairwise_key, login);
    let begun = begin(services, unit.as_mut(), KIND, staff, Some(&stand_in), now).await?;
    unit.commit().await?;
    Ok(begun)
}

/// Signs in. Returns the session's handle.
pub async fn finish_sign_in(
    services: &Services,
    handle: &SecretText,
    answer: &Value,
) -> Result<(SecretText, Admitted), StaffError> {
    let now = services.clock.now();
    let ceremony = take(services, handle, KIND, now).await?;
    let mut unit = services.store.begin().await?;
    let id = finish(services, unit.as_mut(), &ceremony, answer, now).await?;
    let member = unit.find_staff(id).await?.filter(|member| member.disabled_at.is_none());
    let member = member.ok_or(StaffError::SignInRefused)?;
    let (handle, session) = begin_session(services, unit.as_mut(), &member, now).await?;
    note(unit.as_mut(), AuditKind::StaffSignedIn, &member, json!({}), now).await?;
    unit.commit().await?;
    Ok((handle, Admitted { member, session }))
}
