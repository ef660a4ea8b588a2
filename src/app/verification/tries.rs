//! What strangers try is counted by their browser and their address, and there is an end to it.

use serde_json::json;

use super::session::audit;
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::observer::Observation;
use crate::domain::kernel::time::Timestamp;
use crate::domain::verification::Verification;
use crate::domain::verification::ports::{Tries, Verifications};
use crate::domain::verification::tries::{Asker, Tried, TriedBy};

/// Refuses with [`PlayerError::TooManyTries`] where browser or address have tried too much.
pub(super) async fn expect_room(
    services: &Services,
    unit: &mut (impl Tries + Verifications + ?Sized),
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
    unit: &mut (impl Tries + Verifications + ?Sized),
    asker: Asker,
    what: Tried,
    now: Timestamp,
) -> Result<bool, PlayerError> {
    let proven = is_proven(unit, asker.device).await?;
    for by in asker.counted_by() {
        let tries = unit.tries(by, what, what.period_of(now)).await?;
        if services.policy.tries.is_full(&by, what, tries, proven) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Counts one more. Returns whose last one that was, for [`note_spent`].
pub(in crate::app) async fn count(
    services: &Services,
    unit: &mut (impl Tries + ?Sized),
    asker: Asker,
    what: Tried,
    now: Timestamp,
) -> Result<Vec<TriedBy>, PlayerError> {
    let counted = count_each(unit, asker, what, now).await?;
    let spent = counted.into_iter().filter(|(by, tries)| *tries == services.policy.tries.of(by, what));
    Ok(spent.map(|(by, _)| by).collect())
}

/// As [`count`], and refuses the one too many: of many at once each saw room before it was counted.
pub(super) async fn count_within(
    services: &Services,
    unit: &mut (impl Tries + Verifications + ?Sized),
    asker: Asker,
    what: Tried,
    now: Timestamp,
) -> Result<Vec<TriedBy>, PlayerError> {
    let proven = is_proven(unit, asker.device).await?;
    let limits = services.policy.tries;
    let mut spent = Vec::new();
    for (by, tries) in count_each(unit, asker, what, now).await? {
        if limits.is_full(&by, what, tries.saturating_sub(1), proven) {
            return Err(PlayerError::TooManyTries(what.wait(now)));
        }
        if tries == limits.of(&by, what) {
            spent.push(by);
        }
    }
    Ok(spent)
}

/// Counts one more where neither has tried too much, and notes whose last one that was. Whether there was room.
pub(super) async fn count_if_room(
    services: &Services,
    unit: &mut (impl AuditLog + Tries + Verifications + ?Sized),
    verification: &Verification,
    (asker, what): (Asker, Tried),
    now: Timestamp,
) -> Result<bool, PlayerError> {
    if !has_room(services, unit, asker, what, now).await? {
        return Ok(false);
    }
    let spent = count(services, unit, asker, what, now).await?;
    note_spent(services, unit, verification, (what, &spent), now).await?;
    Ok(true)
}

/// Each count with one more. It is held until the transaction ends, so the one after it sees it.
async fn count_each(
    unit: &mut (impl Tries + ?Sized),
    asker: Asker,
    what: Tried,
    now: Timestamp,
) -> Result<Vec<(TriedBy, u32)>, PlayerError> {
    let mut counted = Vec::new();
    for by in asker.counted_by() {
        counted.push((by, unit.count_try(by, what, what.period_of(now)).await?));
    }
    Ok(counted)
}

/// Whether somebody proved themselves in this browser before.
pub(super) async fn is_proven(
    unit: &mut (impl Verifications + ?Sized),
    device: Option<HandleHash>,
) -> Result<bool, PlayerError> {
    match device {
        Some(device) => Ok(unit.has_proven(device, None).await?),
        None => Ok(false),
    }
}

/// Whoever was named has shown to be that: what naming them counted is taken back.
pub(in crate::app) async fn take_back(
    unit: &mut (impl Tries + ?Sized),
    asker: Asker,
    now: Timestamp,
) -> Result<(), PlayerError> {
    for by in asker.counted_by() {
        unit.take_back_try(by, Tried::ToBeSomebody, Tried::ToBeSomebody.period_of(now)).await?;
    }
    Ok(())
}

/// Tells staff and whoever watches that somebody has tried as much as they may.
pub(super) async fn note_spent(
    services: &Services,
    unit: &mut (impl AuditLog + ?Sized),
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
