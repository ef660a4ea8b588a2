//! What a face must be before anything is made of it: pure rules over measures, one reason each.

use crate::domain::capture::{Face, FaceQuality};
use crate::domain::ports::Gate;
use crate::domain::reason::ReasonCode;

/// The bounds of one gate.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bounds {
    /// Least distance between the eyes, pixels.
    eye_distance: f32,
    /// Greatest share of the picture's height.
    height_share: f32,
    /// Least share of the face's box inside the picture.
    inside: f32,
    /// Greatest yaw to either side, see [`Face::yaw`].
    yaw: f32,
    /// Least and greatest mean luma.
    brightness: [f32; 2],
    /// Least standard deviation of luma.
    contrast: f32,
    /// Least variance of the Laplacian.
    sharpness: f32,
}

const LIVE_FRAME: Bounds = Bounds {
    eye_distance: 40.0,
    height_share: 0.65,
    inside: 0.97,
    yaw: 0.22,
    brightness: [50.0, 220.0],
    contrast: 15.0,
    sharpness: 60.0,
};

const ID_PHOTO: Bounds = Bounds {
    eye_distance: 40.0,
    height_share: 2.0,
    inside: 0.6,
    yaw: 0.5,
    brightness: [30.0, 240.0],
    contrast: 10.0,
    sharpness: 30.0,
};

/// A face lower than this share of the first one's height is a bystander or a picture on the wall, not a second person.
const SECOND_PERSON: f32 = 0.4;

fn bounds(gate: Gate) -> &'static Bounds {
    match gate {
        Gate::LiveFrame => &LIVE_FRAME,
        Gate::IdPhoto => &ID_PHOTO,
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
pub fn reject(gate: Gate, size: [u32; 2], face: &Face, quality: &FaceQuality) -> Option<ReasonCode> {
    let bounds = bounds(gate);
    let [dark, bright] = bounds.brightness;
    let passes = [
        (
            quality.height_share <= bounds.height_share,
            ReasonCode::FaceTooLarge,
        ),
        (inside(size, face) >= bounds.inside, ReasonCode::FaceCutOff),
        (
            quality.eye_distance >= bounds.eye_distance,
            ReasonCode::FaceTooSmall,
        ),
        (quality.yaw.abs() <= bounds.yaw, ReasonCode::FaceTurned),
        (quality.brightness >= dark, ReasonCode::TooDark),
        (quality.brightness <= bright, ReasonCode::TooBright),
        (quality.contrast >= bounds.contrast, ReasonCode::LowContrast),
        (quality.sharpness >= bounds.sharpness, ReasonCode::Blurred),
    ];
    passes
        .into_iter()
        .find(|(passes, _)| !passes)
        .map(|(_, reason)| reason)
}

/// The share of a face's box that lies inside the picture, 0 to 1; 0 when an eye, the nose or the mouth lies outside.
pub fn inside(size: [u32; 2], face: &Face) -> f32 {
    let [width, height] = size.map(|side| side as f32);
    let holds = |[x, y]: &[f32; 2]| (0.0..width).contains(x) && (0.0..height).contains(y);
    if !face.points.iter().all(holds) {
        return 0.0;
    }
    let [x, y, w, h] = face.bounds;
    let across = ((x + w).min(width) - x.max(0.0)).max(0.0);
    let down = ((y + h).min(height) - y.max(0.0)).max(0.0);
    across * down / (w * h).max(f32::EPSILON)
}
