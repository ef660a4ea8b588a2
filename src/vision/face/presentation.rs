//! Passive presentation attack detection: the face and its surroundings, at several scales, in one frame.

use ort::session::Session;

use crate::domain::face::detection::Face;
use crate::domain::face::liveness::evidence::PresentationScores;
use crate::vision::model::manifest::Model;
use crate::vision::model::tensor::{Feeding, InferenceError, InputNumbers, output};
use crate::vision::picture::Picture;
use crate::vision::picture::geometry::{Area, crop, resize_linear};

/// The class of the model's answer that means a living person.
const BONA_FIDE: usize = 0;

/// Tells a living face from a picture of one.
#[derive(Debug)]
pub struct PresentationDetector {
    session: Session,
    feeding: Feeding,
    output: String,
    scales: [f32; 3],
}

impl PresentationDetector {
    /// Over a session of the model.
    ///
    /// # Errors
    /// When the manifest names no output or not three crop scales.
    pub fn new(session: Session, model: &Model) -> Result<Self, InferenceError> {
        let scales = model.preprocessing.crop_scales.as_slice();
        let output = model.tensors.outputs.first();
        Ok(Self {
            session,
            feeding: Feeding::of(model),
            output: output
                .map(|tensor| tensor.name.clone())
                .ok_or_else(|| InferenceError("it needs an output".into()))?,
            scales: scales.try_into().map_err(|_| InferenceError("preprocessing.crop_scales must be three".into()))?,
        })
    }

    /// Scores of a face in its frame, one a scale.
    ///
    /// # Errors
    /// When OpenCV or the runtime fails.
    pub fn scores(&mut self, picture: &Picture, face: &Face) -> Result<PresentationScores, InferenceError> {
        let areas = self.scales.map(|scale| surroundings(picture, face, scale));
        let mut score = |area| self.score(&self.numbers(picture, area)?);
        // Near faces leave no room for the wider squares: they come out alike, and then the third changes no middle.
        let scores = match areas {
            [small, middle, large] if small != middle && middle != large => {
                [score(small)?, score(middle)?, score(large)?]
            }
            [_, middle, _] => [score(middle)?; 3],
        };
        Ok(PresentationScores::new(scores))
    }

    /// An area of the frame as the model takes it.
    ///
    /// # Errors
    /// When OpenCV fails.
    pub fn numbers(&self, picture: &Picture, area: Area) -> Result<InputNumbers, InferenceError> {
        let [width, height] = self.feeding.size();
        Ok(self.feeding.numbers(&resize_linear(&crop(picture, area), width, height)?))
    }

    /// Runs the model once on ready numbers: the probability of a living person, 0 to 1.
    ///
    /// # Errors
    /// When the runtime fails.
    pub fn score(&mut self, numbers: &InputNumbers) -> Result<f32, InferenceError> {
        self.feeding.run(&mut self.session, numbers, |outputs| Ok(softmax(output(outputs, &self.output)?, BONA_FIDE)))
    }
}

/// A square of `scale` face heights around the face, shrunk and shifted to stay inside the picture.
pub fn surroundings(picture: &Picture, face: &Face, scale: f32) -> Area {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let [x, y, face_width, face_height] = face.bounds;
    let side = (face_height * scale).round().clamp(1.0, width.min(height));
    let left = (x + face_width / 2.0 - side / 2.0).clamp(0.0, width - side);
    let top = (y + face_height / 2.0 - side / 2.0).clamp(0.0, height - side);
    Area { x: left as u32, y: top as u32, width: side as u32, height: side as u32 }
}

/// The share of one class, 0 to 1; 0 when the model has no such class.
fn softmax(logits: &[f32], class: usize) -> f32 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - most).exp()).sum();
    logits.get(class).map_or(0.0, |logit| (logit - most).exp() / sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_add_up_and_a_missing_class_is_nothing() {
        let logits = [2.0, -1.0, 0.5];
        let sum: f32 = (0..3).map(|class| softmax(&logits, class)).sum();
        assert!((sum - 1.0).abs() < 1e-6);
        assert!(softmax(&logits, 0) > softmax(&logits, 2));
        assert!(softmax(&logits, 3).abs() < f32::EPSILON);
    }

    proptest! {
        #[test]
        fn the_square_stays_inside_the_picture(
            width in 1_u32..300, height in 1_u32..300, bounds in prop::array::uniform4(-400.0_f32..400.0), scale in 0.5_f32..5.0
        ) {
            let face = Face { bounds, points: [[0.0; 2]; 5], confidence: 1.0 };
            let area = surroundings(&Picture::black(width, height), &face, scale);
            prop_assert!(area.width >= 1 && area.width == area.height);
            prop_assert!(area.x + area.width <= width && area.y + area.height <= height);
        }
    }
}
