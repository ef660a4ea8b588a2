//! A self-restriction falls that was declared at the visit of a first factor: by whoever has an independent proof, within 72 hours.

use serde_json::{Value, json};

use crate::app::PlayerError;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::ports::SelfRestrictions;
use crate::domain::restrictions::self_restriction::take_back::IndependentProof;
use crate::domain::restrictions::self_restriction::{SelfRestriction, SelfRestrictionError};
use crate::domain::second_factor::ports::FactorLife;

/// Why nothing was taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TakeBackError {
    /// The rule.
    #[error(transparent)]
    Rule(#[from] SelfRestrictionError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TakeBackError> for PlayerError {
    fn from(error: TakeBackError) -> Self {
        match error {
            TakeBackError::Rule(rule) => rule.into(),
            TakeBackError::Store(store) => store.into(),
        }
    }
}

/// Takes back all that can be, within a transaction; `details` say who did. All or nothing. The player's lock is held.
pub(in crate::app) async fn take_back_all(
    unit: &mut (impl AuditLog + SelfRestrictions + ?Sized),
    player: PlayerId,
    proof: &IndependentProof,
    details: &Value,
    now: Timestamp,
) -> Result<Vec<SelfRestriction>, TakeBackError> {
    let mut taken = unit.revocable_self_restrictions(player, now).await?;
    if taken.is_empty() {
        return Err(SelfRestrictionError::Irrevocable.into());
    }
    for restriction in &mut taken {
        let until = restriction.ends_at;
        restriction.take_back(proof, now)?;
        unit.end_self_restriction(restriction).await?;
        let mut details = details.clone();
        details["self_restriction"] = json!(restriction.id.to_string());
        details["was_until"] = json!(until.rfc3339());
        let kind = AuditKind::SelfRestrictionTakenBack;
        unit.append_audit(&NewAuditEvent { kind, at: now, subject: player.to_string(), details }).await?;
    }
    Ok(taken)
}

/// What staff prove who took the person's factors away before, or found none.
pub(in crate::app) async fn staff_proof(
    unit: &mut (impl FactorLife + ?Sized),
    player: PlayerId,
) -> Result<IndependentProof, StoreError> {
    let oldest_factor = unit.own_factors(player).await?.into_iter().map(|factor| factor.created_at).min();
    Ok(IndependentProof::Staff { oldest_factor })
}

/// Whether two of the staff could take anything back now.
pub(in crate::app) async fn expect_possible(
    unit: &mut (impl FactorLife + SelfRestrictions + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<(), TakeBackError> {
    let proof = staff_proof(unit, player).await?;
    let mut revocable = unit.revocable_self_restrictions(player, now).await?;
    let last = revocable.last_mut().ok_or(SelfRestrictionError::Irrevocable)?;
    Ok(last.take_back(&proof, now)?)
}
