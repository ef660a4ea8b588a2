use super::*;
use crate::domain::face::engine::{ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::face::liveness::texture::TextureChange;
use crate::vision::testing::{astronaut, examiner};

const LAID_FLAT: ExamineRequest =
    ExamineRequest { texture: true, ..ExamineRequest::of(QualityGate::MovingFrame, false, TemplateDepth::None) };

#[test]
fn the_flat_face_has_skin_two_eyes_and_no_mouth() {
    let flat = flat().unwrap();
    assert_eq!(flat.points.len(), 468);
    let inside = flat.skin.inside.iter().filter(|inside| **inside).count();
    assert!((500..1_500).contains(&inside), "{inside}");
    let at = |point: usize| {
        let [x, y] = flat.points[point];
        let [column, row] = [(x * SCALE + MIDDLE[0]) as usize, (y * SCALE + MIDDLE[1]) as usize];
        flat.skin.inside[row * SIZE[0] + column]
    };
    // Cheeks, forehead and the bridge of the nose; not the eyes nor the lips.
    assert!(at(50) && at(280) && at(151) && at(168));
    assert!(!at(159) && !at(386) && !at(13) && !at(14));
    assert!(flat.eyes.iter().all(|eye| eye.inside.iter().filter(|inside| **inside).count() > 100));
}

#[test]
fn blurring_keeps_the_mean_and_a_plain_field() {
    let plain = blur(&[7.0; 20 * 10], [20, 10], 3.0);
    assert!(plain.iter().all(|value| (value - 7.0).abs() < 1e-4));
    let mut spot = vec![0.0; 41 * 41];
    spot[20 * 41 + 20] = 1.0;
    let blurred = blur(&spot, [41, 41], 2.0);
    assert!((blurred.iter().sum::<f32>() - 1.0).abs() < 1e-3 && blurred[20 * 41 + 20] < 0.05);
}

#[test]
fn a_portrait_that_is_moved_about_stays_the_same_laid_flat() {
    let Some(mut examiner) = examiner() else { return };
    let person = astronaut(&mut examiner);
    let mut texture = |number| examiner.examine(&person.frame(number, 5).unwrap(), LAID_FLAT).unwrap().texture.unwrap();
    let faces: Vec<FaceTexture> = (0..7).map(|step| texture(7 * step)).collect();
    let change = TextureChange::measure(&faces[..4], &faces[4..]).unwrap();
    assert!(change.shade[0] < -1.5 && change.eyes[0] > 0.5, "{change:?}");
}
