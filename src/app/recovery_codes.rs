//! Recovery codes: made with the first second factor, shown once; each can stand in for it once.

use super::accept_factor::{accept_factor, expect_unlocked, reject_factor};
use super::check_restrictions::check_restrictions;
use super::player_session::open;
use super::{PlayerError, Services};
use crate::domain::authorization::HandleHash;
use crate::domain::second_factor::FactorKind;
use crate::domain::second_factor::recovery_code::{RecoveryCodes, generate};
use crate::domain::secret::SecretText;

/// Makes a set on a worker thread: ten hashes take some 100 ms of CPU.
pub(super) async fn new_recovery_codes(
    services: &Services,
) -> Result<(Vec<SecretText>, RecoveryCodes), PlayerError> {
    let randomness = services.randomness.clone();
    tokio::task::spawn_blocking(move || generate(randomness.as_ref()))
        .await
        .map_err(|_| PlayerError::Worker)
}

/// Accepts an unused code in place of the second factor.
pub async fn use_recovery_code(
    services: &Services,
    session: HandleHash,
    typed: &str,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let player = open(unit.as_mut(), session).await?.expect_second_factor(now)?;
    drop(unit);
    let checked = check_restrictions(services, player).await?;

    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    verification.expect_second_factor(now)?;
    let lockout = expect_unlocked(unit.as_mut(), player, now).await?;
    let codes = unit
        .find_recovery_codes(player)
        .await?
        .ok_or(PlayerError::FactorMissing)?;
    let typed = SecretText::new(typed);
    let place = tokio::task::spawn_blocking(move || codes.find(typed.expose()))
        .await
        .map_err(|_| PlayerError::Worker)?;
    let used = match place {
        Some(place) => unit.use_recovery_code(player, place, now).await?,
        None => false,
    };
    if !used {
        let kind = FactorKind::RecoveryCode;
        let refusal = reject_factor(unit.as_mut(), &verification, player, kind, lockout, now).await?;
        unit.commit().await?;
        return Err(refusal);
    }
    unit.put_lockout(player, &lockout.succeeded()).await?;
    accept_factor(
        services,
        unit.as_mut(),
        &mut verification,
        FactorKind::RecoveryCode,
        checked,
        now,
    )
    .await?;
    unit.commit().await?;
    Ok(())
}
