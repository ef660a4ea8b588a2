use std::collections::HashSet;

use super::super::actor::Shown;
use super::super::person::VirtualPlayer;
use super::super::rehearsal::Rehearsal;
use super::super::testing::{cast, examiner};
use super::*;
use crate::domain::liveness::challenge::Command;
use crate::domain::ports::{Ask, Detail, Gate};

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
    let ask = Ask { gate: Gate::LiveFrame, presentation: false, template: Detail::None, follow: None, texture: false };
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

#[test]
fn a_swap_shows_two_people_and_either_may_come_first() {
    let Some(mut examiner) = examiner() else { return };
    let [victim, other] = cast(&mut examiner);
    let ask = Ask { gate: Gate::IdPhoto, presentation: false, template: Detail::Quick, follow: None, texture: false };
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
