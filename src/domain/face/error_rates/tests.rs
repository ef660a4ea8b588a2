use super::*;
use proptest::prelude::*;

/// Pairs of people who all differ; genuine ones get the same people, which no rate looks at.
pub(crate) fn pairs(scores: impl IntoIterator<Item = f32>) -> Vec<Pair> {
    scores.into_iter().zip(0..).map(|(score, place)| Pair { score, a: place, b: place + 1 }).collect()
}

#[test]
fn known_scores_give_known_rates() {
    let impostor = pairs((0..100_u8).map(|i| f32::from(i) / 100.0));
    let scores = Scores::new(pairs([0.5, 0.95, 0.985, 1.0]), impostor, vec![0]);
    let point = scores.at(0.01).unwrap();
    assert!((point.threshold - 0.98).abs() < 1e-6 && !point.uncertain);
    assert!((point.tar - 0.4).abs() < 1e-9 && (point.tar_compared - 0.5).abs() < 1e-9);
    assert!(scores.at(0.001).unwrap().uncertain);
    assert!((scores.eer().unwrap() - 0.255).abs() < 0.02);
    assert!((scores.fmr_from(0.95).unwrap() - 0.05).abs() < 1e-9);
    assert!((scores.fnmr_from(0.95).unwrap() - 0.25).abs() < 1e-9);
    assert_eq!(scores.among(|person| person < 2).impostor().len(), 1);
}

#[test]
fn apart_means_no_error_and_nothing_means_no_answer() {
    let scores = Scores::new(pairs([0.8, 0.9]), pairs([0.1, 0.2, 0.3]), vec![]);
    assert!(scores.eer().unwrap().abs() < 1e-9);
    assert!((scores.at(0.001).unwrap().tar - 1.0).abs() < 1e-9);
    for lonely in [Scores::new(vec![], pairs([0.1]), vec![]), Scores::new(pairs([0.1]), vec![], vec![])] {
        assert_eq!((lonely.at(0.1), lonely.eer(), lonely.det()), (None, None, vec![]));
    }
    assert_eq!(Scores::default().fmr_from(0.0), None);
    let odd = Scores::new(pairs([f32::NAN, 0.9]), pairs([f32::NAN]), vec![]);
    assert!((odd.fnmr_from(-1.0).unwrap() - 0.5).abs() < 1e-9 && odd.fmr_from(-1.0) == Some(0.0));
}

/// Every threshold tried, none skipped.
fn eer_by_force(genuine: &[f32], impostor: &[f32]) -> f64 {
    let rate = |threshold: f32| {
        let accepted = impostor.iter().filter(|score| **score > threshold).count() as f64 / impostor.len() as f64;
        let refused = genuine.iter().filter(|score| **score <= threshold).count() as f64 / genuine.len() as f64;
        ((accepted - refused).abs(), f64::midpoint(accepted, refused))
    };
    genuine.iter().chain(impostor).map(|score| rate(*score)).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap().1
}

proptest! {
    #[test]
    fn no_more_impostors_match_than_allowed_and_a_laxer_point_never_matches_fewer(
        genuine in prop::collection::vec(-1.0_f32..1.0, 1..60), impostor in prop::collection::vec(-1.0_f32..1.0, 1..200),
        fmr in 0.0_f64..0.5
    ) {
        let scores = Scores::new(pairs(genuine.clone()), pairs(impostor.clone()), vec![0, 0]);
        let point = scores.at(fmr).unwrap();
        let matched = |of: &[f32]| of.iter().filter(|score| **score > point.threshold).count() as f64;
        prop_assert!(matched(&impostor) <= fmr * impostor.len() as f64);
        prop_assert!((point.tar - matched(&genuine) / (genuine.len() + 2) as f64).abs() < 1e-12);
        prop_assert!(scores.at(fmr + 0.4).unwrap().tar >= point.tar);
        // Not one impostor more could be let in.
        let next = impostor.iter().filter(|score| **score >= point.threshold).count() as f64;
        prop_assert!(next > fmr * impostor.len() as f64);
    }

    #[test]
    fn the_equal_error_rate_is_the_one_found_by_trying_everything(
        genuine in prop::collection::vec(-1.0_f32..1.0, 1..60), impostor in prop::collection::vec(-1.0_f32..0.6, 1..200)
    ) {
        let scores = Scores::new(pairs(genuine.clone()), pairs(impostor.clone()), vec![]);
        let (found, forced) = (scores.eer().unwrap(), eer_by_force(&genuine, &impostor));
        // Two thresholds may be equally near to the crossing and stand a step apart.
        let step = 1.0 / genuine.len().min(impostor.len()) as f64;
        prop_assert!((found - forced).abs() <= step + 1e-12, "{} {}", found, forced);
    }

    #[test]
    fn a_det_curve_trades_one_error_for_the_other(
        genuine in prop::collection::vec(-1.0_f32..1.0, 1..60), impostor in prop::collection::vec(-1.0_f32..1.0, 1..200)
    ) {
        let curve = Scores::new(pairs(genuine), pairs(impostor), vec![]).det();
        prop_assert!(!curve.is_empty());
        prop_assert!(curve.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 >= pair[1].1));
    }
}
