use super::bootstrap::intervals;
use super::halves::hold;
use super::*;
use proptest::prelude::*;

fn presented(scores: &[f32], from: u32) -> Vec<Presented> {
    (from..).zip(scores).map(|(person, score)| Presented { score: Some(*score), person }).collect()
}

fn of(bona_fide: &[f32], attacks: &[(&str, &[f32])]) -> Presentations {
    let attacks = attacks.iter().map(|(kind, scores)| ((*kind).to_owned(), presented(scores, 0)));
    Presentations::new(presented(bona_fide, 0), attacks.collect())
}

#[test]
fn each_kind_has_its_own_rate_and_the_worst_counts() {
    let found = of(&[0.9, 0.8, 0.4, 0.95], &[("print", &[0.1, 0.2, 0.3, 0.6]), ("replay", &[0.7, 0.1])]);
    let apcer = found.apcer(0.5);
    assert_eq!((apcer["print"], apcer["replay"]), (0.25, 0.5));
    assert_eq!((found.worst_apcer(0.5), found.bpcer(0.5)), (Some(0.5), Some(0.25)));
    assert!(found.worst_apcer(0.6).unwrap() > found.worst_apcer(0.71).unwrap());
}

#[test]
fn what_has_no_score_passes_nowhere_and_is_told_apart() {
    let unscored = |score| Presented { score, person: 0 };
    let attacks = BTreeMap::from([("mask".to_owned(), vec![unscored(None), unscored(Some(0.9))])]);
    let found = Presentations::new(vec![unscored(None), unscored(Some(0.9)), unscored(Some(f32::NAN))], attacks);
    assert!((found.apcer(0.5)["mask"] - 0.5).abs() < 1e-9);
    assert!((found.bpcer(0.5).unwrap() - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!(found.bpcer_scored(0.5), Some(0.5));
    assert!(!unscored(None).passes(0.0) && !unscored(Some(f32::NAN)).passes(0.0));
}

#[test]
fn the_threshold_of_a_clean_split_lies_halfway_in_log_odds() {
    let found = of(&[0.9, 0.99], &[("print", &[0.001, 0.002]), ("replay", &[0.01])]);
    let crossing = found.crossing().unwrap();
    assert!(crossing.rate.abs() < 1e-9);
    assert!((crossing.threshold - 0.231).abs() < 0.002, "{}", crossing.threshold);
    assert_eq!((found.worst_apcer(crossing.threshold), found.bpcer(crossing.threshold)), (Some(0.0), Some(0.0)));
}

#[test]
fn one_in_four_on_either_side_is_an_eer_of_a_quarter() {
    let found = of(&[0.9, 0.8, 0.7, 0.2], &[("print", &[0.1, 0.15, 0.05, 0.75])]);
    assert!((found.crossing().unwrap().rate - 0.25).abs() < 1e-9);
    let curve = found.det();
    assert_eq!((curve[0], *curve.last().unwrap()), ((0.0, 1.0), (1.0, 0.0)));
    assert!(of(&[], &[("print", &[0.1])]).crossing().is_none() && of(&[0.1], &[]).crossing().is_none());
    assert!(of(&[], &[]).bpcer(0.5).is_none() && of(&[], &[]).worst_apcer(0.5).is_none());
}

#[test]
fn intervals_hold_the_figure_and_narrow_with_more_people() {
    let width = |people: u32| {
        let live: Vec<f32> = (0..people).map(|person| if person % 5 == 0 { 0.2 } else { 0.9 }).collect();
        let attacks: Vec<f32> = (0..people).map(|person| if person % 10 == 0 { 0.8 } else { 0.1 }).collect();
        let found = of(&live, &[("print", &attacks)]);
        let drawn = intervals(&found, 0.5, people as usize, 300, 1);
        let inside = |interval: Option<[f64; 2]>, rate: f64| {
            let [low, high] = interval.unwrap();
            assert!(low <= rate && rate <= high, "{low} {rate} {high}");
            high - low
        };
        inside(drawn.apcer["print"], found.worst_apcer(0.5).unwrap());
        inside(drawn.eer, found.crossing().unwrap().rate);
        inside(drawn.bpcer, found.bpcer(0.5).unwrap())
    };
    assert!(width(200) < width(20));
    let none = intervals(&Presentations::default(), 0.5, 0, 10, 1);
    assert_eq!((none.bpcer, none.eer, none.apcer.len()), (None, None, 0));
}

#[test]
fn a_threshold_of_half_the_people_is_tried_on_the_other_half() {
    // Apart by far for all but one person, who is refused whenever others have tuned.
    let mut live = vec![0.9; 10];
    live[3] = 0.2;
    let found = of(&live, &[("print", &[0.1; 10])]);
    let held = hold(&found, 10, 200, 1).unwrap();
    assert_eq!(held.splits, 200);
    assert!((held.threshold[2] - 0.5).abs() < 1e-3 && held.threshold[0] < 0.2, "{held:?}");
    assert!(held.apcer_worst[1].abs() < 1e-9 && (held.bpcer[0] - 0.1).abs() < 0.03, "{held:?}");
    assert!((held.bpcer[1] - 0.2).abs() < 1e-9, "{held:?}");
    assert_eq!(hold(&of(&[0.9], &[]), 1, 10, 1), None);
    assert_eq!(found.among(|person| person == 3).bona_fide().len(), 1);
}

proptest! {
    #[test]
    fn a_higher_threshold_trades_one_error_for_the_other(
        live in prop::collection::vec(0.0_f32..1.0, 1..20), attacks in prop::collection::vec(0.0_f32..1.0, 1..20),
        low in 0.0_f32..1.0, by in 0.0_f32..1.0
    ) {
        let found = of(&live, &[("print", &attacks)]);
        prop_assert!(found.worst_apcer(low) >= found.worst_apcer(low + by));
        prop_assert!(found.bpcer(low) <= found.bpcer(low + by));
    }

    #[test]
    fn the_crossing_has_the_rates_it_claims(
        live in prop::collection::vec(0.0_f32..1.0, 1..20), attacks in prop::collection::vec(0.0_f32..1.0, 1..20)
    ) {
        let found = of(&live, &[("print", &attacks)]);
        let crossing = found.crossing().unwrap();
        let rates = [found.worst_apcer(crossing.threshold).unwrap(), found.bpcer(crossing.threshold).unwrap()];
        prop_assert!((f64::midpoint(rates[0], rates[1]) - crossing.rate).abs() < 1e-9);
        prop_assert!((0.0..=1.0).contains(&crossing.threshold));
    }
}
