use super::*;
use crate::domain::comparison::ModelHash;
use crate::domain::face_quality::tests::good;
use crate::domain::liveness::signs::tests::{moved, there_and_back};
use crate::domain::liveness::signs::{FaceSigns, SceneColours};
use crate::domain::ports::testing::SeededRandomness;

fn template(values: [f32; 2]) -> Template {
    Template::new(ModelHash("m".into()), values.to_vec()).unwrap()
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_micros(i64::try_from(millis).unwrap() * 1_000)
}

const FACE: Face = Face {
    bounds: [250.0, 150.0, 140.0, 180.0],
    points: [[285.0, 220.0], [355.0, 220.0], [320.0, 260.0], [292.0, 300.0], [348.0, 300.0]],
    confidence: 1.0,
};
pub(crate) const STRAIGHT: FaceSigns =
    FaceSigns { yaw: 0.0, pitch: 0.0, mouth_open: 0.03, eyes_open: 0.28, size: 100.0, centre: [320.0, 240.0] };

/// What the engine would say of a good frame.
pub(crate) fn found(ask: Ask, signs: FaceSigns, bona_fide: f32, towards: [f32; 2]) -> Examination {
    Examination {
        size: [640, 480],
        faces: vec![FACE],
        quality: Some(good()),
        rejection: None,
        presentation: ask.presentation.then(|| PresentationScores::new([bona_fide; 3])),
        template: (ask.template == Detail::Quick).then(|| template(towards)),
        signs: Some(signs),
        mesh: Some(FaceMesh::new(Vec::new())),
        colours: Some(SceneColours { face: [150.0, 120.0, 100.0], background: [90.0; 3] }),
        fingerprint: None,
    }
}

/// A capture without lights, played by somebody who does as told.
pub(crate) struct Played {
    pub(crate) capture: Capture,
    pub(crate) shown: Vec<Shown>,
}

fn play(bona_fide: f32, millis: u64, towards: impl Fn(&Capture) -> [f32; 2]) -> Played {
    let randomness = SeededRandomness::new(5);
    let mut capture = Capture::start(Challenge::draw(&randomness, false), at(0));
    let mut shown = vec![capture.shown()];
    let (mut since, mut sequence) = (0, 0);
    for millis in (0..millis).step_by(100) {
        sequence += 1;
        let header =
            FrameHeader { sequence, captured_millis: millis + u64::from(sequence % 3), shown: capture.shown().index };
        capture.admit(header, at(millis)).unwrap();
        let along = (millis - since) as f32 / 400.0 - 1.0;
        let signs = match capture.shown().content {
            Content::Command(command) => moved(STRAIGHT, command, there_and_back(along)),
            _ => STRAIGHT,
        };
        let examination = found(capture.ask(at(millis)), signs, bona_fide, towards(&capture));
        let step = capture.take(header, vec![1].into(), examination, at(millis), &randomness);
        if let Some(next) = step.show {
            since = millis;
            shown.push(next);
        }
        if capture.is_complete() {
            break;
        }
    }
    Played { capture, shown }
}

/// As long as `millis` allows.
pub(crate) fn played(bona_fide: f32, millis: u64) -> Played {
    play(bona_fide, millis, |_| [1.0, 0.0])
}

#[test]
fn a_capture_keeps_frames_of_every_straight_stretch() {
    let Played { capture, shown } = played(0.9, 90_000);
    assert!(capture.is_complete() && capture.is_revealed());
    // The baseline, and one after each of five commands.
    assert_eq!(capture.stretches, [0, 0, 0, 1, 2, 3, 4, 5]);
    let indices: Vec<u16> = shown.iter().map(|shown| shown.index).collect();
    assert_eq!(indices, (1..=12).collect::<Vec<u16>>());
    assert_eq!(capture.evidence(0.36).len(), 3);
    assert!(capture.evidence(0.36).iter().all(|evidence| evidence.support.is_none_or(Support::speaks_for)));
}

#[test]
fn a_face_that_changes_on_the_way_is_noticed() {
    let swapped = play(0.9, 90_000, |capture| if capture.collected() < 5 { [1.0, 0.0] } else { [0.0, 1.0] });
    assert!(!swapped.capture.shows_one_face(0.363));
    let continuity = swapped.capture.evidence(0.363).pop().unwrap();
    assert!(continuity.support.unwrap().speaks_against());
    assert_eq!(continuity.findings, [Finding::FaceChanged]);
}

#[test]
fn frames_rise_in_order_and_end_with_the_time() {
    let mut capture = Capture::start(Challenge::draw(&SeededRandomness::new(1), true), at(0));
    let header = |sequence, captured_millis, shown| FrameHeader { sequence, captured_millis, shown };
    assert_eq!(capture.admit(header(1, 10, 0), at(10)), Ok(()));
    for wrong in [header(1, 20, 1), header(0, 20, 1), header(2, 10, 1), header(2, 20, 2)] {
        assert_eq!(capture.admit(wrong, at(20)), Err(FrameRefused::OutOfOrder), "{wrong:?}");
    }
    assert_eq!(capture.admit(header(2, 20, 1), at(30)), Ok(()));
    assert_eq!(
        capture.admit(header(3, 30, 0), at(40)),
        Err(FrameRefused::OutOfOrder),
        "what was shown does not go back"
    );
    assert_eq!(capture.admit(header(3, 30, 1), at(90_000)), Err(FrameRefused::TimeOver));
}

#[test]
fn more_frames_than_a_camera_gives_are_refused() {
    let mut capture = Capture::start(Challenge::draw(&SeededRandomness::new(1), true), at(0));
    let refused = (1..=100).find_map(|sequence| {
        let header = FrameHeader { sequence, captured_millis: u64::from(sequence), shown: 0 };
        capture.admit(header, at(u64::from(sequence))).err().map(|error| (sequence, error))
    });
    assert_eq!(refused, Some((41, FrameRefused::TooMany)));
}

#[test]
fn no_hint_contradicts_the_command() {
    let Played { mut capture, .. } = played(0.9, 2_500);
    assert!(matches!(capture.shown().content, Content::Command(_)), "{:?}", capture.shown());
    for (reason, expected) in [
        (ReasonCode::FaceTooLarge, Guidance::Follow),
        (ReasonCode::FaceTurned, Guidance::Follow),
        (ReasonCode::TooDark, Guidance::Change(ReasonCode::TooDark)),
        (ReasonCode::NoFace, Guidance::Change(ReasonCode::NoFace)),
    ] {
        assert_eq!(capture.guide(Some(reason), true, false), expected);
    }
    capture = Capture::start(Challenge::draw(&SeededRandomness::new(1), false), at(0));
    assert_eq!(capture.guide(Some(ReasonCode::FaceTooSmall), true, true), Guidance::Change(ReasonCode::FaceTooSmall));
    assert_eq!(capture.guide(None, true, false), Guidance::Change(ReasonCode::FaceTurned));
    assert_eq!(capture.guide(None, true, true), Guidance::HoldStill);
}

#[test]
fn a_virtual_camera_costs_more_commands_and_is_told_to_staff() {
    let mut capture = Capture::start(Challenge::draw(&SeededRandomness::new(1), true), at(0));
    capture.camera("OBS Virtual Camera");
    assert!(capture.evidence(0.36)[2].findings.contains(&Finding::VirtualCamera));
}

#[test]
fn yaw_follows_the_nose_and_not_the_tilt_of_the_head() {
    let level = Face { points: [[30.0, 40.0], [70.0, 40.0], [62.0, 60.0], [35.0, 80.0], [65.0, 80.0]], ..FACE };
    assert!((level.yaw() - 0.3).abs() < 1e-6);
    let turned = |p: [f32; 2]| [-p[1], p[0]];
    let tilted = Face { points: level.points.map(turned), ..level };
    assert!((tilted.yaw() - level.yaw()).abs() < 1e-6);
}
