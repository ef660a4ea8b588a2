//! One worker: a session of every model, and the way of a picture through them.

use ort::environment::Environment;
use ort::session::Session;

use super::picture::Picture;
use crate::domain::face::detection::Face;
use crate::domain::face::engine::{EngineError, Examination, ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::reason::ReasonCode;
use crate::vision::face::align::align;
use crate::vision::face::detect::Detector;
use crate::vision::face::embed::{Embedder, TemplateMaker};
use crate::vision::face::fingerprint::fingerprint;
use crate::vision::face::landmarks::{DOUBTED, LandmarkDetector, Landmarks};
use crate::vision::face::presentation::PresentationDetector;
use crate::vision::face::{colours, gate, quality, texture};
use crate::vision::model::manifest::{Manifest, Model, Role};
use crate::vision::model::runtime::{LoadError, environment, session};
use crate::vision::model::tensor::InferenceError;
use crate::vision::picture::decode::{DecodeLimits, decode};

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

/// From this lean on, degrees, a head lies: more than any gate lets pass.
const LIES: f64 = 60.0;

/// A session of every model. It serves one picture at a time.
#[derive(Debug)]
pub struct Examiner {
    /// Finds faces.
    pub detector: Detector,
    /// Places the points of a face.
    pub landmarks: LandmarkDetector,
    /// Makes templates.
    pub templates: TemplateMaker,
    /// Tells living faces from pictures of them.
    pub presentation: PresentationDetector,
    limits: PictureLimits,
}

/// The models' bytes after their hashes were found right: as many examiners as wanted come out of one reading.
#[derive(Debug)]
pub struct Models<'a> {
    manifest: &'a Manifest,
    environment: Environment,
    read: Vec<(&'a Model, Vec<u8>)>,
}

impl<'a> Models<'a> {
    /// Reads and checks the files, and starts the runtime.
    ///
    /// # Errors
    /// When a file is missing or not the one that the manifest names, or the runtime does not start.
    pub fn read(manifest: &'a Manifest) -> Result<Self, LoadError> {
        let mut roles = vec![Role::Detector, Role::Landmarks, Role::Embedder, Role::Pad];
        roles.extend(manifest.fusion().map(|_| Role::Embedder2));
        let read = |role| -> Result<(&'a Model, Vec<u8>), LoadError> {
            let model = manifest.model(role)?;
            Ok((model, manifest.read(model)?))
        };
        let read = roles.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { manifest, environment: environment(manifest)?, read })
    }

    /// A fresh examiner.
    ///
    /// # Errors
    /// When the runtime refuses a model, or the manifest describes another.
    pub fn examiner(&self, limits: PictureLimits) -> Result<Examiner, LoadError> {
        let manifest = self.manifest;
        let detection = manifest.detection_thresholds()?;
        let present = manifest.presence_threshold()?;
        let embedder = |role| self.start(role, Embedder::new);
        let second = match manifest.fusion() {
            Some(fusion) => Some((embedder(Role::Embedder2)?, fusion)),
            None => None,
        };
        Ok(Examiner {
            detector: self.start(Role::Detector, |session, model| Ok(Detector::new(session, model, detection)))?,
            landmarks: self.start(Role::Landmarks, |session, model| LandmarkDetector::new(session, model, present))?,
            templates: TemplateMaker::new(embedder(Role::Embedder)?, second, manifest.embedder()?),
            presentation: self.start(Role::Pad, PresentationDetector::new)?,
            limits,
        })
    }

    /// A session of this role's model, made into what works with it.
    fn start<T>(
        &self,
        role: Role,
        make: impl FnOnce(Session, &Model) -> Result<T, InferenceError>,
    ) -> Result<T, LoadError> {
        let found = self.read.iter().find(|(model, _)| model.role == role);
        let (model, bytes) = found.ok_or_else(|| unread(role))?;
        let described = |error: InferenceError| LoadError::Model { file: model.file.clone(), why: error.0 };
        make(session(&self.environment, model, bytes)?, model).map_err(described)
    }
}

fn unread(role: Role) -> LoadError {
    LoadError::Model { file: format!("{role:?}"), why: "was not read".to_owned() }
}

impl Examiner {
    /// Decodes, finds, measures, judges, and makes what was asked for.
    ///
    /// # Errors
    /// [`EngineError::Picture`] for bytes that are no picture we read, [`EngineError::Failed`] when a model fails.
    pub fn examine(&mut self, bytes: &[u8], ask: ExamineRequest) -> Result<Examination, EngineError> {
        let limits = match ask.gate {
            QualityGate::LiveFrame | QualityGate::MovingFrame => self.limits.live_frame,
            QualityGate::IdPhoto => self.limits.id_photo,
        };
        let picture = decode(bytes, limits).map_err(EngineError::Picture)?;
        self.judge(&picture, ask).map_err(|error| EngineError::Failed(error.0))
    }

    /// As [`Examiner::examine`], of a picture that is decoded already. An ID photo that lies is turned upright; of a camera
    /// frame it is said.
    ///
    /// # Errors
    /// When OpenCV or the runtime fails.
    pub fn judge(&mut self, picture: &Picture, ask: ExamineRequest) -> Result<Examination, InferenceError> {
        let (mut examination, presence) = self.judge_as_it_is(picture, ask)?;
        match (ask.gate, examination.rejection) {
            (QualityGate::IdPhoto, rejection)
                if presence < DOUBTED || matches!(rejection, Some(ReasonCode::NoFace | ReasonCode::NotUpright)) =>
            {
                examination = self.judge_turned(picture, ask)?.unwrap_or(examination);
            }
            (_, Some(ReasonCode::NoFace)) if ask.lying && self.find_lying(picture, ask.gate)?.is_some() => {
                examination.rejection = Some(ReasonCode::NotUpright);
            }
            _ => {}
        }
        Ok(examination)
    }

    /// What is found in a picture as it stands, and the presence of the face that was placed: none is doubted where none was.
    pub(super) fn judge_as_it_is(
        &mut self,
        picture: &Picture,
        ask: ExamineRequest,
    ) -> Result<(Examination, f32), InferenceError> {
        let mut examination = Examination {
            size: [picture.width(), picture.height()],
            turned: 0,
            faces: Vec::new(),
            quality: None,
            rejection: None,
            presentation: None,
            template: None,
            signs: None,
            mesh: None,
            colours: None,
            texture: None,
            fingerprint: None,
        };
        let found = match self.follow(picture, ask.follow)? {
            Some(found) => Ok(found),
            None => self.find(picture, ask.gate, &mut examination.faces)?,
        };
        let (face, landmarks) = match found {
            Ok(found) => found,
            Err(reason) => {
                examination.rejection = Some(reason);
                return Ok((examination, f32::INFINITY));
            }
        };
        let aligned = align(picture, &face.points)?;
        let quality = quality::measure(picture, &face, &landmarks, &aligned);
        examination.quality = Some(quality);
        if ask.gate != QualityGate::IdPhoto {
            let signs = landmarks.signs();
            examination.signs = Some(signs);
            examination.mesh = Some(landmarks.mesh());
            examination.colours = Some(colours::measure(picture, &aligned));
            examination.fingerprint = Some(fingerprint(picture)?);
            examination.texture = ask.texture_of(&signs).then(|| texture::measure(picture, &landmarks)).flatten();
        }
        examination.rejection = gate::reject(ask.gate, &quality);
        if examination.rejection.is_none() {
            if ask.presentation {
                // The mesh frames a face more steadily than the detector does, and the same in every frame.
                let framed = Face { bounds: landmarks.bounds(), ..face };
                examination.presentation = Some(self.presentation.scores(picture, &framed)?);
            }
            let template = examination.signs.map_or(ask.template, |signs| ask.template_of(&signs));
            examination.template = self.templates.template(&aligned, template)?;
        }
        match examination.faces.first_mut() {
            Some(first) => *first = face,
            None => examination.faces.push(face),
        }
        Ok((examination, landmarks.presence))
    }

    /// The face of the frame before, a little further on: the mesh alone finds it, in half the time.
    fn follow(&mut self, picture: &Picture, before: Option<Face>) -> Result<Option<(Face, Landmarks)>, InferenceError> {
        let Some(before) = before else { return Ok(None) };
        let landmarks = self.landmarks.detect(picture, &before)?;
        if !landmarks.present {
            return Ok(None);
        }
        let face = Face { bounds: landmarks.bounds(), points: landmarks.five_points(), confidence: before.confidence };
        Ok(Some((face, landmarks)))
    }

    /// Looks at the whole picture; `faces` gets all that is found, best first.
    fn find(
        &mut self,
        picture: &Picture,
        gate: QualityGate,
        faces: &mut Vec<Face>,
    ) -> Result<Result<(Face, Landmarks), ReasonCode>, InferenceError> {
        *faces = self.detector.detect(picture, gate)?;
        let mut face = match gate::only_face(faces) {
            Ok(face) => *face,
            Err(reason) => return Ok(Err(reason)),
        };
        let landmarks = self.place(picture, &face, gate)?;
        if landmarks.lean().abs() > LIES {
            return Ok(Err(ReasonCode::NotUpright));
        }
        if !landmarks.present {
            return Ok(Err(ReasonCode::NoFace));
        }
        face.points = landmarks.five_points();
        Ok(Ok((face, landmarks)))
    }

    /// Runs every model once on a picture without a face, so that what they allocate at their first run is there.
    ///
    /// # Errors
    /// When OpenCV or the runtime fails.
    pub fn warm_up(&mut self) -> Result<(), InferenceError> {
        let picture = synthetic();
        self.detector.detect(&picture, QualityGate::IdPhoto)?;
        let landmarks = self.landmarks.detect(&picture, &SYNTHETIC_FACE)?;
        let aligned = align(&picture, &SYNTHETIC_FACE.points)?;
        quality::measure(&picture, &SYNTHETIC_FACE, &landmarks, &aligned);
        self.presentation.scores(&picture, &SYNTHETIC_FACE)?;
        self.templates.template(&aligned, TemplateDepth::Both)?;
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
