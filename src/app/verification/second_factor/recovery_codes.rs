//! Recovery codes: made with the first second factor, shown once; each can stand in for it once.

use super::attempt::FactorAttempt;
use super::enrolled::enrolled;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::ports::Factors;
use crate::domain::second_factor::recovery_code::{RecoveryCodes, generate};
use crate::domain::second_factor::{BoundBy, FactorKind};

/// Makes a set on a worker thread: ten hashes take some 100 ms of CPU.
pub(super) async fn new_recovery_codes(services: &Services) -> Result<(Vec<SecretText>, RecoveryCodes), PlayerError> {
    let randomness = services.randomness.clone();
    tokio::task::spawn_blocking(move || generate(randomness.as_ref())).await.map_err(|_| PlayerError::Worker)
}

/// Accepts an unused code in place of the second factor.
pub async fn use_recovery_code(services: &Services, session: HandleHash, typed: &str) -> Result<(), PlayerError> {
    let mut attempt = FactorAttempt::begin(services, session).await?;
    match holds(attempt.unit.as_mut(), attempt.player, typed, attempt.now).await? {
        Some(bound_by) => attempt.accept(services, FactorKind::RecoveryCode, bound_by).await,
        None => attempt.reject(FactorKind::RecoveryCode).await,
    }
}

/// What the factor is bound by that `typed` stands in for, when it is an unused code of the player; it is used up. A factor that
/// is held has codes, and they are held with it.
pub(in crate::app) async fn holds(
    unit: &mut (impl Factors + ?Sized),
    player: PlayerId,
    typed: &str,
    now: Timestamp,
) -> Result<Option<BoundBy>, PlayerError> {
    let bound_by = enrolled(unit, player, now).await?.bound_by.ok_or(PlayerError::FactorMissing)?;
    let codes = unit.find_recovery_codes(player).await?.ok_or(PlayerError::FactorMissing)?;
    let typed = SecretText::new(typed);
    let place =
        tokio::task::spawn_blocking(move || codes.find(typed.expose())).await.map_err(|_| PlayerError::Worker)?;
    match place {
        // Compare-and-set: of two requests with one code, one is too late.
        Some(place) if unit.use_recovery_code(player, place, now).await? => Ok(Some(bound_by)),
        _ => Ok(None),
    }
}
