//! A person who lost every second factor gets another without staff: on the face, a code of the contact of record, and a held time
//! in which whoever still has an old factor, or reads a notice, says no.
//!
//! Whoever has somebody's face and phone number passes the first two. What stands against them is the held time, so it ends
//! with the least objection, and an objection keeps this way closed.

use std::time::Duration;

use super::enrolment::carry_out_until;
use super::enrolment::{EndOfHold, HeldEnrolment};
use crate::domain::kernel::time::Timestamp;

/// So long after somebody objected to one no other begins, and a code of the contact proves nothing: one of two people who have
/// it is a stranger.
pub const REST: Duration = Duration::from_hours(24 * 30);

/// What a person may do about a recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecoveryState {
    /// Begin one.
    Open,
    /// Nothing before its time.
    Waits(HeldEnrolment),
    /// Carry it out.
    Due(HeldEnrolment),
    /// Nothing until then: somebody objected.
    Closed(Timestamp),
}

/// A person's recoveries that have not ended, or ended within [`REST`].
#[derive(Clone, Debug, Default)]
pub struct Recoveries(Vec<HeldEnrolment>);

impl Recoveries {
    /// Of these holds, in any order; those of another kind are left out.
    pub fn of(mut holds: Vec<HeldEnrolment>) -> Self {
        holds.retain(HeldEnrolment::is_recovery);
        holds.sort_by_key(|hold| hold.began_at);
        Self(holds)
    }

    /// How they stand at `now`.
    pub fn state(&self, now: Timestamp) -> RecoveryState {
        let closed_until = self.0.iter().filter_map(objection).map(|at| at.plus(REST)).max();
        if let Some(until) = closed_until.filter(|until| now < *until) {
            return RecoveryState::Closed(until);
        }
        match self.unended() {
            Some(hold) if hold.is_pending(now) => RecoveryState::Waits(hold.clone()),
            Some(hold) if now < carry_out_until(hold) => RecoveryState::Due(hold.clone()),
            _ => RecoveryState::Open,
        }
    }

    /// The one that has not ended, whether or not its time is over.
    pub fn unended(&self) -> Option<&HeldEnrolment> {
        self.0.iter().find(|hold| hold.ended.is_none())
    }

    /// Those that were carried out and can still be disowned, the newest first: what is made now on a code of the contact goes with
    /// the first of them.
    pub fn carried_out(&self, now: Timestamp) -> impl Iterator<Item = &HeldEnrolment> {
        let passed = |hold: &&HeldEnrolment| matches!(hold.ended, Some((_, EndOfHold::Passed)));
        self.0.iter().rev().filter(passed).filter(move |hold| hold.may_be_disowned(now))
    }

    /// Those of which somebody said that they were not theirs.
    pub fn disowned(&self, now: Timestamp) -> impl Iterator<Item = &HeldEnrolment> {
        let disowned =
            move |hold: &&HeldEnrolment| matches!(hold.ended, Some((at, EndOfHold::NotMe)) if now < at.plus(REST));
        self.0.iter().filter(disowned)
    }

    /// Whether there is one, so that a code of the contact proves nothing now.
    pub fn contact_is_doubted(&self, now: Timestamp) -> bool {
        self.disowned(now).next().is_some()
    }
}

/// When somebody objected.
fn objection(hold: &HeldEnrolment) -> Option<Timestamp> {
    match hold.ended {
        Some((at, EndOfHold::NotMe | EndOfHold::Cancelled)) => Some(at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::handle::HandleHash;
    use crate::domain::kernel::id::{HoldId, PlayerId, VerificationId};
    use crate::domain::second_factor::enrolment::HoldKind;
    use crate::domain::second_factor::{Binding, BoundBy};
    use proptest::prelude::*;
    use uuid::Uuid;

    const DAY: i64 = 86_400;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn recovery(began: i64, ended: Option<(i64, EndOfHold)>) -> HeldEnrolment {
        HeldEnrolment {
            id: HoldId::from(Uuid::from_u128(u128::from(began.unsigned_abs()) + 1)),
            kind: HoldKind::Recovery,
            player: PlayerId::from(Uuid::nil()),
            verification: VerificationId::from(Uuid::nil()),
            began_at: at(began),
            until: at(began + DAY),
            not_me: HandleHash([0; 32]),
            ended: ended.map(|(seconds, how)| (at(seconds), how)),
        }
    }

    fn of(holds: &[HeldEnrolment]) -> Recoveries {
        Recoveries::of(holds.to_vec())
    }

    #[test]
    fn one_waits_is_due_for_a_week_and_then_another_may_begin() {
        let hold = recovery(0, None);
        let all = of(std::slice::from_ref(&hold));
        assert_eq!(Recoveries::default().state(at(0)), RecoveryState::Open);
        assert_eq!(all.state(at(DAY - 1)), RecoveryState::Waits(hold.clone()));
        assert_eq!(all.state(at(DAY)), RecoveryState::Due(hold.clone()));
        assert_eq!(all.state(at(8 * DAY - 1)), RecoveryState::Due(hold.clone()));
        assert_eq!(all.state(at(8 * DAY)), RecoveryState::Open);
        assert_eq!(all.unended(), Some(&hold), "to be noted as lapsed");
    }

    #[test]
    fn an_objection_closes_this_way_for_a_month_and_a_first_enrolment_is_none() {
        for how in [EndOfHold::NotMe, EndOfHold::Cancelled] {
            let all = of(&[recovery(0, Some((50, how)))]);
            assert_eq!(all.state(at(60)), RecoveryState::Closed(at(50 + 30 * DAY)));
            assert_eq!(all.state(at(50 + 30 * DAY)), RecoveryState::Open);
            assert_eq!(all.contact_is_doubted(at(60)), how == EndOfHold::NotMe);
            assert!(!all.contact_is_doubted(at(50 + 30 * DAY)));
        }
        // Staff decided whose it is.
        let all = of(&[recovery(0, Some((60, EndOfHold::Overruled)))]);
        assert_eq!((all.state(at(70)), all.contact_is_doubted(at(70))), (RecoveryState::Open, false));
        let first = HeldEnrolment { kind: HoldKind::First, ..recovery(0, Some((50, EndOfHold::NotMe))) };
        let waits = HeldEnrolment { ended: None, ..first.clone() };
        let all = of(&[first, waits]);
        assert_eq!(all.state(at(60)), RecoveryState::Open);
        assert!(!all.contact_is_doubted(at(60)));
    }

    #[test]
    fn what_was_carried_out_goes_with_its_recovery_while_that_can_be_disowned() {
        let all = of(&[recovery(0, Some((2 * DAY, EndOfHold::Passed)))]);
        assert_eq!(all.state(at(2 * DAY)), RecoveryState::Open);
        let hold = all.carried_out(at(2 * DAY)).next().unwrap();
        let binding = Binding::recovered(hold);
        assert!(binding.counts(at(2 * DAY)) && binding.by == BoundBy::Contact);
        assert_eq!(all.carried_out(at(30 * DAY)).count(), 0);
        let two =
            of(&[recovery(9, Some((3 * DAY, EndOfHold::Passed))), recovery(0, Some((2 * DAY, EndOfHold::Passed)))]);
        assert_eq!(two.carried_out(at(4 * DAY)).map(|hold| hold.began_at).collect::<Vec<_>>(), [at(9), at(0)]);
        for how in [EndOfHold::Overruled, EndOfHold::NotMe, EndOfHold::Cancelled, EndOfHold::Lapsed] {
            assert!(of(&[recovery(0, Some((9, how)))]).carried_out(at(10)).next().is_none());
        }
    }

    #[test]
    fn what_is_put_beside_a_factor_is_no_stronger_and_of_its_hold() {
        let hold = recovery(0, None);
        let (held, face) = (Binding::recovered(&hold), Binding::at_once(BoundBy::Face));
        assert_eq!(Binding::beside([]), None);
        assert_eq!(Binding::beside([held]), Some(held));
        let both = Binding { by: BoundBy::Face, held: held.held };
        assert_eq!((Binding::beside([held, face]), Binding::beside([face, held])), (Some(both), Some(both)));
    }

    /// Days, and what is tried then.
    #[derive(Clone, Copy, Debug)]
    enum Act {
        Recover,
        ShowOld,
        NotMe,
        Forget,
    }

    proptest! {
        /// Whatever is tried, and however often: a recovery is carried out only after its whole held time without an objection,
        /// within its week, and none begins within a month of one.
        #[test]
        fn nothing_is_carried_out_before_its_time_or_over_an_objection(
            acts in prop::collection::vec((0_i64..3 * DAY, 0_u8..8), 1..60),
        ) {
            let (mut now, mut holds): (i64, Vec<HeldEnrolment>) = (0, Vec::new());
            let mut objected: Option<i64> = None;
            for (pause, act) in acts {
                now += pause;
                let act = match act { 0 => Act::ShowOld, 1 => Act::NotMe, 2 => Act::Forget, _ => Act::Recover };
                let state = of(&holds).state(at(now));
                let unended = holds.iter_mut().find(|hold| hold.ended.is_none());
                match (act, state, unended) {
                    (Act::Recover, RecoveryState::Open, unended) => {
                        prop_assert!(objected.is_none_or(|then| now >= then + 30 * DAY));
                        if let Some(hold) = unended {
                            prop_assert!(at(now) >= carry_out_until(hold));
                            hold.ended = Some((at(now), EndOfHold::Lapsed));
                        }
                        holds.push(recovery(now, None));
                    }
                    (Act::Recover, RecoveryState::Due(hold), Some(open)) => {
                        prop_assert_eq!(&hold, &*open);
                        let began = hold.began_at;
                        prop_assert!(at(now) >= began.plus(Duration::from_hours(24)) && at(now) < carry_out_until(&hold));
                        prop_assert!(objected.is_none_or(|then| at(then) < began));
                        open.ended = Some((at(now), EndOfHold::Passed));
                    }
                    (Act::Recover, state, _) => {
                        let refused = matches!(state, RecoveryState::Waits(_) | RecoveryState::Closed(_));
                        prop_assert!(refused);
                    }
                    (Act::ShowOld | Act::NotMe, _, Some(hold)) => {
                        let how = if matches!(act, Act::NotMe) { EndOfHold::NotMe } else { EndOfHold::Cancelled };
                        hold.ended = Some((at(now), how));
                        objected = Some(now);
                    }
                    (Act::Forget, _, Some(hold)) => hold.ended = Some((at(now), EndOfHold::Overruled)),
                    _ => {}
                }
                prop_assert!(holds.iter().filter(|hold| hold.ended.is_none()).count() <= 1);
            }
        }
    }
}
