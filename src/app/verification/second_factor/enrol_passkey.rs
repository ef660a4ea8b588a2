//! A passkey is made right after the same session's face and contact steps, and at no other time.

use serde_json::{Value, json};

use super::enrol::{Enrolling, make_room};
use super::enrolled::expect_none;
use super::recovery_codes::new_recovery_codes;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PasskeyId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::secret::SecretText;
use crate::domain::second_factor::FactorKind;
use crate::domain::second_factor::passkey::{CEREMONY_TTL, CeremonyKind, StoredPasskey};

/// The account name that authenticators show; it must not tell who the player is.
pub(super) const ACCOUNT: &str = "Rastau";

/// The options for `navigator.credentials.create`.
pub async fn begin_passkey_enrolment(services: &Services, session: HandleHash) -> Result<Value, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_second_factor(now)?;
    expect_none(unit.as_mut(), player, now).await?;
    let (_, proof) = verification.expect_enrolment(now)?;
    make_room(unit.as_mut(), player, proof, now).await?;
    let started = services.passkeys.start_registration(player.uuid(), ACCOUNT, &[])?;
    let expires_at = now.plus(CEREMONY_TTL);
    unit.put_ceremony(verification.id, CeremonyKind::Registration, &started.state, expires_at).await?;
    unit.commit().await?;
    Ok(started.options)
}

/// Stores the new passkey, which is also the second factor of this verification unless it is held. Returns the recovery codes,
/// to be shown once.
pub async fn finish_passkey_enrolment(
    services: &Services,
    session: HandleHash,
    answer: &Value,
    locale: Locale,
) -> Result<Vec<SecretText>, PlayerError> {
    let now = services.clock.now();
    // The state is used up by the attempt, whatever comes of it.
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let (player, _) = verification.expect_enrolment(now)?;
    let state = unit.take_ceremony(verification.id, CeremonyKind::Registration, now).await?;
    unit.commit().await?;
    let proof = services.passkeys.finish_registration(&state.ok_or(PlayerError::CeremonyUnknown)?, answer)?;
    let (texts, set) = new_recovery_codes(services).await?;

    let mut enrolling = Enrolling::begin(services, session).await?;
    let passkey = StoredPasskey {
        id: PasskeyId::new(now, services.randomness.as_ref()),
        player,
        credential_id: proof.credential_id,
        content: proof.content,
        created_at: now,
        binding: enrolling.binding,
    };
    enrolling.attempt.unit.insert_passkey(&passkey).await?;
    enrolling.finish(services, FactorKind::Passkey, &set, json!({ "passkey": passkey.id }), locale).await?;
    Ok(texts)
}
