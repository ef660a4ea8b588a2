//! What the player's page shows: where they stand, and nothing that is not theirs to know.

use super::enrolled_factors::enrolled;
use super::face_lockout::{failures_left, locked_until};
use super::played_scenario::scenario_of;
use super::player_session::open;
use super::{PlayerError, Services};
use crate::domain::authorization::HandleHash;
use crate::domain::second_factor::{Enrolled, FactorKind};
use crate::domain::time::Timestamp;
use crate::domain::verification::{Outcome, Stage, StepError};

/// The view.
#[derive(Clone, Debug)]
pub struct VerificationView {
    /// Where they stand.
    pub stage: Stage,
    /// The operator's name.
    pub operator: String,
    /// When the verification expires.
    pub expires_at: Timestamp,
    /// Captures left.
    pub face_attempts_left: u32,
    /// Captures of this person, or from this device, are locked until then.
    pub face_locked_until: Option<Timestamp>,
    /// The second step, when it is due.
    pub second_factor: Option<SecondFactorView>,
    /// The code of the scenario that plays this person; none outside a sandbox.
    pub scenario: Option<&'static str>,
    /// The end, when it has come.
    pub outcome: Option<Outcome>,
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
}

/// Reads the session's verification.
pub async fn view_verification(services: &Services, session: HandleHash) -> Result<VerificationView, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    if !verification.is_over() && now >= verification.expires_at() {
        return Err(StepError::Expired.into());
    }
    let operator = unit.find_operator(&verification.operator).await?.map(|operator| operator.name);
    let second_factor = match (verification.stage, verification.player) {
        (Stage::SecondFactor, Some(player)) => {
            let enrolled = enrolled(unit.as_mut(), player).await?;
            let lockout = unit.find_lockout(player).await?;
            let locked_until = lockout.locked_until.filter(|until| *until > now);
            Some(second_factor_view(enrolled, locked_until))
        }
        _ => None,
    };
    let mut face_attempts_left = verification.face_attempts_left();
    let mut face_locked_until = None;
    if verification.stage == Stage::Face {
        face_locked_until = locked_until(unit.as_mut(), &verification, now).await?;
        face_attempts_left = face_attempts_left.min(failures_left(unit.as_mut(), &verification).await?);
    }
    let scenario = scenario_of(services, unit.as_mut(), &verification).await?;
    Ok(VerificationView {
        stage: verification.stage,
        operator: operator.unwrap_or_default(),
        expires_at: verification.expires_at(),
        face_attempts_left,
        face_locked_until,
        second_factor,
        scenario: scenario.map(|scenario| scenario.code),
        outcome: verification.outcome,
    })
}

fn second_factor_view(enrolled: Enrolled, locked_until: Option<Timestamp>) -> SecondFactorView {
    if enrolled.any() {
        SecondFactorView { enrol: false, methods: enrolled.methods(), locked_until }
    } else {
        SecondFactorView { enrol: true, methods: vec![FactorKind::Passkey, FactorKind::Totp], locked_until }
    }
}
