//! SFace: the aligned face becomes a template.

use ort::session::Session;

use super::geometry::mirror;
use super::manifest::Model;
use super::picture::Picture;
use super::tensor::{Feeding, InferenceError, InputNumbers, output};
use super::wiped::Wiped;
use crate::domain::comparison::{ModelHash, Template};

/// Makes templates.
#[derive(Debug)]
pub struct Embedder {
    session: Session,
    feeding: Feeding,
    output: String,
    hash: ModelHash,
}

impl Embedder {
    /// Over a session of the model.
    ///
    /// # Errors
    /// When the manifest names no output.
    pub fn new(session: Session, model: &Model) -> Result<Self, InferenceError> {
        let output = model.tensors.outputs.first();
        Ok(Self {
            session,
            feeding: Feeding::of(model),
            output: output
                .map(|tensor| tensor.name.clone())
                .ok_or_else(|| InferenceError("it needs an output".into()))?,
            hash: ModelHash(model.sha256().to_owned()),
        })
    }

    /// The template of an aligned face: the mean of what the model says of the face and of its mirror image, which
    /// tells people apart a little better than either.
    ///
    /// # Errors
    /// When the runtime fails or answers no direction at all.
    pub fn template(&mut self, aligned: &Picture) -> Result<Template, InferenceError> {
        let straight = self.unit(&self.feeding.numbers(aligned))?;
        let mirrored = self.unit(&self.feeding.numbers(&mirror(aligned)))?;
        let sum = straight.iter().zip(mirrored.iter()).map(|(a, b)| a + b).collect();
        Template::new(self.hash.clone(), sum).map_err(|error| InferenceError(error.to_string()))
    }

    /// An aligned face as the model takes it, for those who time the model alone.
    pub fn numbers(&self, aligned: &Picture) -> InputNumbers {
        self.feeding.numbers(aligned)
    }

    /// Runs the model once on ready numbers; the answer has length 1.
    ///
    /// # Errors
    /// When the runtime fails or answers no direction at all.
    pub fn unit(&mut self, numbers: &InputNumbers) -> Result<Wiped<f32>, InferenceError> {
        let values = self
            .feeding
            .run(&mut self.session, numbers, |outputs| Ok(Wiped::new(output(outputs, &self.output)?.to_vec())))?;
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        if !norm.is_finite() || norm <= f32::EPSILON {
            return Err(InferenceError("the embedder answers no direction".into()));
        }
        Ok(Wiped::new(values.iter().map(|value| value / norm).collect()))
    }
}
