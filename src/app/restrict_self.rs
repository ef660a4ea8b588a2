//! A person restricts themselves, right after they have shown who they are, and confirms it with their second factor once more.

use serde_json::{Value, json};

use super::factor_attempt::{count_failure, expect_unlocked};
use super::issue_tokens::end;
use super::player_session::{audit, open};
use super::queue_webhook::queue_webhook;
use super::{PlayerError, Services, prove_passkey, recovery_codes, totp};
use crate::domain::audit::AuditKind;
use crate::domain::authorization::HandleHash;
use crate::domain::grant::EndOfGrant;
use crate::domain::id::{PlayerId, SelfRestrictionId};
use crate::domain::ports::{StoreError, UnitOfWork};
use crate::domain::second_factor::passkey::CeremonyKind;
use crate::domain::second_factor::{BoundBy, FactorKind};
use crate::domain::secret::SecretText;
use crate::domain::self_restriction::{SelfRestriction, Term};
use crate::domain::time::Timestamp;
use crate::domain::verification::Verification;
use crate::domain::webhook::event::WebhookEvent;

/// The second factor as it is shown to confirm.
#[derive(Clone, Debug)]
pub enum ShownFactor {
    /// The authenticator's answer to the options of [`begin_confirmation`].
    Passkey(Value),
    /// A code of the app.
    Totp(SecretText),
    /// One of the codes that were saved.
    RecoveryCode(SecretText),
}

impl ShownFactor {
    fn kind(&self) -> FactorKind {
        match self {
            Self::Passkey(_) => FactorKind::Passkey,
            Self::Totp(_) => FactorKind::Totp,
            Self::RecoveryCode(_) => FactorKind::RecoveryCode,
        }
    }
}

/// The options for `navigator.credentials.get` that a passkey confirms with.
pub async fn begin_confirmation(services: &Services, session: HandleHash) -> Result<Value, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    let of = (verification.id, verification.expect_self_service(now)?);
    let options = prove_passkey::begin(services, unit.as_mut(), of, CeremonyKind::Confirmation, now).await?;
    unit.commit().await?;
    Ok(options)
}

/// Restricts the person for `term`: from this transaction on they may not play, and what was granted of them has ended.
///
/// # Errors
/// [`PlayerError::SelfRestriction`] when one stands that ends no earlier; those of a second factor that does not hold.
pub async fn restrict_self(
    services: &Services,
    session: HandleHash,
    term: Term,
    shown: &ShownFactor,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let ceremony = match shown {
        ShownFactor::Passkey(_) => Some(use_up_ceremony(services, session, now).await?),
        ShownFactor::Totp(_) | ShownFactor::RecoveryCode(_) => None,
    };
    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_self_service(now)?;
    let lockout = expect_unlocked(unit.as_mut(), player, now).await?;
    let standing = unit.self_restricted_until(player).await?;
    let ends_at = SelfRestriction::end(term, standing, now)?;
    let holds: Option<BoundBy> = match (shown, &ceremony) {
        (ShownFactor::Passkey(answer), Some(state)) => {
            prove_passkey::holds(services, unit.as_mut(), player, state, answer, now).await?
        }
        (ShownFactor::Passkey(_), None) => None,
        (ShownFactor::Totp(code), _) => totp::holds(unit.as_mut(), player, code.expose(), true, now).await?,
        (ShownFactor::RecoveryCode(code), _) => {
            recovery_codes::holds(unit.as_mut(), player, code.expose(), now).await?
        }
    };
    if holds.is_none() {
        return count_failure(unit, &verification, player, lockout, shown.kind(), now).await;
    }
    unit.put_lockout(player, &lockout.succeeded()).await?;
    let id = SelfRestrictionId::new(now, services.randomness.as_ref());
    let factor = shown.kind();
    let restriction = SelfRestriction { id, player, verification: verification.id, factor, starts_at: now, ends_at };
    unit.insert_self_restriction(&restriction).await?;
    let details = json!({ "self_restriction": id.to_string(), "months": term.months(), "until": ends_at.rfc3339(),
        "factor": factor.as_str() });
    audit(unit.as_mut(), &verification, AuditKind::SelfRestricted, details, now).await?;
    let was_approved = verification.restrict(&restriction.restriction());
    unit.update_verification(&mut verification).await?;
    end_grants(services, unit.as_mut(), &verification, (player, was_approved), now).await?;
    unit.commit().await?;
    Ok(())
}

/// The state is used up by the attempt, whatever comes of it.
async fn use_up_ceremony(
    services: &Services,
    session: HandleHash,
    now: Timestamp,
) -> Result<crate::domain::secret::SecretBytes, PlayerError> {
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    verification.expect_self_service(now)?;
    let state = unit.take_ceremony(verification.id, CeremonyKind::Confirmation, now).await?;
    unit.commit().await?;
    state.ok_or(PlayerError::CeremonyUnknown)
}

/// Ends what every operator was granted of the player. The operator of this verification was told that it was approved: it is
/// told in any case.
async fn end_grants(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    verification: &Verification,
    (player, was_approved): (PlayerId, bool),
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut told = !was_approved;
    for grant in unit.standing_grants(player, now).await? {
        if end(services, unit, &grant, EndOfGrant::Restricted, now).await? {
            told |= grant.operator == verification.operator;
        }
    }
    if !told {
        let event = WebhookEvent::player_restricted(services.policy.subject(&verification.operator, player));
        queue_webhook(unit, &verification.operator, &event, now, services.randomness.as_ref()).await?;
    }
    Ok(())
}
