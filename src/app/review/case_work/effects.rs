//! What follows from a decision, for the player and the operator.

use std::time::Duration;

use serde_json::json;

use super::CaseWorkError;
use crate::app::Services;
use crate::app::verification::second_factor::enrolled::standing_of;
use crate::app::verification::session::{audit, record_decision};
use crate::app::webhooks::queue::queue_webhook;
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::ports::Enquiries;
use crate::domain::review::case::Case;
use crate::domain::review::ports::CaseQueue;
use crate::domain::second_factor::ports::{Factors, HeldEnrolments};
use crate::domain::verification::ports::Verifications;
use crate::domain::webhooks::event::WebhookEvent;
use crate::domain::webhooks::ports::WebhookMessages;

/// So long somebody whose refusal fell may go on without the camera, once, on the same device.
const CLEARED: Duration = Duration::from_hours(7 * 24);

/// An attempt that was in doubt is refused; one that was refused stays so.
pub(super) async fn refusal_stands(
    services: &Services,
    unit: &mut (impl AuditLog + Enquiries + Verifications + WebhookMessages + ?Sized),
    case: &Case,
    now: Timestamp,
) -> Result<(), CaseWorkError> {
    let Some(mut verification) = unit.find_verification(case.verification).await? else { return Ok(()) };
    if case.contest.is_some() || !verification.refuse_after_review() {
        return Ok(());
    }
    unit.update_verification(&mut verification).await?;
    if let Some(outcome) = verification.outcome.clone() {
        record_decision(services, unit, &verification, &outcome, json!({ "case": case.id }), now).await?;
    }
    Ok(())
}

/// The person goes straight on: in the page that waits, or when they come again with the same device.
pub(super) async fn refusal_falls(
    services: &Services,
    unit: &mut (impl AuditLog + CaseQueue + Factors + HeldEnrolments + Verifications + WebhookMessages + ?Sized),
    case: &Case,
    now: Timestamp,
) -> Result<(), CaseWorkError> {
    let Some(mut verification) = unit.find_verification(case.verification).await? else { return Ok(()) };
    let standing = standing_of(unit, &verification, now).await?;
    let goes_on = verification.reopen(standing, now).is_ok();
    if goes_on {
        unit.update_verification(&mut verification).await?;
    } else if let Some(device) = verification.device {
        unit.grant_face_waiver(case.id, device, now.plus(CLEARED)).await?;
    }
    let event = WebhookEvent::verification_reopened(verification.id, verification.request.state.clone());
    queue_webhook(unit, &verification.operator, &event, now, services.randomness.as_ref()).await?;
    let details = json!({ "case": case.id, "goes_on": goes_on });
    Ok(audit(unit, &verification, AuditKind::VerificationReopened, details, now).await?)
}
