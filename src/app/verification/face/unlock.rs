//! Staff let a person try again whose captures are locked.

use serde_json::{Value, json};

use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::face::lockout::LockSubject;
use crate::domain::face::ports::FaceLockouts;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;

/// Why nobody was unlocked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// Nobody with this IIN was ever here.
    #[error("nobody with this IIN has begun a verification here")]
    Unknown,
    /// There is nothing to end.
    #[error("this person is not locked; a device's lock ends by itself")]
    NotLocked,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends the person's lock. Locks of devices stay: they are nobody's in particular. `by`: who decided, never empty.
pub async fn unlock_person(store: &dyn Store, clock: &dyn Clock, iin: &Iin, by: &str) -> Result<(), UnlockError> {
    let now = clock.now();
    let mut unit = store.begin().await?;
    let player = unit.find_player(iin).await?.ok_or(UnlockError::Unknown)?;
    unlock_player(unit.as_mut(), player, json!({ "by": by }), now).await?;
    unit.commit().await?;
    Ok(())
}

/// The same of somebody who is known, within a transaction; `details` say who decided.
pub async fn unlock_player(
    unit: &mut (impl AuditLog + FaceLockouts + ?Sized),
    player: PlayerId,
    details: Value,
    now: Timestamp,
) -> Result<(), UnlockError> {
    let person = LockSubject::Person(player);
    let lockout = unit.hold_face_lockout(person).await?;
    if lockout.locked_at(now).is_none() {
        return Err(UnlockError::NotLocked);
    }
    unit.put_face_lockout(person, &lockout.unlocked()).await?;
    let event = NewAuditEvent { kind: AuditKind::FaceUnlocked, at: now, subject: player.to_string(), details };
    unit.append_audit(&event).await?;
    Ok(())
}
