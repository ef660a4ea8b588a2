//! A tester moves the clock of a sandbox, so that codes, tokens and terms run out without waiting.

use std::time::Duration;

use serde_json::json;

use crate::app::Services;
use crate::app::face::sightings::refresh;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::kernel::clock::{MovableClock, TooFarAhead};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;

/// Why the clock was not moved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoveClockError {
    /// Only a sandbox has a clock that can be moved.
    #[error("this service's clock cannot be moved")]
    NoSandbox,
    /// Past the furthest.
    #[error(transparent)]
    TooFarAhead(#[from] TooFarAhead),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a sandbox's clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SandboxTime {
    /// Now, for everything in this service.
    pub now: Timestamp,
    /// How far that is ahead of real time.
    pub ahead: Duration,
}

/// Reads the clock.
pub fn read_clock(services: &Services) -> Result<SandboxTime, MoveClockError> {
    let clock = movable(services)?;
    Ok(SandboxTime { now: clock.now(), ahead: clock.ahead() })
}

/// Moves the clock on `by`; `who` is for the log.
pub async fn advance_clock(services: &Services, by: Duration, who: &OperatorId) -> Result<SandboxTime, MoveClockError> {
    movable(services)?.advance(by)?;
    moved(services, who).await
}

/// Sets the clock back to real time. What was made ahead of it keeps its times.
pub async fn reset_clock(services: &Services, who: &OperatorId) -> Result<SandboxTime, MoveClockError> {
    movable(services)?.reset();
    moved(services, who).await
}

async fn moved(services: &Services, who: &OperatorId) -> Result<SandboxTime, MoveClockError> {
    let time = read_clock(services)?;
    let mut unit = services.store.begin().await?;
    let event = NewAuditEvent {
        kind: AuditKind::ClockMoved,
        at: time.now,
        subject: "clock".to_owned(),
        details: json!({ "by": who.as_str(), "ahead_seconds": time.ahead.as_secs() }),
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    // Else the index of faces would count as behind until its next refresh.
    if services.policy.face_search.enabled
        && let Err(error) = refresh(services).await
    {
        tracing::error!(%error, "the face index was not refreshed");
    }
    Ok(time)
}

fn movable(services: &Services) -> Result<&dyn MovableClock, MoveClockError> {
    services.clock.movable().filter(|_| services.policy.sandbox).ok_or(MoveClockError::NoSandbox)
}
