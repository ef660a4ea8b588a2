//! Faces and people, of whom an operator never asks.

use async_trait::async_trait;
use rastau::domain::face::comparison::ModelHash;
use rastau::domain::face::engine::{EngineError, Examination, ExamineRequest, FaceEngine};
use rastau::domain::face::liveness::geometry::TurnGeometry;
use rastau::domain::face::liveness::signs::FaceMesh;
use rastau::domain::identity::person::{Citizen, Iin};
use rastau::domain::identity::register::{PopulationRegister, RegisterError};
use rastau::domain::kernel::secret::SecretBytes;

/// Both, and an answer of neither.
pub(super) struct NotAsked;

#[async_trait]
impl PopulationRegister for NotAsked {
    async fn find(&self, _: &Iin) -> Result<Option<Citizen>, RegisterError> {
        Err(RegisterError::Unavailable("not asked here".to_owned()))
    }
}

#[async_trait]
impl FaceEngine for NotAsked {
    async fn examine(&self, _: SecretBytes, _: ExamineRequest) -> Result<Examination, EngineError> {
        Err(EngineError::Failed("not asked here".to_owned()))
    }

    async fn examine_when_idle(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError> {
        self.examine(picture, ask).await
    }

    fn turn(&self, _: &FaceMesh, _: &FaceMesh) -> Option<TurnGeometry> {
        None
    }

    async fn warm_up(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn embedder(&self) -> &ModelHash {
        static NONE: std::sync::LazyLock<ModelHash> = std::sync::LazyLock::new(|| ModelHash(String::new()));
        &NONE
    }
}
