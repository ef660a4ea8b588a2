//! One run of a player through the gate: a state machine, whose stages follow one another.
//!
//! ```text
//! consent -> identify -> face -> (contact) -> second factor -> decided -> returned
//!     \__________\_________\________\____________\____________/   refused, in doubt or cancelled
//! ```
//!
//! The contact step is due where no second factor counts: nothing is bound to a person on the face alone.

mod way_back;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::reason::ReasonCode;
use super::restrictions::Restriction;
use super::second_factor::{BoundBy, FactorKind};
use crate::domain::face::capture::CAPTURE_ATTEMPTS;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{PlayerId, VerificationId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::authorization::PushedRequest;
use crate::domain::operators::operator::OperatorId;
use crate::domain::restrictions::self_restriction::SELF_SERVICE;
use crate::domain::second_factor::enrolment::Standing;

use super::decision::{Outcome, Reason, Verdict};
pub use way_back::RETURN_WITHIN;

/// A verification that is not decided within this time has expired.
pub const VERIFICATION_TTL: Duration = Duration::from_mins(20);
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
    /// Asked for a second proof, before a first factor is bound.
    Contact,
    /// Asked for the second factor.
    SecondFactor,
    /// Over; the player has not gone back to the operator yet.
    Decided,
    /// The answer was handed to the operator, at least once.
    Returned,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Self; 7] =
        [Self::Consent, Self::Identify, Self::Face, Self::Contact, Self::SecondFactor, Self::Decided, Self::Returned];

    /// The stage as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Identify => "identify",
            Self::Face => "face",
            Self::Contact => "contact",
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

/// How a visit stands to the lock of its person, which holds against others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonLock {
    /// The end of a capture told of it.
    Told,
    /// The person showed a passkey of theirs.
    Passed,
}

impl PersonLock {
    /// As the column writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Passed => "passed",
        }
    }

    /// Reads [`PersonLock::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Told, Self::Passed].into_iter().find(|lock| lock.as_str() == name)
    }
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
    /// Whether it was told that the person is locked, and what came of that.
    pub person_lock: Option<PersonLock>,
    /// When the face step succeeded.
    pub face_at: Option<Timestamp>,
    /// Which second factor succeeded.
    pub factor: Option<FactorKind>,
    /// What the second factor stands on: in a visit that enrols, the second proof that was given or put off; else what the
    /// factor that was shown is bound by.
    pub bound_by: Option<BoundBy>,
    /// From when the factor counts that was made in this visit, or waits since an earlier one; or from when what was lost can be
    /// replaced.
    pub held_until: Option<Timestamp>,
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
            person_lock: None,
            face_at: None,
            factor: None,
            bound_by: None,
            held_until: None,
            outcome: None,
            decided_at: None,
            reopened_at: None,
            revision: 0,
        }
    }

    /// When it expires unless decided.
    pub fn expires_at(&self) -> Timestamp {
        self.reopened_at.unwrap_or(self.started_at).plus(VERIFICATION_TTL)
    }

    /// Until when its session is answered. Whoever comes later with the cookie learns nothing of what was decided.
    pub fn answers_until(&self) -> Timestamp {
        match self.self_service_until() {
            Some(until) => until,
            // Staff may still look at it, or write to the person: as long as a cookie of ours lives.
            None if self.is_over() => self.expires_at().plus(SELF_SERVICE),
            None => self.expires_at(),
        }
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

    /// The player names themselves. Whether the population register knows them is the camera's end to tell.
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
    pub fn face_succeeded(&mut self, attempt: u32, standing: Standing, now: Timestamp) -> Result<(), StepError> {
        self.expect_capture(attempt, now)?;
        self.face_found(standing, now);
        Ok(())
    }

    /// A capture is over, and its end tells that the person is locked.
    pub fn tell_person_lock(&mut self) {
        self.person_lock.get_or_insert(PersonLock::Told);
    }

    /// Whether the person may pass their lock at `now`: where they were told of it, and before the face.
    pub fn expect_person_lock(&self, now: Timestamp) -> Result<PlayerId, StepError> {
        self.expect(Stage::Face, now)?;
        self.player.filter(|_| self.person_lock == Some(PersonLock::Told)).ok_or(StepError::OutOfTurn)
    }

    /// They showed that they are that person. The face is still to come.
    pub fn pass_person_lock(&mut self, now: Timestamp) -> Result<(), StepError> {
        self.expect_person_lock(now)?;
        self.person_lock = Some(PersonLock::Passed);
        Ok(())
    }

    /// Whether a second proof may be given or put off at `now`: right after this session's own face step.
    pub fn expect_contact(&self, now: Timestamp) -> Result<PlayerId, StepError> {
        self.expect(Stage::Contact, now)?;
        self.expect_fresh_face(now)
    }

    /// The code that went to a contact of record came back.
    pub fn contact_proven(&mut self, now: Timestamp) -> Result<(), StepError> {
        self.expect_contact(now)?;
        (self.bound_by, self.stage) = (Some(BoundBy::Contact), Stage::SecondFactor);
        Ok(())
    }

    /// There is no such proof: what is enrolled now will be held.
    pub fn wait_instead(&mut self, now: Timestamp) -> Result<(), StepError> {
        self.expect_contact(now)?;
        (self.bound_by, self.stage) = (Some(BoundBy::Wait), Stage::SecondFactor);
        Ok(())
    }

    /// Whether a second factor may be shown or made at `now`: right after this session's own face step.
    pub fn expect_second_factor(&self, now: Timestamp) -> Result<PlayerId, StepError> {
        self.expect(Stage::SecondFactor, now)?;
        self.expect_fresh_face(now)
    }

    /// Whether somebody may say now that they lost every factor: where one is to be shown.
    pub fn expect_recovery(&self, now: Timestamp) -> Result<PlayerId, StepError> {
        let player = self.expect_second_factor(now)?;
        if self.bound_by.is_none() { Ok(player) } else { Err(StepError::OutOfTurn) }
    }

    /// They did, and proved face and contact: from `until` on they may make a new one. This visit ends, and nothing of it is told.
    pub fn recovery_held(&mut self, until: Timestamp, now: Timestamp) -> Result<&Outcome, StepError> {
        self.expect_recovery(now)?;
        self.held_until = Some(until);
        Ok(self.close(Outcome::recovery_held(until), now))
    }

    /// The held time is over, and face and contact were proven once more: a new one is made in this visit.
    pub fn recovery_due(&mut self, now: Timestamp) -> Result<(), StepError> {
        self.expect_recovery(now)?;
        self.bound_by = Some(BoundBy::Contact);
        Ok(())
    }

    /// Whether one may be made, and what it will be bound by: where a second proof was given or put off, and nowhere else.
    pub fn expect_enrolment(&self, now: Timestamp) -> Result<(PlayerId, BoundBy), StepError> {
        let player = self.expect_second_factor(now)?;
        self.bound_by.map(|by| (player, by)).ok_or(StepError::OutOfTurn)
    }

    /// A second factor that counts was shown, and the last question was answered.
    pub fn factor_shown(
        &mut self,
        factor: FactorKind,
        bound_by: BoundBy,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<(), StepError> {
        self.expect_second_factor(now)?;
        (self.factor, self.bound_by) = (Some(factor), Some(bound_by));
        self.close(outcome, now);
        Ok(())
    }

    /// A second factor was made on the code of a contact of record, and the last question was answered.
    pub fn factor_enrolled(&mut self, factor: FactorKind, outcome: Outcome, now: Timestamp) -> Result<(), StepError> {
        if self.expect_enrolment(now)?.1 != BoundBy::Contact {
            return Err(StepError::OutOfTurn);
        }
        self.factor = Some(factor);
        self.close(outcome, now);
        Ok(())
    }

    /// A second factor was made that counts from `until` on. Nobody learns a ground of it; where the deployer lets people play
    /// meanwhile, and `may_play`, they do on the face alone.
    pub fn factor_held(
        &mut self,
        factor: FactorKind,
        until: Timestamp,
        may_play: bool,
        now: Timestamp,
    ) -> Result<&Outcome, StepError> {
        if self.expect_enrolment(now)?.1 != BoundBy::Wait {
            return Err(StepError::OutOfTurn);
        }
        self.held_until = Some(until);
        if may_play {
            (self.factor, self.bound_by) = (Some(factor), Some(BoundBy::Face));
            Ok(self.close(Outcome::new(Verdict::Approved, []), now))
        } else {
            Ok(self.close(Outcome::held(until), now))
        }
    }

    /// A factor made in an earlier visit still waits, and nothing hurries it.
    pub fn still_held(&mut self, until: Timestamp, now: Timestamp) -> Result<&Outcome, StepError> {
        self.expect_contact(now)?;
        self.held_until = Some(until);
        Ok(self.close(Outcome::held(until), now))
    }

    /// Ends it early: a refusal, a doubt, a player who turned back. An approval comes from a second factor alone.
    pub fn end_early(&mut self, outcome: Outcome, now: Timestamp) -> Result<(), StepError> {
        if self.is_over() || outcome.verdict == Verdict::Approved {
            return Err(StepError::OutOfTurn);
        }
        self.close(outcome, now);
        Ok(())
    }

    /// Staff found that what was refused for the face is the person's own attempt: on as if the capture had succeeded at
    /// `now`. Not once the operator has its answer.
    pub fn reopen(&mut self, standing: Standing, now: Timestamp) -> Result<(), StepError> {
        let refused = |outcome: &Outcome| matches!(outcome.verdict, Verdict::Refused | Verdict::UnderReview);
        let of_the_face = self.factor.is_none()
            && self.held_until.is_none()
            && self.player.is_some()
            && self.outcome.as_ref().is_some_and(refused);
        if self.stage != Stage::Decided || !of_the_face {
            return Err(StepError::OutOfTurn);
        }
        (self.outcome, self.decided_at, self.bound_by) = (None, None, None);
        self.reopened_at = Some(now);
        self.face_found(standing, now);
        Ok(())
    }

    /// Staff found before that this person's face was their own: no capture this time.
    pub fn skip_face(&mut self, standing: Standing, now: Timestamp) -> Result<(), StepError> {
        self.expect(Stage::Face, now)?;
        self.face_found(standing, now);
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

    /// Until when the person may act on the decision; `None` unless face and a second factor that counts have shown that it is
    /// they.
    pub fn self_service_until(&self) -> Option<Timestamp> {
        let proven = self.is_over() && self.factor.is_some() && self.held_until.is_none() && self.player.is_some();
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

    /// What was shown counts no more: what is under way begins anew, and an approval is none. False when there was neither.
    pub fn void(&mut self, now: Timestamp) -> bool {
        let void = Outcome::new(Verdict::Refused, [ReasonCode::Expired]);
        match self.outcome.as_ref().map(|outcome| outcome.verdict) {
            None => {
                self.close(void, now);
            }
            Some(Verdict::Approved) => self.outcome = Some(void),
            Some(_) => return false,
        }
        (self.factor, self.bound_by) = (None, None);
        true
    }

    fn face_found(&mut self, standing: Standing, now: Timestamp) {
        self.face_at = Some(now);
        self.stage = match standing {
            Standing::Bound => Stage::SecondFactor,
            Standing::Unbound => Stage::Contact,
        };
    }

    fn expect_fresh_face(&self, now: Timestamp) -> Result<PlayerId, StepError> {
        let fresh = self.face_at.is_some_and(|at| now.since(at) < FACE_VALIDITY);
        match self.player {
            Some(player) if fresh => Ok(player),
            _ => Err(StepError::FaceTooOld),
        }
    }

    fn close(&mut self, outcome: Outcome, now: Timestamp) -> &Outcome {
        self.decided_at = Some(now);
        self.stage = Stage::Decided;
        self.outcome.insert(outcome)
    }
}

pub mod ports;
#[cfg(test)]
mod tests;
pub mod tries;
