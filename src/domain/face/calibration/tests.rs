use super::*;
use crate::domain::face::error_rates::Pair;
use crate::domain::face::error_rates::bootstrap::Draws;
use proptest::prelude::*;

/// Impostor scores of `people` people with three pictures each, normal about .05 with a deviation of .1; three genuine
/// pairs each at .7.
pub(crate) fn normal_scores(people: u32, seed: u64) -> Scores {
    let mut draws = Draws::new(seed);
    let mut score = || {
        let share = (draws.below(1_000_000_000) as f64 + 0.5) / 1e9;
        (0.05 + 0.1 * deviate_of(share)) as f32
    };
    let mut impostor = Vec::new();
    for a in 0..people {
        for b in a + 1..people {
            impostor.extend((0..9).map(|_| Pair { score: score(), a, b }));
        }
    }
    let genuine = (0..people).flat_map(|a| (0..3).map(move |_| Pair { score: 0.7, a, b: a })).collect();
    Scores::new(genuine, impostor, vec![])
}

fn fit(scores: &Scores, people: usize) -> Result<Calibration, CalibrationError> {
    Calibration::fit(ModelHash("m".into()), scores, people, "1.2.3", Timestamp::from_seconds(1_700_000_000))
}

fn good() -> Calibration {
    fit(&normal_scores(100, 7), 100).unwrap()
}

#[test]
fn known_rates_are_met_and_what_was_not_seen_asks_for_more() {
    let calibration = good();
    for (fmr, score) in [(1e-2, 0.2826), (1e-3, 0.359), (1e-4, 0.4219)] {
        assert!((calibration.score_at(fmr) - score).abs() < 0.01, "{fmr}: {}", calibration.score_at(fmr));
    }
    // 0.6112 for a normal distribution; caution adds to it.
    let far = calibration.score_at(1e-8);
    assert!(far > 0.6112 && far < 0.7, "{far}");
    assert!(calibration.points.iter().all(|point| point.fnmr == Some(0.0)));
    assert_eq!((calibration.people, calibration.impostor, calibration.genuine), (100, 44_550, 300));
}

#[test]
fn a_heavier_tail_is_believed_beyond_the_data() {
    let mut scores = normal_scores(100, 7).impostor().to_vec();
    for (place, pair) in scores.iter_mut().enumerate().take(400) {
        pair.score += 0.2 * (1.0 - place as f32 / 400.0);
    }
    let heavy = fit(&Scores::new(vec![], scores, vec![]), 100).unwrap();
    assert!(heavy.score_at(1e-8) > good().score_at(1e-8) + 0.1);
}

#[test]
fn what_calibrates_nothing_is_refused() {
    assert_eq!(fit(&normal_scores(49, 1), 49), Err(CalibrationError::TooFewPeople(49)));
    assert_eq!(fit(&Scores::default(), 100), Err(CalibrationError::TooFewPairs(0)));
    let with = |score: f32| {
        let pairs = (0..2_000).map(|place| Pair { score, a: place, b: place + 1 }).collect();
        fit(&Scores::new(vec![], pairs, vec![]), 100)
    };
    assert_eq!(with(f32::NAN), Err(CalibrationError::NotANumber));
    assert_eq!(with(f32::INFINITY), Err(CalibrationError::NotANumber));
    assert_eq!(with(0.3), Err(CalibrationError::NoSpread));
}

#[test]
fn what_is_no_rate_matches_nobody() {
    let calibration = good();
    for fmr in [0.0, -1.0, f64::NAN, f64::INFINITY, 0.6] {
        assert!(calibration.score_at(fmr).is_infinite(), "{fmr}");
    }
    assert!((calibration.fmr_at(f32::NAN) - 1.0).abs() < 1e-12);
    assert!(calibration.fmr_at(f32::INFINITY).abs() < 1e-12);
    let thresholds = calibration.thresholds(1e-4, 1e-3);
    assert!(thresholds.match_from > thresholds.no_match_below);
}

#[test]
fn a_file_that_is_none_is_refused() {
    let text = good().to_json();
    let read = Calibration::from_json(&text).unwrap();
    assert_eq!((&read.model, read.people, &read.made_at), (&good().model, 100, &"2023-11-14T22:13:20Z".to_owned()));
    assert!((read.score_at(1e-8) - good().score_at(1e-8)).abs() < 1e-6);
    for (from, to, why) in [
        ("\"schema\": 1", "\"schema\": 2", "schema 2"),
        ("\"people\": 100", "\"people\": 10", "at least 50"),
        ("\"per_deviate\": ", "\"per_deviate\": -", "do not spread"),
        ("\"made_at\"", "\"made_on\"", "made_on"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        let refused = Calibration::from_json(&changed).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
    assert!(Calibration::from_json("{").is_err());
}

proptest! {
    #[test]
    fn rate_and_score_are_inverse_and_monotone(a in 0.31_f64..12.0, b in 0.31_f64..12.0, seed in 0_u64..4) {
        let calibration = fit(&normal_scores(50, seed), 50).unwrap();
        let rate = |exponent: f64| 10_f64.powf(-exponent);
        let (one, other) = (calibration.score_at(rate(a)), calibration.score_at(rate(b)));
        // A score is stored in 32 bits.
        prop_assert!((calibration.fmr_at(one) / rate(a) - 1.0).abs() < 1e-3);
        if a < b {
            prop_assert!(one <= other && calibration.fmr_at(one) >= calibration.fmr_at(other));
        }
    }
}
