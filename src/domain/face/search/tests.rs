use proptest::prelude::*;

use super::*;
use crate::domain::face::comparison::ModelHash;

fn player(number: u128) -> PlayerId {
    PlayerId::from(Uuid::from_u128(number))
}

fn template(values: Vec<f32>) -> Template {
    Template::new(ModelHash("m".into()), values).unwrap()
}

fn at_angle(angle: f32) -> Template {
    template(vec![angle.cos(), angle.sin()])
}

fn sighting(kind: SightingKind, subject: u128, angle: f32) -> Sighting {
    Sighting {
        id: SightingId::from(Uuid::from_u128(subject)),
        key: SightingKey { kind, subject: Uuid::from_u128(subject) },
        player: Some(player(subject)),
        device: None,
        seen_at: Timestamp::from_seconds(0),
        template: Some(at_angle(angle)),
    }
}

fn query(probe: &Template, threshold: f32) -> FaceQuery<'_> {
    FaceQuery { probe, player: player(1), device: None, is_established: false, cleared: &[], threshold }
}

fn subjects(found: &[FaceHit]) -> Vec<u128> {
    found.iter().map(|hit| hit.subject.as_u128()).collect()
}

fn policy(score: f32) -> FaceSearchPolicy {
    FaceSearchPolicy {
        enabled: true,
        false_hits: 0.01,
        keep: Duration::from_hours(1),
        score_at: ScoreAt::new(move |_| score),
    }
}

#[test]
fn the_rate_of_one_comparison_is_the_share_of_chance_hits_over_the_population() {
    let told = FaceSearchPolicy { score_at: ScoreAt::new(|rate| rate as f32), ..policy(0.0) };
    assert!((told.threshold(1, 0.0) - 0.01).abs() < 1e-6);
    assert!((told.threshold(0, 0.0) - 0.01).abs() < 1e-6, "an empty population divides by nothing");
    assert!((told.threshold(100, 0.0) - 1e-4).abs() < 1e-9);
}

#[test]
fn the_threshold_never_falls_below_the_match_and_no_number_does_not_silence_it() {
    for (score, threshold) in [(0.2, 0.45), (0.6, 0.6), (7.0, 1.0), (f32::NAN, 0.45), (f32::INFINITY, 0.45)] {
        let told = policy(score).threshold(10, 0.45);
        assert!((told - threshold).abs() < f32::EPSILON, "{score}: {told}");
    }
}

#[test]
fn ones_own_face_a_cleared_one_a_taken_back_one_and_another_models_are_no_hit() {
    let probe = at_angle(0.0);
    let mut foreign = sighting(SightingKind::Accepted, 4, 0.0);
    foreign.template = Some(Template::new(ModelHash("other".into()), vec![1.0, 0.0]).unwrap());
    let mut gone = sighting(SightingKind::Attacker, 5, 0.0);
    gone.template = None;
    let seen = [
        sighting(SightingKind::Accepted, 1, 0.0),
        sighting(SightingKind::Rejected, 1, 0.0),
        sighting(SightingKind::Accepted, 2, 0.0),
        foreign,
        gone,
        sighting(SightingKind::Accepted, 3, 0.5),
        sighting(SightingKind::Attacker, 6, 0.1),
        sighting(SightingKind::Accepted, 7, 1.5),
    ];
    let found = hits(&FaceQuery { cleared: &[Uuid::from_u128(2)], ..query(&probe, 0.8) }, &seen);
    assert_eq!(subjects(&found), [6, 3], "the most alike first");
    assert_eq!(found[0].kind, SightingKind::Attacker);
}

#[test]
fn a_hit_sends_only_who_would_have_passed_to_review_and_does_not_say_why() {
    let hit = hits(&query(&at_angle(0.0), 0.5), &[sighting(SightingKind::Accepted, 2, 0.0)]);
    let review = FaceJudgement::Ended(Outcome::new(Verdict::UnderReview, [ReasonCode::ReviewNeeded]));
    assert_eq!(heed(FaceJudgement::Passed, &hit), review);
    assert_eq!(heed(FaceJudgement::Passed, &[]), FaceJudgement::Passed);
    let refused = FaceJudgement::Ended(Outcome::new(Verdict::Refused, [ReasonCode::FaceMismatch]));
    assert_eq!(heed(refused.clone(), &hit), refused);
    assert_eq!(staff_reasons(vec![ReasonCode::ReviewNeeded], &hit), [ReasonCode::FaceSeenElsewhere]);
    let both = [ReasonCode::FaceMismatch, ReasonCode::FaceSeenElsewhere];
    assert_eq!(staff_reasons(vec![ReasonCode::FaceMismatch], &hit), both);
    assert_eq!(staff_reasons(vec![ReasonCode::FaceMismatch], &[]), [ReasonCode::FaceMismatch]);
}

#[test]
fn a_rejected_face_hits_only_with_something_more_and_never_who_is_known() {
    let probe = at_angle(0.0);
    let rejected = |subject, device: Option<u8>| Sighting {
        device: device.map(|byte| HandleHash([byte; 32])),
        ..sighting(SightingKind::Rejected, subject, 0.0)
    };
    let plain = query(&probe, 0.8);
    let here = FaceQuery { device: Some(HandleHash([7; 32])), ..plain };
    assert!(hits(&plain, &[rejected(2, None)]).is_empty(), "whoever has a picture can show it under one");
    assert!(hits(&plain, &[rejected(1, None), rejected(2, None)]).is_empty(), "one's own is not another");
    assert_eq!(hits(&plain, &[rejected(2, None), rejected(3, None)]).len(), 2, "several");
    assert_eq!(subjects(&hits(&here, &[rejected(2, Some(7))])), [2], "the same browser");
    assert!(hits(&here, &[rejected(2, Some(8))]).is_empty(), "another one");
    let cleared = FaceQuery { cleared: &[Uuid::from_u128(3)], ..plain };
    assert!(hits(&cleared, &[rejected(2, None), rejected(3, None)]).is_empty(), "what was cleared makes no second");
    let known = FaceQuery { is_established: true, ..here };
    let all = [rejected(2, Some(7)), rejected(3, None), sighting(SightingKind::Attacker, 4, 0.0)];
    assert_eq!(subjects(&hits(&known, &all)), [4], "staff's word holds against anybody");
}

#[test]
fn a_picture_held_up_is_neither_remembered_nor_made_an_attacker_when_it_shows_the_victim() {
    let retry = |reason| SightingKind::of(&FaceJudgement::Retry(reason));
    assert_eq!(SightingKind::of(&FaceJudgement::Passed), Some(SightingKind::Accepted));
    assert_eq!(retry(ReasonCode::FaceMismatch), Some(SightingKind::Rejected));
    assert_eq!(retry(ReasonCode::PresentationDoubtful), Some(SightingKind::Rejected));
    assert_eq!(retry(ReasonCode::PresentationAttack), None);
    assert_eq!(retry(ReasonCode::CaptureTimeout), None);
    let ended = |reason| SightingKind::of(&FaceJudgement::Ended(Outcome::new(Verdict::Refused, [reason])));
    assert_eq!(ended(ReasonCode::FaceDoubtful), Some(SightingKind::Rejected));
    assert_eq!(ended(ReasonCode::PresentationAttack), None);

    assert!(shows_the_victim(&[ReasonCode::PresentationAttack], Some(0.8), 0.363));
    assert!(shows_the_victim(&[ReasonCode::PresentationDoubtful], None, 0.363));
    assert!(!shows_the_victim(&[ReasonCode::PresentationAttack], Some(0.1), 0.363));
    assert!(!shows_the_victim(&[ReasonCode::FaceSeenElsewhere], Some(0.8), 0.363));
}

proptest! {
    #[test]
    fn hits_are_exactly_the_others_at_or_above_the_threshold(
        angles in prop::collection::vec(0.0_f32..3.2, 0..20), threshold in 0.0_f32..1.0, own in 0_usize..20
    ) {
        let seen: Vec<Sighting> = angles
            .iter()
            .zip(0_u128..)
            .map(|(angle, number)| sighting(SightingKind::Accepted, number, *angle))
            .collect();
        let probe = at_angle(0.0);
        let found = hits(&FaceQuery { player: player(own as u128), ..query(&probe, threshold) }, &seen);
        prop_assert!(found.windows(2).all(|pair| pair[0].similarity >= pair[1].similarity));
        let expected = seen.iter().zip(0_usize..).filter(|(sighting, number)| {
            let similarity = at_angle(0.0).similarity(sighting.template.as_ref().unwrap()).unwrap();
            *number != own && similarity >= threshold
        });
        prop_assert_eq!(found.len(), expected.count());
    }

    #[test]
    fn whatever_strangers_show_in_browsers_of_their_own_nobody_who_is_known_is_hit(
        shown in prop::collection::vec((0_u128..6, 0.0_f32..1.6, prop::option::of(0_u8..4)), 0..20),
        device in prop::option::of(0_u8..4),
        is_established: bool,
        threshold in 0.3_f32..1.0,
    ) {
        let browser = |byte: u8| HandleHash([byte; 32]);
        let seen: Vec<Sighting> = shown
            .iter()
            .map(|(subject, angle, device)| Sighting {
                device: device.map(browser),
                ..sighting(SightingKind::Rejected, *subject, *angle)
            })
            // The store has one of each kind for each subject.
            .fold(Vec::new(), |mut kept: Vec<Sighting>, one| {
                if kept.iter().all(|other| other.key != one.key) { kept.push(one) }
                kept
            });
        let probe = at_angle(0.0);
        let query = FaceQuery { device: device.map(browser), is_established, ..query(&probe, threshold) };
        let found = hits(&query, &seen);
        let alike = seen.iter().filter(|one| one.key.subject != player(1).uuid() && query.likeness(one).is_some());
        let (others, here) = alike.fold((0, 0), |(others, here), one| (others + 1, here + usize::from(query.is_same_device(one))));
        let expected = if is_established { 0 } else if others >= SEVERAL { others } else { here };
        prop_assert_eq!(found.len(), expected);
        // With other browsers than the person's, one IIN alone does nothing.
        prop_assert!(others != 1 || here != 0 || found.is_empty());
    }

    #[test]
    fn more_people_never_lower_the_threshold(few in 1_usize..1_000, more in 0_usize..1_000_000) {
        // A calibration is a falling line of the rate's logarithm.
        let policy = FaceSearchPolicy { score_at: ScoreAt::new(|rate| -0.05 * rate.log10() as f32), ..policy(0.0) };
        prop_assert!(policy.threshold(few + more, 0.45) >= policy.threshold(few, 0.45));
    }
}
