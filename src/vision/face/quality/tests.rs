//! Pictures degraded on purpose: the component that is hurt falls and never rises again, and so does the unified score.

use super::*;
use crate::domain::face::engine::{ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::face::quality::Component;
use crate::vision::examiner::Examiner;
use crate::vision::picture::geometry::{lay, resize};
use crate::vision::testing::{astronaut, examiner, portrait, toned};

fn painted(paint: impl Fn(usize, usize) -> u8) -> Picture {
    let pixels: Vec<u8> = (0..112 * 112).flat_map(|i| [paint(i % 112, i / 112); 3]).collect();
    Picture::from_pixels(112, 112, pixels).unwrap()
}

#[test]
fn flat_grey_has_light_but_neither_contrast_nor_sharpness() {
    let [brightness, contrast, sharpness] = light(&painted(|_, _| 90));
    assert!((brightness - 90.0).abs() < 0.1 && contrast < 0.1 && sharpness < 0.1);
}

#[test]
fn fine_detail_is_sharper_than_coarse() {
    let [_, fine_contrast, fine] = light(&painted(|x, y| if (x / 2 + y / 2) % 2 == 0 { 60 } else { 180 }));
    let [_, coarse_contrast, coarse] = light(&painted(|x, y| if (x / 16 + y / 16) % 2 == 0 { 60 } else { 180 }));
    assert!(fine > 2.0 * coarse && (fine_contrast - coarse_contrast).abs() < 2.0);
}

/// As far out of focus as if it had been taken with so many times fewer pixels.
fn blurred(picture: &Picture, times: f32) -> Picture {
    let side = |length: u32| ((length as f32 / times) as u32).max(1);
    let small = resize(picture, side(picture.width()), side(picture.height())).unwrap();
    resize(&small, picture.width(), picture.height()).unwrap()
}

/// Further away, before the same wall.
fn further(picture: &Picture, times: f32) -> Picture {
    let size = [picture.width(), picture.height()];
    let small = size.map(|length| (length as f32 / times) as u32);
    let at = [0, 1].map(|axis| i32::try_from((size[axis] - small[axis]) / 2).unwrap());
    lay(&resize(picture, small[0], small[1]).unwrap(), size, at, size)
}

fn shifted(picture: &Picture, share: f32) -> Picture {
    let size = [picture.width(), picture.height()];
    lay(picture, size, [(-share * size[0] as f32) as i32, 0], size)
}

/// Quality of the pictures in their order, until one shows no face any more.
fn qualities(examiner: &mut Examiner, pictures: impl IntoIterator<Item = Picture>) -> Vec<FaceQuality> {
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::None);
    pictures.into_iter().map_while(|picture| examiner.judge(&picture, ask).unwrap().quality).collect()
}

fn assert_falls(series: &[FaceQuality], component: Component) {
    assert!(series.len() >= 3, "{component:?}: only {} pictures show a face", series.len());
    for (worse, pair) in series.windows(2).enumerate() {
        let of = |quality: &FaceQuality| (quality.component(component), quality.unified());
        let ((before, unified_before), (after, unified_after)) = (of(&pair[0]), of(&pair[1]));
        assert!(after <= before, "{component:?} rises at step {worse}: {before} to {after}");
        // A face at the edge shows another part of itself at each step: there only the whole way counts.
        assert!(
            component == Component::FaceInside || unified_after <= unified_before,
            "{component:?} at step {worse}: {unified_before} to {unified_after}"
        );
    }
    let (first, last) = (&series[0], &series[series.len() - 1]);
    assert!(last.component(component) < first.component(component) - 20.0, "{component:?} does not notice");
    assert!(last.unified() < first.unified());
}

#[test]
fn more_of_a_fault_never_scores_better() {
    let Some(mut examiner) = examiner() else { return };
    let people = [
        astronaut(&mut examiner),
        portrait(&mut examiner, "group3.jpg", [690.0, 463.0]),
        portrait(&mut examiner, "group5.jpg", [464.0, 1024.0]),
    ];
    for person in &people {
        let frame = person.render(3, 1).unwrap();
        let mut series = |pictures: Vec<Picture>| qualities(&mut examiner, pictures);
        let steps = |from: f32, by: f32| (0_i16..7).map(move |step| from + by * f32::from(step));
        let blur = series(steps(1.0, 1.0).map(|times| blurred(&frame, times)).collect());
        assert_falls(&blur, Component::Sharpness);
        let dark = series(steps(0.0, 0.15).map(|by| toned(&frame, |v| v * (1.0 - by))).collect());
        assert_falls(&dark, Component::Exposure);
        let glare = series(steps(0.0, 0.15).map(|by| toned(&frame, |v| v + (255.0 - v) * by)).collect());
        assert_falls(&glare[1..], Component::Exposure);
        let fog = series(steps(0.0, 0.15).map(|by| toned(&frame, |v| v + (128.0 - v) * by)).collect());
        assert_falls(&fog, Component::Contrast);
        let far = series(steps(1.0, 0.5).map(|times| further(&frame, times)).collect());
        assert_falls(&far, Component::EyeDistance);
        let cut = series(steps(0.4, 0.015).map(|share| shifted(&frame, share)).collect());
        assert_falls(&cut, Component::FaceInside);
    }
}
