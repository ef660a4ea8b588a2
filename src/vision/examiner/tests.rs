//! The whole way on real pictures.

use super::super::animate::FRAME;
use super::super::testing::{astronaut, evaluation, examiner, portrait, toned};
use super::*;
use crate::domain::face::engine::TemplateDepth;
use crate::domain::reason::ReasonCode;
use crate::vision::picture::geometry::{Area, crop, lay, resize};
use std::path::Path;

const EVERYTHING: ExamineRequest = ExamineRequest::of(QualityGate::LiveFrame, true, TemplateDepth::Quick);
const PHOTO: ExamineRequest = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);

fn rejection(examiner: &mut Examiner, picture: &Picture) -> Option<ReasonCode> {
    let examination = examiner.judge(picture, EVERYTHING).unwrap();
    if examination.rejection.is_some() {
        assert!(examination.template.is_none() && examination.presentation.is_none());
    }
    examination.rejection
}

#[test]
fn every_way_to_fail_has_its_reason() {
    let Some(mut examiner) = examiner() else { return };
    let frame = astronaut(&mut examiner).render(3, 1).unwrap();
    let [width, height] = FRAME;
    let mut judged = |picture: &Picture| rejection(&mut examiner, picture);
    assert_eq!(judged(&frame), None);

    assert_eq!(judged(&Picture::black(width, height)), Some(ReasonCode::NoFace));
    let shoulder = Area { x: 0, y: 330, width: 200, height: 150 };
    assert_eq!(judged(&crop(&frame, shoulder)), Some(ReasonCode::NoFace));

    let mut two = lay(&frame, [2 * width, height], [0, 0], [2 * width, height]);
    let row = 3 * width as usize;
    for (line, from) in two.pixels_mut().chunks_exact_mut(2 * row).zip(frame.pixels().chunks_exact(row)) {
        line[row..].copy_from_slice(from);
    }
    assert_eq!(judged(&two), Some(ReasonCode::SeveralFaces));

    let far = resize(&frame, width / 3, height / 3).unwrap();
    assert_eq!(judged(&lay(&far, FRAME, [213, 160], FRAME)), Some(ReasonCode::FaceTooSmall));
    let near = Area { x: 220, y: 115, width: 200, height: 210 };
    assert_eq!(judged(&resize(&crop(&frame, near), 600, 630).unwrap()), Some(ReasonCode::FaceTooLarge));
    for at in [[-280, 0], [280, 0], [0, -190], [0, 230]] {
        assert_eq!(judged(&lay(&frame, FRAME, at, FRAME)), Some(ReasonCode::FaceCutOff), "{at:?}");
    }
    assert_eq!(judged(&toned(&frame, |v| v * 0.12)), Some(ReasonCode::TooDark));
    assert_eq!(judged(&toned(&frame, |v| 215.0 + v * 0.15)), Some(ReasonCode::TooBright));
    assert_eq!(judged(&toned(&frame, |v| 110.0 + v * 0.08)), Some(ReasonCode::LowContrast));
    let coarse = resize(&frame, width / 6, height / 6).unwrap();
    assert_eq!(judged(&resize(&coarse, width, height).unwrap()), Some(ReasonCode::Blurred));
}

#[test]
fn frames_of_one_person_match_her_id_photo_and_nobody_elses() {
    let Some(mut examiner) = examiner() else { return };
    let file = super::super::testing::models().unwrap().join("calibration.json");
    let text = std::fs::read_to_string(file).unwrap();
    let thresholds = crate::domain::face::calibration::Calibration::from_json(&text).unwrap().thresholds(1e-4, 1e-3);
    let people = [("astronaut.png", [223.0, 120.0]), ("group3.jpg", [690.0, 463.0]), ("group5.jpg", [464.0, 1024.0])]
        .map(|(file, at)| portrait(&mut examiner, file, at));
    let photos = people.each_ref().map(|person| {
        let photo = person.id_photo().unwrap();
        examiner.examine(&photo, PHOTO).unwrap().template.unwrap()
    });
    for (who, person) in people.iter().enumerate() {
        for number in [0, 17, 40] {
            let frame = person.frame(number, 5).unwrap();
            let examination = examiner.examine(&frame, EVERYTHING).unwrap();
            assert_eq!(examination.rejection, None);
            let template = examination.template.unwrap();
            for (other, photo) in photos.iter().enumerate() {
                let similarity = template.similarity(photo).unwrap();
                if other == who {
                    assert!(similarity >= thresholds.match_from + 0.2, "{who}: {similarity}");
                } else {
                    assert!(similarity < thresholds.no_match_below, "{who} {other}: {similarity}");
                }
            }
        }
    }
}

/// What the first picture of these three people, taken on different days, says about the others.
#[test]
fn photos_of_one_person_match_and_photos_of_two_do_not() {
    let (Some(mut examiner), Some(folder)) = (examiner(), evaluation("faces")) else {
        return;
    };
    let mut template = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        examiner.examine(&bytes, PHOTO).unwrap().template.unwrap()
    };
    let sugiyama = template("Ai_Sugiyama_0001.jpg");
    let again = template("Ai_Sugiyama_0002.jpg");
    let petrova = template("Nadia_Petrova_0003.jpg");
    assert!(sugiyama.similarity(&again).unwrap() > 0.6);
    assert!(sugiyama.similarity(&petrova).unwrap() < 0.3);
}

#[test]
fn live_frames_pass_and_printed_photos_do_not() {
    let (Some(mut examiner), Some(folder)) = (examiner(), evaluation("nuaa")) else {
        return;
    };
    let (mut live, mut print) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.extension() != Some("jpg".as_ref()) {
            continue;
        }
        if let Some(scores) = presentation(&mut examiner, &path) {
            if name.starts_with("live") { &mut live } else { &mut print }.push(scores);
        }
    }
    assert!(live.len() >= 50 && print.len() >= 50, "{} {}", live.len(), print.len());
    let accepted = |scores: &[f32]| scores.iter().filter(|score| **score >= 0.5).count();
    assert_eq!(accepted(&live), live.len());
    assert_eq!(accepted(&print), 0);
}

fn presentation(examiner: &mut Examiner, path: &Path) -> Option<f32> {
    let bytes = std::fs::read(path).unwrap();
    let examination = examiner.examine(&bytes, EVERYTHING).unwrap();
    examination.presentation.map(|scores| scores.middle())
}

#[test]
fn a_picture_of_any_shape_is_examined() {
    let Some(mut examiner) = examiner() else { return };
    for [width, height] in [[1, 1], [1, 900], [900, 1], [33, 31], [2000, 700]] {
        let examination = examiner.judge(&Picture::black(width, height), EVERYTHING).unwrap();
        assert_eq!(examination.rejection, Some(ReasonCode::NoFace));
        assert_eq!(examination.size, [width, height]);
    }
}
