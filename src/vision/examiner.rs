//! One worker: a session of every model, and the way of a picture through them.

use ort::environment::Environment;
use ort::session::Session;

use super::align::align;
use super::decode::{DecodeLimits, decode};
use super::detect::Detector;
use super::embed::Embedder;
use super::gate;
use super::manifest::{Manifest, Model, Role};
use super::picture::Picture;
use super::presentation::PresentationDetector;
use super::quality;
use super::runtime::{LoadError, environment, session};
use super::tensor::InferenceError;
use crate::domain::capture::Face;
use crate::domain::ports::{Ask, EngineError, Examination, Gate};

/// How large pictures may be, by gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureLimits {
    /// Camera frames.
    pub live_frame: DecodeLimits,
    /// ID photos.
    pub id_photo: DecodeLimits,
}

impl Default for PictureLimits {
    fn default() -> Self {
        Self { live_frame: DecodeLimits::FRAME, id_photo: DecodeLimits::PHOTO }
    }
}

/// A session of every model. It serves one picture at a time.
#[derive(Debug)]
pub struct Examiner {
    /// Finds faces.
    pub detector: Detector,
    /// Makes templates.
    pub embedder: Embedder,
    /// Tells living faces from pictures of them.
    pub presentation: PresentationDetector,
    limits: PictureLimits,
}

/// The models' bytes after their hashes were found right: as many examiners as wanted come out of one reading.
#[derive(Debug)]
pub struct Models<'a> {
    manifest: &'a Manifest,
    environment: Environment,
    detector: (&'a Model, Vec<u8>),
    embedder: (&'a Model, Vec<u8>),
    pad: (&'a Model, Vec<u8>),
}

impl<'a> Models<'a> {
    /// Reads and checks the files, and starts the runtime.
    ///
    /// # Errors
    /// When a file is missing or not the one that the manifest names, or the runtime does not start.
    pub fn read(manifest: &'a Manifest) -> Result<Self, LoadError> {
        let read = |role| -> Result<(&'a Model, Vec<u8>), LoadError> {
            let model = manifest.model(role)?;
            Ok((model, manifest.read(model)?))
        };
        Ok(Self {
            manifest,
            detector: read(Role::Detector)?,
            embedder: read(Role::Embedder)?,
            pad: read(Role::Pad)?,
            environment: environment(manifest)?,
        })
    }

    /// A fresh examiner.
    ///
    /// # Errors
    /// When the runtime refuses a model, or the manifest describes another.
    pub fn examiner(&self, limits: PictureLimits) -> Result<Examiner, LoadError> {
        let start = |(model, bytes): &(&Model, Vec<u8>)| -> Result<Session, LoadError> {
            session(&self.environment, model, bytes)
        };
        let described =
            |model: &Model, error: InferenceError| LoadError::Model { file: model.file.clone(), why: error.0 };
        let (detector, embedder, pad) = (self.detector.0, self.embedder.0, self.pad.0);
        Ok(Examiner {
            detector: Detector::new(start(&self.detector)?, detector, self.manifest.detection_thresholds()?),
            embedder: Embedder::new(start(&self.embedder)?, embedder).map_err(|e| described(embedder, e))?,
            presentation: PresentationDetector::new(start(&self.pad)?, pad).map_err(|e| described(pad, e))?,
            limits,
        })
    }
}

impl Examiner {
    /// Decodes, finds, measures, judges, and makes what was asked for.
    ///
    /// # Errors
    /// [`EngineError::Picture`] for bytes that are no picture we read, [`EngineError::Failed`] when a model fails.
    pub fn examine(&mut self, bytes: &[u8], ask: Ask) -> Result<Examination, EngineError> {
        let limits = match ask.gate {
            Gate::LiveFrame => self.limits.live_frame,
            Gate::IdPhoto => self.limits.id_photo,
        };
        let picture = decode(bytes, limits).map_err(EngineError::Picture)?;
        self.judge(&picture, ask).map_err(|error| EngineError::Failed(error.0))
    }

    /// As [`Examiner::examine`], of a picture that is decoded already.
    ///
    /// # Errors
    /// When OpenCV or the runtime fails.
    pub fn judge(&mut self, picture: &Picture, ask: Ask) -> Result<Examination, InferenceError> {
        let faces = self.detector.detect(picture)?;
        let mut examination = Examination {
            size: [picture.width(), picture.height()],
            faces,
            quality: None,
            rejection: None,
            presentation: None,
            template: None,
        };
        let face = match gate::only_face(&examination.faces) {
            Ok(face) => face,
            Err(reason) => {
                examination.rejection = Some(reason);
                return Ok(examination);
            }
        };
        let aligned = align(picture, &face.points)?;
        let quality = quality::measure(picture, face, &aligned);
        examination.quality = Some(quality);
        examination.rejection = gate::reject(ask.gate, examination.size, face, &quality);
        if examination.rejection.is_some() {
            return Ok(examination);
        }
        if ask.presentation {
            examination.presentation = Some(self.presentation.scores(picture, face)?);
        }
        if ask.template {
            examination.template = Some(self.embedder.template(&aligned)?);
        }
        Ok(examination)
    }

    /// Runs every model once on a picture without a face, so that what they allocate at their first run is there.
    ///
    /// # Errors
    /// When OpenCV or the runtime fails.
    pub fn warm_up(&mut self) -> Result<(), InferenceError> {
        let picture = synthetic();
        self.detector.detect(&picture)?;
        let aligned = align(&picture, &SYNTHETIC_FACE.points)?;
        quality::measure(&picture, &SYNTHETIC_FACE, &aligned);
        self.presentation.scores(&picture, &SYNTHETIC_FACE)?;
        self.embedder.template(&aligned)?;
        Ok(())
    }
}

/// Where a face would be in the middle of a camera frame.
const SYNTHETIC_FACE: Face = Face {
    bounds: [240.0, 140.0, 160.0, 200.0],
    points: [[285.0, 220.0], [355.0, 220.0], [320.0, 260.0], [292.0, 300.0], [348.0, 300.0]],
    confidence: 1.0,
};

/// A slope of grey in the size of a camera frame: a plain colour may have no direction for an embedder.
fn synthetic() -> Picture {
    let mut picture = Picture::black(640, 480);
    for (place, value) in picture.pixels_mut().iter_mut().enumerate() {
        *value = (place / 13 % 256) as u8;
    }
    picture
}

#[cfg(test)]
mod tests;
