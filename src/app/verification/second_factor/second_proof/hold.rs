//! Holds as they begin, pass and end, each with its event, and what else ends with them.

use serde_json::json;

use super::super::end_reached::{Reached, end_reached};
use crate::app::oauth::issue::end;
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::handle::{hash_handle, new_handle};
use crate::domain::kernel::id::{HoldId, PlayerId};
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::grant::EndOfGrant;
use crate::domain::oauth::ports::Grants;
use crate::domain::operators::ports::Enquiries;
use crate::domain::second_factor::BoundBy;
use crate::domain::second_factor::enrolment::{EndOfHold, HeldEnrolment, HoldKind};
use crate::domain::second_factor::ports::{FactorLife, HeldEnrolments};
use crate::domain::verification::Verification;
use crate::domain::verification::ports::Verifications;
use crate::domain::webhooks::ports::WebhookMessages;

/// Begins a hold of the player of `verification`: what is kept, and the token by which it is disowned, for the notice alone.
///
/// # Errors
/// [`StoreError::Conflict`] when another of theirs has not ended.
pub(in crate::app) async fn begin_hold(
    services: &Services,
    unit: &mut (impl AuditLog + HeldEnrolments + ?Sized),
    (verification, player): (&Verification, PlayerId),
    kind: HoldKind,
    now: Timestamp,
) -> Result<(HeldEnrolment, SecretText), StoreError> {
    let token = SecretText::new(new_handle(services.randomness.as_ref()));
    let policy = &services.policy.enrolment;
    let (wait, begun) = match kind {
        HoldKind::First => (policy.hold, AuditKind::EnrolmentHeld),
        HoldKind::Recovery => (policy.recovery_hold, AuditKind::RecoveryStarted),
    };
    let hold = HeldEnrolment {
        id: HoldId::new(now, services.randomness.as_ref()),
        kind,
        player,
        verification: verification.id,
        began_at: now,
        until: now.plus(wait),
        not_me: hash_handle(token.expose()),
        ended: None,
    };
    unit.insert_held_enrolment(&hold).await?;
    unit.append_audit(&event(begun, &hold, json!({ "until": hold.until.rfc3339() }), now)).await?;
    Ok((hold, token))
}

/// Notes that the time of the player's enrolment has come, where it has: its factors count by themselves. A recovery waits until
/// it is carried out.
pub(in crate::app) async fn note_passed_hold(
    unit: &mut (impl AuditLog + HeldEnrolments + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(hold) = unit.open_hold(player).await?.filter(|hold| hold.has_passed(now) && !hold.is_recovery()) else {
        return Ok(());
    };
    if unit.end_hold(hold.id, EndOfHold::Passed, now).await? {
        unit.append_audit(&event(AuditKind::EnrolmentCounts, &hold, json!({}), now)).await?;
    }
    Ok(())
}

/// A better proof was given, or staff took the factors away: what waited goes. Under the player's lock.
pub(in crate::app) async fn overrule_hold(
    unit: &mut (impl AuditLog + HeldEnrolments + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    match unit.open_hold(player).await? {
        Some(hold) => overrule(unit, &hold, now).await,
        None => Ok(()),
    }
}

/// Ends this one so, also when it had passed: its link does nothing any more.
pub(in crate::app) async fn overrule(
    unit: &mut (impl AuditLog + HeldEnrolments + ?Sized),
    hold: &HeldEnrolment,
    now: Timestamp,
) -> Result<(), StoreError> {
    if unit.end_hold(hold.id, EndOfHold::Overruled, now).await? {
        let factors = unit.remove_held_factors(hold).await?;
        let kind = if hold.is_recovery() { AuditKind::RecoveryOverruled } else { AuditKind::EnrolmentOverruled };
        unit.append_audit(&event(kind, hold, json!({ "factors": factors }), now)).await?;
    }
    Ok(())
}

/// Somebody said that it was not them: the hold ends, its factors go, and so does every grant that rests on less than a contact of
/// record: with a recovery that was carried out every factor, recovery code and grant, since the code of a contact brought it about.
/// `by` is how they said it. False when it had ended before. Under the player's lock, under which `hold` was read.
pub(in crate::app) async fn disown_hold(
    services: &Services,
    unit: &mut (impl AuditLog + Enquiries + FactorLife + Grants + HeldEnrolments + Verifications + WebhookMessages + ?Sized),
    hold: &HeldEnrolment,
    by: &'static str,
    now: Timestamp,
) -> Result<bool, PlayerError> {
    if !unit.end_hold(hold.id, EndOfHold::NotMe, now).await? {
        return Ok(false);
    }
    let mut factors = unit.remove_held_factors(hold).await?;
    let (kind, had_passed) = match hold.kind {
        HoldKind::First => {
            end_grants_of_less(services, unit, hold.player, now).await?;
            // A recovery of what is gone recovers nothing.
            if unit.own_factors(hold.player).await?.is_empty() {
                overrule_hold(unit, hold.player, now).await?;
            }
            (AuditKind::EnrolmentDisowned, now >= hold.until)
        }
        HoldKind::Recovery => {
            let carried_out = hold.ended.is_some();
            if carried_out {
                // Nothing of before is left: whatever is there came after, and what was made by waiting has a hold of its own.
                let there = unit.delete_factors(hold.player).await?;
                factors += u64::from(there.totp) + there.passkeys as u64;
                overrule_hold(unit, hold.player, now).await?;
                let reached = Reached { factor: None, except: None, why: EndOfGrant::Disowned };
                end_reached(services, unit, hold.player, reached, now).await?;
            }
            (AuditKind::RecoveryCancelled, carried_out)
        }
    };
    let details = json!({ "by": by, "factors": factors, "had_passed": had_passed });
    unit.append_audit(&event(kind, hold, details, now)).await?;
    Ok(true)
}

async fn end_grants_of_less(
    services: &Services,
    unit: &mut (impl AuditLog + Grants + WebhookMessages + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for grant in unit.active_grants(player, now).await? {
        if grant.bound_by < BoundBy::Contact {
            end(services, unit, &grant, EndOfGrant::Disowned, now).await?;
        }
    }
    Ok(())
}

/// About the verification in which it began.
pub(in crate::app) fn event(
    kind: AuditKind,
    hold: &HeldEnrolment,
    mut details: serde_json::Value,
    at: Timestamp,
) -> NewAuditEvent {
    details["hold"] = json!(hold.id);
    details["of"] = json!(hold.kind.as_str());
    NewAuditEvent { kind, at, subject: hold.verification.to_string(), details }
}
