//! The manifest as it is written. A field that is not known is an error: a typing mistake must not pass for a default.

use serde::Deserialize;

use super::ManifestError;
use crate::domain::face::comparison::Fusion;

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Finds faces and five points.
    Detector,
    /// Makes templates.
    Embedder,
    /// A second embedder, for fusion.
    Embedder2,
    /// Presentation attack detection.
    Pad,
    /// Face mesh.
    Landmarks,
}

/// Order of the colour planes in a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// Red first.
    Rgb,
    /// Blue first.
    Bgr,
}

/// Order of the axes in a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Batch, channel, height, width.
    Nchw,
    /// Batch, height, width, channel.
    Nhwc,
}

/// A model's input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputTensor {
    /// Its name in the graph.
    pub name: String,
    /// Its shape; -1 is a free dimension.
    pub shape: Vec<i64>,
    /// Order of its axes.
    pub layout: Layout,
    /// Order of its colours.
    pub colour: Colour,
}

/// A model's output.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputTensor {
    /// Its name in the graph.
    pub name: String,
    /// Its shape; -1 is a free dimension.
    pub shape: Vec<i64>,
}

/// What goes in and what comes out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tensors {
    /// The one input.
    pub input: InputTensor,
    /// The outputs, in the graph's order.
    pub outputs: Vec<OutputTensor>,
}

/// Which part of a picture a model is fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    /// All of it.
    Frame,
    /// The face, brought to the 112 x 112 template by its five points.
    AlignedFivePoints,
    /// An upright square around the face.
    SquareAroundFace,
    /// A square around the face, turned level by the eyes.
    LevelSquareAroundFace,
}

/// How pixels become numbers: `(pixel - mean) * scale`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preprocessing {
    /// The part of the picture.
    pub region: Region,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Subtracted from every value 0 to 255.
    pub mean: f32,
    /// Multiplied after that.
    pub scale: f32,
    /// Sides of square regions in face heights.
    pub crop_scales: Vec<f32>,
}

/// Every threshold that some role knows; each role must bring its own and no other.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ModelThresholds {
    pub(super) score: Option<f32>,
    pub(super) nms_iou: Option<f32>,
    pub(super) live: Option<f32>,
    pub(super) attack: Option<f32>,
    pub(super) presence: Option<f32>,
}

/// Where a file comes from; read by the fetcher, shown by `doctor`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The package client.
    pub manager: String,
    /// The package.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The file inside it.
    pub path: String,
    /// Where in that file it begins.
    pub offset: Option<u64>,
    /// How many bytes of it.
    pub length: Option<u64>,
    /// Hex sha256 as shipped.
    pub sha256: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(super) struct Prepared {
    steps: Vec<String>,
    pub(super) sha256: String,
}

/// The runtime's shared library.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    /// What it is.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The file in the store.
    pub file: String,
    /// The platform it runs on.
    pub platform: String,
    /// Its licence as stated.
    pub licence: String,
    /// Whether the origin is known.
    pub provenance: String,
    /// Where it comes from.
    pub source: Source,
    pub(super) prepared: Prepared,
}

/// One model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What it is for.
    pub role: Role,
    /// What it is.
    pub name: String,
    /// The file in the store.
    pub file: String,
    /// Its licence as stated.
    pub licence: String,
    /// Whether the origin of the weights is known.
    pub provenance: String,
    /// What a reader should know.
    pub note: String,
    /// Where it comes from.
    pub source: Source,
    /// What goes in and comes out.
    pub tensors: Tensors,
    /// How it is fed.
    pub preprocessing: Preprocessing,
    pub(super) prepared: Prepared,
    pub(super) thresholds: ModelThresholds,
}

impl Model {
    /// Hex sha256 of the file in the store.
    pub fn sha256(&self) -> &str {
        &self.prepared.sha256
    }

    pub(super) fn invalid(&self, why: impl Into<String>) -> ManifestError {
        ManifestError::Invalid { file: self.file.clone(), why: why.into() }
    }

    pub(super) fn threshold(&self, name: &str, value: Option<f32>) -> Result<f32, ManifestError> {
        value
            .filter(|value| (0.0..=1.0).contains(value))
            .ok_or_else(|| self.invalid(format!("thresholds.{name} must be there, 0 to 1")))
    }
}

/// A picture of the demonstration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The file in the store.
    pub file: String,
    /// Its licence as stated.
    pub licence: String,
    /// Whether the origin is known.
    pub provenance: String,
    /// What a reader should know.
    pub note: String,
    /// Where it comes from.
    pub source: Source,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) schema: u32,
    pub(super) runtime: Runtime,
    pub(super) fusion: Option<Fusion>,
    #[serde(default)]
    pub(super) model: Vec<Model>,
    #[serde(default)]
    pub(super) asset: Vec<Asset>,
}
