//! One run of a player through the gate: the only state machine.
//!
//! ```text
//! consent -> identify -> face -> second factor -> decided -> returned
//!     \__________\_________\___________\____________/   refused, in doubt or cancelled
//! ```

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::authorization::{HandleHash, PushedRequest};
use super::capture::CAPTURE_ATTEMPTS;
use super::id::{PlayerId, VerificationId};
use super::operator::OperatorId;
use super::reason::ReasonCode;
use super::restrictions::{Permission, Restriction};
use super::second_factor::FactorKind;
use super::self_restriction::SELF_SERVICE;
use super::time::Timestamp;

/// A verification that is not decided within this time has expired.
pub const VERIFICATION_LIFETIME: Duration = Duration::from_mins(20);
/// A second factor may be enrolled or shown only this long after the face step succeeded.
pub const FACE_VALIDITY: Duration = Duration::from_mins(10);

/// Where the player stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Asked for consent.
    Consent,
    /// Asked for the IIN.
    Identify,
    /// Before the camera.
    Face,
    /// Asked for the second factor.
    SecondFactor,
    /// Over; the player has not gone back to the operator yet.
    Decided,
    /// The answer was handed to the operator, once.
    Returned,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Self; 6] =
        [Self::Consent, Self::Identify, Self::Face, Self::SecondFactor, Self::Decided, Self::Returned];

    /// The stage as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Identify => "identify",
            Self::Face => "face",
            Self::SecondFactor => "second_factor",
            Self::Decided => "decided",
            Self::Returned => "returned",
        }
    }

    /// Reads [`Stage::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == name)
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// May play.
    Approved,
    /// May not.
    Refused,
    /// A person will look; until then: may not.
    UnderReview,
    /// The player turned back.
    Cancelled,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 4] = [Self::Approved, Self::Refused, Self::UnderReview, Self::Cancelled];

    /// Reads [`Verdict::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == name)
    }

    /// The verdict as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::UnderReview => "under_review",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One reason, as the player is told it. Never for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The code.
    pub code: ReasonCode,
    /// The law or decision.
    pub legal_basis: Option<String>,
    /// Who says so.
    pub source: Option<String>,
    /// Until when.
    pub until: Option<Timestamp>,
}

impl From<ReasonCode> for Reason {
    fn from(code: ReasonCode) -> Self {
        Self { code, legal_basis: None, source: None, until: None }
    }
}

impl From<&Restriction> for Reason {
    fn from(restriction: &Restriction) -> Self {
        Self {
            code: restriction.ground.reason(),
            legal_basis: Some(restriction.legal_basis.clone()),
            source: Some(restriction.source.clone()),
            until: restriction.ends_at,
        }
    }
}

/// The end of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What came of it.
    pub verdict: Verdict,
    /// Why, when it is not approved.
    pub reasons: Vec<Reason>,
}

impl Outcome {
    /// A verdict with plain reason codes.
    pub fn new(verdict: Verdict, reasons: impl IntoIterator<Item = ReasonCode>) -> Self {
        Self { verdict, reasons: reasons.into_iter().map(Reason::from).collect() }
    }

    /// The reason codes alone.
    pub fn codes(&self) -> Vec<ReasonCode> {
        self.reasons.iter().map(|reason| reason.code).collect()
    }

    /// The last question, asked when face and second factor have succeeded: of age, and free of restrictions? Every
    /// ground is named; not knowing is a refusal.
    pub fn of_permission(of_age: bool, permission: &Permission) -> Self {
        let mut reasons: Vec<Reason> = Vec::new();
        if !of_age {
            reasons.push(ReasonCode::UnderAge.into());
        }
        match permission {
            Permission::Allowed => {}
            Permission::Restricted(restrictions) => reasons.extend(restrictions.iter().map(Reason::from)),
            Permission::Unknown => reasons.push(ReasonCode::RestrictionsUnknown.into()),
        }
        let verdict = if reasons.is_empty() { Verdict::Approved } else { Verdict::Refused };
        Self { verdict, reasons }
    }
}

/// Why a step may not be taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The verification's time is over.
    #[error("this verification has expired")]
    Expired,
    /// Another step is due.
    #[error("another step is due")]
    OutOfTurn,
    /// The face step succeeded too long ago.
    #[error("the face step must be done again")]
    FaceTooOld,
}

/// The run itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Its id.
    pub id: VerificationId,
    /// For whom.
    pub operator: OperatorId,
    /// What the operator asked.
    pub request: PushedRequest,
    /// Hash of the browser session's handle.
    pub session: HandleHash,
    /// Hash of the token that this browser keeps for good; `None` when it is not known.
    pub device: Option<HandleHash>,
    /// Where it stands.
    pub stage: Stage,
    /// When it began.
    pub started_at: Timestamp,
    /// When consent was given.
    pub consent_at: Option<Timestamp>,
    /// The version of the consent text.
    pub consent_version: Option<String>,
    /// Who they say they are.
    pub player: Option<PlayerId>,
    /// Captures that were begun so far; one that is cut off counts too.
    pub face_attempts: u32,
    /// When the face step succeeded.
    pub face_at: Option<Timestamp>,
    /// Which second factor succeeded.
    pub factor: Option<FactorKind>,
    /// The end.
    pub outcome: Option<Outcome>,
    /// When it ended.
    pub decided_at: Option<Timestamp>,
    /// When staff found that a refused attempt was the person's own.
    pub reopened_at: Option<Timestamp>,
    /// Rises with each change; an update of an older revision is refused by the store.
    pub revision: i64,
}

impl Verification {
    /// Begins at consent.
    pub fn start(id: VerificationId, request: PushedRequest, session: HandleHash, now: Timestamp) -> Self {
        Self {
            id,
            operator: request.operator.clone(),
            request,
            session,
            device: None,
            stage: Stage::Consent,
            started_at: now,
            consent_at: None,
            consent_version: None,
            player: None,
            face_attempts: 0,
            face_at: None,
            factor: None,
            outcome: None,
            decided_at: None,
            reopened_at: None,
            revision: 0,
        }
    }

    /// When it expires unless decided.
    pub fn expires_at(&self) -> Timestamp {
        self.reopened_at.unwrap_or(self.started_at).plus(VERIFICATION_LIFETIME)
    }

    /// Captures that may still be tried.
    pub fn face_attempts_left(&self) -> u32 {
        CAPTURE_ATTEMPTS.saturating_sub(self.face_attempts)
    }

    /// Whether the step `stage` may be taken at `now`.
    pub fn expect(&self, stage: Stage, now: Timestamp) -> Result<(), StepError> {
        if self.is_over() || self.stage != stage {
            return Err(StepError::OutOfTurn);
        }
        if now >= self.expires_at() {
            return Err(StepError::Expired);
        }
        Ok(())
    }

    /// The player agrees to the text of this version.
    pub fn give_consent(&mut self, version: &str, now: Timestamp) -> Result<(), StepError> {
        self.expect(Stage::Consent, now)?;
        self.consent_at = Some(now);
        self.consent_version = Some(version.to_owned());
        self.stage = Stage::Identify;
        Ok(())
    }

    /// The player names themselves, and the population register knows them.
    pub fn identify(&mut self, player: PlayerId, now: Timestamp) -> Result<(), StepError> {
        self.expect(Stage::Identify, now)?;
        self.player = Some(player);
        self.stage = Stage::Face;
        Ok(())
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Decided | Stage::Returned)
    }

    /// A capture begins. Returns its number, which [`Verification::expect_capture`] holds it to; counting at the start
    /// makes a cut connection no free try.
    pub fn begin_capture(&mut self, now: Timestamp) -> Result<u32, StepError> {
        self.expect(Stage::Face, now)?;
        if self.face_attempts_left() == 0 {
            return Err(StepError::OutOfTurn);
        }
        self.face_attempts += 1;
        Ok(self.face_attempts)
    }

    /// Whether capture number `attempt` is still the one under way; a later one supersedes it.
    pub fn expect_capture(&self, attempt: u32, now: Timestamp) -> Result<(), StepError> {
        self.expect(Stage::Face, now)?;
        if attempt > 0 && self.face_attempts == attempt { Ok(()) } else { Err(StepError::OutOfTurn) }
    }

    /// The live face is bona fide and matches the ID photo.
    pub fn face_succeeded(&mut self, attempt: u32, now: Timestamp) -> Result<(), StepError> {
        self.expect_capture(attempt, now)?;
        self.face_at = Some(now);
        self.stage = Stage::SecondFactor;
        Ok(())
    }

    /// Whether a second factor may be enrolled or shown at `now`: right after this session's own face step.
    pub fn expect_second_factor(&self, now: Timestamp) -> Result<PlayerId, StepError> {
        self.expect(Stage::SecondFactor, now)?;
        let fresh = self.face_at.is_some_and(|at| now.since(at) < FACE_VALIDITY);
        match self.player {
            Some(player) if fresh => Ok(player),
            _ => Err(StepError::FaceTooOld),
        }
    }

    /// The second factor succeeded and the last question was answered.
    pub fn factor_succeeded(&mut self, factor: FactorKind, outcome: Outcome, now: Timestamp) -> Result<(), StepError> {
        self.expect_second_factor(now)?;
        self.factor = Some(factor);
        self.close(outcome, now);
        Ok(())
    }

    /// Ends it early: a refusal, a doubt, a player who turned back. An approval comes from
    /// [`Verification::factor_succeeded`] alone.
    pub fn end_early(&mut self, outcome: Outcome, now: Timestamp) -> Result<(), StepError> {
        if self.is_over() || outcome.verdict == Verdict::Approved {
            return Err(StepError::OutOfTurn);
        }
        self.close(outcome, now);
        Ok(())
    }

    /// Staff found that what was refused for the face is the person's own attempt: on to the second factor, as if the capture
    /// had succeeded at `now`. Not once the operator has its answer.
    pub fn reopen(&mut self, now: Timestamp) -> Result<(), StepError> {
        let refused = |outcome: &Outcome| matches!(outcome.verdict, Verdict::Refused | Verdict::UnderReview);
        let of_the_face = self.factor.is_none() && self.player.is_some() && self.outcome.as_ref().is_some_and(refused);
        if self.stage != Stage::Decided || !of_the_face {
            return Err(StepError::OutOfTurn);
        }
        (self.outcome, self.decided_at) = (None, None);
        (self.face_at, self.reopened_at) = (Some(now), Some(now));
        self.stage = Stage::SecondFactor;
        Ok(())
    }

    /// Staff found before that this person's face was their own: no capture this time.
    pub fn skip_face(&mut self, now: Timestamp) -> Result<(), StepError> {
        self.expect(Stage::Face, now)?;
        self.face_at = Some(now);
        self.stage = Stage::SecondFactor;
        Ok(())
    }

    /// Staff found that a doubtful attempt stays refused. False when it was no longer in doubt.
    pub fn refuse_after_review(&mut self) -> bool {
        match &mut self.outcome {
            Some(outcome) if outcome.verdict == Verdict::UnderReview => {
                outcome.verdict = Verdict::Refused;
                true
            }
            _ => false,
        }
    }

    /// The answer is handed to the operator. True the first time only: one verification, one code.
    pub fn hand_back(&mut self) -> Result<bool, StepError> {
        match self.stage {
            Stage::Decided => {
                self.stage = Stage::Returned;
                Ok(true)
            }
            Stage::Returned => Ok(false),
            _ => Err(StepError::OutOfTurn),
        }
    }

    /// Until when the person may act on the decision; `None` unless face and second factor have shown that it is they.
    pub fn self_service_until(&self) -> Option<Timestamp> {
        let proven = self.is_over() && self.factor.is_some() && self.player.is_some();
        self.decided_at.filter(|_| proven).map(|at| at.plus(SELF_SERVICE))
    }

    /// Whether they may at `now`.
    pub fn expect_self_service(&self, now: Timestamp) -> Result<PlayerId, StepError> {
        match (self.player, self.self_service_until()) {
            (Some(player), Some(until)) if now < until => Ok(player),
            (Some(_), Some(_)) => Err(StepError::Expired),
            _ => Err(StepError::OutOfTurn),
        }
    }

    /// The person restricted themselves after the decision: whatever it was, they may not play. True when it was an approval.
    pub fn restrict(&mut self, restriction: &Restriction) -> bool {
        let reason = Reason::from(restriction);
        let outcome = self.outcome.get_or_insert_with(|| Outcome::new(Verdict::Refused, []));
        outcome.reasons.retain(|one| one.code != reason.code || one.source != reason.source);
        outcome.reasons.push(reason);
        std::mem::replace(&mut outcome.verdict, Verdict::Refused) == Verdict::Approved
    }

    fn close(&mut self, outcome: Outcome, now: Timestamp) {
        self.outcome = Some(outcome);
        self.decided_at = Some(now);
        self.stage = Stage::Decided;
    }
}

#[cfg(test)]
#[path = "verification_tests.rs"]
mod tests;
