//! Cases: failed and doubtful attempts, kept with their evidence for compliance staff.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::face::scores::FaceScores;
use crate::domain::face::search::FaceHit;
use crate::domain::kernel::id::{CaseId, PlayerId, VerificationId};
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::reason::ReasonCode;

/// Whether someone has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// Nobody has decided yet.
    Open,
    /// Kept for the record: the refusal was clear.
    Recorded,
    /// Somebody decided something that takes two.
    Proposed,
    /// It is over.
    Decided,
}

impl CaseStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Open, Self::Recorded, Self::Proposed, Self::Decided];

    /// The status as the column writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Recorded => "recorded",
            Self::Proposed => "proposed",
            Self::Decided => "decided",
        }
    }

    /// Reads [`CaseStatus::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// How much is at stake in a case: what staff look at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// What records say of a person, or a capture that came to nothing.
    Low,
    /// A face or a presentation in doubt, or another face.
    Medium,
    /// Somebody who wants to pass for another.
    High,
}

impl Risk {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// That of a case with these reasons: of the worst of them.
    pub fn of(reasons: &[ReasonCode]) -> Self {
        let one = |reason: &ReasonCode| match reason {
            ReasonCode::PresentationAttack | ReasonCode::FaceSeenElsewhere | ReasonCode::CaptureFaceChanged => {
                Self::High
            }
            ReasonCode::PresentationDoubtful | ReasonCode::FaceMismatch | ReasonCode::FaceDoubtful => Self::Medium,
            _ => Self::Low,
        };
        reasons.iter().map(one).max().unwrap_or(Self::Low)
    }

    /// The risk as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Reads [`Risk::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.as_str() == name)
    }
}

/// Longest statement, in characters.
pub const MAX_STATEMENT: usize = 2_000;

/// Why a contest is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContestError {
    /// Nothing that records say of the person.
    #[error("this reason cannot be contested")]
    Reason,
    /// Empty, too long, or not text.
    #[error("a statement is text of 1 to {MAX_STATEMENT} characters")]
    Statement,
}

/// A player says that a reason of their refusal is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contest {
    /// Which.
    pub reason: ReasonCode,
    /// Their own words. Not loaded in lists.
    pub statement: Option<SecretText>,
}

impl Contest {
    /// Checks both parts; blanks around the statement are cut off.
    pub fn new(reason: ReasonCode, statement: &SecretText) -> Result<Self, ContestError> {
        let words = statement.expose().trim();
        let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        if !reason.is_contestable() {
            Err(ContestError::Reason)
        } else if !(1..=MAX_STATEMENT).contains(&words.chars().count()) || !words.chars().all(is_text) {
            Err(ContestError::Statement)
        } else {
            Ok(Self { reason, statement: Some(SecretText::new(words)) })
        }
    }
}

/// A person who waits is looked at within so long; whoever contests what records say, within 48 hours.
const DUE: Duration = Duration::from_mins(15);
const DUE_CONTESTED: Duration = Duration::from_hours(48);

impl Case {
    /// When somebody should have looked.
    pub fn due_at(&self) -> Timestamp {
        self.opened_at.plus(if self.contest.is_some() { DUE_CONTESTED } else { DUE })
    }
}

/// One attempt as staff see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The verification it came from.
    pub verification: VerificationId,
    /// For which operator.
    pub operator: OperatorId,
    /// Who, when they had named themselves.
    pub player: Option<PlayerId>,
    /// When.
    pub opened_at: Timestamp,
    /// Open when in doubt, recorded when the refusal was clear.
    pub status: CaseStatus,
    /// Why.
    pub reasons: Vec<ReasonCode>,
    /// What was measured.
    pub scores: FaceScores,
    /// Whom the live face was like, the most alike first.
    pub face_hits: Vec<FaceHit>,
    /// The best frame, if there was one: JPEG as captured. Not loaded in lists.
    pub frame: Option<SecretBytes>,
    /// What the player contests, when they opened it.
    pub contest: Option<Contest>,
    /// Which capture of its verification it shows, from 1 on; `None` where there was none.
    pub attempt: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_as_risky_as_its_worst_reason() {
        assert_eq!(Risk::of(&[]), Risk::Low);
        assert_eq!(Risk::of(&[ReasonCode::RestrictedDebtor, ReasonCode::FaceDoubtful]), Risk::Medium);
        assert_eq!(Risk::of(&[ReasonCode::FaceDoubtful, ReasonCode::FaceSeenElsewhere]), Risk::High);
        assert!(Risk::ALL.into_iter().all(|risk| Risk::from_name(risk.as_str()) == Some(risk)));
    }

    #[test]
    fn a_contest_has_words_and_something_to_contest() {
        let contest = |reason, words: &str| Contest::new(reason, &SecretText::new(words));
        let debtor = ReasonCode::RestrictedDebtor;
        let good = contest(debtor, "  Қарыз төленді.\nDebt paid on 1 November.  ").unwrap();
        assert_eq!(good.statement.unwrap().expose(), "Қарыз төленді.\nDebt paid on 1 November.");
        assert!(contest(debtor, &"ұ".repeat(MAX_STATEMENT)).is_ok());
        for words in ["", " \n ", "a\u{0}b", "\u{1b}[2J", &"a".repeat(MAX_STATEMENT + 1)] {
            assert_eq!(contest(debtor, words), Err(ContestError::Statement));
        }
        assert_eq!(contest(ReasonCode::FaceMismatch, "It is me"), Err(ContestError::Reason));
    }
}
