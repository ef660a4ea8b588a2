//! One attempt at the second step: it ends accepted, and the verification is decided in the same transaction, or rejected,
//! and counted.

use serde_json::{Value, json};

use super::recovery::cancel::cancel_recovery;
use crate::app::notices::tell::reachable;
use crate::app::restrictions::check::{Checked, check_restrictions};
use crate::app::verification::record_case::{CaseDraft, record_case};
use crate::app::verification::session::{audit, open, record_decision};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::decision::{Outcome, Verdict};
use crate::domain::identity::contact::Contact;
use crate::domain::identity::ports::Players;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::UnitOfWork;
use crate::domain::second_factor::lockout::Lockout;
use crate::domain::second_factor::ports::{Factors, HeldEnrolments};
use crate::domain::second_factor::totp::Drift;
use crate::domain::second_factor::{BoundBy, FactorKind};
use crate::domain::verification::Verification;

/// An attempt under way, with its transaction open and the player's lock held: guesses queue up instead of racing.
pub(super) struct FactorAttempt {
    pub(in crate::app) unit: Box<dyn UnitOfWork>,
    pub(in crate::app) verification: Verification,
    pub(in crate::app) player: PlayerId,
    pub(in crate::app) now: Timestamp,
    lockout: Lockout,
    checked: Checked,
    /// Who is told, where showing a factor ends a recovery.
    contacts: Vec<Contact>,
}

impl FactorAttempt {
    /// Asks age and registry first, so that nothing slow is asked while the lock is held; then takes the lock. Refused
    /// while the player's second factor is locked.
    pub(in crate::app) async fn begin(services: &Services, session: HandleHash) -> Result<Self, PlayerError> {
        let now = services.clock.now();
        let mut unit = services.store.read().await?;
        let player = open(unit.as_mut(), session).await?.expect_second_factor(now)?;
        let waits = recovery_waits(unit.as_mut(), player).await?;
        drop(unit);
        let mut contacts = if waits { Some(reachable(services, player).await?) } else { None };
        let checked = check_restrictions(services, player).await?;

        loop {
            let mut unit = services.store.begin().await?;
            let verification = open(unit.as_mut(), session).await?;
            verification.expect_second_factor(now)?;
            let lockout = expect_unlocked(unit.as_mut(), player, now).await?;
            // One may have begun meanwhile, and whoever stops it tells everybody: whom is not asked under the lock.
            if contacts.is_none() && recovery_waits(unit.as_mut(), player).await? {
                drop(unit);
                contacts = Some(reachable(services, player).await?);
                continue;
            }
            let contacts = contacts.unwrap_or_default();
            return Ok(Self { unit, verification, player, now, lockout, checked, contacts });
        }
    }

    /// The factor holds: the verification is decided, and the slate wiped.
    pub(super) async fn accept(
        self,
        services: &Services,
        factor: FactorKind,
        bound_by: BoundBy,
    ) -> Result<(), PlayerError> {
        self.accept_as(services, factor, bound_by, json!({ "factor": factor.as_str() })).await
    }

    /// The same; `accepted` is what the log says of the factor.
    pub(super) async fn accept_as(
        mut self,
        services: &Services,
        factor: FactorKind,
        bound_by: BoundBy,
        accepted: Value,
    ) -> Result<(), PlayerError> {
        let outcome = self.outcome(bound_by, factor);
        self.verification.factor_shown(factor, bound_by, outcome.clone(), self.now)?;
        let told = (self.player, self.contacts.as_slice());
        cancel_recovery(services, self.unit.as_mut(), self.verification.id, told, factor, self.now).await?;
        self.decide(services, outcome, Some(accepted)).await
    }

    /// A first factor was bound on the code of a contact: it is also the one of this verification.
    pub(in crate::app) async fn enrolled(
        mut self,
        services: &Services,
        factor: FactorKind,
        accepted: Value,
    ) -> Result<(), PlayerError> {
        let outcome = self.outcome(BoundBy::Contact, factor);
        self.verification.factor_enrolled(factor, outcome.clone(), self.now)?;
        self.decide(services, outcome, Some(accepted)).await
    }

    /// A first factor was made that counts from `until` on. Of what was asked about the person nothing is told, but for the one bit
    /// where the deployer lets people play meanwhile.
    pub(in crate::app) async fn hold(
        mut self,
        services: &Services,
        factor: FactorKind,
        until: Timestamp,
    ) -> Result<(), PlayerError> {
        let allowed = self.outcome(BoundBy::Face, factor).verdict == Verdict::Approved;
        let may_play = allowed && services.policy.enrolment.token_while_held;
        let outcome = self.verification.factor_held(factor, until, may_play, self.now)?.clone();
        self.decide(services, outcome, None).await
    }

    /// What comes of it with this factor; the class that the operator wants is the last question.
    fn outcome(&self, bound_by: BoundBy, factor: FactorKind) -> Outcome {
        self.checked.outcome.clone().of_class(self.verification.request.is_met_by(bound_by, factor))
    }

    /// The verification ends here; `accepted` is what the log says of a factor that counts.
    async fn decide(
        mut self,
        services: &Services,
        outcome: Outcome,
        accepted: Option<Value>,
    ) -> Result<(), PlayerError> {
        let unit = self.unit.as_mut();
        let mut details = self.checked.details;
        details["bound_by"] = json!(self.verification.bound_by.map(BoundBy::as_str));
        unit.update_verification(&mut self.verification).await?;
        if let Some(mut accepted) = accepted {
            unit.put_lockout(self.player, &self.lockout.succeeded()).await?;
            accepted["bound_by"] = details["bound_by"].clone();
            audit(unit, &self.verification, AuditKind::FactorAccepted, accepted, self.now).await?;
        }
        record_decision(services, unit, &self.verification, &outcome, details, self.now).await?;
        if outcome.verdict != Verdict::Approved {
            let evidence = CaseDraft { reasons: outcome.codes(), ..CaseDraft::default() };
            record_case(services, unit, &self.verification, outcome.verdict, evidence, self.now).await?;
        }
        self.unit.commit().await?;
        Ok(())
    }

    /// The factor does not hold: the failure is counted. Always an error, the one that the player is told.
    pub(super) async fn reject(self, rejected: impl Into<Rejected>) -> Result<(), PlayerError> {
        count_failure(self.unit, &self.verification, self.player, self.lockout, rejected.into(), self.now).await
    }
}

/// A factor that does not hold.
#[derive(Clone, Copy, Debug)]
pub(in crate::app) struct Rejected {
    pub(in crate::app) factor: FactorKind,
    /// A code that is right at another time; as wrong as any other.
    pub(super) drift: Option<Drift>,
}

impl From<FactorKind> for Rejected {
    fn from(factor: FactorKind) -> Self {
        Self { factor, drift: None }
    }
}

async fn recovery_waits(unit: &mut (impl HeldEnrolments + ?Sized), player: PlayerId) -> Result<bool, StoreError> {
    Ok(unit.open_hold(player).await?.is_some_and(|hold| hold.is_recovery()))
}

/// Counts a factor that does not hold, and ends the transaction. Always an error, the one that the player is told.
pub(in crate::app) async fn count_failure(
    mut unit: Box<dyn UnitOfWork>,
    verification: &Verification,
    player: PlayerId,
    lockout: Lockout,
    Rejected { factor, drift }: Rejected,
    now: Timestamp,
) -> Result<(), PlayerError> {
    let lockout = lockout.failed(now);
    unit.put_lockout(player, &lockout).await?;
    let details = json!({ "factor": factor.as_str(), "failures": lockout.failures });
    audit(unit.as_mut(), verification, AuditKind::FactorRejected, details, now).await?;
    unit.commit().await?;
    let wait = lockout.wait(now);
    if let Some(drift) = drift {
        return Err(PlayerError::ClockOff { minutes: drift.minutes(), wait });
    }
    Err(match factor {
        _ if !wait.is_zero() => PlayerError::Locked(wait),
        FactorKind::Passkey => PlayerError::PasskeyRejected,
        FactorKind::Totp | FactorKind::RecoveryCode => PlayerError::CodeWrong,
    })
}

/// Takes the player's lock and reads their failures; refuses while they are locked out.
pub(in crate::app) async fn expect_unlocked(
    unit: &mut (impl Factors + Players + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<Lockout, PlayerError> {
    unit.lock_player(player).await?;
    let lockout = unit.find_lockout(player).await?;
    let wait = lockout.wait(now);
    if wait.is_zero() { Ok(lockout) } else { Err(PlayerError::Locked(wait)) }
}
