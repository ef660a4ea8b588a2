//! What strangers try is counted by their browser and their address, and there is an end to it.

use serde_json::json;

use super::player_session::audit;
use super::{PlayerError, Services};
use crate::domain::audit::AuditKind;
use crate::domain::ports::{Observation, UnitOfWork};
use crate::domain::time::Timestamp;
use crate::domain::tries::{Asker, Tried, TriedBy};
use crate::domain::verification::Verification;

/// Refuses with [`PlayerError::TooManyTries`] where browser or address have tried too much.
pub(super) async fn expect_room(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    asker: Asker,
    what: Tried,
    now: Timestamp,
) -> Result<(), PlayerError> {
    if has_room(services, unit, asker, what, now).await? {
        Ok(())
    } else {
        Err(PlayerError::TooManyTries(what.wait(now)))
    }
}

/// Whether neither has.
pub(super) async fn has_room(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    asker: Asker,
    what: Tried,
    now: Timestamp,
) -> Result<bool, PlayerError> {
    let proven = is_proven(unit, asker).await?;
    for by in asker.counted_by() {
        let tries = unit.tries(by, what, what.period_of(now)).await?;
        if services.policy.tries.is_full(&by, what, tries, proven) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Counts one more. Returns whose last one that was, for [`note_spent`].
pub(super) async fn count(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    asker: Asker,
    what: Tried,
    now: Timestamp,
) -> Result<Vec<TriedBy>, PlayerError> {
    let mut spent = Vec::new();
    for by in asker.counted_by() {
        if unit.count_try(by, what, what.period_of(now)).await? == services.policy.tries.of(&by, what) {
            spent.push(by);
        }
    }
    Ok(spent)
}

/// As [`count`], and refuses the one too many: of many at once each saw room before it was counted.
pub(super) async fn count_within(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    asker: Asker,
    what: Tried,
    now: Timestamp,
) -> Result<Vec<TriedBy>, PlayerError> {
    // What is counted is held until the transaction ends, so the one after it sees it.
    let spent = count(services, unit, asker, what, now).await?;
    let proven = is_proven(unit, asker).await?;
    for by in asker.counted_by() {
        let before = unit.tries(by, what, what.period_of(now)).await?.saturating_sub(1);
        if services.policy.tries.is_full(&by, what, before, proven) {
            return Err(PlayerError::TooManyTries(what.wait(now)));
        }
    }
    Ok(spent)
}

/// Whether somebody proved themselves in this browser before.
async fn is_proven(unit: &mut dyn UnitOfWork, asker: Asker) -> Result<bool, PlayerError> {
    match asker.device {
        Some(device) => Ok(unit.has_proven(device, None).await?),
        None => Ok(false),
    }
}

/// Whoever was named has shown to be that: what naming them counted is taken back.
pub(super) async fn take_back(unit: &mut dyn UnitOfWork, asker: Asker, now: Timestamp) -> Result<(), PlayerError> {
    for by in asker.counted_by() {
        unit.take_back_try(by, Tried::ToBeSomebody, Tried::ToBeSomebody.period_of(now)).await?;
    }
    Ok(())
}

/// Tells staff and whoever watches that somebody has tried as much as they may.
pub(super) async fn note_spent(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    verification: &Verification,
    (what, spent): (Tried, &[TriedBy]),
    now: Timestamp,
) -> Result<(), PlayerError> {
    for by in spent {
        services.observer.note(Observation::TriesSpent(by.kind()));
        let details = json!({ "who": by.kind(), "what": what.as_str() });
        audit(unit, verification, AuditKind::TriesSpent, details, now).await?;
    }
    Ok(())
}
