//! The state machine, step by step and in every order.

use super::*;
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
fn a_verification_that_went_back_can_be_read_from_its_columns() {
    let mut v = begin();
    v.end_early(Outcome::new(Verdict::Refused, []), at(1)).unwrap();
    v.hand_back().unwrap();
    assert_eq!(Stage::from_name(v.stage.as_str()), Some(v.stage));
}

#[test]
fn the_whole_way_in_order() {
    let mut v = begin();
    v.give_consent("2026-11", at(1)).unwrap();
    v.identify(player(), at(2)).unwrap();
    let attempt = v.begin_capture(at(3)).unwrap();
    v.face_succeeded(attempt, at(3)).unwrap();
    v.factor_succeeded(FactorKind::Passkey, approved(), at(4)).unwrap();
    assert_eq!(v.outcome.unwrap().verdict, Verdict::Approved);
    assert_eq!(v.stage, Stage::Decided);
}

#[test]
fn a_refusal_that_falls_goes_on_at_the_second_factor_and_no_further() {
    let mut v = begin();
    v.give_consent("2026-11", at(1)).unwrap();
    v.identify(player(), at(2)).unwrap();
    v.begin_capture(at(3)).unwrap();
    assert_eq!(v.reopen(at(3)), Err(StepError::OutOfTurn), "it is under way");
    v.end_early(Outcome::new(Verdict::UnderReview, [ReasonCode::FaceDoubtful]), at(4)).unwrap();
    let mut returned = v.clone();
    returned.hand_back().unwrap();
    assert_eq!(returned.reopen(at(5)), Err(StepError::OutOfTurn), "the operator has its answer");
    let late = at(4 + 3 * 3_600);
    v.reopen(late).unwrap();
    assert_eq!((v.stage, v.outcome.clone()), (Stage::SecondFactor, None));
    assert_eq!(v.expect_second_factor(late), Ok(player()));
    assert!(v.hand_back().is_err() && v.reopen(late).is_err());
    let restricted = Outcome::of_permission(false, &Permission::Allowed);
    v.factor_succeeded(FactorKind::Passkey, restricted, late).unwrap();
    assert_eq!(v.reopen(late), Err(StepError::OutOfTurn), "staff lift no restriction");
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
    let mut v = begin();
    v.give_consent("2026-11", at(1)).unwrap();
    v.identify(player(), at(2)).unwrap();
    let attempt = v.begin_capture(at(3)).unwrap();
    v.face_succeeded(attempt, at(3)).unwrap();
    assert_eq!(v.expect_self_service(at(3)), Err(StepError::OutOfTurn));
    let mut cancelled = v.clone();
    cancelled.end_early(Outcome::new(Verdict::Cancelled, [ReasonCode::Cancelled]), at(4)).unwrap();
    assert_eq!(cancelled.expect_self_service(at(4)), Err(StepError::OutOfTurn));

    v.factor_succeeded(FactorKind::Totp, approved(), at(4)).unwrap();
    v.hand_back().unwrap();
    assert_eq!(v.expect_self_service(at(903)), Ok(player()));
    assert_eq!(v.expect_self_service(at(904)), Err(StepError::Expired));
}

#[test]
fn who_restricts_themselves_is_no_longer_approved_and_told_once() {
    let restriction = |end| crate::domain::self_restriction::restriction("1", at(5), at(end));
    let mut v = Verification { outcome: Some(approved()), stage: Stage::Decided, ..begin() };
    assert!(v.restrict(&restriction(100)));
    assert!(!v.restrict(&restriction(200)));
    let outcome = v.outcome.unwrap();
    assert_eq!((outcome.verdict, outcome.codes()), (Verdict::Refused, vec![ReasonCode::RestrictedSelf]));
    assert_eq!(outcome.reasons[0].until, Some(at(200)));
}

#[test]
fn a_stale_face_enrols_nothing() {
    let mut v = begin();
    v.give_consent("2026-11", at(1)).unwrap();
    v.identify(player(), at(2)).unwrap();
    let attempt = v.begin_capture(at(3)).unwrap();
    v.face_succeeded(attempt, at(3)).unwrap();
    assert_eq!(v.expect_second_factor(at(3 + 600)), Err(StepError::FaceTooOld));
}

#[test]
fn a_later_capture_supersedes_an_earlier_one_and_attempts_run_out() {
    let mut v = begin();
    v.give_consent("2026-11", at(1)).unwrap();
    v.identify(player(), at(2)).unwrap();
    let first = v.begin_capture(at(3)).unwrap();
    let second = v.begin_capture(at(3)).unwrap();
    assert_eq!(v.face_succeeded(first, at(4)), Err(StepError::OutOfTurn));
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

proptest! {
    /// Whatever order the steps are tried in, nobody is approved who has not taken all of them in turn.
    #[test]
    fn no_order_of_steps_skips_one(steps in prop::collection::vec(0_u8..6, 0..30)) {
        let mut v = begin();
        for (tick, step) in (1_i64..).zip(steps) {
            let now = at(tick);
            let _ = match step {
                0 => v.give_consent("2026-11", now),
                1 => v.identify(player(), now),
                2 => v.begin_capture(now).map(|_| ()),
                3 => v.face_succeeded(v.face_attempts, now),
                4 => v.factor_succeeded(FactorKind::Totp, approved(), now),
                _ => v.end_early(approved(), now),
            };
        }
        if v.outcome.is_some_and(|o| o.verdict == Verdict::Approved) {
            prop_assert!(v.consent_at < v.face_at && v.face_at < v.decided_at && v.face_attempts > 0);
            prop_assert!(v.consent_at.is_some() && v.player.is_some() && v.factor.is_some());
        }
    }
}
