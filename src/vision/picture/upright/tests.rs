//! On real faces, in every way that a photo or a camera can be turned.

use super::super::decode::{DecodeLimits, decode};
use super::*;
use crate::domain::face::engine::TemplateDepth;
use crate::vision::picture::geometry::warp_extended;
use crate::vision::testing::{astronaut, evaluation, examiner};
use proptest::prelude::*;

const PHOTO: ExamineRequest = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);
const FRAME: ExamineRequest = ExamineRequest::of(QualityGate::LiveFrame, true, TemplateDepth::Quick);

fn marked() -> Picture {
    // 3 x 2 pixels, each another.
    Picture::from_pixels(3, 2, (0..18).collect::<Vec<u8>>()).unwrap()
}

#[test]
fn a_turned_picture_has_its_pixels_where_a_turned_face_has_its_points() {
    let picture = marked();
    for quarters in 0..4 {
        let turned = turn(&picture, quarters).unwrap();
        for (y, row) in picture.rgb().chunks(3).enumerate() {
            for (x, pixel) in row.iter().enumerate() {
                let face = Face { bounds: [0.0; 4], points: [[x as f32, y as f32]; 5], confidence: 1.0 };
                let [to_x, to_y] = turned_face(&face, [3, 2], quarters).points[0];
                let place = to_y as usize * turned.width() as usize + to_x as usize;
                assert_eq!(turned.rgb()[place], *pixel, "{quarters}: {x}, {y}");
            }
        }
    }
}

proptest! {
    #[test]
    fn four_quarter_turns_are_none(
        bounds in prop::array::uniform4(0.0_f32..100.0), quarters in 0_u8..4, width in 100_u32..300, height in 100_u32..300
    ) {
        let [x, y, ..] = bounds;
        let face = Face { bounds, points: [[x, y]; 5], confidence: 0.5 };
        let size = [width, height];
        let between = if quarters % 2 == 1 { [height, width] } else { size };
        let back = turned_face(&turned_face(&face, size, quarters), between, 4 - quarters);
        prop_assert!(back.bounds.iter().zip(bounds).all(|(a, b)| (a - b).abs() < 0.01));
        prop_assert!((back.points[3][1] - y).abs() < 0.01);
    }
}

#[test]
fn a_photo_that_lies_is_turned_and_its_face_stays_where_it_is() {
    let Some(mut examiner) = examiner() else { return };
    let file = crate::vision::testing::models().unwrap().join("store/demo/astronaut.png");
    let upright = decode(&std::fs::read(file).unwrap(), DecodeLimits::PHOTO).unwrap();
    let expected = examiner.judge(&upright, PHOTO).unwrap();
    assert_eq!((expected.turned, expected.rejection), (0, None));
    for quarters in 1..4 {
        let lying = turn(&upright, quarters).unwrap();
        let found = examiner.judge(&lying, PHOTO).unwrap();
        assert_eq!((found.rejection, found.turned), (None, u16::from(quarters) * 90));
        assert_eq!(found.size, [lying.width(), lying.height()]);
        let similarity = found.template.unwrap().similarity(expected.template.as_ref().unwrap()).unwrap();
        assert!(similarity > 0.99, "{quarters}: {similarity}");
        let there = turned_face(&expected.faces[0], expected.size, quarters);
        for (a, b) in found.faces[0].points.iter().zip(there.points) {
            assert!((a[0] - b[0]).hypot(a[1] - b[1]) < 2.0, "{quarters}: {a:?} {b:?}");
        }
    }
}

/// The picture turned clockwise about its middle, with its edges drawn out.
fn leaning(picture: &Picture, degrees: u16) -> Picture {
    let (sine, cosine) = f64::from(degrees).to_radians().sin_cos();
    let side = f64::from(picture.width().max(picture.height())) * 1.3;
    let [x, y] = [picture.width(), picture.height()].map(|length| f64::from(length) / 2.0);
    let map = [[cosine, -sine, side / 2.0 - cosine * x + sine * y], [sine, cosine, side / 2.0 - sine * x - cosine * y]];
    warp_extended(picture, &map, side as u32, side as u32).unwrap()
}

/// How often a face was itself, and how often refused; what passes as somebody else is a fault.
fn leant(examiner: &mut Examiner, upright: &Picture, degrees: impl Iterator<Item = u16>) -> [usize; 2] {
    let expected = examiner.judge(upright, PHOTO).unwrap().template.unwrap();
    let [mut itself, mut refused] = [0, 0];
    for degrees in degrees {
        let found = examiner.judge(&leaning(upright, degrees), PHOTO).unwrap();
        match found.template {
            Some(template) => {
                let similarity = template.similarity(&expected).unwrap();
                assert!(similarity > 0.7, "{degrees}: {similarity}");
                itself += 1;
            }
            None => refused += 1,
        }
    }
    [itself, refused]
}

#[test]
fn a_head_that_leans_is_itself_or_refused() {
    let Some(mut examiner) = examiner() else { return };
    let file = crate::vision::testing::models().unwrap().join("store/demo/astronaut.png");
    let upright = decode(&std::fs::read(file).unwrap(), DecodeLimits::PHOTO).unwrap();
    let [itself, refused] = leant(&mut examiner, &upright, (0..360).step_by(4));
    assert!(itself >= 80, "{itself}, {refused} refused");
}

/// Every thirtieth face, most of them where a head is as far from one quarter turn as from the next.
#[test]
fn a_head_that_leans_is_never_somebody_else() {
    let (Some(mut examiner), Some(folder)) = (examiner(), evaluation("faces")) else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "jpg"));
    files.sort();
    let [mut itself, mut refused] = [0, 0];
    for file in files.iter().step_by(30) {
        let upright = decode(&std::fs::read(file).unwrap(), DecodeLimits::PHOTO).unwrap();
        let degrees = [15, 30, 45, 55, 60, 75, 105, 120, 126, 135, 150, 165, 210, 235, 240, 255, 300, 305, 309, 330];
        let [more, fewer] = leant(&mut examiner, &upright, degrees.into_iter());
        itself += more;
        refused += fewer;
    }
    assert!(itself >= 3 * refused, "{itself}, {refused} refused");
}

#[test]
fn a_camera_that_lies_or_stands_on_its_head_is_told_so() {
    let Some(mut examiner) = examiner() else { return };
    let frame = astronaut(&mut examiner).render(3, 1).unwrap();
    assert_eq!(examiner.judge(&frame, FRAME).unwrap().rejection, None);
    let lying = ExamineRequest { lying: true, ..FRAME };
    for quarters in 1..4 {
        let turned = turn(&frame, quarters).unwrap();
        let found = examiner.judge(&turned, lying).unwrap();
        assert_eq!(found.rejection, Some(ReasonCode::NotUpright), "{quarters}");
        assert!(found.template.is_none() && found.signs.is_none() && found.presentation.is_none());
        // What is not asked for is not looked for, but nothing passes.
        let unasked = examiner.judge(&turned, FRAME).unwrap();
        assert!(matches!(unasked.rejection, Some(ReasonCode::NotUpright | ReasonCode::NoFace)), "{quarters}");
    }
    // Who is not there is not told to turn the phone.
    assert_eq!(examiner.judge(&Picture::black(640, 480), lying).unwrap().rejection, Some(ReasonCode::NoFace));
}

/// Every eighth face in all four turns: none passes as what it is not, and few are lost who pass upright.
#[test]
fn no_head_upside_down_passes_a_gate() {
    let (Some(mut examiner), Some(folder)) = (examiner(), evaluation("faces")) else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "jpg"));
    files.sort();
    let live = ExamineRequest::of(QualityGate::MovingFrame, false, TemplateDepth::None);
    let (mut asked, mut turned) = (0, 0);
    for file in files.iter().step_by(8) {
        let upright = decode(&std::fs::read(file).unwrap(), DecodeLimits::PHOTO).unwrap();
        let expected = examiner.judge(&upright, PHOTO).unwrap();
        assert_ne!(expected.rejection, Some(ReasonCode::NotUpright), "{file:?}");
        let Some(expected) = expected.template else { continue };
        for quarters in 1..4 {
            let lying = turn(&upright, quarters).unwrap();
            assert!(examiner.judge(&lying, live).unwrap().rejection.is_some(), "{file:?} {quarters}");
            let found = examiner.judge(&lying, PHOTO).unwrap();
            asked += 1;
            if let Some(found) = found.template {
                turned += 1;
                let similarity = found.similarity(&expected).unwrap();
                assert!(similarity > 0.95, "{file:?} {quarters}: {similarity}");
            }
        }
    }
    assert!(asked >= 200 && turned * 100 >= asked * 97, "{turned} of {asked}");
}
