//! The player shows a passkey that they enrolled before.

use serde_json::Value;

use super::attempt::{FactorAttempt, expect_unlocked};
use super::enrolled::passkeys;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::identity::ports::Players;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{PlayerId, VerificationId};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::ceremony::Proof;
use crate::domain::second_factor::passkey::{CEREMONY_TTL, CeremonyKind, StoredPasskey};
use crate::domain::second_factor::ports::Factors;
use crate::domain::second_factor::{BoundBy, FactorKind};

/// The options for `navigator.credentials.get`.
pub async fn begin_passkey(services: &Services, session: HandleHash) -> Result<Value, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_second_factor(now)?;
    let of = (verification.id, player);
    let options = begin(services, unit.as_mut(), of, CeremonyKind::Authentication, now).await?;
    unit.commit().await?;
    Ok(options)
}

/// Checks the authenticator's answer; a wrong one counts like a wrong code.
pub async fn prove_passkey(services: &Services, session: HandleHash, answer: &Value) -> Result<(), PlayerError> {
    let now = services.clock.now();
    // The state is used up by the attempt, whatever comes of it.
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_second_factor(now)?;
    let state = unit.take_ceremony(verification.id, CeremonyKind::Authentication, now).await?;
    unit.commit().await?;
    let state = state.ok_or(PlayerError::CeremonyUnknown)?;

    let mut attempt = FactorAttempt::begin(services, session).await?;
    match holds(services, attempt.unit.as_mut(), player, &state, answer, now).await? {
        Some(bound_by) => attempt.accept(services, FactorKind::Passkey, bound_by).await,
        None => attempt.reject(FactorKind::Passkey).await,
    }
}

/// What the passkey is bound by that gave `answer` to the ceremony `state`; its counter moves on. `None` when it is none of the
/// player's that count.
pub(in crate::app) async fn holds(
    services: &Services,
    unit: &mut (impl Factors + ?Sized),
    player: PlayerId,
    state: &SecretBytes,
    answer: &Value,
    now: Timestamp,
) -> Result<Option<BoundBy>, PlayerError> {
    let passkeys = enrolled_passkeys(unit, player, now).await?;
    let proof = services.passkeys.finish_authentication(state, &contents(&passkeys), answer);
    let Some((passkey, proof)) = proof.ok().and_then(|proof| matching(&passkeys, proof)) else {
        return Ok(None);
    };
    unit.update_passkey(passkey.id, &proof.content, now).await?;
    Ok(Some(passkey.binding.by))
}

/// Begins a ceremony of this kind, to be answered by one of the player's passkeys.
pub(in crate::app) async fn begin(
    services: &Services,
    unit: &mut (impl Factors + Players + ?Sized),
    (verification, player): (VerificationId, PlayerId),
    kind: CeremonyKind,
    now: Timestamp,
) -> Result<Value, PlayerError> {
    expect_unlocked(unit, player, now).await?;
    let passkeys = contents(&enrolled_passkeys(unit, player, now).await?);
    let started = services.passkeys.start_authentication(&passkeys)?;
    unit.put_ceremony(verification, kind, &started.state, now.plus(CEREMONY_TTL)).await?;
    Ok(started.options)
}

async fn enrolled_passkeys(
    unit: &mut (impl Factors + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<Vec<StoredPasskey>, PlayerError> {
    let passkeys = passkeys(unit, player, now).await?;
    if passkeys.is_empty() { Err(PlayerError::FactorMissing) } else { Ok(passkeys) }
}

fn contents(passkeys: &[StoredPasskey]) -> Vec<SecretBytes> {
    passkeys.iter().map(|passkey| passkey.content.clone()).collect()
}

fn matching(passkeys: &[StoredPasskey], proof: Proof) -> Option<(&StoredPasskey, Proof)> {
    passkeys.iter().find(|passkey| passkey.credential_id == proof.credential_id).map(|passkey| (passkey, proof))
}
