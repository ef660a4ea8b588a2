//! A further factor beside one that was shown for it.
//!
//! Between the two halves lies a ceremony of this session, good for two minutes and once: it is the proof that a factor was
//! shown. Removing any factor makes it void.

use serde_json::{Value, json};

use crate::app::notices::tell::{reachable, tell};
use crate::app::verification::second_factor::attempt::{Rejected, count_failure, expect_unlocked};
use crate::app::verification::second_factor::confirm::{Confirmation, Confirmed, ShownFactor};
use crate::app::verification::second_factor::enrol_passkey::ACCOUNT;
use crate::app::verification::second_factor::enrolled::binding_beside;
use crate::app::verification::second_factor::recovery_codes::new_recovery_codes;
use crate::app::verification::second_factor::totp::provisioning;
use crate::app::verification::session::{audit, open};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{PasskeyId, PlayerId};
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::ports::UnitOfWork;
use crate::domain::second_factor::lockout::Lockout;
use crate::domain::second_factor::own::{FactorId, FactorName, OwnFactorFault, expect_addable};
use crate::domain::second_factor::passkey::{CEREMONY_TTL, CeremonyKind, StoredPasskey};
use crate::domain::second_factor::totp::{Provisioning, TotpEnrolment};
use crate::domain::second_factor::{Binding, FactorKind};
use crate::domain::verification::Verification;

/// The options for `navigator.credentials.create`, once another factor was shown.
pub async fn begin_passkey_addition(
    services: &Services,
    session: HandleHash,
    shown: &ShownFactor,
) -> Result<Value, PlayerError> {
    let mut confirmed = confirm(services, session, FactorKind::Passkey, shown).await?;
    let there = confirmed.unit.list_passkeys(confirmed.player).await?;
    let there: Vec<Vec<u8>> = there.into_iter().map(|passkey| passkey.credential_id).collect();
    let started = services.passkeys.start_registration(confirmed.player.uuid(), ACCOUNT, &there)?;
    let (verification, until) = (confirmed.verification.id, confirmed.now.plus(CEREMONY_TTL));
    confirmed.unit.put_ceremony(verification, CeremonyKind::Addition, &started.state, until).await?;
    confirmed.unit.commit().await?;
    Ok(started.options)
}

/// Keeps the passkey that was made.
pub async fn finish_passkey_addition(
    services: &Services,
    session: HandleHash,
    answer: &Value,
    name: Option<&FactorName>,
    locale: Locale,
) -> Result<(), PlayerError> {
    let mut half = SecondHalf::open(services, session, FactorKind::Passkey).await?;
    let state = half.unit.take_ceremony(half.verification.id, CeremonyKind::Addition, half.now).await?;
    let state = state.ok_or(PlayerError::CeremonyUnknown)?;
    let proof = match services.passkeys.finish_registration(&state, answer) {
        Ok(proof) => proof,
        Err(error) => {
            // Used up by the attempt.
            half.unit.commit().await?;
            return Err(error.into());
        }
    };
    let id = PasskeyId::new(half.now, services.randomness.as_ref());
    let passkey = StoredPasskey {
        id,
        player: half.player,
        credential_id: proof.credential_id,
        content: proof.content,
        created_at: half.now,
        binding: half.binding,
    };
    half.unit.insert_passkey(&passkey).await.map_err(|error| match error {
        StoreError::Conflict => PlayerError::OwnFactor(OwnFactorFault::Enough),
        other => other.into(),
    })?;
    half.added(services, FactorId::Passkey(id), name, locale).await
}

/// The secret for an app, once another factor was shown.
pub async fn begin_totp_addition(
    services: &Services,
    session: HandleHash,
    shown: &ShownFactor,
) -> Result<Provisioning, PlayerError> {
    let mut confirmed = confirm(services, session, FactorKind::Totp, shown).await?;
    let enrolment = TotpEnrolment::begin(confirmed.player, services.randomness.as_ref());
    let (verification, until) = (confirmed.verification.id, confirmed.now.plus(CEREMONY_TTL));
    confirmed.unit.put_ceremony(verification, CeremonyKind::TotpAddition, &enrolment.secret, until).await?;
    confirmed.unit.commit().await?;
    Ok(provisioning(&enrolment))
}

/// Keeps the app whose first code this is. A wrong one is counted, and may be followed by another.
pub async fn finish_totp_addition(
    services: &Services,
    session: HandleHash,
    code: &str,
    name: Option<&FactorName>,
    locale: Locale,
) -> Result<(), PlayerError> {
    let mut half = SecondHalf::open(services, session, FactorKind::Totp).await?;
    let kind = CeremonyKind::TotpAddition;
    let secret = half.unit.take_ceremony(half.verification.id, kind, half.now).await?;
    let secret = secret.ok_or(PlayerError::CeremonyUnknown)?;
    let mut enrolment =
        TotpEnrolment { player: half.player, secret, last_step: None, told_step: None, binding: half.binding };
    enrolment.last_step = enrolment.accept(code, half.now);
    if enrolment.last_step.is_none() {
        let until = half.now.plus(CEREMONY_TTL);
        half.unit.put_ceremony(half.verification.id, kind, &enrolment.secret, until).await?;
        let rejected = Rejected { factor: FactorKind::Totp, drift: enrolment.drift(code, half.now) };
        let SecondHalf { unit, verification, player, now, lockout, .. } = half;
        return count_failure(unit, &verification, player, lockout, rejected, now).await;
    }
    half.unit.put_totp(&enrolment, half.now).await?;
    half.unit.bind_totp(half.player, &half.binding).await?;
    half.unit.note_totp_use(half.player, half.now).await?;
    half.added(services, FactorId::Totp, name, locale).await
}

/// Draws new recovery codes, to be shown once; those of before are void.
pub async fn renew_recovery_codes(
    services: &Services,
    session: HandleHash,
    shown: &ShownFactor,
    locale: Locale,
) -> Result<Vec<SecretText>, PlayerError> {
    // Whoever may not is told before ten hashes are made; these before a lock is held.
    let mut unit = services.store.read().await?;
    let now = services.clock.now();
    let player = open(unit.as_mut(), session).await?.expect_self_service(now)?;
    let wait = unit.find_lockout(player).await?.wait(now);
    if !wait.is_zero() {
        return Err(PlayerError::Locked(wait));
    }
    drop(unit);
    let (texts, set) = new_recovery_codes(services).await?;
    let confirmed = confirm(services, session, FactorKind::RecoveryCode, shown).await?;
    let Confirmed { mut unit, verification, player, now, contacts, factor } = confirmed;
    unit.put_recovery_codes(player, &set).await?;
    let details = json!({ "confirmed_by": factor.as_str() });
    audit(unit.as_mut(), &verification, AuditKind::RecoveryCodesRenewed, details, now).await?;
    let content = NoticeContent::FactorAdded { factor: FactorKind::RecoveryCode, not_me: None };
    tell(services, unit.as_mut(), (player, &contacts), &content, locale, now).await?;
    unit.commit().await?;
    Ok(texts)
}

/// A factor is shown for one of `kind` to be added.
async fn confirm(
    services: &Services,
    session: HandleHash,
    kind: FactorKind,
    shown: &ShownFactor,
) -> Result<Confirmed, PlayerError> {
    let mut confirmation = Confirmation::begin(services, session, shown).await?;
    let factors = confirmation.unit.own_factors(confirmation.player).await?;
    expect_addable(&factors, kind)?;
    confirmation.expect(services, shown).await
}

/// The second half, with its transaction open and the player's lock held.
struct SecondHalf {
    unit: Box<dyn UnitOfWork>,
    verification: Verification,
    player: PlayerId,
    now: Timestamp,
    contacts: Vec<Contact>,
    lockout: Lockout,
    /// What is added stands on no more than the weakest that is there, and goes with the hold that one of them goes with.
    binding: Binding,
}

impl SecondHalf {
    async fn open(services: &Services, session: HandleHash, kind: FactorKind) -> Result<Self, PlayerError> {
        let now = services.clock.now();
        let mut unit = services.store.read().await?;
        let player = open(unit.as_mut(), session).await?.expect_self_service(now)?;
        drop(unit);
        let contacts = reachable(services, player).await?;
        let mut unit = services.store.begin().await?;
        let lockout = expect_unlocked(unit.as_mut(), player, now).await?;
        // Under the lock: what was shown may be gone, or enough may have been added, meanwhile.
        let verification = open(unit.as_mut(), session).await?;
        verification.expect_self_service(now)?;
        expect_addable(&unit.own_factors(player).await?, kind)?;
        let binding = binding_beside(unit.as_mut(), player, now).await?.ok_or(OwnFactorFault::Unknown)?;
        Ok(Self { unit, verification, player, now, contacts, lockout, binding })
    }

    async fn added(
        mut self,
        services: &Services,
        id: FactorId,
        name: Option<&FactorName>,
        locale: Locale,
    ) -> Result<(), PlayerError> {
        if let Some(name) = name {
            self.unit.name_factor(self.player, id, name).await?;
        }
        let details = json!({ "factor": id.kind().as_str(), "id": id.to_string() });
        audit(self.unit.as_mut(), &self.verification, AuditKind::FactorAdded, details, self.now).await?;
        let content = NoticeContent::FactorAdded { factor: id.kind(), not_me: None };
        tell(services, self.unit.as_mut(), (self.player, &self.contacts), &content, locale, self.now).await?;
        self.unit.commit().await?;
        Ok(())
    }
}
