//! The code comes back: a recovery begins, or is carried out.

use serde_json::json;

use super::super::end_reached::{Reached, end_reached};
use super::super::second_proof::hold::{begin_hold, event, overrule};
use super::super::second_proof::verify::take_code;
use super::cancel::lapse;
use super::{contacts, expect_code_wanted, recoveries};
use crate::app::notices::queue::queue_notice;
use crate::app::notices::tell::tell;
use crate::app::verification::record_case::{CaseDraft, record_case};
use crate::app::verification::second_factor::enrolled::expect_any;
use crate::app::verification::session::{open, record_decision};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::oauth::grant::EndOfGrant;
use crate::domain::ports::UnitOfWork;
use crate::domain::second_factor::contact_code::CodePurpose;
use crate::domain::second_factor::enrolment::{EndOfHold, HeldEnrolment, HoldKind};
use crate::domain::second_factor::recovery::RecoveryState;
use crate::domain::verification::Verification;

/// Takes the code that went to the contact. The first time the held time begins, and the visit ends; once that is over, the old
/// factors go, and a new one is made in this visit.
///
/// # Errors
/// [`PlayerError::RecoveryPending`] before the held time is over, [`PlayerError::RecoveryClosed`] after somebody objected;
/// [`PlayerError::CodeTooSoon`] when not everybody on record can be told now; those of a code of the contact step.
pub async fn verify_recovery_code(
    services: &Services,
    session: HandleHash,
    typed: &str,
    locale: Locale,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let contacts = contacts(services, session, now).await?;
    if contacts.is_empty() {
        return Err(PlayerError::ContactUnknown);
    }
    let mut unit = services.store.begin().await?;
    let player = open(unit.as_mut(), session).await?.expect_recovery(now)?;
    unit.lock_player(player).await?;
    let mut verification = open(unit.as_mut(), session).await?;
    verification.expect_recovery(now)?;
    expect_any(unit.as_mut(), player, now).await?;
    let all = recoveries(unit.as_mut(), player, now).await?;
    let state = all.state(now);
    expect_code_wanted(&state)?;
    let (mut unit, _) = take_code(unit, &verification, player, CodePurpose::Recovery, typed, now).await?;
    let told = (player, contacts.as_slice());
    if let RecoveryState::Due(hold) = state {
        // What they brought goes, and their links with it.
        for earlier in all.carried_out(now) {
            overrule(unit.as_mut(), earlier, now).await?;
        }
        carry_out(services, unit.as_mut(), &mut verification, &hold, told, locale, now).await?;
    } else {
        if let Some(old) = all.unended() {
            lapse(unit.as_mut(), old, now).await?;
        }
        begin(services, unit.as_mut(), &mut verification, told, locale, now).await?;
    }
    unit.commit().await?;
    Ok(())
}

/// The held time begins, and everybody on record is told where to object; nothing about the factors changes.
async fn begin(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    verification: &mut Verification,
    (player, contacts): (PlayerId, &[Contact]),
    locale: Locale,
    now: Timestamp,
) -> Result<(), PlayerError> {
    let (hold, token) = begin_hold(services, unit, (verification, player), HoldKind::Recovery, now).await?;
    let notice = NoticeContent::RecoveryHeld { until: hold.until, not_me: services.policy.not_me(&token) };
    queue_notice(services, unit, player, contacts, &notice, locale, now).await?;
    let outcome = verification.recovery_held(hold.until, now)?.clone();
    unit.update_verification(verification).await?;
    record_decision(services, unit, verification, &outcome, json!({ "hold": hold.id }), now).await?;
    let evidence = CaseDraft { reasons: outcome.codes(), ..CaseDraft::default() };
    record_case(services, unit, verification, outcome.verdict, evidence, now).await
}

/// The old factors go, and what was reached with them; this visit goes on to make a new one.
async fn carry_out(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    verification: &mut Verification,
    hold: &HeldEnrolment,
    (player, contacts): (PlayerId, &[Contact]),
    locale: Locale,
    now: Timestamp,
) -> Result<(), PlayerError> {
    if !unit.end_hold(hold.id, EndOfHold::Passed, now).await? {
        return Err(StoreError::Conflict.into());
    }
    let there = unit.delete_factors(player).await?;
    let reached = Reached { factor: None, except: Some(verification.id), why: EndOfGrant::FactorsForgotten };
    let ended = end_reached(services, unit, player, reached, now).await?;
    let details =
        json!({ "visit": verification.id, "passkeys": there.passkeys, "totp": there.totp, "grants_ended": ended });
    unit.append_audit(&event(AuditKind::RecoveryCompleted, hold, details, now)).await?;
    tell(services, unit, (player, contacts), &NoticeContent::RecoveryCompleted, locale, now).await?;
    verification.recovery_due(now)?;
    unit.update_verification(verification).await?;
    Ok(())
}
