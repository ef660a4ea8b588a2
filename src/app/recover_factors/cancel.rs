//! Whoever shows a factor has not lost it; and what nobody carries out lapses.

use serde_json::json;

use super::super::second_proof::hold::event;
use super::super::tell::tell;
use super::super::{PlayerError, Services};
use crate::domain::audit::AuditKind;
use crate::domain::contact::Contact;
use crate::domain::enrolment::{EndOfHold, HeldEnrolment};
use crate::domain::id::{PlayerId, VerificationId};
use crate::domain::locale::Locale;
use crate::domain::notice::NoticeContent;
use crate::domain::ports::{StoreError, UnitOfWork};
use crate::domain::recovery::carry_out_until;
use crate::domain::second_factor::FactorKind;
use crate::domain::time::Timestamp;

/// Ends the recovery that waits or is due, where there is one, and says so to every contact: `factor` was shown at `visit`. Under
/// the player's lock.
pub(in crate::app) async fn cancel_recovery(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    visit: VerificationId,
    (player, contacts): (PlayerId, &[Contact]),
    factor: FactorKind,
    now: Timestamp,
) -> Result<(), PlayerError> {
    let Some(hold) = unit.open_hold(player).await?.filter(HeldEnrolment::is_recovery) else { return Ok(()) };
    if now >= carry_out_until(&hold) {
        return Ok(lapse(unit, &hold, now).await?);
    }
    if unit.end_hold(hold.id, EndOfHold::Cancelled, now).await? {
        let details = json!({ "by": "factor", "factor": factor.as_str(), "visit": visit });
        unit.append_audit(&event(AuditKind::RecoveryCancelled, &hold, details, now)).await?;
        // In whose language they read is not known here.
        let content = NoticeContent::RecoveryCancelled;
        tell(services, unit, (player, contacts), &content, Locale::default(), now).await?;
    }
    Ok(())
}

/// Notes that nobody carried it out in its time.
pub(super) async fn lapse(unit: &mut dyn UnitOfWork, hold: &HeldEnrolment, now: Timestamp) -> Result<(), StoreError> {
    if unit.end_hold(hold.id, EndOfHold::Lapsed, now).await? {
        unit.append_audit(&event(AuditKind::RecoveryLapsed, hold, json!({}), now)).await?;
    }
    Ok(())
}
