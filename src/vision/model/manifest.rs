//! `models/manifest.toml`: which files the models are, how each is fed, and from which scores on it is believed.
//!
//! A model's file is read once, its sha256 compared, and those very bytes are loaded, so that nothing can be swapped in
//! between. (The runtime's library is opened by its path again: whoever can write there can do anything anyway.)

mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;

use self::schema::Document;
pub use self::schema::{
    Asset, Colour, InputTensor, Layout, Model, OutputTensor, Preprocessing, Region, Role, Runtime, Source, Tensors,
};
use crate::domain::face::comparison::{Fusion, ModelHash};
use crate::domain::face::liveness::decision::PresentationThresholds;

/// The schema of the manifest that this program reads.
const SCHEMA: u32 = 1;

/// Why the models cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The manifest itself cannot be read.
    #[error("{}: {why}", .path.display())]
    Unreadable {
        /// The manifest.
        path: PathBuf,
        /// What the operating system or the parser says.
        why: String,
    },
    /// A value of the manifest makes no sense.
    #[error("{file} in the models' manifest: {why}")]
    Invalid {
        /// The model's file, or the manifest's own name.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// A file of the store is missing or unreadable.
    #[error("model file {} cannot be read ({why}); run `make models`", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        why: String,
    },
    /// A file of the store is not the one that the manifest names.
    #[error("model file {} has a wrong sha256: expected {expected}, found {found}; run `make models`", .path.display())]
    WrongHash {
        /// The file.
        path: PathBuf,
        /// From the manifest, hex.
        expected: String,
        /// Of the bytes on disk, hex.
        found: String,
    },
}

/// Scores by which faces are told from noise and from each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectionThresholds {
    /// From this confidence on it is a face, 0 to 1.
    pub score: f32,
    /// Two boxes that overlap more than this are one face, 0 to 1.
    pub nms_iou: f32,
}

/// The manifest, checked for sense, and the folder it stands in.
#[derive(Debug)]
pub struct Manifest {
    store: PathBuf,
    document: Document,
}

impl Manifest {
    /// Reads `DIR/manifest.toml`. The files, in `DIR/store/`, are read and checked by [`Manifest::read`].
    ///
    /// # Errors
    /// When the manifest cannot be read or parsed, lacks a model that the engine needs, or a threshold makes no sense.
    pub fn load(dir: &Path) -> Result<Self, ManifestError> {
        let path = dir.join("manifest.toml");
        let unreadable = |why: String| ManifestError::Unreadable { path: path.clone(), why };
        let text = fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
        let document: Document = toml::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        if document.schema != SCHEMA {
            return Err(unreadable(format!("schema {} is not {SCHEMA}, the one this program reads", document.schema)));
        }
        let manifest = Self { store: dir.join("store"), document };
        manifest.detection_thresholds()?;
        manifest.presentation()?;
        manifest.presence_threshold()?;
        manifest.embedder()?;
        manifest.checked_fusion()?;
        Ok(manifest)
    }

    /// The runtime's library.
    pub fn runtime(&self) -> &Runtime {
        &self.document.runtime
    }

    /// Every model.
    pub fn models(&self) -> &[Model] {
        &self.document.model
    }

    /// Every picture of the demonstration.
    pub fn assets(&self) -> &[Asset] {
        &self.document.asset
    }

    /// The model of this role.
    pub fn model(&self, role: Role) -> Result<&Model, ManifestError> {
        let mut models = self.document.model.iter().filter(|model| model.role == role);
        match (models.next(), models.next()) {
            (Some(model), None) => Ok(model),
            (found, _) => Err(ManifestError::Invalid {
                file: "manifest.toml".into(),
                why: format!(
                    "{} model of the role {role:?}; there must be one",
                    if found.is_some() { "more than one" } else { "no" }
                ),
            }),
        }
    }

    /// Thresholds of the PAD model.
    pub fn presentation_thresholds(&self) -> PresentationThresholds {
        // Checked when the manifest was loaded; what could not be judged would be live to nobody.
        self.presentation()
            .unwrap_or(PresentationThresholds { bona_fide_from: f32::INFINITY, attack_below: f32::INFINITY })
    }

    /// Thresholds of the detector.
    pub fn detection_thresholds(&self) -> Result<DetectionThresholds, ManifestError> {
        let model = self.model(Role::Detector)?;
        Ok(DetectionThresholds {
            score: model.threshold("score", model.thresholds.score)?,
            nms_iou: model.threshold("nms_iou", model.thresholds.nms_iou)?,
        })
    }

    /// From this logit on the face mesh holds it for a face.
    pub fn presence_threshold(&self) -> Result<f32, ManifestError> {
        let model = self.model(Role::Landmarks)?;
        let finite = model.thresholds.presence.filter(|logit| logit.is_finite());
        finite.ok_or_else(|| model.invalid("thresholds.presence must be there"))
    }

    /// How the two embedders' scores become one; `None` where the first decides alone.
    pub fn fusion(&self) -> Option<Fusion> {
        self.document.fusion
    }

    /// The identity of all that makes a template: detector, face mesh, embedders and their fusion. Templates and
    /// calibrations of another are never used.
    pub fn embedder(&self) -> Result<ModelHash, ManifestError> {
        let mut roles = vec![Role::Detector, Role::Landmarks, Role::Embedder];
        let mut digest = digest::Context::new(&digest::SHA256);
        if let Some(Fusion { weight, unclear: [from, to] }) = self.fusion() {
            roles.push(Role::Embedder2);
            digest.update(format!("{weight} {from} {to}\n").as_bytes());
        }
        for role in roles {
            let model = self.model(role)?;
            let Preprocessing { width, height, .. } = model.preprocessing;
            digest.update(format!("{role:?} {width} {height} {}\n", model.sha256()).as_bytes());
        }
        Ok(ModelHash(hex::encode(digest.finish())))
    }

    fn checked_fusion(&self) -> Result<(), ManifestError> {
        let Some(Fusion { weight, unclear: [from, to] }) = self.fusion() else {
            return Ok(());
        };
        let makes_sense = (0.0..1.0).contains(&weight) && from <= to && (-1.0..=1.0).contains(&from) && to <= 1.0;
        if !makes_sense {
            let why = "[fusion] needs a weight from 0 to below 1, and unclear from -1 to 1, rising";
            return Err(ManifestError::Invalid { file: "manifest.toml".into(), why: why.into() });
        }
        self.model(Role::Embedder2).map(|_| ())
    }

    fn presentation(&self) -> Result<PresentationThresholds, ManifestError> {
        let model = self.model(Role::Pad)?;
        let thresholds = PresentationThresholds {
            bona_fide_from: model.threshold("live", model.thresholds.live)?,
            attack_below: model.threshold("attack", model.thresholds.attack)?,
        };
        if thresholds.attack_below > thresholds.bona_fide_from {
            return Err(model.invalid("thresholds.attack must not lie above thresholds.live"));
        }
        Ok(thresholds)
    }

    /// Where a file of the store lies.
    pub fn path(&self, file: &str) -> PathBuf {
        self.store.join(file)
    }

    /// The bytes of a model, after their sha256 was found right.
    pub fn read(&self, model: &Model) -> Result<Vec<u8>, ManifestError> {
        read_checked(&self.path(&model.file), model.sha256())
    }

    /// Where the runtime's library lies, after its sha256 was found right.
    pub fn runtime_library(&self) -> Result<PathBuf, ManifestError> {
        let path = self.path(&self.document.runtime.file);
        read_checked(&path, &self.document.runtime.prepared.sha256)?;
        Ok(path)
    }

    /// Every file with the sha256 that it must have: runtime, models, pictures.
    pub fn files(&self) -> Vec<(PathBuf, &str)> {
        let runtime = &self.document.runtime;
        let models = self.models().iter().map(|model| (model.file.as_str(), model.sha256()));
        let assets = self.assets().iter().map(|asset| (asset.file.as_str(), asset.source.sha256.as_str()));
        std::iter::once((runtime.file.as_str(), runtime.prepared.sha256.as_str()))
            .chain(models)
            .chain(assets)
            .map(|(file, sha256)| (self.path(file), sha256))
            .collect()
    }
}

/// Reads a file and compares its sha256.
///
/// # Errors
/// [`ManifestError::Missing`] or [`ManifestError::WrongHash`], each naming the file.
pub fn read_checked(path: &Path, expected: &str) -> Result<Vec<u8>, ManifestError> {
    let bytes =
        fs::read(path).map_err(|error| ManifestError::Missing { path: path.to_owned(), why: error.to_string() })?;
    let found = hex::encode(digest::digest(&digest::SHA256, &bytes));
    if found == expected {
        Ok(bytes)
    } else {
        Err(ManifestError::WrongHash { path: path.to_owned(), expected: expected.to_owned(), found })
    }
}

#[cfg(test)]
mod tests;
