//! What a player has enrolled that counts, and the rule that enrolment happens only where nothing does yet.

use super::second_proof::hold::note_passed_hold;
use crate::app::PlayerError;
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::enrolment::Standing;
use crate::domain::second_factor::passkey::StoredPasskey;
use crate::domain::second_factor::ports::{Factors, HeldEnrolments};
use crate::domain::second_factor::totp::TotpEnrolment;
use crate::domain::second_factor::{Binding, Enrolled};
use crate::domain::verification::Verification;

/// The player's second factors that count at `now`; those that are held do not.
pub(in crate::app) async fn enrolled(
    unit: &mut (impl Factors + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<Enrolled, StoreError> {
    let passkeys = passkeys(unit, player, now).await?;
    let totp =
        unit.find_totp(player).await?.filter(|totp: &TotpEnrolment| totp.is_confirmed() && totp.binding.counts(now));
    let bindings = passkeys.iter().map(|passkey| passkey.binding).chain(totp.as_ref().map(|totp| totp.binding));
    let bound_by = bindings.map(|binding| binding.by).min();
    let recovery_codes = match bound_by {
        Some(_) => unit.find_recovery_codes(player).await?.map_or(0, |codes| codes.left()),
        None => 0,
    };
    Ok(Enrolled { passkeys: passkeys.len(), totp: totp.is_some(), recovery_codes, bound_by })
}

/// Their passkeys that count at `now`.
pub(in crate::app) async fn passkeys(
    unit: &mut (impl Factors + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<Vec<StoredPasskey>, StoreError> {
    let mut passkeys = unit.list_passkeys(player).await?;
    passkeys.retain(|passkey| passkey.binding.counts(now));
    Ok(passkeys)
}

/// What a further factor is bound by that is put beside those that count: no more than the weakest of them.
pub(super) async fn binding_beside(
    unit: &mut (impl Factors + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<Option<Binding>, StoreError> {
    let passkeys = passkeys(unit, player, now).await?.into_iter().map(|passkey| passkey.binding);
    let totp = unit.find_totp(player).await?.filter(TotpEnrolment::is_confirmed).map(|totp| totp.binding);
    Ok(Binding::beside(passkeys.chain(totp.filter(|binding| binding.counts(now)))))
}

/// How the player of this verification stands once their face was found to be theirs; what waited until now is noted to count.
pub(in crate::app) async fn standing_of(
    unit: &mut (impl AuditLog + Factors + HeldEnrolments + ?Sized),
    verification: &Verification,
    now: Timestamp,
) -> Result<Standing, StoreError> {
    let Some(player) = verification.player else { return Ok(Standing::Unbound) };
    note_passed_hold(unit, player, now).await?;
    let enrolled = enrolled(unit, player, now).await?;
    Ok(if enrolled.any() { Standing::Bound } else { Standing::Unbound })
}

/// Refuses where there is no second factor to lose.
pub(super) async fn expect_any(
    unit: &mut (impl Factors + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<(), PlayerError> {
    if enrolled(unit, player, now).await?.any() { Ok(()) } else { Err(PlayerError::FactorMissing) }
}

/// Refuses enrolment where there is a second factor to show: else a stolen face could add its own.
pub(super) async fn expect_none(
    unit: &mut (impl Factors + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<(), PlayerError> {
    if enrolled(unit, player, now).await?.any() { Err(PlayerError::FactorEnrolled) } else { Ok(()) }
}
