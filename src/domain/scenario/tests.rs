//! What the list promises.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// 2026-11-22.
const NOW: Timestamp = Timestamp::from_seconds(1_795_305_600);
/// How far ahead a tester may be, and years on top in which nobody touches the list.
const YEARS: i64 = 60 * 366 * 86_400;

fn ending(code: &str, now: Timestamp) -> (Ending, Vec<&'static str>) {
    SCENARIOS.iter().find(|scenario| scenario.code == code).unwrap().ending(now)
}

#[test]
fn every_iin_is_valid_and_nobody_alive_can_have_it() {
    for scenario in SCENARIOS {
        let iin = Iin::parse(scenario.iin).unwrap();
        let year = iin.birth_date().year();
        assert!(!(1900..=2090).contains(&year), "{}: {year}", scenario.code);
        assert_eq!(Scenario::of(&iin).unwrap().code, scenario.code);
    }
}

#[test]
fn no_code_and_no_iin_stands_twice() {
    let codes: BTreeSet<_> = SCENARIOS.iter().map(|scenario| scenario.code).collect();
    let iins: BTreeSet<_> = SCENARIOS.iter().map(|scenario| scenario.iin).collect();
    assert_eq!((codes.len(), iins.len()), (SCENARIOS.len(), SCENARIOS.len()));
}

#[test]
fn every_ground_has_a_scenario_of_its_own() {
    for ground in Ground::ALL {
        let reasons = vec![ground.reason().code()];
        assert_eq!(ending(ground.as_str(), NOW), (Ending::Decided(Verdict::Refused), reasons));
    }
}

#[test]
fn the_others_end_as_they_are_called() {
    let decided = |verdict, reasons: &[&'static str]| (Ending::Decided(verdict), reasons.to_vec());
    assert_eq!(ending("approved", NOW), decided(Verdict::Approved, &[]));
    assert_eq!(ending("slow", NOW), decided(Verdict::Approved, &[]));
    for code in ["short_tokens", "lost_answer", "register_down_at_renewal", "restricted_later"] {
        assert_eq!(ending(code, NOW), decided(Verdict::Approved, &[]), "{code}: what happens, happens later");
    }
    assert_eq!(ending("under_21", NOW), decided(Verdict::Refused, &["under_21"]));
    assert_eq!(ending("face_mismatch", NOW), decided(Verdict::Refused, &["face_mismatch"]));
    assert_eq!(ending("doubt", NOW), decided(Verdict::UnderReview, &["face_doubtful"]));
    assert_eq!(ending("registry_stale", NOW), decided(Verdict::Refused, &["restrictions_unknown"]));
    let several = ["restricted_debtor", "restricted_court", "restricted_self"];
    assert_eq!(ending("several_grounds", NOW), decided(Verdict::Refused, &several));
    assert_eq!(ending("register_down", NOW).0.as_str(), "not_identified");
    assert_eq!(
        ending("person_not_found", NOW),
        ending("face_mismatch", NOW),
        "nobody is told apart from somebody else"
    );
}

proptest! {
    /// A list that is right today is right whenever it is tried, and wherever a tester moves the clock.
    #[test]
    fn time_changes_no_ending(later in 0..YEARS) {
        let then = NOW.plus(Duration::from_secs(later.unsigned_abs()));
        for scenario in SCENARIOS {
            prop_assert_eq!(scenario.ending(then), scenario.ending(NOW), "{}", scenario.code);
        }
    }

    /// Whoever was or may be born between has an IIN that is no scenario's.
    #[test]
    fn no_iin_of_a_living_person_is_a_scenario(day in 0_i64..69_000, female: bool, serial in 0_u16..10_000) {
        let birth = ::time::macros::date!(1900 - 01 - 01) + ::time::Duration::days(day);
        if let Some(iin) = Iin::compose(birth, female, serial) {
            prop_assert!(Scenario::of(&iin).is_none());
        }
    }
}
