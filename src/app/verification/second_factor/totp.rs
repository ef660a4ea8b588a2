//! TOTP: enrolled right after the face and contact steps, demanded every time after.

use serde_json::json;

use super::attempt::{FactorAttempt, Rejected};
use super::enrol::{Enrolling, make_room};
use super::enrolled::expect_none;
use super::recovery_codes::new_recovery_codes;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::ports::{FactorLife, Factors};
use crate::domain::second_factor::totp::{Drift, Provisioning, TotpEnrolment};
use crate::domain::second_factor::{BoundBy, FactorKind};

/// The name that authenticator apps show.
const ISSUER: &str = "Rastau";

/// Makes a secret. It counts for nothing until a code of it has come back.
pub async fn begin_totp(services: &Services, session: HandleHash) -> Result<Provisioning, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_second_factor(now)?;
    expect_none(unit.as_mut(), player, now).await?;
    let (_, proof) = verification.expect_enrolment(now)?;
    make_room(unit.as_mut(), player, proof, now).await?;
    let enrolment = TotpEnrolment::begin(player, services.randomness.as_ref());
    unit.put_totp(&enrolment, now).await?;
    unit.commit().await?;
    Ok(provisioning(&enrolment))
}

/// What an app reads. The account tells entries of one phone apart; an IIN has no business there.
pub(super) fn provisioning(enrolment: &TotpEnrolment) -> Provisioning {
    let short_id: String = enrolment.player.to_string().chars().rev().take(6).collect();
    enrolment.provisioning(ISSUER, &format!("player {short_id}"))
}

/// The first code confirms the enrolment and is the second factor of this verification unless it is held. Returns the recovery
/// codes, to be shown once.
pub async fn confirm_totp(
    services: &Services,
    session: HandleHash,
    code: &str,
    locale: Locale,
) -> Result<Vec<SecretText>, PlayerError> {
    // Looked at first without consequences: a guess must not cost us ten hashes, nor the hashes a held lock.
    if !fits_enrolment(services, session, code).await? {
        reject(FactorAttempt::begin(services, session).await?, code).await?;
    }
    let (texts, set) = new_recovery_codes(services).await?;
    let mut enrolling = Enrolling::begin(services, session).await?;
    let (player, now) = (enrolling.attempt.player, enrolling.attempt.now);
    if holds(enrolling.attempt.unit.as_mut(), player, code, false, now).await?.is_none() {
        return reject(enrolling.attempt, code).await.map(|()| Vec::new());
    }
    enrolling.attempt.unit.bind_totp(player, &enrolling.binding).await?;
    enrolling.finish(services, FactorKind::Totp, &set, json!({}), locale).await?;
    Ok(texts)
}

async fn fits_enrolment(services: &Services, session: HandleHash, code: &str) -> Result<bool, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_second_factor(now)?;
    expect_none(unit.as_mut(), player, now).await?;
    verification.expect_enrolment(now)?;
    let enrolment = unit.find_totp(player).await?.ok_or(PlayerError::FactorMissing)?;
    Ok(enrolment.accept(code, now).is_some())
}

/// A code of an enrolled authenticator.
pub async fn prove_totp(services: &Services, session: HandleHash, code: &str) -> Result<(), PlayerError> {
    let mut attempt = FactorAttempt::begin(services, session).await?;
    let (player, now) = (attempt.player, attempt.now);
    match holds(attempt.unit.as_mut(), player, code, true, now).await? {
        Some(bound_by) => attempt.accept(services, FactorKind::Totp, bound_by).await,
        None => reject(attempt, code).await,
    }
}

/// Counts a wrong code; where it is of another time, the player is told that the clock of their device is off.
async fn reject(mut attempt: FactorAttempt, code: &str) -> Result<(), PlayerError> {
    let drift = drift(attempt.unit.as_mut(), attempt.player, code, attempt.now).await?;
    attempt.reject(Rejected { factor: FactorKind::Totp, drift }).await
}

/// By how much a wrong code is of another time. Of a code that is still to come the step is kept, in the transaction that counts the
/// failure: whoever guessed it gains nothing by waiting. Before the first code the secret is on the page, and nobody guesses.
pub(super) async fn drift(
    unit: &mut (impl Factors + ?Sized),
    player: PlayerId,
    code: &str,
    now: Timestamp,
) -> Result<Option<Drift>, PlayerError> {
    let Some(enrolment) = unit.find_totp(player).await? else { return Ok(None) };
    let drift = enrolment.drift(code, now);
    if let Some(ahead) = drift.filter(|drift| drift.is_ahead() && enrolment.is_confirmed()) {
        unit.note_told_step(player, ahead.step).await?;
    }
    Ok(drift)
}

/// What the player's authenticator is bound by, when `code` is of it; it must count, or must not be confirmed yet. The code is
/// used up.
pub(in crate::app) async fn holds(
    unit: &mut (impl FactorLife + Factors + ?Sized),
    player: PlayerId,
    code: &str,
    confirmed: bool,
    now: Timestamp,
) -> Result<Option<BoundBy>, PlayerError> {
    let fits = |totp: &TotpEnrolment| totp.is_confirmed() == confirmed && (!confirmed || totp.binding.counts(now));
    let enrolment = unit.find_totp(player).await?.filter(fits).ok_or(PlayerError::FactorMissing)?;
    match enrolment.accept(code, now) {
        // Compare-and-set: of two requests with one code, one is too late.
        Some(step) if unit.advance_totp(player, step).await? => {
            unit.note_totp_use(player, now).await?;
            Ok(Some(enrolment.binding.by))
        }
        _ => Ok(None),
    }
}
