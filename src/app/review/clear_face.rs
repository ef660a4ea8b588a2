//! Staff looked at a likeness and found it innocent: the two are not held against each other again.

use super::attacker::CaseError;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::id::CaseId;
use crate::domain::ports::Store;

/// Clears the player of `case` with everybody whom their face was like in it; returns how many those are. `by`: who
/// decided, never empty.
pub async fn clear_face(store: &dyn Store, clock: &dyn Clock, case: CaseId, by: &str) -> Result<usize, CaseError> {
    let now = clock.now();
    let mut unit = store.begin().await?;
    let found = unit.find_case(case).await?.ok_or(CaseError::Unknown(case))?;
    let player = found.player.filter(|_| !found.face_hits.is_empty()).ok_or(CaseError::NoLikeness(case))?;
    let mut others: Vec<_> = found.face_hits.iter().map(|hit| hit.subject).collect();
    others.sort_unstable();
    others.dedup();
    for other in &others {
        unit.put_clearance(player.uuid(), *other, case, now).await?;
    }
    let event = NewAuditEvent {
        kind: AuditKind::FaceCleared,
        at: now,
        subject: case.to_string(),
        details: serde_json::json!({ "by": by, "player": player.to_string(), "with": others }),
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok(others.len())
}
