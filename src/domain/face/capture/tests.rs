use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::domain::face::comparison::{ModelHash, Thresholds};
use crate::domain::face::liveness::challenge::Command;
use crate::domain::face::liveness::cues::{Cue, Finding, Support};
use crate::domain::face::liveness::signs::tests::{moved, there_and_back};
use crate::domain::face::liveness::signs::{FaceSigns, SceneColours};
use crate::domain::face::liveness::texture::TextureChange;
use crate::domain::face::liveness::texture::tests::texture;
use crate::domain::face::quality::tests::good;
use crate::domain::kernel::testing::SeededRandomness;

fn template(values: [f32; 2]) -> Template {
    Template::new(ModelHash("m".into()), values.to_vec()).unwrap()
}

const LINES: Thresholds = Thresholds { match_from: 0.45, no_match_below: 0.363 };

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

/// No two faces laid flat are alike.
static SEEN: AtomicU32 = AtomicU32::new(0);

/// What the engine would say of a good frame.
pub(crate) fn found(ask: ExamineRequest, signs: FaceSigns, bona_fide: f32, towards: [f32; 2]) -> Examination {
    Examination {
        size: [640, 480],
        turned: 0,
        faces: vec![FACE],
        quality: Some(good()),
        rejection: None,
        presentation: ask.presentation.then(|| PresentationScores::new([bona_fide; 3])),
        template: (ask.template_of(&signs) == TemplateDepth::Quick).then(|| template(towards)),
        signs: Some(signs),
        mesh: Some(FaceMesh::new(Vec::new())),
        colours: Some(SceneColours { face: [150.0, 120.0, 100.0], background: [90.0; 3] }),
        texture: ask.texture_of(&signs).then(|| texture(SEEN.fetch_add(1, Ordering::Relaxed), 0.6)),
        fingerprint: None,
    }
}

/// A capture without lights, played by somebody who does as told.
pub(crate) struct Played {
    pub(crate) capture: Capture,
    pub(crate) shown: Vec<Shown>,
}

fn play(bona_fide: f32, millis: u64, towards: impl Fn(&Capture) -> [f32; 2]) -> Played {
    play_as(bona_fide, millis, towards, |command| command)
}

/// `does`: what a command is answered with.
fn play_as(
    bona_fide: f32,
    millis: u64,
    towards: impl Fn(&Capture) -> [f32; 2],
    does: impl Fn(Command) -> Command,
) -> Played {
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
            Content::Command(command) => moved(STRAIGHT, does(command), there_and_back(along)),
            _ => STRAIGHT,
        };
        let ask = capture.ask(at(millis));
        assert!(!ask.texture || ask.template == TemplateDepth::Quick, "nothing is laid flat of nobody knows whom");
        let examination = found(ask, signs, bona_fide, towards(&capture));
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

/// Before a camera that mirrors.
pub(crate) fn mirrored(bona_fide: f32) -> Played {
    play_as(bona_fide, 90_000, |_| [1.0, 0.0], |command| command.other_side().unwrap_or(command))
}

#[test]
fn a_capture_keeps_frames_of_every_straight_stretch() {
    let Played { capture, shown } = played(0.9, 90_000);
    assert!(capture.is_complete() && capture.is_revealed());
    // The baseline, and one after each of five commands.
    assert_eq!(capture.kept.stretches(), [0, 0, 0, 1, 2, 3, 4, 5]);
    let indices: Vec<u16> = shown.iter().map(|shown| shown.index).collect();
    assert_eq!(indices, (1..=12).collect::<Vec<u16>>());
    assert_eq!(capture.evidence(LINES).len(), 4);
    assert!(capture.evidence(LINES).iter().all(|evidence| evidence.support.is_none_or(Support::speaks_for)));
}

#[test]
fn a_face_that_changes_on_the_way_is_noticed() {
    let swapped = play(0.9, 90_000, |capture| if capture.collected() < 5 { [1.0, 0.0] } else { [0.0, 1.0] });
    assert!(!swapped.capture.shows_one_face(LINES));
    let evidence = swapped.capture.evidence(LINES);
    let continuity = &evidence[2];
    assert!(continuity.support.unwrap().speaks_against());
    assert_eq!(continuity.findings, [Finding::FaceChanged]);
}

/// S1 of the attacker's review: a picture of the victim whenever a straight face is asked for, and somebody else else.
#[test]
fn another_face_that_only_moves_is_noticed_whichever_command_it_answers() {
    let swapped =
        play(
            0.9,
            90_000,
            |capture| {
                if matches!(capture.shown().content, Content::Straight) { [1.0, 0.0] } else { [0.0, 1.0] }
            },
        );
    assert!(swapped.capture.is_complete());
    assert!(
        swapped.capture.frames().iter().all(|frame| frame.template.similarity(&template([1.0, 0.0])).unwrap() > 0.9)
    );
    assert!(!swapped.capture.shows_one_face(LINES));
    // In one command of five alone, too.
    let third = |capture: &Capture| matches!(capture.shown(), Shown { content: Content::Command(_), number: 3, .. });
    let once = play(0.9, 90_000, |capture| if third(capture) { [0.0, 1.0] } else { [1.0, 0.0] });
    assert!(once.capture.is_complete() && !once.capture.shows_one_face(LINES));
}

#[test]
fn a_movement_without_a_face_to_compare_does_not_count() {
    let randomness = SeededRandomness::new(5);
    let mut capture = Capture::start(Challenge::draw(&randomness, false), at(0));
    let mut commands = 0;
    for step in 0..600 {
        let now = at(100 * step);
        let header =
            FrameHeader { sequence: step as u32 + 1, captured_millis: 100 * step, shown: capture.shown().index };
        if capture.admit(header, now).is_err() {
            break;
        }
        let (signs, commanded) = match capture.shown().content {
            Content::Command(command) => (moved(STRAIGHT, command, 1.0), true),
            _ => (STRAIGHT, false),
        };
        let mut examination = found(capture.ask(now), signs, 0.9, [1.0, 0.0]);
        if commanded {
            examination.template = None;
        }
        let step = capture.take(header, vec![1].into(), examination, now, &randomness);
        commands += u32::from(step.show.is_some_and(|shown| matches!(shown.content, Content::Command(_))));
    }
    let commanded = &capture.evidence(LINES)[0];
    assert!(commands > 0 && !commanded.support.unwrap().speaks_for());
    assert!(commanded.findings.iter().all(|finding| *finding == Finding::NotAnswered), "{commanded:?}");
}

#[test]
fn samples_are_drawn_and_nothing_tells_when() {
    let sampled = |seed| {
        let randomness = SeededRandomness::new(seed);
        let mut capture = Capture::start(Challenge::draw(&randomness, true), at(0));
        let (mut moments, mut told) = (Vec::new(), Vec::new());
        for step in 0..45 {
            let now = at(100 * step);
            let header =
                FrameHeader { sequence: step as u32 + 1, captured_millis: 100 * step, shown: capture.shown().index };
            capture.admit(header, now).unwrap();
            let ask = capture.ask(now);
            if ask.gate == QualityGate::MovingFrame && ask.template == TemplateDepth::Quick {
                moments.push(step);
            }
            let step = capture.take(header, vec![1].into(), found(ask, STRAIGHT, 0.9, [1.0, 0.0]), now, &randomness);
            told.push((step.guidance, step.progress));
        }
        (moments, told)
    };
    let runs: Vec<_> = (0..20).map(sampled).collect();
    let moments: std::collections::HashSet<_> = runs.iter().map(|(moments, _)| moments.clone()).collect();
    assert!(moments.len() > 12, "{moments:?}");
    // What the page is told of a capture under lights is the same, whichever frames were looked at.
    let told: std::collections::HashSet<String> = runs.iter().map(|(_, told)| format!("{:?}", &told[..40])).collect();
    assert_eq!(told.len(), 1);
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
fn of_a_flood_a_share_is_looked_at_each_second() {
    let mut capture = Capture::start(Challenge::draw(&SeededRandomness::new(1), true), at(0));
    let mut looked_at = 0;
    for sequence in 1..=120 {
        let millis = u64::from(sequence) * 26;
        capture.admit(FrameHeader { sequence, captured_millis: millis, shown: 0 }, at(millis)).unwrap();
        looked_at += u32::from(capture.is_within_share());
    }
    // Some three seconds.
    assert!((90..=105).contains(&looked_at), "{looked_at} of 120");
}

#[test]
fn a_camera_as_pages_send_it_is_looked_at_whole() {
    let mut capture = Capture::start(Challenge::draw(&SeededRandomness::new(1), true), at(0));
    for sequence in 1..=100 {
        // Five at once: a line that stood still for half a second.
        let arrives = u64::from(sequence).next_multiple_of(5) * 100;
        let header = FrameHeader { sequence, captured_millis: u64::from(sequence) * 100, shown: 0 };
        capture.admit(header, at(arrives)).unwrap();
        assert!(capture.is_within_share(), "{sequence}");
    }
}

#[test]
fn a_virtual_camera_costs_more_commands_and_is_told_to_staff() {
    let mut capture = Capture::start(Challenge::draw(&SeededRandomness::new(1), true), at(0));
    capture.camera("OBS Virtual Camera", false);
    assert!(capture.evidence(LINES)[2].findings.contains(&Finding::VirtualCamera));
}

#[test]
fn an_animated_photo_plays_in_a_sandbox_by_the_name_of_its_camera_and_nowhere_else() {
    let rigid = |camera: &str, sandbox| {
        let mut played = played(0.9, 90_000);
        let faces: Vec<FaceTexture> = (0..12).map(|number| texture(number, 0.01)).collect();
        let texture = TextureChange::measure(&faces[..6], &faces[6..]);
        played.capture.set_change(FaceChange { texture, ..FaceChange::default() });
        played.capture.camera(camera, sandbox);
        played.capture.evidence(LINES).pop().unwrap()
    };
    for (camera, sandbox) in [("FaceTime HD Camera", true), ("", true), (PLAYED_CAMERA, false)] {
        let texture = rigid(camera, sandbox);
        assert_eq!((texture.cue, texture.findings), (Cue::Texture, vec![Finding::Rigid]), "{camera} {sandbox}");
        assert!(texture.support.unwrap().speaks_against());
    }
    let texture = rigid(PLAYED_CAMERA, true);
    assert_eq!((texture.support, texture.findings), (Some(Support::FULL), vec![Finding::Played]));
}

#[test]
fn yaw_follows_the_nose_and_not_the_tilt_of_the_head() {
    let level = Face { points: [[30.0, 40.0], [70.0, 40.0], [62.0, 60.0], [35.0, 80.0], [65.0, 80.0]], ..FACE };
    assert!((level.yaw() - 0.3).abs() < 1e-6);
    let turned = |p: [f32; 2]| [-p[1], p[0]];
    let tilted = Face { points: level.points.map(turned), ..level };
    assert!((tilted.yaw() - level.yaw()).abs() < 1e-6);
}
