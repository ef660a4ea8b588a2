//! Faces and people: the vision engine and the population register.

use std::time::Duration;

use async_trait::async_trait;

use super::comparison::{ModelHash, NamedModel, Template};
use super::detection::Face;
use super::liveness::evidence::PresentationScores;
use super::liveness::fingerprint::FrameFingerprint;
use super::liveness::geometry::TurnGeometry;
use super::liveness::response::ResponseWatch;
use super::liveness::signs::{FaceMesh, FaceSigns, SceneColours};
use super::liveness::texture::FaceTexture;
use super::quality::FaceQuality;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::reason::ReasonCode;

/// Which gate a picture must pass before anything is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QualityGate {
    /// A camera frame: light, sharpness, size, pose, surroundings.
    LiveFrame,
    /// A camera frame while the person moves on command or under a light: light, size and surroundings; never anything
    /// made of it.
    MovingFrame,
    /// An ID photo: one face, large and sharp enough; it may fill the picture.
    IdPhoto,
}

/// What to make of the one face, when there is exactly one and it passes the gate.
#[derive(Clone, Copy, Debug)]
pub struct ExamineRequest {
    /// The gate.
    pub gate: QualityGate,
    /// PAD scores wanted.
    pub presentation: bool,
    /// Whether a template is wanted, and which.
    pub template: TemplateDepth,
    /// The face of the frame before, which is looked for near its place; `None` looks at the whole picture.
    pub follow: Option<Face>,
    /// Whether, where no face is found in a camera frame, one that lies on its side is looked for.
    pub lying: bool,
    /// Whether the face is wanted laid flat; the gate need not be passed.
    pub texture: bool,
    /// The answer to a command. Only the signs of the face tell whether a frame counts for it, and then a template is
    /// wanted, and of a turned face that it is laid flat.
    pub answer: Option<ResponseWatch>,
}

impl ExamineRequest {
    /// The gate, and whether PAD scores and a template are wanted, of a picture that stands alone.
    pub const fn of(gate: QualityGate, presentation: bool, template: TemplateDepth) -> Self {
        Self { gate, presentation, template, follow: None, lying: false, texture: false, answer: None }
    }

    /// How much of a template is wanted of a face that does this.
    pub fn template_of(&self, signs: &FaceSigns) -> TemplateDepth {
        if self.template == TemplateDepth::None && self.counts(signs) { TemplateDepth::Quick } else { self.template }
    }

    /// Whether a face that does this is wanted laid flat.
    pub fn texture_of(&self, signs: &FaceSigns) -> bool {
        self.texture || (self.counts(signs) && self.answer.is_some_and(|answer| answer.is_turn()))
    }

    fn counts(&self, signs: &FaceSigns) -> bool {
        self.answer.is_some_and(|answer| answer.counts(signs))
    }
}

/// How much of a template is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateDepth {
    /// None.
    None,
    /// What one look of the first embedder gives: for frames, of which there are many.
    Quick,
    /// What one look of every embedder gives: where the first leaves room for doubt.
    Both,
    /// Every embedder, on the face and its mirror image: for ID photos, which are embedded once.
    Full,
}

/// What was found in a picture.
#[derive(Clone, Debug)]
pub struct Examination {
    /// Width and height in pixels, turned as its metadata say.
    pub size: [u32; 2],
    /// Degrees, clockwise, by which an ID photo lay away from upright: 0, 90, 180 or 270. It was turned back before
    /// anything was made of it; `size` and `faces` are those of the picture as it came.
    pub turned: u16,
    /// Every face found, best first.
    pub faces: Vec<Face>,
    /// Quality of the face, when there is exactly one.
    pub quality: Option<FaceQuality>,
    /// Why the picture does not pass the gate; `None` when it does.
    pub rejection: Option<ReasonCode>,
    /// PAD scores, when asked for and the gate was passed.
    pub presentation: Option<PresentationScores>,
    /// Template, when asked for and the gate was passed.
    pub template: Option<Template>,
    /// What the face does, when there is exactly one.
    pub signs: Option<FaceSigns>,
    /// Its points, when there is exactly one.
    pub mesh: Option<FaceMesh>,
    /// Colours of face and surroundings, when there is exactly one.
    pub colours: Option<SceneColours>,
    /// The face laid flat, when asked for and there is exactly one.
    pub texture: Option<FaceTexture>,
    /// The frame as it is known again, when there is exactly one face and the frame is a camera's.
    pub fingerprint: Option<FrameFingerprint>,
}

/// Why a picture could not be examined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The bytes are no picture we read; the code says why.
    #[error("the picture was refused: {}", .0.code())]
    Picture(ReasonCode),
    /// All sessions are busy and the queue is full.
    #[error("all inference sessions are busy")]
    Busy {
        /// When to come back.
        retry_after: Duration,
    },
    /// The engine itself failed.
    #[error("the face engine failed: {0}")]
    Failed(String),
}

/// Finds, measures and describes faces.
#[async_trait]
pub trait FaceEngine: Send + Sync {
    /// Decodes an untrusted picture, finds faces, applies the gate and, where it is passed, makes what was asked for.
    async fn examine(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError>;

    /// As [`FaceEngine::examine`] for work that nobody waits for: [`EngineError::Busy`] at once while anybody is served.
    async fn examine_when_idle(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError>;

    /// How the points of a face moved from a straight frame to a turned one; `None` when that cannot be said.
    fn turn(&self, straight: &FaceMesh, turned: &FaceMesh) -> Option<TurnGeometry>;

    /// Runs every session of every model once, so that no player pays for the first run of one.
    async fn warm_up(&self) -> Result<(), EngineError>;

    /// Whether sessions are warm and at least one is left.
    fn is_ready(&self) -> bool;

    /// The model that makes templates.
    fn embedder(&self) -> &ModelHash;

    /// Every model file in use; none where nothing is modelled.
    fn models(&self) -> &[NamedModel] {
        &[]
    }
}

/// Where a face is in a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoundFace {
    /// Eyes, nose, corners of the mouth: x, y in pixels.
    pub points: [[f32; 2]; 5],
    /// Width and height of the picture that they are of.
    pub size: [u32; 2],
}

/// Marks pictures of people with who looks at them.
pub trait PictureMarker: Send + Sync {
    /// The picture as JPEG, upright, with `text` (ASCII) over all of it; brought to one pose and size by a face, where that is
    /// given, so that two faces can be laid over each other.
    fn mark(&self, picture: &SecretBytes, text: &str, face: Option<&FoundFace>) -> Result<SecretBytes, EngineError>;
}
