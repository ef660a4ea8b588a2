use std::collections::HashSet;

use super::super::actor::Shown;
use super::super::person::VirtualPlayer;
use super::super::rehearsal::Rehearsal;
use super::super::testing::{cast, examiner};
use super::*;
use crate::domain::face::engine::{ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::face::liveness::challenge::Command;
use crate::domain::face::liveness::signs::FaceMesh;
use crate::vision::face::turn;
use crate::workshop::scene::pose::Pose;

/// Frames of an attack while the page shows a challenge, ten a second.
fn played(actor: &mut dyn Actor, frames: u64) -> Vec<Vec<u8>> {
    let page = Rehearsal::new(77);
    (0..frames).map(|frame| actor.frame(&page.shown(frame * 100)).unwrap()).collect()
}

#[test]
fn codes_lead_back_and_every_kind_says_what_it_does() {
    for kind in AttackKind::ALL {
        assert_eq!(AttackKind::from_code(kind.code()), Some(kind));
        assert!(kind.sentence().len() > 20 && !kind.sentence().ends_with('.'));
    }
    let sentences: HashSet<_> = AttackKind::ALL.map(AttackKind::sentence).into_iter().collect();
    assert_eq!(sentences.len(), AttackKind::ALL.len());
    assert_eq!(AttackKind::from_code("mask"), None);
}

#[test]
fn nobody_but_the_sandboxs_own_player_names_its_camera() {
    let Some(mut examiner) = examiner() else { return };
    let [victim, other] = cast(&mut examiner);
    for kind in AttackKind::ALL {
        assert_eq!(attacker(kind, &victim, &other, 1).unwrap().camera(), None, "{}", kind.code());
    }
    assert!(VirtualPlayer::new(victim, 1).camera().is_some());
}

#[test]
fn every_attack_shows_a_face_and_follows_from_its_seed() {
    let Some(mut examiner) = examiner() else { return };
    let [victim, other] = cast(&mut examiner);
    let ask = ExamineRequest::of(QualityGate::LiveFrame, false, TemplateDepth::None);
    for kind in AttackKind::ALL {
        for seed in [1, 2] {
            let make = || attacker(kind, &victim, &other, seed).unwrap();
            let frames = played(make().as_mut(), 3);
            assert_eq!(frames, played(make().as_mut(), 3), "{}", kind.code());
            let faces = examiner.examine(&frames[2], ask).unwrap().faces;
            assert_eq!(faces.len(), 1, "{} {seed}", kind.code());
        }
    }
}

#[test]
fn frames_of_who_lives_or_is_filmed_all_differ_and_a_loop_repeats() {
    let Some(mut examiner) = examiner() else { return };
    let [victim, other] = cast(&mut examiner);
    for kind in AttackKind::ALL {
        let frames = played(attacker(kind, &victim, &other, 3).unwrap().as_mut(), 24);
        let differing: HashSet<_> = frames.iter().collect();
        let expected = if kind == AttackKind::Loop { 20 } else { 24 };
        assert_eq!(differing.len(), expected, "{}", kind.code());
    }
}

#[test]
#[ignore = "writes pictures to look at into the folder that RASTAU_RENDERS named when this was built"]
fn attacks_to_look_at() {
    let Some(mut examiner) = examiner() else { return };
    let Some(folder) = option_env!("RASTAU_RENDERS") else { return };
    let [victim, other] = cast(&mut examiner);
    for kind in AttackKind::ALL {
        for command in [Command::TurnLeft, Command::OpenMouth] {
            let mut actor = attacker(kind, &victim, &other, 4).unwrap();
            let shown = |step: u64| Shown { millis: step * 100, command: Some((command, 0)), light: None };
            let frames: Vec<_> = (0..14).map(|step| actor.frame(&shown(step)).unwrap()).collect();
            for (name, frame) in [("front", &frames[0]), (command.code(), &frames[13])] {
                std::fs::write(format!("{folder}/attack-{}-{name}.jpg", kind.code()), frame).unwrap();
            }
        }
    }
}

#[test]
fn resent_frames_are_the_bytes_of_the_other_session() {
    let Some(mut examiner) = examiner() else { return };
    let [victim, _] = cast(&mut examiner);
    let mut session = Recorder::new(VirtualPlayer::new(victim, 5));
    let sent = played(&mut session, 4);
    let mut again = ResentFrames::new(session.into_frames()).unwrap();
    assert_eq!(played(&mut again, 4), sent);
    assert_eq!(played(&mut again, 2), sent[..2]);
    assert_eq!(ResentFrames::new(Vec::new()).err(), Some(AnimateError::NoFace));
}

/// Prints of two people, turned and bent, against their puppets' heads.
#[test]
fn a_print_that_is_turned_is_flat_and_a_head_is_solid() {
    let Some(mut examiner) = examiner() else { return };
    let ask = ExamineRequest::of(QualityGate::MovingFrame, false, TemplateDepth::None);
    let (mut sheets, mut heads) = (Vec::new(), Vec::new());
    for (person, seed) in cast(&mut examiner).into_iter().zip(1..) {
        let mut mesh = |frame: &[u8]| examiner.examine(frame, ask).unwrap().mesh;
        let mut print = sheet::HeldPrint::new(&person, seed).unwrap();
        let mut held = |yaw, bend| {
            let held = sheet::Held { pose: Pose { yaw, ..Pose::default() }, bend };
            mesh(&print.frame(&held, 1.0, &Shown::default()).unwrap())
        };
        let straight = held(0.0, 0.0).unwrap();
        for yaw in [-45.0, -32.0, -20.0, 20.0, 32.0, 45.0] {
            for bend in [0.0, 40.0, -40.0] {
                let turned = held(yaw, bend);
                sheets.extend(turned.and_then(|turned| turn::measure(&straight, &turned)).map(|turn| turn.solidity()));
            }
        }
        let mut player = VirtualPlayer::new(person, seed);
        let mut at = |millis: u64, told: Option<Command>| {
            let command = told.map(|command| (command, 1_000));
            mesh(&player.frame(&Shown { millis, command, light: None }).unwrap())
        };
        let straight = at(900, None).unwrap();
        for millis in (1_800..2_600).step_by(100) {
            let turned = at(millis, Some(Command::TurnLeft)).filter(|turned| {
                // Far enough on its way that the turn would count.
                let nose =
                    |mesh: &FaceMesh| mesh.points()[1][0] - f32::midpoint(mesh.points()[33][0], mesh.points()[263][0]);
                (nose(turned) - nose(&straight)).abs() > 12.0
            });
            heads.extend(turned.and_then(|turned| turn::measure(&straight, &turned)).map(|turn| turn.solidity()));
        }
    }
    sheets.sort_by(f32::total_cmp);
    heads.sort_by(f32::total_cmp);
    assert!(sheets.len() > 20 && heads.len() > 4, "{} {}", sheets.len(), heads.len());
    assert!(sheets.iter().all(|sheet| *sheet < 1.15), "{sheets:?}");
    assert!(heads.iter().all(|head| *head > 1.5), "{heads:?}");
}

#[test]
fn a_swap_shows_two_people_and_either_may_come_first() {
    let Some(mut examiner) = examiner() else { return };
    let [victim, other] = cast(&mut examiner);
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Quick);
    let mut template = |frame: &[u8]| examiner.examine(frame, ask).unwrap().template.unwrap();
    let reference = template(&VirtualPlayer::new(Arc::clone(&victim), 8).frame(&Shown::default()).unwrap());
    let mut orders = HashSet::new();
    for seed in 0..6 {
        let mut swap = face_swap::FaceSwap::new(Arc::clone(&victim), Arc::clone(&other), seed);
        let mut at = |millis, since| {
            let command = Some((Command::OpenMouth, since));
            let frame = swap.frame(&Shown { millis, command, light: None }).unwrap();
            template(&frame).similarity(&reference).unwrap() > 0.45
        };
        let (first, then) = (at(1_000, 1_000), at(4_000, 4_000));
        assert_ne!(first, then);
        orders.insert(first);
    }
    assert_eq!(orders.len(), 2);
}
