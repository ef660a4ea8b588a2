//! The face engine behind the port of the domain: examiners in a pool.

use std::path::Path;

use async_trait::async_trait;

use super::examiner::{Examiner, Models, PictureLimits};
use super::manifest::Manifest;
pub use super::runtime::LoadError;
pub use super::session_pool::PoolSettings;
use super::session_pool::{PoolError, SessionPool};
use crate::domain::comparison::ModelHash;
use crate::domain::liveness::decision::PresentationThresholds;
use crate::domain::ports::{Ask, EngineError, Examination, FaceEngine};
use crate::domain::secret::SecretBytes;

/// Examines faces with ONNX Runtime. Must be used inside a Tokio runtime.
#[derive(Debug)]
pub struct OrtFaceEngine {
    pool: SessionPool<Examiner>,
    embedder: ModelHash,
    presentation: PresentationThresholds,
}

impl OrtFaceEngine {
    /// Loads `DIR/manifest.toml` and the models of `DIR/store/`, with the usual limits for pictures.
    ///
    /// # Errors
    /// See [`LoadError`]; each names the file.
    pub fn load(models_dir: &Path, pool: PoolSettings) -> Result<Self, LoadError> {
        Self::with_limits(models_dir, pool, PictureLimits::default())
    }

    /// As [`OrtFaceEngine::load`] with other limits for pictures.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn with_limits(models_dir: &Path, pool: PoolSettings, limits: PictureLimits) -> Result<Self, LoadError> {
        let manifest = Manifest::load(models_dir)?;
        let models = Models::read(&manifest)?;
        let examiners = (0..pool.sessions.max(1)).map(|_| models.examiner(limits)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            pool: SessionPool::new(examiners, pool.queue, pool.retry_after),
            embedder: manifest.embedder()?,
            presentation: manifest.presentation_thresholds(),
        })
    }

    /// Thresholds of the PAD model in use.
    pub fn presentation_thresholds(&self) -> PresentationThresholds {
        self.presentation
    }
}

#[async_trait]
impl FaceEngine for OrtFaceEngine {
    async fn examine(&self, picture: SecretBytes, ask: Ask) -> Result<Examination, EngineError> {
        let work = move |examiner: &mut Examiner| examiner.examine(picture.expose(), ask);
        match self.pool.run(work).await {
            Ok(outcome) => outcome,
            Err(PoolError::Busy { retry_after }) => Err(EngineError::Busy { retry_after }),
            Err(PoolError::Failed(why)) => Err(EngineError::Failed(why)),
        }
    }

    fn embedder(&self) -> &ModelHash {
        &self.embedder
    }
}

#[cfg(test)]
mod tests;
