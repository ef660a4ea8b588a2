//! Failed captures lock the person and the device they came from.

use serde_json::json;

use super::PlayerError;
use super::player_session::audit;
use crate::domain::audit::AuditKind;
use crate::domain::face_lockout::LockSubject;
use crate::domain::ports::UnitOfWork;
use crate::domain::time::Timestamp;
use crate::domain::verification::Verification;

/// Whom the failures of this verification count against: the person first, which is the order they are held in, so that
/// no two captures wait for each other for ever.
fn subjects(verification: &Verification) -> impl Iterator<Item = LockSubject> + use<> {
    let person = verification.player.map(LockSubject::Person);
    person.into_iter().chain(verification.device.map(LockSubject::Device))
}

/// Until when captures are locked, by the longer of the two locks; `None` when they are not.
pub(super) async fn locked_until(
    unit: &mut dyn UnitOfWork,
    verification: &Verification,
    now: Timestamp,
) -> Result<Option<Timestamp>, PlayerError> {
    let mut latest = None;
    for subject in subjects(verification) {
        latest = latest.max(unit.find_face_lockout(subject).await?.locked_at(now));
    }
    Ok(latest)
}

/// How many failures are left before a lock.
pub(super) async fn failures_left(unit: &mut dyn UnitOfWork, verification: &Verification) -> Result<u32, PlayerError> {
    let mut left = u32::MAX;
    for subject in subjects(verification) {
        left = left.min(unit.find_face_lockout(subject).await?.left());
    }
    Ok(left)
}

/// Refuses with [`PlayerError::FaceLocked`] while person or device are locked.
pub(super) async fn expect_unlocked(
    unit: &mut dyn UnitOfWork,
    verification: &Verification,
    now: Timestamp,
) -> Result<(), PlayerError> {
    match locked_until(unit, verification, now).await? {
        Some(until) => Err(PlayerError::FaceLocked(until.since(now))),
        None => Ok(()),
    }
}

/// Counts a failed capture, and says whether that locks. Called before anything else of the transaction appends an event.
pub(super) async fn count_failure(
    unit: &mut dyn UnitOfWork,
    verification: &Verification,
    now: Timestamp,
) -> Result<bool, PlayerError> {
    let mut begun = Vec::new();
    for subject in subjects(verification) {
        let before = unit.hold_face_lockout(subject).await?;
        let after = before.failed(&subject, now);
        unit.put_face_lockout(subject, &after).await?;
        if after.locks != before.locks && after.failures == 0 {
            begun.push((subject, after));
        }
    }
    let locks = !begun.is_empty();
    for (subject, lockout) in begun {
        let until = lockout.locked_until.map(Timestamp::rfc3339);
        let details = json!({ "who": subject.kind(), "lock": lockout.locks, "until": until });
        audit(unit, verification, AuditKind::FaceLocked, details, now).await?;
    }
    Ok(locks)
}

/// A capture has passed: earlier failures count no more.
pub(super) async fn clear(unit: &mut dyn UnitOfWork, verification: &Verification) -> Result<(), PlayerError> {
    for subject in subjects(verification) {
        unit.clear_face_failures(subject).await?;
    }
    Ok(())
}
