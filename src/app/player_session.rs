//! The verification that a browser session belongs to, and the audit events that every step of it leaves.

use serde_json::{Value, json};

use super::PlayerError;
use crate::domain::audit::{AuditKind, NewAuditEvent};
use crate::domain::authorization::HandleHash;
use crate::domain::ports::UnitOfWork;
use crate::domain::reason::ReasonCode;
use crate::domain::time::Timestamp;
use crate::domain::verification::{Outcome, Verification};

/// Finds the session's verification.
pub(super) async fn open(unit: &mut dyn UnitOfWork, session: HandleHash) -> Result<Verification, PlayerError> {
    unit.find_session(session).await?.ok_or(PlayerError::SessionUnknown)
}

/// Appends an event about `verification` in the same transaction.
pub(super) async fn audit(
    unit: &mut dyn UnitOfWork,
    verification: &Verification,
    kind: AuditKind,
    details: Value,
    at: Timestamp,
) -> Result<(), PlayerError> {
    let event = NewAuditEvent { kind, at, subject: verification.id.to_string(), details };
    unit.append_audit(&event).await?;
    Ok(())
}

/// Appends the decision itself: verdict and reason codes.
pub(super) async fn audit_decision(
    unit: &mut dyn UnitOfWork,
    verification: &Verification,
    outcome: &Outcome,
    mut details: Value,
    at: Timestamp,
) -> Result<(), PlayerError> {
    let codes: Vec<&str> = outcome.codes().into_iter().map(ReasonCode::code).collect();
    details["operator"] = json!(verification.operator.as_str());
    details["verdict"] = json!(outcome.verdict);
    details["reasons"] = json!(codes);
    audit(unit, verification, AuditKind::VerificationDecided, details, at).await
}
