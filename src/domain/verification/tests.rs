//! The state machine, step by step and in every order.

use super::*;
use crate::domain::reason::ReasonCode;
use crate::domain::restrictions::Permission;
use proptest::prelude::*;
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn begin() -> Verification {
    let request = PushedRequest {
        operator: OperatorId::parse("demo-bet").unwrap(),
        redirect_uri: "https://bet.example/cb".into(),
        state: None,
        code_challenge: String::new(),
        ui_locales: None,
        acr_values: None,
        id_token: None,
        dpop_jkt: None,
        expires_at: at(60),
    };
    Verification::start(VerificationId::from(Uuid::nil()), request, HandleHash([0; 32]), at(0))
}

fn approved() -> Outcome {
    Outcome::of_permission(true, &Permission::Allowed)
}

fn player() -> PlayerId {
    PlayerId::from(Uuid::from_u128(1))
}

#[test]
fn a_lock_is_passed_where_it_was_told_and_only_before_the_face() {
    let mut v = begin();
    v.give_consent("2026-11", at(1)).unwrap();
    v.identify(player(), at(2)).unwrap();
    assert_eq!(v.pass_person_lock(at(3)), Err(StepError::OutOfTurn), "nobody was told");
    v.tell_person_lock();
    assert_eq!(v.expect_person_lock(at(3)), Ok(player()));
    v.pass_person_lock(at(3)).unwrap();
    v.tell_person_lock();
    assert_eq!(v.person_lock, Some(PersonLock::Passed), "once passed it stays so");
    assert_eq!(v.pass_person_lock(at(3)), Err(StepError::OutOfTurn), "once");
    assert_eq!((v.stage, v.factor), (Stage::Face, None), "and nothing else is proven by it");
    let mut told = past_the_face(Standing::Bound);
    told.tell_person_lock();
    assert_eq!(told.pass_person_lock(at(6)), Err(StepError::OutOfTurn));
}

/// After a capture that passed at the second 3.
fn past_the_face(standing: Standing) -> Verification {
    let mut v = begin();
    v.give_consent("2026-11", at(1)).unwrap();
    v.identify(player(), at(2)).unwrap();
    let attempt = v.begin_capture(at(3)).unwrap();
    v.face_succeeded(attempt, standing, at(3)).unwrap();
    v
}

fn held(until: i64) -> Outcome {
    Outcome::held(at(until))
}

#[test]
fn a_verification_that_went_back_can_be_read_from_its_columns() {
    let mut v = begin();
    v.end_early(Outcome::new(Verdict::Refused, []), at(1)).unwrap();
    v.hand_back(at(1)).unwrap();
    assert_eq!(Stage::from_name(v.stage.as_str()), Some(v.stage));
}

#[test]
fn the_whole_way_in_order() {
    let mut v = past_the_face(Standing::Bound);
    v.factor_shown(FactorKind::Passkey, BoundBy::Wait, approved(), at(4)).unwrap();
    assert_eq!(v.outcome.unwrap().verdict, Verdict::Approved);
    assert_eq!((v.stage, v.bound_by), (Stage::Decided, Some(BoundBy::Wait)));
}

#[test]
fn a_first_factor_waits_for_a_second_proof() {
    let mut v = past_the_face(Standing::Unbound);
    assert_eq!(v.stage, Stage::Contact);
    assert_eq!(v.expect_enrolment(at(4)), Err(StepError::OutOfTurn));
    assert_eq!(v.factor_enrolled(FactorKind::Passkey, approved(), at(4)), Err(StepError::OutOfTurn));
    assert_eq!(v.factor_shown(FactorKind::Passkey, BoundBy::Face, approved(), at(4)), Err(StepError::OutOfTurn));
    v.contact_proven(at(4)).unwrap();
    assert_eq!(v.contact_proven(at(4)), Err(StepError::OutOfTurn), "once");
    assert_eq!(v.expect_enrolment(at(5)), Ok((player(), BoundBy::Contact)));
    assert_eq!(v.factor_held(FactorKind::Passkey, at(99), true, at(5)).map(|_| ()), Err(StepError::OutOfTurn));
    v.factor_enrolled(FactorKind::Passkey, approved(), at(5)).unwrap();
    assert_eq!((v.factor, v.bound_by), (Some(FactorKind::Passkey), Some(BoundBy::Contact)));
    assert!(v.self_service_until().is_some());
}

#[test]
fn who_has_a_factor_that_counts_is_asked_for_it_and_makes_none() {
    let v = past_the_face(Standing::Bound);
    assert_eq!(v.expect_enrolment(at(4)), Err(StepError::OutOfTurn));
    assert_eq!(v.clone().factor_enrolled(FactorKind::Totp, approved(), at(4)), Err(StepError::OutOfTurn));
    assert_eq!(v.clone().factor_held(FactorKind::Totp, at(9), true, at(4)).map(|_| ()), Err(StepError::OutOfTurn));
    assert_eq!(v.clone().contact_proven(at(4)), Err(StepError::OutOfTurn));
}

#[test]
fn a_held_factor_ends_the_visit_without_a_ground_and_nothing_reopens_it() {
    let mut v = past_the_face(Standing::Unbound);
    v.wait_instead(at(4)).unwrap();
    assert_eq!(v.factor_enrolled(FactorKind::Totp, approved(), at(5)), Err(StepError::OutOfTurn));
    v.factor_held(FactorKind::Totp, at(900), false, at(5)).unwrap();
    assert_eq!((v.factor, v.held_until, v.outcome.clone()), (None, Some(at(900)), Some(held(900))));
    assert_eq!(v.outcome.as_ref().unwrap().codes(), [ReasonCode::EnrolmentHeld]);
    assert_eq!(v.expect_self_service(at(6)), Err(StepError::OutOfTurn));
    assert_eq!(v.reopen(Standing::Bound, at(6)), Err(StepError::OutOfTurn));

    let mut later = past_the_face(Standing::Unbound);
    later.still_held(at(900), at(5)).unwrap();
    assert_eq!((later.outcome.clone(), later.stage), (Some(held(900)), Stage::Decided));
    assert_eq!(later.reopen(Standing::Bound, at(6)), Err(StepError::OutOfTurn));
}

#[test]
fn who_plays_while_held_plays_on_the_face_alone_and_does_nothing_else() {
    let mut v = past_the_face(Standing::Unbound);
    v.wait_instead(at(4)).unwrap();
    v.factor_held(FactorKind::Passkey, at(900), true, at(5)).unwrap();
    assert_eq!((v.factor, v.bound_by), (Some(FactorKind::Passkey), Some(BoundBy::Face)));
    assert_eq!(v.outcome.as_ref().unwrap().verdict, Verdict::Approved);
    assert_eq!(v.expect_self_service(at(6)), Err(StepError::OutOfTurn));
}

#[test]
fn a_refusal_that_falls_goes_on_at_the_second_factor_and_no_further() {
    let mut v = begin();
    v.give_consent("2026-11", at(1)).unwrap();
    v.identify(player(), at(2)).unwrap();
    v.begin_capture(at(3)).unwrap();
    assert_eq!(v.reopen(Standing::Bound, at(3)), Err(StepError::OutOfTurn), "it is under way");
    v.end_early(Outcome::new(Verdict::UnderReview, [ReasonCode::FaceDoubtful]), at(4)).unwrap();
    let mut returned = v.clone();
    returned.hand_back(at(4)).unwrap();
    assert_eq!(returned.reopen(Standing::Bound, at(5)), Err(StepError::OutOfTurn), "the operator has its answer");
    let late = at(4 + 3 * 3_600);
    let mut unbound = v.clone();
    unbound.reopen(Standing::Unbound, late).unwrap();
    assert_eq!(unbound.stage, Stage::Contact, "staff judge a face, not a contact");
    v.reopen(Standing::Bound, late).unwrap();
    assert_eq!((v.stage, v.outcome.clone()), (Stage::SecondFactor, None));
    assert_eq!(v.expect_second_factor(late), Ok(player()));
    assert!(v.hand_back(late).is_err() && v.reopen(Standing::Bound, late).is_err());
    let restricted = Outcome::of_permission(false, &Permission::Allowed);
    v.factor_shown(FactorKind::Passkey, BoundBy::Contact, restricted, late).unwrap();
    assert_eq!(v.reopen(Standing::Bound, late), Err(StepError::OutOfTurn), "staff lift no restriction");
}

#[test]
fn a_doubt_that_is_confirmed_is_a_refusal() {
    let mut v = begin();
    assert!(!v.refuse_after_review());
    v.end_early(Outcome::new(Verdict::UnderReview, [ReasonCode::FaceDoubtful]), at(1)).unwrap();
    assert!(v.refuse_after_review() && !v.refuse_after_review());
    assert_eq!(v.outcome.unwrap().verdict, Verdict::Refused);
}

#[test]
fn who_was_proven_may_act_on_the_decision_for_a_while() {
    let mut v = past_the_face(Standing::Bound);
    assert_eq!(v.expect_self_service(at(3)), Err(StepError::OutOfTurn));
    let mut cancelled = v.clone();
    cancelled.end_early(Outcome::new(Verdict::Cancelled, [ReasonCode::Cancelled]), at(4)).unwrap();
    assert_eq!(cancelled.expect_self_service(at(4)), Err(StepError::OutOfTurn));

    v.factor_shown(FactorKind::Totp, BoundBy::Contact, approved(), at(4)).unwrap();
    v.hand_back(at(4)).unwrap();
    assert_eq!(v.expect_self_service(at(903)), Ok(player()));
    assert_eq!(v.expect_self_service(at(904)), Err(StepError::Expired));
}

#[test]
fn an_answer_that_was_not_fetched_is_none_later() {
    let mut v = past_the_face(Standing::Bound);
    assert_eq!(v.answers_until(), v.expires_at());
    v.factor_shown(FactorKind::Totp, BoundBy::Contact, approved(), at(4)).unwrap();
    assert_eq!(Some(v.answers_until()), v.self_service_until(), "grounds are read no longer than the person may act");
    assert_eq!(v.hand_back(at(4 + 1_200)), Err(StepError::Expired));
    let mut fetched = v.clone();
    assert_eq!(fetched.hand_back(at(4 + 1_199)), Ok(true));
    assert_eq!(fetched.hand_back(at(4 + 1_200)), Err(StepError::Expired));

    let mut doubtful = begin();
    doubtful.end_early(Outcome::new(Verdict::UnderReview, [ReasonCode::FaceDoubtful]), at(1)).unwrap();
    assert_eq!(doubtful.answers_until(), doubtful.expires_at().plus(SELF_SERVICE), "staff may still write");
}

#[test]
fn who_restricts_themselves_is_no_longer_approved_and_told_once() {
    let restriction = |end| crate::domain::restrictions::self_restriction::restriction("1", at(5), at(end));
    let mut v = Verification { outcome: Some(approved()), stage: Stage::Decided, ..begin() };
    assert!(v.restrict(&restriction(100)));
    assert!(!v.restrict(&restriction(200)));
    let outcome = v.outcome.unwrap();
    assert_eq!((outcome.verdict, outcome.codes()), (Verdict::Refused, vec![ReasonCode::RestrictedSelf]));
    assert_eq!(outcome.reasons[0].until, Some(at(200)));
}

#[test]
fn a_stale_face_enrols_nothing() {
    let v = past_the_face(Standing::Bound);
    assert_eq!(v.expect_second_factor(at(3 + 600)), Err(StepError::FaceTooOld));
    let mut v = past_the_face(Standing::Unbound);
    assert_eq!(v.contact_proven(at(3 + 600)), Err(StepError::FaceTooOld));
    assert_eq!(v.wait_instead(at(3 + 600)), Err(StepError::FaceTooOld));
}

#[test]
fn a_later_capture_supersedes_an_earlier_one_and_attempts_run_out() {
    let mut v = begin();
    v.give_consent("2026-11", at(1)).unwrap();
    v.identify(player(), at(2)).unwrap();
    let first = v.begin_capture(at(3)).unwrap();
    let second = v.begin_capture(at(3)).unwrap();
    assert_eq!(v.face_succeeded(first, Standing::Bound, at(4)), Err(StepError::OutOfTurn));
    assert_eq!(v.expect_capture(second, at(4)), Ok(()));
    while v.face_attempts_left() > 0 {
        v.begin_capture(at(5)).unwrap();
    }
    assert_eq!(v.begin_capture(at(6)), Err(StepError::OutOfTurn));
}

#[test]
fn an_early_end_never_approves_and_happens_once() {
    let mut v = begin();
    assert_eq!(v.end_early(approved(), at(1)), Err(StepError::OutOfTurn));
    v.end_early(Outcome::new(Verdict::Cancelled, [ReasonCode::Cancelled]), at(1)).unwrap();
    assert_eq!(v.end_early(Outcome::new(Verdict::Refused, []), at(2)), Err(StepError::OutOfTurn));
}

#[test]
fn not_knowing_and_being_too_young_are_both_named() {
    let outcome = Outcome::of_permission(false, &Permission::Unknown);
    assert_eq!(outcome.verdict, Verdict::Refused);
    let codes: Vec<_> = outcome.reasons.iter().map(|r| r.code).collect();
    assert_eq!(codes, [ReasonCode::UnderAge, ReasonCode::RestrictionsUnknown]);
}

#[test]
fn a_class_that_is_not_met_refuses_what_would_be_approved_and_adds_to_no_refusal() {
    assert_eq!(approved().of_class(true), approved());
    let unmet = approved().of_class(false);
    assert_eq!((unmet.verdict, unmet.codes()), (Verdict::Refused, vec![ReasonCode::ClassUnmet]));
    let restricted = Outcome::of_permission(false, &Permission::Allowed);
    assert_eq!(restricted.clone().of_class(false), restricted);
}

proptest! {
    /// Whatever order the steps are tried in, nobody is approved who has not taken all of them in turn, and on the face alone
    /// nothing is bound, no ground is told and nobody acts on the decision.
    #[test]
    fn no_order_of_steps_skips_one(
        steps in prop::collection::vec(0_u8..13, 0..40), bound in any::<bool>(), may_play in any::<bool>()
    ) {
        let mut v = begin();
        let standing = if bound { Standing::Bound } else { Standing::Unbound };
        let restricted = || Outcome::of_permission(false, &Permission::Allowed);
        let (mut proven, mut waits, mut shown) = (false, false, false);
        for (tick, step) in (1_i64..).zip(steps) {
            let now = at(tick);
            let _ = match step {
                0 => v.give_consent("2026-11", now),
                1 => v.identify(player(), now),
                2 => v.begin_capture(now).map(|_| ()),
                3 => v.face_succeeded(v.face_attempts, standing, now),
                4 => v.factor_shown(FactorKind::Totp, BoundBy::Contact, approved(), now).inspect(|()| shown = true),
                5 => v.end_early(approved(), now),
                6 => v.contact_proven(now).inspect(|()| proven = true),
                7 => v.wait_instead(now).inspect(|()| waits = true),
                8 => v.factor_enrolled(FactorKind::Passkey, restricted(), now),
                9 => v.factor_held(FactorKind::Passkey, at(9_000), may_play, now).map(|_| ()),
                10 => v.still_held(at(9_000), now).map(|_| ()),
                11 => v.skip_face(standing, now),
                // Whoever goes on after a review begins with the second proof again.
                _ => v
                    .end_early(Outcome::new(Verdict::UnderReview, [ReasonCode::FaceDoubtful]), now)
                    .and_then(|()| v.reopen(standing, now))
                    .inspect(|()| (proven, waits) = (false, false)),
            };
            // Enrolment is open to whom a second proof was asked of, and only as what they gave.
            if let Ok((_, by)) = v.expect_enrolment(now) {
                let given = if proven { BoundBy::Contact } else { BoundBy::Wait };
                let asked = !bound && by == given && (proven || waits);
                prop_assert!(asked);
            }
            let told = v.outcome.as_ref().map(Outcome::codes).unwrap_or_default();
            prop_assert!(!told.contains(&ReasonCode::UnderAge) || proven, "a ground on the face alone");
            prop_assert!(v.self_service_until().is_none() || proven || shown);
        }
        if v.outcome.as_ref().is_some_and(|o| o.verdict == Verdict::Approved) {
            prop_assert!(v.consent_at < v.face_at && v.face_at < v.decided_at);
            prop_assert!(v.consent_at.is_some() && v.player.is_some() && v.factor.is_some());
            prop_assert!(shown || (v.bound_by == Some(BoundBy::Face) && v.held_until.is_some() && may_play));
        }
    }
}
