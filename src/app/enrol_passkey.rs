//! A passkey is made right after the same session's face step succeeded, and at no other time.

use serde_json::{Value, json};

use super::enrolled_factors::expect_none;
use super::factor_attempt::FactorAttempt;
use super::player_session::{audit, open};
use super::recovery_codes::new_recovery_codes;
use super::{PlayerError, Services};
use crate::domain::audit::AuditKind;
use crate::domain::authorization::HandleHash;
use crate::domain::id::PasskeyId;
use crate::domain::second_factor::passkey::{CEREMONY_LIFETIME, CeremonyKind, StoredPasskey};
use crate::domain::second_factor::{Binding, BoundBy, FactorKind};
use crate::domain::secret::SecretText;

/// The account name that authenticators show; it must not tell who the player is.
const ACCOUNT: &str = "Rastau";

/// The options for `navigator.credentials.create`.
pub async fn begin_passkey_enrolment(services: &Services, session: HandleHash) -> Result<Value, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_second_factor(now)?;
    expect_none(unit.as_mut(), player, now).await?;
    let started = services.passkeys.start_registration(player.uuid(), ACCOUNT, &[])?;
    let expires_at = now.plus(CEREMONY_LIFETIME);
    unit.put_ceremony(verification.id, CeremonyKind::Registration, &started.state, expires_at).await?;
    unit.commit().await?;
    Ok(started.options)
}

/// Stores the new passkey, which is also the second factor of this verification. Returns the recovery codes, to be
/// shown once.
pub async fn finish_passkey_enrolment(
    services: &Services,
    session: HandleHash,
    answer: &Value,
) -> Result<Vec<SecretText>, PlayerError> {
    let now = services.clock.now();
    // The state is used up by the attempt, whatever comes of it.
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_second_factor(now)?;
    let state = unit.take_ceremony(verification.id, CeremonyKind::Registration, now).await?;
    unit.commit().await?;
    let proof = services.passkeys.finish_registration(&state.ok_or(PlayerError::CeremonyUnknown)?, answer)?;
    let (texts, set) = new_recovery_codes(services).await?;

    let mut attempt = FactorAttempt::begin(services, session).await?;
    expect_none(attempt.unit.as_mut(), player, now).await?;
    let passkey = StoredPasskey {
        id: PasskeyId::new(now, services.randomness.as_ref()),
        player,
        credential_id: proof.credential_id,
        content: proof.content,
        created_at: now,
        binding: Binding::at_once(BoundBy::Face),
    };
    attempt.unit.insert_passkey(&passkey).await?;
    attempt.unit.put_recovery_codes(player, &set).await?;
    let details = json!({ "factor": FactorKind::Passkey.as_str(), "passkey": passkey.id });
    audit(attempt.unit.as_mut(), &attempt.verification, AuditKind::FactorEnrolled, details, now).await?;
    attempt.accept(services, FactorKind::Passkey, BoundBy::Face).await?;
    Ok(texts)
}
