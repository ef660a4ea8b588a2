//! What a face must be before anything is made of it: pure rules over measures, one reason each.

use super::align::{inverse, similarity};
use crate::domain::face::detection::Face;
use crate::domain::face::engine::QualityGate;
use crate::domain::face::quality::FaceQuality;
use crate::domain::reason::ReasonCode;

/// The bounds of one gate.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bounds {
    /// Least distance between the eyes, pixels.
    eye_distance: f32,
    /// Greatest share of the picture's height.
    height_share: f32,
    /// Least share of the face inside the picture.
    inside: f32,
    /// Greatest yaw to either side, see [`Face::yaw`].
    yaw: f32,
    /// Greatest lean to either side, degrees.
    roll: f32,
    /// Least and greatest mean luma.
    brightness: [f32; 2],
    /// Least standard deviation of luma.
    contrast: f32,
    /// Least variance of the Laplacian.
    sharpness: f32,
}

/// A camera frame. Measured on 56 live NUAA frames of 7 people and 166 frames of 5 live clips; "p5" is what 5 % lie below.
const LIVE_FRAME: Bounds = Bounds {
    // PAD and comparison hold down to 22 (docs/ACCURACY.md). Live frames: p5 57, least 43; a clip of 480 x 270: 28 to 35.
    eye_distance: 28.0,
    // PAD needs the surroundings. Live frames: p99 .58.
    height_share: 0.65,
    // Live frames lie inside whole but for a head that leaves the picture: p5 .98.
    inside: 0.95,
    // About 20 degrees. Live frames that look straight: p95 .11, greatest .23; turned heads .27 and more.
    yaw: 0.25,
    // Templates hold up to here; beyond it the detector loses the face, and finds it wrong.
    roll: 45.0,
    // Live frames: 48 to 226, and those at both ends still compare well.
    brightness: [40.0, 235.0],
    // Live frames: least 13.
    contrast: 12.0,
    // Live frames that stand still: p5 60 and more; moved ones 10 to 40; a replay from a monitor 16.
    sharpness: 40.0,
};

/// A frame of a person who turns, nods or comes nearer as asked: nothing is made of it, so it may be moved and turned.
const MOVING_FRAME: Bounds = Bounds {
    height_share: 1.0,
    inside: 0.6,
    yaw: f32::INFINITY,
    roll: 60.0,
    contrast: 8.0,
    sharpness: 0.0,
    ..LIVE_FRAME
};

/// An ID photo is what the register has, often tightly cropped: refused only where its template would be worth nothing.
/// Measured on 599 faces that fill their pictures; poor ones cost false non-matches, but reach no higher impostor scores
/// (.39 at most) than good ones.
const ID_PHOTO: Bounds = Bounds {
    // Half of what the embedder takes in would be invented. Least 40, p1 89.
    eye_distance: 25.0,
    // It may fill the picture and more: up to 1.7.
    height_share: 2.0,
    // p1 .91, least .55, and that one still .46 to .49 with its own kind.
    inside: 0.5,
    // Near profile. p99 .46, and .74 still .63 to .67.
    yaw: 0.8,
    roll: 45.0,
    // 63 to 200.
    brightness: [30.0, 240.0],
    // Least 17.
    contrast: 10.0,
    // p1 26, and 19 still .62 to .65; at 9 and 5 nothing is left (.04 to .16).
    sharpness: 12.0,
};

/// A face lower than this share of the first one's height is a bystander or a picture on the wall, not a second person:
/// in live NUAA frames, taken in a shared room, such faces reach .49.
const SECOND_PERSON: f32 = 0.5;

/// Where a face lies among the 112 x 112 pixels of the aligned one: columns and rows.
const FACE: [std::ops::Range<u16>; 2] = [18..94, 22..108];

fn bounds(gate: QualityGate) -> &'static Bounds {
    match gate {
        QualityGate::LiveFrame => &LIVE_FRAME,
        QualityGate::MovingFrame => &MOVING_FRAME,
        QualityGate::IdPhoto => &ID_PHOTO,
    }
}

/// The one face in a picture. `faces` come best first.
///
/// # Errors
/// [`ReasonCode::NoFace`] or [`ReasonCode::SeveralFaces`].
pub fn only_face(faces: &[Face]) -> Result<&Face, ReasonCode> {
    let [first, others @ ..] = faces else {
        return Err(ReasonCode::NoFace);
    };
    let least = SECOND_PERSON * first.bounds[3];
    if others.iter().any(|other| other.bounds[3] >= least) {
        return Err(ReasonCode::SeveralFaces);
    }
    Ok(first)
}

/// Why a face does not pass, the first thing to change first; `None` when it passes. A measure that is no number never
/// passes.
pub fn reject(gate: QualityGate, quality: &FaceQuality) -> Option<ReasonCode> {
    let bounds = bounds(gate);
    let [dark, bright] = bounds.brightness;
    let passes = [
        (quality.roll.abs() <= bounds.roll, ReasonCode::NotUpright),
        (quality.height_share <= bounds.height_share, ReasonCode::FaceTooLarge),
        (quality.inside >= bounds.inside, ReasonCode::FaceCutOff),
        (quality.eye_distance >= bounds.eye_distance, ReasonCode::FaceTooSmall),
        (quality.yaw.abs() <= bounds.yaw, ReasonCode::FaceTurned),
        (quality.brightness >= dark, ReasonCode::TooDark),
        (quality.brightness <= bright, ReasonCode::TooBright),
        (quality.contrast >= bounds.contrast, ReasonCode::LowContrast),
        (quality.sharpness >= bounds.sharpness, ReasonCode::Blurred),
    ];
    passes.into_iter().find(|(passes, _)| !passes).map(|(_, reason)| reason)
}

/// The share of a face that lies inside the picture, 0 to 1; 0 when an eye or the nose lies outside. The face is where
/// its points say, from the brows to the chin: the detector's box ends at the picture's edge and so tells nothing.
pub fn inside(size: [u32; 2], face: &Face) -> f32 {
    let [width, height] = size.map(f64::from);
    let holds = |x: f64, y: f64| (0.0..width).contains(&x) && (0.0..height).contains(&y);
    let seen = face.points[..3].iter().all(|[x, y]| holds(f64::from(*x), f64::from(*y)));
    let Some(map) = similarity(&face.points).filter(|_| seen) else {
        return 0.0;
    };
    let [across, down] = inverse(&map);
    let [columns, rows] = FACE;
    let places = rows.clone().flat_map(|y| columns.clone().map(move |x| (f64::from(x), f64::from(y))));
    let held =
        places.filter(|(x, y)| holds(across[0] * x + across[1] * y + across[2], down[0] * x + down[1] * y + down[2]));
    held.count() as f32 / (columns.len() * rows.len()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::face::quality::tests::good;
    use proptest::prelude::*;

    const SIZE: [u32; 2] = [640, 480];

    fn face() -> Face {
        Face {
            bounds: [240.0, 140.0, 140.0, 180.0],
            points: [[280.0, 210.0], [340.0, 210.0], [310.0, 245.0], [285.0, 280.0], [335.0, 280.0]],
            confidence: 0.9,
        }
    }

    fn judged(change: impl FnOnce(&mut FaceQuality)) -> Option<ReasonCode> {
        let mut quality = good();
        change(&mut quality);
        reject(QualityGate::LiveFrame, &quality)
    }

    #[test]
    fn each_measure_has_its_reason() {
        assert_eq!(judged(|_| ()), None);
        assert_eq!(judged(|q| q.eye_distance = 27.0), Some(ReasonCode::FaceTooSmall));
        assert_eq!(judged(|q| q.height_share = 0.7), Some(ReasonCode::FaceTooLarge));
        assert_eq!(judged(|q| q.yaw = -0.3), Some(ReasonCode::FaceTurned));
        for roll in [-180.0, -90.0, -46.0, 46.0, 179.0, f32::NAN] {
            assert_eq!(judged(|q| q.roll = roll), Some(ReasonCode::NotUpright), "{roll}");
        }
        assert_eq!(judged(|q| q.roll = -40.0), None);
        assert_eq!(judged(|q| q.brightness = 20.0), Some(ReasonCode::TooDark));
        assert_eq!(judged(|q| q.brightness = 250.0), Some(ReasonCode::TooBright));
        assert_eq!(judged(|q| q.contrast = 5.0), Some(ReasonCode::LowContrast));
        assert_eq!(judged(|q| q.sharpness = 10.0), Some(ReasonCode::Blurred));
    }

    #[test]
    fn a_face_at_the_edge_is_cut_off_and_an_eye_outside_is_not_inside_at_all() {
        let moved = |x: f32, y: f32| {
            let mut cut = face();
            cut.points = cut.points.map(|point| [point[0] + x, point[1] + y]);
            cut
        };
        let judged = |gate, x, y| reject(gate, &FaceQuality { inside: inside(SIZE, &moved(x, y)), ..good() });
        for (x, y) in [(-265.0, 0.0), (285.0, 0.0), (0.0, -190.0), (0.0, 190.0)] {
            assert_eq!(judged(QualityGate::LiveFrame, x, y), Some(ReasonCode::FaceCutOff));
            assert_eq!(judged(QualityGate::IdPhoto, x, y), None);
        }
        for (x, y) in [(-285.0, 0.0), (301.0, 0.0), (0.0, -215.0), (0.0, 240.0)] {
            assert!(inside(SIZE, &moved(x, y)).abs() < f32::EPSILON);
            assert_eq!(judged(QualityGate::IdPhoto, x, y), Some(ReasonCode::FaceCutOff));
        }
        assert!((inside(SIZE, &face()) - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn a_bystander_is_no_second_person() {
        let beside = |height: f32| {
            let mut other = face();
            other.bounds[3] = height;
            vec![face(), other]
        };
        assert_eq!(only_face(&[]), Err(ReasonCode::NoFace));
        assert_eq!(only_face(&beside(180.0)), Err(ReasonCode::SeveralFaces));
        assert_eq!(only_face(&beside(90.0)), Err(ReasonCode::SeveralFaces));
        assert!(only_face(&beside(80.0)).is_ok());
    }

    proptest! {
        #[test]
        fn what_passes_as_a_frame_passes_as_a_photo_and_no_number_never_passes(
            v in prop::array::uniform6(-10.0_f32..400.0), yaw in -1.0_f32..1.0, lost in 0_usize..6
        ) {
            let mut values = [v[0], v[1] / 400.0, v[2], v[3], v[4], yaw];
            let build = |v: [f32; 6]| FaceQuality {
                eye_distance: v[0], height_share: v[1], brightness: v[2], contrast: v[3], sharpness: v[4], yaw: v[5], ..good()
            };
            let of = |gate, v| reject(gate, &build(v));
            if of(QualityGate::LiveFrame, values).is_none() {
                prop_assert_eq!(of(QualityGate::IdPhoto, values), None);
            }
            values[lost] = f32::NAN;
            prop_assert!(of(QualityGate::LiveFrame, values).is_some());
            prop_assert!(of(QualityGate::IdPhoto, values).is_some());
        }
    }
}
