//! The second factor holds: the verification is decided, in the transaction that used the factor up.

use serde_json::json;

use super::check_restrictions::Checked;
use super::player_session::{audit, audit_decision};
use super::record_case::{Evidence, record_case};
use super::{PlayerError, Services};
use crate::domain::audit::AuditKind;
use crate::domain::id::PlayerId;
use crate::domain::ports::UnitOfWork;
use crate::domain::second_factor::FactorKind;
use crate::domain::second_factor::lockout::Lockout;
use crate::domain::time::Timestamp;
use crate::domain::verification::{Verdict, Verification};

/// Closes the verification with the outcome that was found before the transaction began.
pub(super) async fn accept_factor(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    verification: &mut Verification,
    factor: FactorKind,
    checked: Checked,
    now: Timestamp,
) -> Result<(), PlayerError> {
    let Checked { outcome, details } = checked;
    verification.factor_succeeded(factor, outcome.clone(), now)?;
    unit.update_verification(verification).await?;
    let accepted = json!({ "factor": factor.as_str() });
    audit(unit, verification, AuditKind::FactorAccepted, accepted, now).await?;
    audit_decision(unit, verification, &outcome, details, now).await?;
    if outcome.verdict != Verdict::Approved {
        let evidence = Evidence {
            reasons: outcome.codes(),
            ..Evidence::default()
        };
        record_case(services, unit, verification, outcome.verdict, evidence, now).await?;
    }
    Ok(())
}

/// Refuses while the player's second factor is locked. Takes the player's lock first, so that guesses queue up instead
/// of racing.
pub(super) async fn expect_unlocked(
    unit: &mut dyn UnitOfWork,
    player: PlayerId,
    now: Timestamp,
) -> Result<Lockout, PlayerError> {
    unit.lock_player(player).await?;
    let lockout = unit.find_lockout(player).await?;
    let wait = lockout.wait(now);
    if wait.is_zero() {
        Ok(lockout)
    } else {
        Err(PlayerError::Locked(wait))
    }
}

/// Counts a failure and says what the player is told.
pub(super) async fn reject_factor(
    unit: &mut dyn UnitOfWork,
    verification: &Verification,
    player: PlayerId,
    factor: FactorKind,
    lockout: Lockout,
    now: Timestamp,
) -> Result<PlayerError, PlayerError> {
    let lockout = lockout.failed(now);
    unit.put_lockout(player, &lockout).await?;
    let details = json!({ "factor": factor.as_str(), "failures": lockout.failures });
    audit(unit, verification, AuditKind::FactorRejected, details, now).await?;
    let wait = lockout.wait(now);
    Ok(if wait.is_zero() {
        PlayerError::CodeWrong
    } else {
        PlayerError::Locked(wait)
    })
}
