//! Evidence is erased by destroying its key: at its term, or when two of the staff say so. Its hash stays in the log.

use std::time::Duration;

use serde_json::{Value, json};

use super::EvidenceError;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::domain::review::evidence::retention::{EraseFault, may_erase};
use crate::domain::review::ports::{CaseEvidence, CaseQueue};

/// Cases erased in one transaction.
const PAGE: u32 = 50;

/// Erases the evidence of a case; `details` say who or what did.
pub async fn erase_evidence(
    unit: &mut (impl AuditLog + CaseEvidence + CaseQueue + ?Sized),
    case: CaseId,
    details: Value,
    now: Timestamp,
) -> Result<(), EvidenceError> {
    let work = unit.find_queued_case(case).await?.ok_or(EvidenceError::Unknown)?.work;
    let kept = unit.find_evidence(case).await?;
    may_erase(work.status, kept.hold, kept.erased_at)?;
    unit.erase_evidence(case, now).await.map_err(|error| match error {
        // Somebody was faster: held, or erased.
        StoreError::Conflict => EraseFault::Held.into(),
        error => EvidenceError::from(error),
    })?;
    let mut details = details;
    details["evidence"] = json!(kept.digest.map(hex::encode));
    let event = NewAuditEvent { kind: AuditKind::EvidenceErased, at: now, subject: case.to_string(), details };
    unit.append_audit(&event).await?;
    Ok(())
}

/// Erases the evidence of cases that are over and were opened longer than `term` ago; of clear refusals that nobody has looked
/// at since, longer than `unopened` ago. Returns how many.
pub async fn erase_old_evidence(
    store: &dyn Store,
    now: Timestamp,
    (term, unopened): (Duration, Duration),
) -> Result<u64, EvidenceError> {
    let before = [term, unopened].map(|term| CaseId::least(now.minus(term)));
    let mut erased = 0;
    loop {
        let mut unit = store.begin().await?;
        let due = unit.list_erasable(before[0], before[1], PAGE).await?;
        for case in &due {
            erase_evidence(unit.as_mut(), *case, json!({ "by": "term" }), now).await?;
        }
        unit.commit().await?;
        erased += due.len() as u64;
        if due.len() < PAGE as usize {
            return Ok(erased);
        }
    }
}
