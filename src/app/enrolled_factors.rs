//! What a player has enrolled, and the rule that enrolment happens only where nothing is enrolled yet.

use super::PlayerError;
use crate::domain::id::PlayerId;
use crate::domain::ports::{StoreError, UnitOfWork};
use crate::domain::second_factor::Enrolled;
use crate::domain::second_factor::totp::TotpEnrolment;

/// Counts the player's second factors.
pub(super) async fn enrolled(unit: &mut dyn UnitOfWork, player: PlayerId) -> Result<Enrolled, StoreError> {
    let passkeys = unit.list_passkeys(player).await?.len();
    let totp = unit.find_totp(player).await?.is_some_and(|enrolment: TotpEnrolment| enrolment.is_confirmed());
    let recovery_codes = unit.find_recovery_codes(player).await?.map_or(0, |codes| codes.left());
    Ok(Enrolled { passkeys, totp, recovery_codes })
}

/// Refuses enrolment where there is a second factor to show: else a stolen face could add its own.
pub(super) async fn expect_none(unit: &mut dyn UnitOfWork, player: PlayerId) -> Result<(), PlayerError> {
    if enrolled(unit, player).await?.any() { Err(PlayerError::FactorEnrolled) } else { Ok(()) }
}
