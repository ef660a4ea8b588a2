//! Legal hold: evidence stays beyond its term while a court or a complaint needs it.

use serde_json::json;

use super::EvidenceError;
use crate::app::Services;
use crate::app::review::why::Why;
use crate::app::staff::session::Admitted;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::review::evidence::retention::{EraseFault, Hold};

/// Holds the evidence of a case, or lets it go.
pub async fn hold_evidence(
    services: &Services,
    by: &Admitted,
    case: CaseId,
    held: bool,
    why: &Why,
) -> Result<(), EvidenceError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    unit.find_queued_case(case).await?.ok_or(EvidenceError::Unknown)?;
    let hold = held.then_some(Hold { by: by.member.id, since: now });
    unit.hold_evidence(case, hold).await.map_err(|error| match error {
        StoreError::Conflict => EraseFault::Erased.into(),
        error => EvidenceError::from(error),
    })?;
    let kind = if held { AuditKind::EvidenceHeld } else { AuditKind::EvidenceLetGo };
    let details = json!({ "by": by.member.login, "why": why.as_str() });
    unit.append_audit(&NewAuditEvent { kind, at: now, subject: case.to_string(), details }).await?;
    unit.commit().await?;
    Ok(())
}
