//! MediaPipe's face mesh: 468 points of one face, for its pose, its eyes and mouth, and for aligning it.
//!
//! The detector looks at a small picture, which finds faces well and places their points badly. The mesh looks at the
//! face alone, at 192 x 192 pixels, and places them better than the detector does at four times the pixels
//! (docs/ACCURACY.md).

use std::f64::consts::FRAC_PI_2;

use ort::session::Session;

use super::align::inverse;
use crate::domain::face::detection::Face;
use crate::domain::face::liveness::signs::{FaceMesh, FaceSigns};
use crate::vision::model::manifest::Model;
use crate::vision::model::tensor::{Feeding, InferenceError, InputNumbers, output};
use crate::vision::picture::Picture;
use crate::vision::picture::geometry::{Affine, warp_extended};
use crate::vision::picture::wiped::Wiped;

/// How many points the model gives.
pub const POINTS: usize = 468;

/// Rims of the eyes: two corners, then three points above and the three below them. Left and right are the picture's.
const LEFT_EYE: EyeRim = EyeRim { corners: [33, 133], above: [159, 160, 158], below: [145, 144, 153] };
const RIGHT_EYE: EyeRim = EyeRim { corners: [362, 263], above: [386, 385, 387], below: [374, 380, 373] };
/// Outer corners of the eyes, and two points on the middle line that no jaw moves.
const EYE_CORNERS: [usize; 2] = [33, 263];
const FOREHEAD: usize = 10;
const UNDER_NOSE: usize = 2;
/// Tip of the nose and the point above it.
const NOSE: [usize; 2] = [1, 4];
/// Corners of the mouth, left and right in the picture.
const MOUTH: [usize; 2] = [61, 291];
/// Inner rims of the lips, in the middle.
const LIPS: [usize; 2] = [13, 14];

/// Below this presence a face may be none, and the right one be found in another turn: so are one in a hundred of photos that
/// stand upright, and none that was turned right.
pub const DOUBTED: f32 = 10.0;
/// Sine of the lean up to which a face stands level enough: six degrees.
const LEVEL_ENOUGH: f64 = 0.1;
/// How often it is looked at again until it does.
const LOOKS_AGAIN: usize = 3;

struct EyeRim {
    corners: [usize; 2],
    above: [usize; 3],
    below: [usize; 3],
}

/// The face mesh.
#[derive(Debug)]
pub struct LandmarkDetector {
    session: Session,
    feeding: Feeding,
    landmarks: String,
    presence: String,
    /// Side of the region in face heights.
    reach: f32,
    /// From this logit on there is a face.
    present_from: f32,
}

/// 468 points of a face. Biometric data: wiped when dropped.
#[derive(Clone, Debug)]
pub struct Landmarks {
    /// x, y in pixels of the picture, z in the same measure, smaller towards the camera.
    points: Wiped<[f32; 3]>,
    /// Whether the model holds it for a face.
    pub present: bool,
    /// How surely, as a logit.
    pub presence: f32,
}

impl LandmarkDetector {
    /// Over a session of the model.
    ///
    /// # Errors
    /// When the manifest does not name two outputs and one crop scale.
    pub fn new(session: Session, model: &Model, present_from: f32) -> Result<Self, InferenceError> {
        let lacks = |what: &str| InferenceError(format!("it needs {what}"));
        let [landmarks, presence] = model.tensors.outputs.as_slice() else {
            return Err(lacks("two outputs, landmarks and presence"));
        };
        let [reach] = *model.preprocessing.crop_scales.as_slice() else {
            return Err(lacks("one of preprocessing.crop_scales"));
        };
        let (landmarks, presence) = (landmarks.name.clone(), presence.name.clone());
        Ok(Self { session, feeding: Feeding::of(model), landmarks, presence, reach, present_from })
    }

    /// The points of a face that the detector found.
    ///
    /// # Errors
    /// When OpenCV or the runtime fails, or the model answers other than 468 finite points.
    pub fn detect(&mut self, picture: &Picture, face: &Face) -> Result<Landmarks, InferenceError> {
        self.detect_leaning(picture, face, lean(&face.points))
    }

    /// The points of a face that lies this many quarter turns, clockwise, away from where the detector has its eyes.
    ///
    /// # Errors
    /// As [`LandmarkDetector::detect`].
    pub fn detect_turned(&mut self, picture: &Picture, face: &Face, quarters: u8) -> Result<Landmarks, InferenceError> {
        self.detect_leaning(picture, face, lean(&face.points) + f64::from(quarters) * FRAC_PI_2)
    }

    /// As [`LandmarkDetector::detect_turned`], and looked at again where it leans otherwise than it was held. The model places
    /// points well where a face stands level, and draws one that leans half upright.
    ///
    /// # Errors
    /// As [`LandmarkDetector::detect`].
    pub fn detect_level(&mut self, picture: &Picture, face: &Face, quarters: u8) -> Result<Landmarks, InferenceError> {
        let mut held = lean(&face.points) + f64::from(quarters) * FRAC_PI_2;
        let mut landmarks = self.detect_leaning(picture, face, held)?;
        for _ in 0..LOOKS_AGAIN {
            let seen = lean(&landmarks.five_points());
            if (seen - held).sin().abs() < LEVEL_ENOUGH && (seen - held).cos() > 0.0 {
                break;
            }
            held = seen;
            landmarks = self.detect_leaning(picture, face, held)?;
        }
        Ok(landmarks)
    }

    fn detect_leaning(&mut self, picture: &Picture, face: &Face, level: f64) -> Result<Landmarks, InferenceError> {
        let map = self.region(face, level);
        let numbers = self.numbers_of(picture, &map)?;
        let back = inverse(&map);
        let scale = back[0][0].hypot(back[1][0]) as f32;
        let (landmarks, presence) = (&self.landmarks, &self.presence);
        let (points, logit) = self.feeding.run(&mut self.session, &numbers, |outputs| {
            let points = output(outputs, landmarks)?.as_chunks::<3>().0;
            let placed = points.iter().map(|[x, y, z]| {
                let [x, y] = apply(&back, [*x, *y]);
                [x, y, z * scale]
            });
            let logit = output(outputs, presence)?.first().copied().unwrap_or(f32::NAN);
            Ok((Wiped::new(placed.collect::<Vec<_>>()), logit))
        })?;
        if points.len() != POINTS || points.iter().flatten().any(|value| !value.is_finite()) {
            return Err(InferenceError(format!("the mesh must have {POINTS} finite points")));
        }
        Ok(Landmarks { points, present: logit >= self.present_from, presence: logit })
    }

    /// A face as the model takes it, for those who time the model alone.
    ///
    /// # Errors
    /// When OpenCV fails.
    pub fn numbers(&self, picture: &Picture, face: &Face) -> Result<InputNumbers, InferenceError> {
        self.numbers_of(picture, &self.region(face, lean(&face.points)))
    }

    /// Runs the model on ready numbers and reads nothing, for those who time the model alone.
    ///
    /// # Errors
    /// When the runtime fails.
    pub fn run_alone(&mut self, numbers: &InputNumbers) -> Result<(), InferenceError> {
        self.feeding.run(&mut self.session, numbers, |_| Ok(()))
    }

    fn numbers_of(&self, picture: &Picture, map: &Affine) -> Result<InputNumbers, InferenceError> {
        let [width, height] = self.feeding.size();
        Ok(self.feeding.numbers(&warp_extended(picture, map, width, height)?))
    }

    /// A square around the face, turned by this many radians, to the model's pixels.
    fn region(&self, face: &Face, angle: f64) -> Affine {
        let [x, y, width, height] = face.bounds.map(f64::from);
        let [side, _] = self.feeding.size();
        let scale = f64::from(side) / (f64::from(self.reach) * width.max(height)).max(1.0);
        let (sine, cosine) = (angle.sin() * scale, angle.cos() * scale);
        let centre = [x + width / 2.0, y + height / 2.0];
        let middle = f64::from(side) / 2.0;
        [
            [cosine, sine, middle - cosine * centre[0] - sine * centre[1]],
            [-sine, cosine, middle + sine * centre[0] - cosine * centre[1]],
        ]
    }
}

impl Landmarks {
    /// Eyes, nose and corners of the mouth, in the order of [`Face::points`].
    pub fn five_points(&self) -> [[f32; 2]; 5] {
        let eye = |rim: &EyeRim| self.mean(rim.corners.iter().chain(&rim.above).chain(&rim.below));
        [eye(&LEFT_EYE), eye(&RIGHT_EYE), self.mean(&NOSE), self.at(MOUTH[0]), self.at(MOUTH[1])]
    }

    /// By how much the eyes' line leans, clockwise, degrees from -180 to 180.
    pub fn lean(&self) -> f64 {
        lean(&self.five_points()).to_degrees()
    }

    /// How far each eye is open: the height of its rim in widths (eye aspect ratio; Soukupova and Cech, "Real-time eye
    /// blink detection using facial landmarks", 2016), left and right in the picture; about .1 closed, .3 open.
    pub fn eyes_open(&self) -> [f32; 2] {
        [&LEFT_EYE, &RIGHT_EYE].map(|rim| {
            let heights = rim.above.iter().zip(&rim.below).map(|(above, below)| self.distance(*above, *below));
            let width = self.distance(rim.corners[0], rim.corners[1]);
            heights.sum::<f32>() / 3.0 / width.max(f32::EPSILON)
        })
    }

    /// How far the mouth is open: the gap between the lips in widths of the mouth; 0 closed, .5 wide open.
    pub fn mouth_open(&self) -> f32 {
        self.distance(LIPS[0], LIPS[1]) / self.distance(MOUTH[0], MOUTH[1]).max(f32::EPSILON)
    }

    /// The face that these points are of, its box as high as it is along its own axis.
    pub(in crate::vision) fn face(&self, confidence: f32) -> Face {
        let (sine, cosine) = (lean(&self.five_points()) as f32).sin_cos();
        let level = self.points.iter().map(|[x, y, _]| [cosine * x + sine * y, cosine * y - sine * x]);
        let [[left, top], [right, bottom]] = level
            .fold([[f32::INFINITY; 2], [f32::NEG_INFINITY; 2]], |[low, high], [x, y]| {
                [[low[0].min(x), low[1].min(y)], [high[0].max(x), high[1].max(y)]]
            });
        let mesh = bottom - top;
        let (width, height) = (0.8 * mesh, 1.05 * mesh);
        let [x, y] = [f32::midpoint(left, right), f32::midpoint(top, bottom) - 0.042 * mesh];
        let centre = [cosine * x - sine * y, sine * x + cosine * y];
        Face {
            bounds: [centre[0] - width / 2.0, centre[1] - height / 2.0, width, height],
            points: self.five_points(),
            confidence,
        }
    }

    /// What the face does. The angles are those of the mesh's own depth.
    pub fn signs(&self) -> FaceSigns {
        let across = self.between(EYE_CORNERS[0], EYE_CORNERS[1]);
        let down = self.between(FOREHEAD, UNDER_NOSE);
        let [left, right] = self.eyes_open();
        let [x, y, width, height] = self.bounds();
        FaceSigns {
            yaw: across[2].atan2(across[0].hypot(across[1])).to_degrees(),
            pitch: down[2].atan2(down[0].hypot(down[1])).to_degrees(),
            mouth_open: self.mouth_open(),
            eyes_open: left.min(right),
            size: across[0].hypot(across[1]).hypot(across[2]),
            centre: [x + width / 2.0, y + height / 2.0],
        }
    }

    /// Left, top, width and height of the box that the detector would put around these points: measured on 180 faces, it
    /// reaches a little above the mesh and is narrower (height 1.01 to 1.07 of the mesh's, middle .03 to .07 higher).
    pub fn bounds(&self) -> [f32; 4] {
        let range = |axis: usize| {
            let values = self.points.iter().map(move |point| point[axis]);
            values.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], value| [low.min(value), high.max(value)])
        };
        let ([left, right], [top, bottom]) = (range(0), range(1));
        let mesh = bottom - top;
        let (width, height) = (0.8 * mesh, 1.05 * mesh);
        let middle = f32::midpoint(top, bottom) - 0.042 * mesh;
        [f32::midpoint(left, right) - width / 2.0, middle - height / 2.0, width, height]
    }

    /// The points, for the domain.
    pub fn mesh(&self) -> FaceMesh {
        FaceMesh::new(self.points.to_vec())
    }

    /// Every point: x, y in pixels of the picture, z in the same measure.
    pub fn points(&self) -> &[[f32; 3]] {
        &self.points
    }

    fn between(&self, a: usize, b: usize) -> [f32; 3] {
        let (a, b) = (self.points[a], self.points[b]);
        [b[0] - a[0], b[1] - a[1], b[2] - a[2]]
    }

    fn at(&self, point: usize) -> [f32; 2] {
        let [x, y, _] = self.points[point];
        [x, y]
    }

    fn mean<'a>(&self, points: impl IntoIterator<Item = &'a usize>) -> [f32; 2] {
        let (sum, count) = points.into_iter().fold(([0.0; 2], 0.0), |(sum, count), point| {
            let [x, y] = self.at(*point);
            ([sum[0] + x, sum[1] + y], count + 1.0)
        });
        sum.map(|value| value / count)
    }

    fn distance(&self, a: usize, b: usize) -> f32 {
        let ([ax, ay], [bx, by]) = (self.at(a), self.at(b));
        (ax - bx).hypot(ay - by)
    }
}

/// By how much the line between the eyes leans, clockwise, radians.
fn lean([left, right, ..]: &[[f32; 2]; 5]) -> f64 {
    f64::from(right[1] - left[1]).atan2(f64::from(right[0] - left[0]))
}

fn apply(map: &Affine, [x, y]: [f32; 2]) -> [f32; 2] {
    map.map(|[along, across, shift]| (along * f64::from(x) + across * f64::from(y) + shift) as f32)
}
