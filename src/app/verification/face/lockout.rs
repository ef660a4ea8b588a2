//! Failed captures lock the device they came from, and the person whose face they showed.

use serde_json::json;

use crate::app::verification::session::audit;
use crate::app::verification::tries::{count, note_spent, take_back};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::face::lockout::LockSubject;
use crate::domain::face::ports::FaceLockouts;
use crate::domain::kernel::time::Timestamp;
use crate::domain::verification::ports::{Tries, Verifications};
use crate::domain::verification::tries::{Asker, Tried};
use crate::domain::verification::{PersonLock, Verification};

fn device(verification: &Verification) -> Option<LockSubject> {
    verification.device.map(LockSubject::Device)
}

fn person(verification: &Verification) -> Option<LockSubject> {
    verification.player.map(LockSubject::Person)
}

/// Until when captures from this device are locked; `None` when they are not. It is the asker's own and may be told at once.
pub(in crate::app) async fn device_locked_until(
    unit: &mut (impl FaceLockouts + ?Sized),
    verification: &Verification,
    now: Timestamp,
) -> Result<Option<Timestamp>, PlayerError> {
    match device(verification) {
        Some(device) => Ok(unit.find_face_lockout(device).await?.locked_at(now)),
        None => Ok(None),
    }
}

/// How many failures of this device are left before its lock.
pub(in crate::app) async fn failures_left(
    unit: &mut (impl FaceLockouts + ?Sized),
    verification: &Verification,
) -> Result<u32, PlayerError> {
    match device(verification) {
        Some(device) => Ok(unit.find_face_lockout(device).await?.left()),
        None => Ok(u32::MAX),
    }
}

/// Refuses with [`PlayerError::FaceLocked`] while the device is locked.
pub(in crate::app) async fn expect_unlocked(
    unit: &mut (impl FaceLockouts + ?Sized),
    verification: &Verification,
    now: Timestamp,
) -> Result<(), PlayerError> {
    match device_locked_until(unit, verification, now).await? {
        Some(until) => Err(PlayerError::FaceLocked(until.since(now))),
        None => Ok(()),
    }
}

/// Until when the person's lock keeps captures of this verification from passing. Somebody who proved to be that person in this browser
/// passes it, and so does who showed their passkey in this visit. Asked only when a capture is over: before, it would tell a stranger of the
/// person.
pub(super) async fn person_locked_until(
    unit: &mut (impl FaceLockouts + Verifications + ?Sized),
    verification: &Verification,
    now: Timestamp,
) -> Result<Option<Timestamp>, PlayerError> {
    let Some(person) = person(verification) else { return Ok(None) };
    let Some(until) = unit.find_face_lockout(person).await?.locked_at(now) else { return Ok(None) };
    let passes = match (verification.person_lock, verification.device) {
        (Some(PersonLock::Passed), _) => true,
        (_, Some(device)) => unit.has_proven(device, verification.player).await?,
        (_, None) => false,
    };
    Ok(Some(until).filter(|_| !passes))
}

/// A capture that failed.
#[derive(Clone, Copy, Debug)]
pub(in crate::app) struct FailedCapture {
    /// Whose it was.
    pub(in crate::app) asker: Asker,
    /// Whether the face may be that of the person who was named.
    pub(in crate::app) like: bool,
    /// Whether it leads to no lock of the browser.
    pub(super) spares_browser: bool,
}

impl FailedCapture {
    /// One of this asker, with a face that may be the person's or not.
    pub(in crate::app) fn of(asker: Asker, like: bool) -> Self {
        Self { asker, like, spares_browser: false }
    }
}

/// Counts a failed capture, and says whether that locks: against the device and its address; against the person only when the
/// face was like theirs, for what shows another costs a stranger nothing. Called before anything else of the transaction
/// appends an event.
pub(in crate::app) async fn count_failure(
    services: &Services,
    unit: &mut (impl AuditLog + FaceLockouts + Tries + ?Sized),
    verification: &Verification,
    failure: FailedCapture,
    now: Timestamp,
) -> Result<bool, PlayerError> {
    let FailedCapture { asker, like, spares_browser } = failure;
    let spent = count(services, unit, asker, Tried::ToBeSomebody, now).await?;
    let person = person(verification).filter(|_| like);
    let device = device(verification).filter(|_| !spares_browser);
    let mut begun = Vec::new();
    // The person first, which is the order they are held in, so that no two captures wait for each other for ever.
    for subject in person.into_iter().chain(device) {
        let before = unit.hold_face_lockout(subject).await?;
        // A person's lock is not renewed while it holds: whoever it is to keep out would keep it up.
        if matches!(subject, LockSubject::Person(_)) && before.locked_at(now).is_some() {
            continue;
        }
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
    note_spent(services, unit, verification, (Tried::ToBeSomebody, &spent), now).await?;
    Ok(locks)
}

/// A capture has passed: earlier failures count no more, nor does that the person was named.
pub(in crate::app) async fn clear(
    unit: &mut (impl FaceLockouts + Tries + ?Sized),
    verification: &Verification,
    asker: Asker,
    now: Timestamp,
) -> Result<(), PlayerError> {
    take_back(unit, asker, now).await?;
    for subject in person(verification).into_iter().chain(device(verification)) {
        unit.clear_face_failures(subject).await?;
    }
    Ok(())
}
