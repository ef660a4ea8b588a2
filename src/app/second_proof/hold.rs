//! Holds as they begin, pass and end, each with its event, and what else ends with them.

use serde_json::json;

use super::super::Services;
use super::super::issue_tokens::end;
use crate::domain::audit::{AuditKind, NewAuditEvent};
use crate::domain::authorization::{hash_handle, new_handle};
use crate::domain::enrolment::{EndOfHold, HeldEnrolment, HoldKind};
use crate::domain::grant::EndOfGrant;
use crate::domain::id::{HoldId, PlayerId};
use crate::domain::ports::{StoreError, UnitOfWork};
use crate::domain::second_factor::BoundBy;
use crate::domain::secret::SecretText;
use crate::domain::time::Timestamp;
use crate::domain::verification::Verification;

/// Begins a hold of the player of `verification`: what is kept, and the token by which it is disowned, for the notice alone.
///
/// # Errors
/// [`StoreError::Conflict`] when another of theirs has not ended.
pub(in crate::app) async fn begin_hold(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    (verification, player): (&Verification, PlayerId),
    kind: HoldKind,
    now: Timestamp,
) -> Result<(HeldEnrolment, SecretText), StoreError> {
    let token = SecretText::new(new_handle(services.randomness.as_ref()));
    let hold = HeldEnrolment {
        id: HoldId::new(now, services.randomness.as_ref()),
        kind,
        player,
        verification: verification.id,
        began_at: now,
        until: now.plus(services.policy.enrolment.hold),
        not_me: hash_handle(token.expose()),
        ended: None,
    };
    unit.insert_held_enrolment(&hold).await?;
    unit.append_audit(&event(AuditKind::EnrolmentHeld, &hold, json!({ "until": hold.until.rfc3339() }), now)).await?;
    Ok((hold, token))
}

/// Notes that the time of the player's hold has come, where it has: its factors count by themselves.
pub(in crate::app) async fn note_passed_hold(
    unit: &mut dyn UnitOfWork,
    player: PlayerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(hold) = unit.open_hold(player).await?.filter(|hold| hold.has_passed(now)) else { return Ok(()) };
    if unit.end_hold(hold.id, EndOfHold::Passed, now).await? {
        unit.append_audit(&event(AuditKind::EnrolmentCounts, &hold, json!({}), now)).await?;
    }
    Ok(())
}

/// A better proof was given: what waited goes. Under the player's lock.
pub(in crate::app) async fn overrule_hold(
    unit: &mut dyn UnitOfWork,
    player: PlayerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(hold) = unit.open_hold(player).await? else { return Ok(()) };
    if unit.end_hold(hold.id, EndOfHold::Overruled, now).await? {
        let factors = unit.remove_held_factors(&hold).await?;
        let details = json!({ "factors": factors });
        unit.append_audit(&event(AuditKind::EnrolmentOverruled, &hold, details, now)).await?;
    }
    Ok(())
}

/// Somebody said that it was not them: the hold ends, its factors go, and so does every grant that rests on less than a contact of
/// record. `by` is how they said it. False when it had ended before. Under the player's lock.
pub(in crate::app) async fn disown_hold(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    hold: &HeldEnrolment,
    by: &'static str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !unit.end_hold(hold.id, EndOfHold::NotMe, now).await? {
        return Ok(false);
    }
    let factors = unit.remove_held_factors(hold).await?;
    for grant in unit.standing_grants(hold.player, now).await? {
        if grant.bound_by < BoundBy::Contact {
            end(services, unit, &grant, EndOfGrant::Disowned, now).await?;
        }
    }
    let details = json!({ "by": by, "factors": factors, "had_passed": now >= hold.until });
    unit.append_audit(&event(AuditKind::EnrolmentDisowned, hold, details, now)).await?;
    Ok(true)
}

/// About the verification in which the factor was made.
fn event(kind: AuditKind, hold: &HeldEnrolment, mut details: serde_json::Value, at: Timestamp) -> NewAuditEvent {
    details["hold"] = json!(hold.id);
    details["of"] = json!(hold.kind.as_str());
    NewAuditEvent { kind, at, subject: hold.verification.to_string(), details }
}
