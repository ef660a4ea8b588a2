//! When a self-restriction falls: only one that was declared in the visit in which a first factor was made, for 72 hours, and only
//! by a proof that whoever made that factor does not have: not the face, not that factor, not the contact whose code it was made on.
//!
//! Nobody may lift another's restriction, and nobody their own in a weak moment: in doubt it stays.

use std::time::Duration;

use super::{SelfRestriction, SelfRestrictionError};
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::id::VerificationId;
use crate::domain::kernel::time::Timestamp;

/// For so long after it was declared.
pub const REVOCABLE: Duration = Duration::from_hours(72);

/// What somebody has shown who takes one back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndependentProof {
    /// The person themselves, at this visit.
    Person {
        /// Which.
        verification: VerificationId,
        /// When its face step succeeded.
        face_at: Timestamp,
        /// Whether the factor that was shown now was bound by a code to the contact of record.
        bound_by_contact: bool,
        /// When the oldest factor was made that the person has now; `None` when they have none.
        oldest_factor: Option<Timestamp>,
        /// The contact of record whose code was typed at this visit for this; `None` where none was.
        contact: Option<Channel>,
    },
    /// Two of the staff, who made sure of whom they speak with.
    Staff {
        /// When the oldest factor was made that the person has now; `None` when they have none.
        oldest_factor: Option<Timestamp>,
    },
}

impl SelfRestriction {
    /// Until when one can be taken back that is declared at `now`: `first_visit` says whether everything that the person can show
    /// was made in this very visit.
    pub fn revocable_until(first_visit: bool, now: Timestamp) -> Option<Timestamp> {
        first_visit.then(|| now.plus(REVOCABLE))
    }

    /// Whether it could be taken back at `now`, by whoever can prove enough.
    pub fn is_revocable(&self, now: Timestamp) -> bool {
        let in_time = self.revocable_until.is_some_and(|until| now < until) && now < self.starts_at.plus(REVOCABLE);
        in_time && self.starts_at < now && now < self.ends_at && self.taken_back_at.is_none()
    }

    /// Takes it back: it ends at `now`.
    ///
    /// # Errors
    /// [`SelfRestrictionError::Irrevocable`] when it is not of that kind or the time is over,
    /// [`SelfRestrictionError::NotIndependent`] when what was shown could be whose declaration it was.
    pub fn take_back(&mut self, proof: &IndependentProof, now: Timestamp) -> Result<(), SelfRestrictionError> {
        if !self.is_revocable(now) {
            return Err(SelfRestrictionError::Irrevocable);
        }
        let independent = match *proof {
            IndependentProof::Person { verification, face_at, bound_by_contact, oldest_factor, contact } => {
                let another_visit = verification != self.verification && face_at > self.starts_at;
                let another_factor = bound_by_contact && oldest_factor.is_some_and(|made| made > self.starts_at);
                // Over which contact it was declared must be known: else it could be the same.
                let another_contact = contact.zip(self.declared_over).is_some_and(|(now, then)| now != then);
                another_visit && another_factor && another_contact
            }
            // What was there when it was declared is gone: staff took it away, and looked at a document for that.
            IndependentProof::Staff { oldest_factor } => oldest_factor.is_none_or(|made| made > self.starts_at),
        };
        if !independent {
            return Err(SelfRestrictionError::NotIndependent);
        }
        (self.ends_at, self.taken_back_at) = (now, Some(now));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::id::{PlayerId, SelfRestrictionId};
    use crate::domain::second_factor::FactorKind;
    use proptest::prelude::*;
    use uuid::Uuid;

    const YEAR: i64 = 365 * 86_400;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn visit(number: u128) -> VerificationId {
        VerificationId::from(Uuid::from_u128(number))
    }

    /// Declared at the second 1000, at visit 1.
    fn declared(first_visit: bool) -> SelfRestriction {
        SelfRestriction {
            id: SelfRestrictionId::from(Uuid::nil()),
            player: PlayerId::from(Uuid::nil()),
            verification: visit(1),
            factor: FactorKind::Totp,
            starts_at: at(1_000),
            ends_at: at(1_000 + YEAR),
            revocable_until: SelfRestriction::revocable_until(first_visit, at(1_000)),
            taken_back_at: None,
            declared_over: Some(Channel::Sms),
        }
    }

    fn good() -> IndependentProof {
        IndependentProof::Person {
            verification: visit(2),
            face_at: at(2_000),
            bound_by_contact: true,
            oldest_factor: Some(at(1_900)),
            contact: Some(Channel::Email),
        }
    }

    #[test]
    fn the_person_takes_back_with_all_of_the_proof_in_time_and_once() {
        let mut restriction = declared(true);
        restriction.take_back(&good(), at(2_100)).unwrap();
        assert_eq!((restriction.ends_at, restriction.taken_back_at), (at(2_100), Some(at(2_100))));
        assert_eq!(restriction.take_back(&good(), at(2_200)), Err(SelfRestrictionError::Irrevocable));
        let hours = 72 * 3_600;
        assert!(declared(true).take_back(&good(), at(1_000 + hours - 1)).is_ok());
        for late in [1_000 + hours, 1_000 + YEAR, 1_000, 999] {
            assert_eq!(declared(true).take_back(&good(), at(late)), Err(SelfRestrictionError::Irrevocable), "{late}");
        }
    }

    #[test]
    fn whatever_is_missing_of_the_proof_it_stays() {
        use IndependentProof::Person;
        let Person { verification, face_at, bound_by_contact, oldest_factor, contact } = good() else { unreachable!() };
        for proof in [
            Person { verification: visit(1), face_at, bound_by_contact, oldest_factor, contact },
            Person { verification, face_at: at(1_000), bound_by_contact, oldest_factor, contact },
            Person { verification, face_at, bound_by_contact: false, oldest_factor, contact },
            Person { verification, face_at, bound_by_contact, oldest_factor: None, contact },
            // The factor of that visit still stands, whatever was put beside it.
            Person { verification, face_at, bound_by_contact, oldest_factor: Some(at(1_000)), contact },
            Person { verification, face_at, bound_by_contact, oldest_factor, contact: None },
            // The contact that the declarer had.
            Person { verification, face_at, bound_by_contact, oldest_factor, contact: Some(Channel::Sms) },
            IndependentProof::Staff { oldest_factor: Some(at(999)) },
            IndependentProof::Staff { oldest_factor: Some(at(1_000)) },
        ] {
            let mut restriction = declared(true);
            assert_eq!(
                restriction.take_back(&proof, at(2_100)),
                Err(SelfRestrictionError::NotIndependent),
                "{proof:?}"
            );
            assert_eq!(restriction, declared(true));
        }
        let mut unknown = SelfRestriction { declared_over: None, ..declared(true) };
        assert_eq!(unknown.take_back(&good(), at(2_100)), Err(SelfRestrictionError::NotIndependent));
        for proof in [
            IndependentProof::Staff { oldest_factor: None },
            IndependentProof::Staff { oldest_factor: Some(at(1_001)) },
        ] {
            assert!(declared(true).take_back(&proof, at(2_100)).is_ok());
        }
    }

    fn proof() -> impl Strategy<Value = IndependentProof> {
        let contact = prop_oneof![Just(None), Just(Some(Channel::Sms)), Just(Some(Channel::Email))];
        let made = prop::option::of(0_i64..400_000);
        let person = (1_u128..4, 0_i64..400_000, any::<bool>(), made, contact).prop_map(
            |(number, face, bound_by_contact, made, contact)| IndependentProof::Person {
                verification: visit(number),
                face_at: at(face),
                bound_by_contact,
                oldest_factor: made.map(at),
                contact,
            },
        );
        let staff =
            prop::option::of(0_i64..400_000).prop_map(|made| IndependentProof::Staff { oldest_factor: made.map(at) });
        prop_oneof![person, staff]
    }

    proptest! {
        #[test]
        fn every_other_one_stays_whatever_is_shown(tries in prop::collection::vec((proof(), 0_i64..2 * YEAR), 1..30)) {
            let mut restriction = declared(false);
            for (proof, now) in tries {
                prop_assert_eq!(restriction.take_back(&proof, at(now)), Err(SelfRestrictionError::Irrevocable));
            }
            prop_assert_eq!(restriction, declared(false));
        }

        #[test]
        fn the_face_and_what_the_declarer_had_lift_nothing(proof in proof(), now in 0_i64..400_000, missing in 0_u8..3) {
            let alone = match proof {
                IndependentProof::Person { verification, face_at, bound_by_contact, oldest_factor, contact } => {
                    // Of what only the rightful person has one is missing.
                    let made = oldest_factor.map(|made| if missing == 1 { made.min(at(1_000)) } else { made });
                    let contact = if missing == 2 { contact.and(Some(Channel::Sms)) } else { contact };
                    let bound_by_contact = bound_by_contact && missing != 0;
                    IndependentProof::Person { verification, face_at, bound_by_contact, oldest_factor: made, contact }
                }
                // Nobody took their factor away.
                IndependentProof::Staff { .. } => IndependentProof::Staff { oldest_factor: Some(at(900)) },
            };
            prop_assert!(declared(true).take_back(&alone, at(now)).is_err());
        }

        #[test]
        fn it_ends_no_later_and_only_within_its_time(proof in proof(), now in 0_i64..2 * YEAR) {
            let mut restriction = declared(true);
            if restriction.take_back(&proof, at(now)).is_ok() {
                prop_assert!((1_001..1_000 + 72 * 3_600).contains(&now));
                prop_assert_eq!(restriction.ends_at, at(now));
            } else {
                prop_assert_eq!(restriction, declared(true));
            }
        }
    }
}
