//! The ceremonies of staff, each under a handle that only the browser has.

use serde_json::Value;

use super::StaffError;
use crate::app::Services;
use crate::domain::kernel::handle::{hash_handle, new_handle};
use crate::domain::kernel::id::StaffId;
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::ceremony::StartedCeremony;
use crate::domain::staff::CEREMONY;
use crate::domain::staff::ports::{Staff, StaffCeremony};

/// A ceremony that was begun: what the browser needs to go on.
#[derive(Debug)]
pub struct CeremonyStart {
    /// To be shown when it is finished.
    pub handle: SecretText,
    /// For `navigator.credentials`.
    pub options: Value,
}

/// Keeps a ceremony until it is finished.
pub(super) async fn keep(
    services: &Services,
    unit: &mut (impl Staff + ?Sized),
    kind: &'static str,
    staff: StaffId,
    started: StartedCeremony,
    now: Timestamp,
) -> Result<CeremonyStart, StaffError> {
    let handle = new_handle(services.randomness.as_ref());
    let ceremony = StaffCeremony { kind, staff, state: started.state, expires_at: now.plus(CEREMONY) };
    unit.put_staff_ceremony(hash_handle(&handle), &ceremony, now).await?;
    Ok(CeremonyStart { handle: SecretText::new(handle), options: started.options })
}

/// Begins one that is answered by one of their passkeys; by none, where they have none and there is a stand-in.
pub(super) async fn begin(
    services: &Services,
    unit: &mut (impl Staff + ?Sized),
    kind: &'static str,
    staff: StaffId,
    stand_in: Option<&[u8]>,
    now: Timestamp,
) -> Result<CeremonyStart, StaffError> {
    let passkeys: Vec<SecretBytes> =
        unit.list_staff_passkeys(staff).await?.into_iter().map(|passkey| passkey.content).collect();
    let started = match stand_in {
        Some(stand_in) if passkeys.is_empty() => services.passkeys.start_made_up_authentication(stand_in),
        _ => services.passkeys.start_authentication(&passkeys),
    };
    let started = started.map_err(|_| StaffError::SignInRefused)?;
    keep(services, unit, kind, staff, started, now).await
}

/// Whose passkey answered the ceremony; its counter moves on.
pub(super) async fn finish(
    services: &Services,
    unit: &mut (impl Staff + ?Sized),
    ceremony: &StaffCeremony,
    answer: &Value,
    now: Timestamp,
) -> Result<StaffId, StaffError> {
    let passkeys = unit.list_staff_passkeys(ceremony.staff).await?;
    let contents: Vec<SecretBytes> = passkeys.iter().map(|passkey| passkey.content.clone()).collect();
    let proof = services
        .passkeys
        .finish_authentication(&ceremony.state, &contents, answer)
        .map_err(StaffError::PasskeyRefused)?;
    let used = passkeys.iter().find(|passkey| passkey.credential_id == proof.credential_id);
    let used = used.ok_or(StaffError::SignInRefused)?;
    unit.update_staff_passkey(used.id, &proof.content, now).await?;
    Ok(used.staff)
}

/// Takes a ceremony away: it is used up by the attempt, whatever comes of it.
pub(super) async fn take(
    services: &Services,
    handle: &SecretText,
    kind: &'static str,
    now: Timestamp,
) -> Result<StaffCeremony, StaffError> {
    let mut unit = services.store.begin().await?;
    let taken = unit.take_staff_ceremony(hash_handle(handle.expose()), kind, now).await?;
    unit.commit().await?;
    taken.ok_or(StaffError::CeremonyUnknown)
}
