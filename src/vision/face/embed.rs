//! The aligned face becomes a template, by one embedder or two.

use ort::session::Session;
use zeroize::Zeroizing;

use crate::domain::face::comparison::{Fusion, ModelHash, Template};
use crate::domain::face::engine::TemplateDepth;
use crate::vision::model::manifest::Model;
use crate::vision::model::tensor::{Feeding, InferenceError, InputNumbers, output};
use crate::vision::picture::Picture;
use crate::vision::picture::geometry::mirror;

/// Makes templates.
#[derive(Debug)]
pub struct TemplateMaker {
    /// Asked always.
    pub first: Embedder,
    /// Asked for full templates alone, with the way its score joins the first one's.
    pub second: Option<(Embedder, Fusion)>,
    model: ModelHash,
}

/// One embedder.
#[derive(Debug)]
pub struct Embedder {
    session: Session,
    feeding: Feeding,
    output: String,
}

type Direction = Zeroizing<Vec<f32>>;

impl TemplateMaker {
    /// `model` names all that makes a template.
    pub fn new(first: Embedder, second: Option<(Embedder, Fusion)>, model: ModelHash) -> Self {
        Self { first, second, model }
    }

    /// The template of an aligned face. A full one is, for each embedder, the mean of what it says of the face and of its
    /// mirror image, which tells people apart a little better than either.
    ///
    /// # Errors
    /// When the runtime fails or answers no direction at all.
    pub fn template(&mut self, aligned: &Picture, detail: TemplateDepth) -> Result<Option<Template>, InferenceError> {
        let (first, second) = match detail {
            TemplateDepth::None => return Ok(None),
            TemplateDepth::Quick => (self.first.direction(aligned)?, None),
            TemplateDepth::Both => {
                let look = |embedder: &mut Embedder| embedder.direction(aligned);
                (look(&mut self.first)?, self.second.as_mut().map(|(second, _)| look(second)).transpose()?)
            }
            TemplateDepth::Full => {
                let mirrored = mirror(aligned);
                let both = |embedder: &mut Embedder| embedder.mean_direction(aligned, &mirrored);
                (both(&mut self.first)?, self.second.as_mut().map(|(second, _)| both(second)).transpose()?)
            }
        };
        // `Template` wipes what it takes over.
        let (first, second) = (taken(first), second.map(taken));
        let template = match &self.second {
            Some((_, fusion)) => Template::fused(self.model.clone(), *fusion, first, second),
            None => Template::new(self.model.clone(), first),
        };
        template.map(Some).map_err(|error| InferenceError(error.to_string()))
    }
}

fn taken(mut values: Direction) -> Vec<f32> {
    std::mem::take(&mut *values)
}

impl Embedder {
    /// Over a session of the model.
    ///
    /// # Errors
    /// When the manifest names no output.
    pub fn new(session: Session, model: &Model) -> Result<Self, InferenceError> {
        let output = model.tensors.outputs.first();
        let name =
            output.map(|tensor| tensor.name.clone()).ok_or_else(|| InferenceError("it needs an output".into()))?;
        Ok(Self { session, feeding: Feeding::of(model), output: name })
    }

    /// An aligned face as the model takes it, for those who time the model alone.
    pub fn numbers(&self, aligned: &Picture) -> InputNumbers {
        self.feeding.numbers(aligned)
    }

    /// Runs the model once on ready numbers; the answer has length 1.
    ///
    /// # Errors
    /// When the runtime fails or answers no direction at all.
    pub fn unit(&mut self, numbers: &InputNumbers) -> Result<Direction, InferenceError> {
        let name = &self.output;
        let read = |outputs: &ort::session::SessionOutputs<'_>| Ok(Zeroizing::new(output(outputs, name)?.to_vec()));
        let mut values = self.feeding.run(&mut self.session, numbers, read)?;
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        if !norm.is_finite() || norm <= f32::EPSILON {
            return Err(InferenceError("the embedder answers no direction".into()));
        }
        values.iter_mut().for_each(|value| *value /= norm);
        Ok(values)
    }

    fn direction(&mut self, aligned: &Picture) -> Result<Direction, InferenceError> {
        self.unit(&self.feeding.numbers(aligned))
    }

    fn mean_direction(&mut self, aligned: &Picture, mirrored: &Picture) -> Result<Direction, InferenceError> {
        let mut sum = self.direction(aligned)?;
        let other = self.direction(mirrored)?;
        sum.iter_mut().zip(other.iter()).for_each(|(total, value)| *total += value);
        Ok(sum)
    }
}
