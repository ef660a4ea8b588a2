//! Pixels to numbers, the way a model's manifest entry asks for them.

use ort::session::Session;
use ort::value::TensorRef;

use super::manifest::{Colour, Layout, Model, Preprocessing};
use crate::vision::picture::Picture;
use crate::vision::picture::wiped::Wiped;

/// Why a picture could not be run through a model: what the runtime or OpenCV says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InferenceError(pub String);

impl From<ort::Error> for InferenceError {
    fn from(error: ort::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<opencv::Error> for InferenceError {
    fn from(error: opencv::Error) -> Self {
        Self(error.to_string())
    }
}

/// How a model is fed.
#[derive(Clone, Debug)]
pub struct Feeding {
    input: String,
    layout: Layout,
    colour: Colour,
    preprocessing: Preprocessing,
}

/// A picture as a model takes it: shape and numbers. Wiped when dropped.
#[derive(Clone, Debug)]
pub struct InputNumbers {
    shape: [usize; 4],
    values: Wiped<f32>,
}

impl Feeding {
    /// As the manifest says.
    pub fn of(model: &Model) -> Self {
        Self {
            input: model.tensors.input.name.clone(),
            layout: model.tensors.input.layout,
            colour: model.tensors.input.colour,
            preprocessing: model.preprocessing.clone(),
        }
    }

    /// Width and height that the model is fed, in pixels.
    pub fn size(&self) -> [u32; 2] {
        [self.preprocessing.width, self.preprocessing.height]
    }

    /// Sides of square regions in face heights.
    pub fn crop_scales(&self) -> &[f32] {
        &self.preprocessing.crop_scales
    }

    /// Turns a picture, already of the right size, into numbers.
    pub fn numbers(&self, picture: &Picture) -> InputNumbers {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let Preprocessing { mean, scale, .. } = self.preprocessing;
        let channels = match self.colour {
            Colour::Rgb => [0, 1, 2],
            Colour::Bgr => [2, 1, 0],
        };
        let number = |value: u8| (f32::from(value) - mean) * scale;
        let mut values = Vec::with_capacity(width * height * 3);
        match self.layout {
            Layout::Nchw => {
                for channel in channels {
                    values.extend(picture.rgb().iter().map(|pixel| number(pixel[channel])));
                }
            }
            // As the bytes lie already.
            Layout::Nhwc if self.colour == Colour::Rgb => {
                values.extend(picture.pixels().iter().map(|value| number(*value)));
            }
            Layout::Nhwc => {
                let pixels = picture.rgb().iter();
                values.extend(pixels.flat_map(|pixel| channels.map(|channel| number(pixel[channel]))));
            }
        }
        let values = Wiped::new(values);
        let shape = match self.layout {
            Layout::Nchw => [1, 3, height, width],
            Layout::Nhwc => [1, height, width, 3],
        };
        InputNumbers { shape, values }
    }

    /// Runs the model and hands its outputs to `read`.
    ///
    /// # Errors
    /// When the runtime refuses the numbers or `read` does not find what it expects.
    pub fn run<T>(
        &self,
        session: &mut Session,
        numbers: &InputNumbers,
        read: impl FnOnce(&ort::session::SessionOutputs<'_>) -> Result<T, InferenceError>,
    ) -> Result<T, InferenceError> {
        let tensor = TensorRef::from_array_view((numbers.shape, &*numbers.values))?;
        let outputs = session.run(ort::inputs![self.input.as_str() => tensor])?;
        read(&outputs)
    }
}

/// The numbers of one output.
///
/// # Errors
/// When the model has no such output, or it is not of 32-bit floats.
pub fn output<'a>(outputs: &'a ort::session::SessionOutputs<'_>, name: &str) -> Result<&'a [f32], InferenceError> {
    let value = outputs.get(name).ok_or_else(|| InferenceError(format!("no output `{name}`")))?;
    Ok(value.try_extract_tensor::<f32>()?.1)
}
