//! A first factor is bound on a second proof: a code sent to a contact of record, or time in which nobody objects.
//!
//! A camera cannot be believed, and a face is no secret: whoever has somebody's photo may pass the face step. What is bound
//! to the person for good therefore waits for something that a photo does not give.

use std::time::Duration;

use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{HoldId, PlayerId, VerificationId};
use crate::domain::kernel::time::Timestamp;

/// So long after its held time a recovery may be carried out: one that everybody has forgotten must not lie ready for ever.
pub const CARRY_OUT_WITHIN: Duration = Duration::from_hours(24 * 7);
/// So long after it began somebody may still say of a held enrolment that it was not theirs, by the link in the notice: it
/// went to a contact of record, which weighs more than the wait that bound the factor.
pub const DISOWN_WITHIN: Duration = Duration::from_hours(24 * 30);

/// What is wanted before a first factor is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofWanted {
    /// A code sent to a contact of record; who has none on record waits.
    Contact,
    /// A wait, whatever is on record.
    Wait,
}

/// What the deployer decided about enrolments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentPolicy {
    /// The second proof.
    pub proof: ProofWanted,
    /// How long a held enrolment waits.
    pub hold: Duration,
    /// How long whoever lost every factor waits before they may make a new one.
    pub recovery_hold: Duration,
    /// Whether an operator gets a token, of the face alone, in the visit whose enrolment is held.
    pub token_while_held: bool,
    /// Whether who has no access to any contact on record may wait instead.
    pub wait_without_access: bool,
}

impl Default for EnrolmentPolicy {
    fn default() -> Self {
        Self {
            proof: ProofWanted::Contact,
            hold: Duration::from_hours(24),
            recovery_hold: Duration::from_hours(24),
            token_while_held: false,
            wait_without_access: true,
        }
    }
}

/// How a person stands when their face was found to be theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A factor counts: it is to be shown.
    Bound,
    /// No factor counts, whether none is there or one is held.
    Unbound,
}

/// Why an enrolment is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldKind {
    /// It is the person's first.
    First,
    /// They lost all that they had.
    Recovery,
}

impl HoldKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::First, Self::Recovery];

    /// The kind as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Recovery => "recovery",
        }
    }

    /// Reads [`HoldKind::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// How a hold ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndOfHold {
    /// Its time came and nobody objected: the factor counts, or the recovery was carried out.
    Passed,
    /// Somebody said that it was not them: the factor is gone.
    NotMe,
    /// The person gave a better proof meanwhile, or staff took all factors away: what it was about is gone, and so is what was said
    /// against it.
    Overruled,
    /// One of the factors was shown that were said to be lost.
    Cancelled,
    /// Its time came, and nobody came to carry the recovery out.
    Lapsed,
}

impl EndOfHold {
    /// Every end.
    pub const ALL: [Self; 5] = [Self::Passed, Self::NotMe, Self::Overruled, Self::Cancelled, Self::Lapsed];

    /// The end as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotMe => "not_me",
            Self::Overruled => "overruled",
            Self::Cancelled => "cancelled",
            Self::Lapsed => "lapsed",
        }
    }

    /// Reads [`EndOfHold::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.as_str() == name)
    }
}

/// An enrolment or a recovery that waits, or waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldEnrolment {
    /// Its id; the factors that wait name it.
    pub id: HoldId,
    /// Why it is held.
    pub kind: HoldKind,
    /// Whose.
    pub player: PlayerId,
    /// The verification that it was made in.
    pub verification: VerificationId,
    /// Since when.
    pub began_at: Timestamp,
    /// From when its factors count.
    pub until: Timestamp,
    /// Hash of the token by which it is disowned.
    pub not_me: HandleHash,
    /// When and how it ended.
    pub ended: Option<(Timestamp, EndOfHold)>,
}

impl HeldEnrolment {
    /// Whether it is a recovery.
    pub fn is_recovery(&self) -> bool {
        self.kind == HoldKind::Recovery
    }

    /// Whether it waits at `now`.
    pub fn is_pending(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.until
    }

    /// Whether its time has come and nobody has noted it yet.
    pub fn has_passed(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now >= self.until
    }

    /// Whether the link in its notice still ends it. A recovery that lapsed is over, whether or not that was noted.
    pub fn may_be_disowned(&self, now: Timestamp) -> bool {
        let open = match self.ended {
            None => !self.is_recovery() || now < carry_out_until(self),
            Some((_, how)) => how == EndOfHold::Passed,
        };
        open && now.since(self.began_at) < DISOWN_WITHIN
    }
}

/// Until when a recovery may be carried out.
pub fn carry_out_until(hold: &HeldEnrolment) -> Timestamp {
    hold.until.plus(CARRY_OUT_WITHIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::second_factor::{Binding, BoundBy};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn hold() -> HeldEnrolment {
        HeldEnrolment {
            id: HoldId::from(Uuid::nil()),
            kind: HoldKind::First,
            player: PlayerId::from(Uuid::nil()),
            verification: VerificationId::from(Uuid::nil()),
            began_at: at(100),
            until: at(200),
            not_me: HandleHash([0; 32]),
            ended: None,
        }
    }

    #[test]
    fn a_hold_is_disowned_while_it_waits_and_for_a_while_after_but_once() {
        let month = i64::try_from(DISOWN_WITHIN.as_secs()).unwrap();
        let mut hold = hold();
        assert!(hold.may_be_disowned(at(100)) && hold.may_be_disowned(at(99 + month)));
        assert!(!hold.may_be_disowned(at(100 + month)));
        hold.ended = Some((at(200), EndOfHold::Passed));
        assert!(hold.may_be_disowned(at(300)));
        for end in [EndOfHold::NotMe, EndOfHold::Overruled, EndOfHold::Cancelled, EndOfHold::Lapsed] {
            hold.ended = Some((at(150), end));
            assert!(!hold.may_be_disowned(at(160)));
        }
    }

    #[test]
    fn a_recovery_that_lapsed_is_not_disowned_and_one_carried_out_is() {
        let recovery = HeldEnrolment { kind: HoldKind::Recovery, ..hold() };
        let lapsed = carry_out_until(&recovery);
        assert!(recovery.may_be_disowned(lapsed.minus(Duration::from_secs(1))));
        assert!(!recovery.may_be_disowned(lapsed));
        assert!(hold().may_be_disowned(lapsed), "a first enrolment counts by itself");
        let carried_out = HeldEnrolment { ended: Some((at(300), EndOfHold::Passed)), ..recovery };
        assert!(carried_out.may_be_disowned(lapsed));
    }

    proptest! {
        #[test]
        fn a_held_factor_counts_when_its_hold_waits_no_longer_and_not_before(now in 0_i64..400) {
            let hold = hold();
            let binding = Binding::held(&hold);
            prop_assert_eq!(binding.by, BoundBy::Wait);
            prop_assert_eq!(binding.counts(at(now)), !hold.is_pending(at(now)));
            prop_assert_eq!(hold.has_passed(at(now)), binding.counts(at(now)));
        }
    }

    #[test]
    fn names_read_back() {
        assert!(HoldKind::ALL.into_iter().all(|kind| HoldKind::from_name(kind.as_str()) == Some(kind)));
        assert!(EndOfHold::ALL.into_iter().all(|end| EndOfHold::from_name(end.as_str()) == Some(end)));
        assert!(BoundBy::ALL.into_iter().all(|by| BoundBy::from_name(by.as_str()) == Some(by)));
        assert!(BoundBy::ALL.is_sorted());
    }
}
