//! How staff work on a case: one takes it, says what the attempt was, and where that lifts a refusal another says yes.

use serde::{Deserialize, Serialize};

use super::case::CaseStatus;
use crate::domain::kernel::id::{CaseId, DecisionId, StaffId};
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;

/// Longest note, in characters.
pub const MAX_NOTE: usize = 2_000;

/// What staff find that an attempt was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// A picture, a screen, a mask, an injected stream.
    Attack,
    /// A living person, but another one.
    AnotherPerson,
    /// It cannot be told; the person may try again.
    CannotTell,
    /// What the source says of the person is right.
    SourceRight,
    /// The source is mistaken, and was told; what it corrects lifts itself.
    SourceWrong,
    /// The person of the ID photo, alive and by themselves: the refusal falls.
    RightfulPerson,
}

impl Conclusion {
    /// Every conclusion.
    pub const ALL: [Self; 6] = [
        Self::Attack,
        Self::AnotherPerson,
        Self::CannotTell,
        Self::SourceRight,
        Self::SourceWrong,
        Self::RightfulPerson,
    ];

    /// The conclusion as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Attack => "attack",
            Self::AnotherPerson => "another_person",
            Self::CannotTell => "cannot_tell",
            Self::SourceRight => "source_right",
            Self::SourceWrong => "source_wrong",
            Self::RightfulPerson => "rightful_person",
        }
    }

    /// Reads [`Conclusion::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// Whether a refusal falls by it, which takes two.
    pub fn overturns(self) -> bool {
        self == Self::RightfulPerson
    }

    /// Whether it says something about a case with these reasons: of a face, or of what records say.
    pub fn fits(self, reasons: &[ReasonCode]) -> bool {
        let of_records = reasons.iter().any(|reason| reason.is_contestable());
        // Nothing of a face is in doubt: what helps takes two in another way, and a document.
        let of_factors = reasons.contains(&ReasonCode::FactorsLost);
        match self {
            _ if of_factors => self == Self::CannotTell,
            Self::SourceRight | Self::SourceWrong => of_records,
            Self::Attack | Self::AnotherPerson | Self::RightfulPerson => !of_records,
            Self::CannotTell => true,
        }
    }
}

/// Why something cannot be done with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkFault {
    /// Somebody else has it.
    #[error("somebody else has this case")]
    Taken,
    /// Who acts does not have it.
    #[error("take the case first")]
    NotYours,
    /// It is decided, or waits for something else.
    #[error("the case does not wait for this")]
    NotDue,
    /// Nobody says yes to what they decided themselves.
    #[error("another person must look")]
    OwnDecision,
    /// A conclusion about a face in a case of records, or the other way round.
    #[error("this conclusion says nothing about this case")]
    DoesNotFit,
    /// The note is too long, or no text.
    #[error("a note is text of 1 to {MAX_NOTE} characters")]
    Note,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseWork {
    /// Which case.
    pub case: CaseId,
    /// Whether somebody has looked.
    pub status: CaseStatus,
    /// Who has it.
    pub assignee: Option<StaffId>,
    /// Rises with each change; an update of an older revision is refused by the store.
    pub revision: i64,
}

impl CaseWork {
    /// Somebody takes it; a clear refusal is opened by that.
    pub fn take(&mut self, by: StaffId) -> Result<(), WorkFault> {
        match (self.status, self.assignee) {
            (CaseStatus::Proposed | CaseStatus::Decided, _) => Err(WorkFault::NotDue),
            (_, Some(other)) if other != by => Err(WorkFault::Taken),
            _ => {
                (self.status, self.assignee) = (CaseStatus::Open, Some(by));
                Ok(())
            }
        }
    }

    /// Who has it lets it go, to somebody or to whoever comes; where they are away, a supervisor does.
    pub fn hand_over(&mut self, by: StaffId, supervises: bool, to: Option<StaffId>) -> Result<(), WorkFault> {
        match self.assignee {
            Some(holder) if supervises => self.expect_of(holder)?,
            _ => self.expect_of(by)?,
        }
        self.assignee = to;
        Ok(())
    }

    /// Who has it says what the attempt was. True when that ends the case, false when another must say yes.
    pub fn conclude(&mut self, by: StaffId, conclusion: Conclusion, reasons: &[ReasonCode]) -> Result<bool, WorkFault> {
        self.expect_of(by)?;
        if !conclusion.fits(reasons) {
            return Err(WorkFault::DoesNotFit);
        }
        self.status = if conclusion.overturns() { CaseStatus::Proposed } else { CaseStatus::Decided };
        self.assignee = None;
        Ok(self.status == CaseStatus::Decided)
    }

    /// Another says yes or no to what `proposer` decided. After a no the case is open again.
    pub fn settle(&mut self, by: StaffId, proposer: StaffId, yes: bool) -> Result<(), WorkFault> {
        if self.status != CaseStatus::Proposed {
            return Err(WorkFault::NotDue);
        }
        if by == proposer {
            return Err(WorkFault::OwnDecision);
        }
        self.status = if yes { CaseStatus::Decided } else { CaseStatus::Open };
        Ok(())
    }

    fn expect_of(&self, by: StaffId) -> Result<(), WorkFault> {
        match (self.status, self.assignee) {
            (CaseStatus::Open, Some(holder)) if holder == by => Ok(()),
            (CaseStatus::Open | CaseStatus::Recorded, _) => Err(WorkFault::NotYours),
            _ => Err(WorkFault::NotDue),
        }
    }
}

/// A note; blanks around it are cut off, and an empty one is none.
pub fn read_note(note: Option<&SecretText>) -> Result<Option<SecretText>, WorkFault> {
    let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    let Some(words) = note.map(|note| note.expose().trim()).filter(|words| !words.is_empty()) else { return Ok(None) };
    if words.chars().count() > MAX_NOTE || !words.chars().all(is_text) {
        return Err(WorkFault::Note);
    }
    Ok(Some(SecretText::new(words)))
}

/// What somebody decided about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDecision {
    /// Its id.
    pub id: DecisionId,
    /// Of which case.
    pub case: CaseId,
    /// What it was.
    pub conclusion: Conclusion,
    /// What the player will read.
    pub to_player: Option<SecretText>,
    /// For staff alone, always.
    pub internal: Option<SecretText>,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// What another said to it, where it took one.
    pub settlement: Option<Settlement>,
}

/// The second pair of eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Whose.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// Yes or no.
    pub yes: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const FACE: &[ReasonCode] = &[ReasonCode::FaceDoubtful];

    fn staff(number: u8) -> StaffId {
        Uuid::from_u128(number.into()).into()
    }

    fn case(status: CaseStatus) -> CaseWork {
        CaseWork { case: Uuid::nil().into(), status, assignee: None, revision: 0 }
    }

    #[test]
    fn one_has_it_at_a_time() {
        let mut work = case(CaseStatus::Recorded);
        assert_eq!(work.conclude(staff(1), Conclusion::Attack, FACE), Err(WorkFault::NotYours));
        work.take(staff(1)).unwrap();
        work.take(staff(1)).unwrap();
        assert_eq!(work.status, CaseStatus::Open);
        assert_eq!(work.take(staff(2)), Err(WorkFault::Taken));
        assert_eq!(work.hand_over(staff(2), false, None), Err(WorkFault::NotYours));
        work.hand_over(staff(1), false, Some(staff(2))).unwrap();
        assert_eq!(work.take(staff(1)), Err(WorkFault::Taken));
        work.hand_over(staff(3), true, Some(staff(1))).unwrap();
        work.hand_over(staff(1), false, None).unwrap();
        assert_eq!(work.hand_over(staff(3), true, None), Err(WorkFault::NotYours), "it is nobody's");
        work.take(staff(1)).unwrap();
        assert_eq!(work.conclude(staff(1), Conclusion::Attack, FACE), Ok(true));
        assert_eq!(work.take(staff(2)), Err(WorkFault::NotDue));
    }

    #[test]
    fn a_refusal_falls_by_two_and_a_no_opens_it_again() {
        let mut work = case(CaseStatus::Open);
        work.take(staff(1)).unwrap();
        assert_eq!(work.conclude(staff(1), Conclusion::RightfulPerson, FACE), Ok(false));
        assert_eq!(work.settle(staff(1), staff(1), true), Err(WorkFault::OwnDecision));
        assert_eq!(work.take(staff(2)), Err(WorkFault::NotDue));
        work.settle(staff(2), staff(1), false).unwrap();
        assert_eq!(work.status, CaseStatus::Open);
        work.take(staff(3)).unwrap();
        work.conclude(staff(3), Conclusion::RightfulPerson, FACE).unwrap();
        work.settle(staff(1), staff(3), true).unwrap();
        assert_eq!(work.status, CaseStatus::Decided);
    }

    #[test]
    fn records_and_faces_have_their_own_conclusions() {
        let records = &[ReasonCode::RestrictedDebtor];
        for conclusion in Conclusion::ALL {
            assert_eq!(Conclusion::from_name(conclusion.as_str()), Some(conclusion));
            assert!(conclusion.fits(FACE) || conclusion.fits(records));
        }
        assert!(!Conclusion::RightfulPerson.fits(records), "staff lift no restriction");
        assert!(!Conclusion::SourceWrong.fits(FACE));
    }

    #[test]
    fn notes_are_text() {
        let read = |words: &str| read_note(Some(&SecretText::new(words)));
        assert_eq!(read(" a\nb ").unwrap().unwrap().expose(), "a\nb");
        assert_eq!((read(" \n"), read_note(None)), (Ok(None), Ok(None)));
        assert_eq!(read("a\u{0}b"), Err(WorkFault::Note));
        assert_eq!(read(&"ә".repeat(MAX_NOTE + 1)), Err(WorkFault::Note));
    }

    proptest! {
        #[test]
        fn whatever_is_tried_no_refusal_falls_by_one_person(
            steps in prop::collection::vec((0_u8..5, 1_u8..4, 0_usize..Conclusion::ALL.len(), any::<bool>()), 0..40)
        ) {
            let mut work = case(CaseStatus::Open);
            let mut proposal: Option<(StaffId, Conclusion)> = None;
            for (step, who, conclusion, yes) in steps {
                let (by, conclusion) = (staff(who), Conclusion::ALL[conclusion]);
                match step {
                    0 => drop(work.take(by)),
                    1 => drop(work.hand_over(by, yes, None)),
                    2 => drop(work.hand_over(by, yes, Some(staff(who % 3 + 1)))),
                    3 => {
                        if let Ok(done) = work.conclude(by, conclusion, FACE) {
                            prop_assert!(!(done && conclusion.overturns()));
                            proposal = Some((by, conclusion));
                        }
                    }
                    _ => {
                        let Some((proposer, concluded)) = proposal else { continue };
                        if work.settle(by, proposer, yes).is_ok() {
                            prop_assert!(by != proposer && concluded.overturns());
                        }
                    }
                }
            }
        }
    }
}
