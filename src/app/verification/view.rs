//! What the player's page shows: where they stand, and nothing that is not theirs to know.

use super::face::lockout::{device_locked_until, failures_left};
use super::second_factor::enrolled::enrolled;
use super::second_factor::recovery::recoveries;
use super::self_service::take_back_self::channels;
use super::session::open;
use crate::app::scenario::played::scenario_of;
use crate::app::{PlayerError, Services};
use crate::domain::decision::Outcome;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::ports::Authorizations;
use crate::domain::reason::ReasonCode;
use crate::domain::restrictions::ports::SelfRestrictions;
use crate::domain::restrictions::self_restriction::{SelfRestriction, Term};
use crate::domain::review::ports::Cases;
use crate::domain::second_factor::own::all_made_since;
use crate::domain::second_factor::ports::{FactorLife, Factors, HeldEnrolments};
use crate::domain::second_factor::recovery::RecoveryState;
use crate::domain::second_factor::{Enrolled, FactorKind};
use crate::domain::verification::{Stage, StepError, Verification};

/// The view.
#[derive(Clone, Debug)]
pub struct VerificationView {
    /// Where they stand.
    pub stage: Stage,
    /// The operator's name.
    pub operator: String,
    /// Where its site begins.
    pub operator_site: Option<String>,
    /// When the verification expires.
    pub expires_at: Timestamp,
    /// Captures left.
    pub face_attempts_left: u32,
    /// Captures from this device are locked until then. A person's lock is told at the end of a capture alone.
    pub face_locked_until: Option<Timestamp>,
    /// Whether the end of a capture told that the person is locked, which they may pass by a passkey.
    pub passkey_passes: bool,
    /// The second step, when it is due.
    pub second_factor: Option<SecondFactorView>,
    /// The code of the scenario that plays this person; none outside a sandbox.
    pub scenario: Option<&'static str>,
    /// The end, when it has come.
    pub outcome: Option<Outcome>,
    /// What staff wrote to the person.
    pub note: Option<SecretText>,
    /// How the operator hears of the end.
    pub way_back: WayBack,
    /// What the person may do about it, while they may.
    pub self_service: Option<SelfServiceView>,
}

/// The way back to the operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WayBack {
    /// Whether it was taken at least once.
    pub taken: bool,
    /// Whether it is over: the operator used its answer, or it is too late.
    pub over: bool,
}

/// What a person who has shown who they are may do about the decision.
#[derive(Clone, Debug)]
pub struct SelfServiceView {
    /// Until when.
    pub until: Timestamp,
    /// Second factors that confirm, best first; with none they cannot restrict themselves.
    pub methods: Vec<FactorKind>,
    /// Until when they restricted themselves already.
    pub restricted_until: Option<Timestamp>,
    /// How long they may restrict themselves, and when that would end.
    pub terms: Vec<(Term, Timestamp)>,
    /// Until when they could take back what they declare now: everything that they can show was made in this visit.
    pub revocable_until: Option<Timestamp>,
    /// Until when one can be taken back that was declared already.
    pub take_back_until: Option<Timestamp>,
    /// Whether they could take it back by themselves, with a code of another contact than it was declared over.
    pub take_back_alone: bool,
    /// Reasons that they contested.
    pub contested: Vec<ReasonCode>,
}

/// The second step as offered.
#[derive(Clone, Debug)]
pub struct SecondFactorView {
    /// Whether one must be made first.
    pub enrol: bool,
    /// What is offered, best first.
    pub methods: Vec<FactorKind>,
    /// Locked until.
    pub locked_until: Option<Timestamp>,
    /// A recovery that waits or is due, which a factor that is shown ends: since when, and until when it waits.
    pub recovery: Option<(Timestamp, Timestamp)>,
}

/// Reads the session's verification.
pub async fn view_verification(services: &Services, session: HandleHash) -> Result<VerificationView, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    if now >= verification.answers_until() {
        return Err(StepError::Expired.into());
    }
    let operator = unit.find_operator(&verification.operator).await?.map(|operator| operator.name);
    let second_factor = match (verification.stage, verification.player) {
        (Stage::SecondFactor, Some(player)) => {
            let enrolled = enrolled(unit.as_mut(), player, now).await?;
            let lockout = unit.find_lockout(player).await?;
            let locked_until = lockout.locked_until.filter(|until| *until > now);
            let mut step = second_factor_view(enrolled, verification.bound_by.is_some(), locked_until);
            step.recovery = match recoveries(unit.as_mut(), player, now).await?.state(now) {
                RecoveryState::Waits(hold) | RecoveryState::Due(hold) => Some((hold.began_at, hold.until)),
                RecoveryState::Open | RecoveryState::Closed(_) => None,
            };
            Some(step)
        }
        _ => None,
    };
    let mut face_attempts_left = verification.face_attempts_left();
    let mut face_locked_until = None;
    if verification.stage == Stage::Face {
        face_locked_until = device_locked_until(unit.as_mut(), &verification, now).await?;
        face_attempts_left = face_attempts_left.min(failures_left(unit.as_mut(), &verification).await?);
    }
    let self_service = self_service_view(services, unit.as_mut(), &verification, now).await?;
    let note = match verification.outcome {
        Some(_) => unit.note_to_player(verification.id).await?,
        None => None,
    };
    let way_back = way_back(unit.as_mut(), &verification, now).await?;
    let scenario = scenario_of(services, unit.as_mut(), &verification).await?;
    Ok(VerificationView {
        stage: verification.stage,
        operator: operator.unwrap_or_default(),
        operator_site: verification.request.site(),
        expires_at: verification.expires_at(),
        face_attempts_left,
        face_locked_until,
        passkey_passes: verification.expect_person_lock(now).is_ok(),
        second_factor,
        scenario: scenario.map(|scenario| scenario.code),
        outcome: verification.outcome,
        note,
        way_back,
        self_service,
    })
}

async fn way_back(
    unit: &mut (impl Authorizations + ?Sized),
    verification: &Verification,
    now: Timestamp,
) -> Result<WayBack, PlayerError> {
    let taken = verification.was_handed_back();
    let late = verification.is_over() && !verification.may_hand_back(now);
    let over = late || (taken && !unit.codes_drawn(verification.id).await?.may_draw());
    Ok(WayBack { taken, over })
}

async fn self_service_view(
    services: &Services,
    unit: &mut (impl Cases + FactorLife + Factors + HeldEnrolments + SelfRestrictions + ?Sized),
    verification: &Verification,
    now: Timestamp,
) -> Result<Option<SelfServiceView>, PlayerError> {
    let (Ok(player), Some(until)) = (verification.expect_self_service(now), verification.self_service_until()) else {
        return Ok(None);
    };
    let restricted_until = unit.self_restricted_until(player).await?.filter(|until| *until > now);
    let first_visit = all_made_since(&unit.own_factors(player).await?, verification.face_at);
    let revocable = unit.revocable_self_restrictions(player, now).await?;
    let take_back_alone = match channels(services, unit, verification, player, now).await {
        Ok(_) => true,
        Err(PlayerError::SelfRestriction(_)) => false,
        Err(error) => return Err(error),
    };
    Ok(Some(SelfServiceView {
        until,
        methods: enrolled(unit, player, now).await?.methods(),
        restricted_until,
        terms: SelfRestriction::choices(restricted_until, now),
        revocable_until: SelfRestriction::revocable_until(first_visit, now),
        take_back_until: revocable.iter().filter_map(|one| one.revocable_until).min(),
        take_back_alone,
        contested: unit.contested_reasons(verification.id).await?,
    }))
}

/// A factor is made where none counts and the contact step was passed.
fn second_factor_view(enrolled: Enrolled, may_enrol: bool, locked_until: Option<Timestamp>) -> SecondFactorView {
    let enrol = may_enrol && !enrolled.any();
    let methods = if enrol { vec![FactorKind::Passkey, FactorKind::Totp] } else { enrolled.methods() };
    SecondFactorView { enrol, methods, locked_until, recovery: None }
}
