//! The verification that a browser session belongs to, and the traces that every step of it leaves.

use serde_json::{Value, json};

use crate::app::webhooks::queue::queue_webhook;
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::decision::{Outcome, Verdict};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::ports::Enquiries;
use crate::domain::reason::ReasonCode;
use crate::domain::verification::Verification;
use crate::domain::verification::ports::Verifications;
use crate::domain::webhooks::event::WebhookEvent;
use crate::domain::webhooks::ports::WebhookMessages;

/// Finds the session's verification.
pub(in crate::app) async fn open(
    unit: &mut (impl Verifications + ?Sized),
    session: HandleHash,
) -> Result<Verification, PlayerError> {
    unit.find_session(session).await?.ok_or(PlayerError::SessionUnknown)
}

/// Appends an event about `verification` in the same transaction.
pub(in crate::app) async fn audit(
    unit: &mut (impl AuditLog + ?Sized),
    verification: &Verification,
    kind: AuditKind,
    details: Value,
    at: Timestamp,
) -> Result<(), PlayerError> {
    let event = NewAuditEvent { kind, at, subject: verification.id.to_string(), details };
    unit.append_audit(&event).await?;
    Ok(())
}

/// Appends the decision itself, verdict and reason codes, and queues what the operator is told of it.
pub(in crate::app) async fn record_decision(
    services: &Services,
    unit: &mut (impl AuditLog + Enquiries + WebhookMessages + ?Sized),
    verification: &Verification,
    outcome: &Outcome,
    mut details: Value,
    at: Timestamp,
) -> Result<(), PlayerError> {
    let codes: Vec<&str> = outcome.codes().into_iter().map(ReasonCode::code).collect();
    details["operator"] = json!(verification.operator.as_str());
    details["verdict"] = json!(outcome.verdict);
    details["reasons"] = json!(codes);
    if let (Verdict::Approved, Some(player)) = (outcome.verdict, verification.player) {
        let subject = services.policy.subject(&verification.operator, player);
        unit.put_subject(&verification.operator, &subject, player).await?;
    }
    let event = told(services, verification, outcome.verdict);
    queue_webhook(unit, &verification.operator, &event, at, services.randomness.as_ref()).await?;
    audit(unit, verification, AuditKind::VerificationDecided, details, at).await
}

/// One bit; and who it was, once that is proven.
fn told(services: &Services, verification: &Verification, verdict: Verdict) -> WebhookEvent {
    let state = verification.request.state.clone();
    match (verdict, verification.player) {
        (Verdict::Approved, Some(player)) => {
            let sub = services.policy.subject(&verification.operator, player);
            WebhookEvent::verification_completed(verification.id, state, sub)
        }
        (Verdict::UnderReview, _) => WebhookEvent::verification_under_review(verification.id, state),
        _ => WebhookEvent::verification_failed(verification.id, state),
    }
}
