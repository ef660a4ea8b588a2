//! Whoever shows a factor has not lost it; and what nobody carries out lapses.

use serde_json::json;

use super::super::second_proof::hold::event;
use crate::app::notices::tell::tell;
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::identity::contact::Contact;
use crate::domain::identity::ports::Players;
use crate::domain::kernel::id::{PlayerId, VerificationId};
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::notices::ports::Notices;
use crate::domain::second_factor::FactorKind;
use crate::domain::second_factor::enrolment::{EndOfHold, HeldEnrolment, carry_out_until};
use crate::domain::second_factor::ports::HeldEnrolments;

/// Ends the recovery that waits or is due, where there is one, and says so to every contact: `factor` was shown at `visit`. Under
/// the player's lock.
pub(in crate::app) async fn cancel_recovery(
    services: &Services,
    unit: &mut (impl AuditLog + HeldEnrolments + Notices + Players + ?Sized),
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
pub(super) async fn lapse(
    unit: &mut (impl AuditLog + HeldEnrolments + ?Sized),
    hold: &HeldEnrolment,
    now: Timestamp,
) -> Result<(), StoreError> {
    if unit.end_hold(hold.id, EndOfHold::Lapsed, now).await? {
        unit.append_audit(&event(AuditKind::RecoveryLapsed, hold, json!({}), now)).await?;
    }
    Ok(())
}
