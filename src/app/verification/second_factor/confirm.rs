//! The second factor shown once more, after the decision, to confirm one act.

use serde_json::Value;

use super::attempt::{Rejected, count_failure, expect_unlocked};
use super::recovery::cancel::cancel_recovery;
use super::{prove_passkey, recovery_codes, totp};
use crate::app::notices::tell::reachable;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::UnitOfWork;
use crate::domain::second_factor::FactorKind;
use crate::domain::second_factor::lockout::Lockout;
use crate::domain::second_factor::passkey::CeremonyKind;
use crate::domain::verification::Verification;

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
    /// Of which kind it is.
    pub fn kind(&self) -> FactorKind {
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

/// An act that somebody confirms, with its transaction open and the player's lock held: what can be refused without looking at
/// the factor is refused first, and costs no code.
pub(in crate::app) struct Confirmation {
    pub(in crate::app) unit: Box<dyn UnitOfWork>,
    pub(in crate::app) verification: Verification,
    pub(in crate::app) player: PlayerId,
    pub(in crate::app) now: Timestamp,
    /// Where the person is told of it.
    pub(in crate::app) contacts: Vec<Contact>,
    lockout: Lockout,
    ceremony: Option<SecretBytes>,
}

impl Confirmation {
    /// Uses the ceremony of a passkey up, whatever comes of it, and takes the lock. Refused after the time in which a person
    /// may act on the decision, and while their second factor is locked.
    pub(in crate::app) async fn begin(
        services: &Services,
        session: HandleHash,
        shown: &ShownFactor,
    ) -> Result<Self, PlayerError> {
        let now = services.clock.now();
        let ceremony = match shown {
            ShownFactor::Passkey(_) => Some(use_up_ceremony(services, session, now).await?),
            ShownFactor::Totp(_) | ShownFactor::RecoveryCode(_) => None,
        };
        let mut unit = services.store.read().await?;
        let player = open(unit.as_mut(), session).await?.expect_self_service(now)?;
        drop(unit);
        let contacts = reachable(services, player).await?;
        let mut unit = services.store.begin().await?;
        let lockout = expect_unlocked(unit.as_mut(), player, now).await?;
        // Under the lock: somebody may have taken the factors away meanwhile, and all that rested on them.
        let verification = open(unit.as_mut(), session).await?;
        verification.expect_self_service(now)?;
        Ok(Self { unit, verification, player, now, contacts, lockout, ceremony })
    }

    /// Looks at the factor. One that does not hold is counted, and ends it.
    pub(in crate::app) async fn expect(
        mut self,
        services: &Services,
        shown: &ShownFactor,
    ) -> Result<Confirmed, PlayerError> {
        let (unit, player, now) = (self.unit.as_mut(), self.player, self.now);
        let bound_by = match (shown, &self.ceremony) {
            (ShownFactor::Passkey(answer), Some(state)) => {
                prove_passkey::holds(services, unit, player, state, answer, now).await?
            }
            (ShownFactor::Passkey(_), None) => None,
            (ShownFactor::Totp(code), _) => totp::holds(unit, player, code.expose(), true, now).await?,
            (ShownFactor::RecoveryCode(code), _) => recovery_codes::holds(unit, player, code.expose(), now).await?,
        };
        if bound_by.is_some() {
            unit.put_lockout(player, &self.lockout.succeeded()).await?;
            let told = (player, self.contacts.as_slice());
            cancel_recovery(services, unit, self.verification.id, told, shown.kind(), now).await?;
            let Self { unit, verification, contacts, .. } = self;
            return Ok(Confirmed { unit, verification, player, now, contacts, factor: shown.kind() });
        }
        let drift = match shown {
            ShownFactor::Totp(code) => totp::drift(unit, player, code.expose(), now).await?,
            ShownFactor::Passkey(_) | ShownFactor::RecoveryCode(_) => None,
        };
        let rejected = Rejected { factor: shown.kind(), drift };
        count_failure(self.unit, &self.verification, player, self.lockout, rejected, now).await?;
        Err(PlayerError::CodeWrong)
    }
}

/// What somebody confirmed; nothing lasts before the transaction is committed.
pub(in crate::app) struct Confirmed {
    pub(in crate::app) unit: Box<dyn UnitOfWork>,
    pub(in crate::app) verification: Verification,
    pub(in crate::app) player: PlayerId,
    pub(in crate::app) now: Timestamp,
    /// Where the person is told of it.
    pub(in crate::app) contacts: Vec<Contact>,
    /// With what.
    pub(in crate::app) factor: FactorKind,
}

/// The state is used up by the attempt, whatever comes of it.
async fn use_up_ceremony(services: &Services, session: HandleHash, now: Timestamp) -> Result<SecretBytes, PlayerError> {
    let mut unit = services.store.begin().await?;
    let verification = open(unit.as_mut(), session).await?;
    verification.expect_self_service(now)?;
    let state = unit.take_ceremony(verification.id, CeremonyKind::Confirmation, now).await?;
    unit.commit().await?;
    state.ok_or(PlayerError::CeremonyUnknown)
}
