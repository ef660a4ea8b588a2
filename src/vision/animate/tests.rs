use super::super::testing::{astronaut, examiner, portrait};
use super::*;
use crate::domain::face::engine::{ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::face::liveness::decision::{Presentation, decide};
use crate::vision::model::manifest::Manifest;

#[test]
fn frames_follow_from_number_and_seed_alone() {
    let Some(mut examiner) = examiner() else { return };
    let person = astronaut(&mut examiner);
    assert_eq!(person.frame(4, 9).unwrap(), person.frame(4, 9).unwrap());
    assert_ne!(person.frame(4, 9).unwrap(), person.frame(5, 9).unwrap());
    assert_ne!(person.frame(4, 9).unwrap(), person.frame(4, 10).unwrap());
    let frame = person.render(4, 9).unwrap();
    assert_eq!([frame.width(), frame.height()], FRAME);
}

/// What the demonstration shows: these people pass the gate and the PAD as any capture does, by the median of their
/// frames. (That they pass at all says what passive PAD is worth against an injected picture.)
#[test]
fn demo_people_pass_as_a_capture_does() {
    let Some(mut examiner) = examiner() else { return };
    let thresholds = Manifest::load(&super::super::testing::models().unwrap()).unwrap().presentation_thresholds();
    let ask = ExamineRequest::of(QualityGate::LiveFrame, true, TemplateDepth::None);
    for (file, at) in [
        ("astronaut.png", [223.0, 120.0]),
        ("group3.jpg", [690.0, 463.0]),
        ("group5.jpg", [464.0, 1024.0]),
        ("group6.jpg", [1270.0, 450.0]),
    ] {
        let person = portrait(&mut examiner, file, at);
        let mut scores = Vec::new();
        for number in (0..40).step_by(4) {
            let examination = examiner.examine(&person.frame(number, 3).unwrap(), ask).unwrap();
            assert_eq!(examination.rejection, None, "{file} {number}");
            let share = examination.quality.unwrap().height_share;
            assert!((0.3..0.4).contains(&share), "{file}: {share}");
            scores.extend(examination.presentation);
        }
        assert_eq!(decide(&scores, thresholds), Presentation::BonaFide, "{file}");
    }
}

#[test]
fn an_id_photo_is_another_picture_of_the_same_person() {
    let Some(mut examiner) = examiner() else { return };
    let photo = astronaut(&mut examiner).id_photo().unwrap();
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);
    let examination = examiner.examine(&photo, ask).unwrap();
    assert_eq!(examination.size, ID_PHOTO);
    assert_eq!(examination.rejection, None);
    assert!(examination.quality.unwrap().eye_distance > 100.0);
}

#[test]
fn a_clip_is_one_jpeg_after_the_other() {
    let Some(mut examiner) = examiner() else { return };
    let person = astronaut(&mut examiner);
    let mut clip = Vec::new();
    person.write_clip(3, 1, &mut clip).unwrap();
    let frames: Vec<u8> = (0..3).flat_map(|number| person.frame(number, 1).unwrap()).collect();
    assert_eq!(clip, frames);
}

#[test]
fn a_face_that_is_not_there_makes_no_portrait() {
    let photo = Picture::black(100, 100);
    assert_eq!(Portrait::new(&photo, &[], 0).err(), Some(AnimateError::NoFace));
    let flat = Face { bounds: [10.0, 10.0, 20.0, 0.0], points: [[0.0; 2]; 5], confidence: 1.0 };
    assert_eq!(Portrait::new(&photo, &[flat], 0).err(), Some(AnimateError::NoFace));
}

#[test]
fn noise_has_the_spread_it_promises() {
    let mut noise = Noise::new(1);
    let values: Vec<f32> = (0..20_000).map(|_| noise.next()).collect();
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32;
    assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
}
