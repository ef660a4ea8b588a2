//! The face engine behind the port of the domain: examiners in a pool.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use super::examiner::{Examiner, Models, PictureLimits};
use crate::domain::face::comparison::{ModelHash, NamedModel};
use crate::domain::face::engine::{EngineError, Examination, ExamineRequest, FaceEngine, QualityGate};
use crate::domain::face::liveness::decision::PresentationThresholds;
use crate::domain::face::liveness::geometry::TurnGeometry;
use crate::domain::face::liveness::signs::FaceMesh;
use crate::domain::kernel::observer::{InferencePurpose, Observer, Unobserved};
use crate::domain::kernel::secret::SecretBytes;
use crate::vision::face::turn;
use crate::vision::model::manifest::{Manifest, Model};
pub use crate::vision::model::runtime::LoadError;
pub use crate::vision::model::session_pool::PoolSettings;
use crate::vision::model::session_pool::{PoolError, Replace, SessionPool};

/// Examines faces with ONNX Runtime. Must be used inside a Tokio runtime.
#[derive(Debug)]
pub struct OrtFaceEngine {
    pool: SessionPool<Examiner>,
    warm: AtomicBool,
    embedder: ModelHash,
    models: Vec<NamedModel>,
    presentation: PresentationThresholds,
}

impl OrtFaceEngine {
    /// Loads `DIR/manifest.toml` and the models of `DIR/store/`, with the usual limits for pictures; nobody watches.
    ///
    /// # Errors
    /// See [`LoadError`]; each names the file.
    pub fn load(models_dir: &Path, pool: PoolSettings) -> Result<Self, LoadError> {
        Self::observed(models_dir, pool, Arc::new(Unobserved))
    }

    /// As [`OrtFaceEngine::load`], and `observer` hears of all work.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn observed(models_dir: &Path, pool: PoolSettings, observer: Arc<dyn Observer>) -> Result<Self, LoadError> {
        let limits = PictureLimits::default();
        let manifest = Manifest::load(models_dir)?;
        let embedder = manifest.embedder()?;
        let models = Models::read(&manifest)?;
        let examiners = (0..pool.sessions.max(1)).map(|_| models.examiner(limits)).collect::<Result<Vec<_>, _>>()?;
        let replace = replacement(models_dir.to_owned(), embedder.clone(), limits);
        Ok(Self {
            pool: SessionPool::new(examiners, pool, replace, observer),
            warm: AtomicBool::new(false),
            embedder,
            models: manifest.models().iter().map(named).collect(),
            presentation: manifest.presentation_thresholds(),
        })
    }

    /// Thresholds of the PAD model in use.
    pub fn presentation_thresholds(&self) -> PresentationThresholds {
        self.presentation
    }
}

/// Reads the models anew: their bytes are not kept for a panic that may never come.
fn replacement(models_dir: PathBuf, embedder: ModelHash, limits: PictureLimits) -> Replace<Examiner> {
    Box::new(move || {
        let manifest = Manifest::load(&models_dir).map_err(|why| why.to_string())?;
        if manifest.embedder().map_err(|why| why.to_string())? != embedder {
            return Err("the folder holds another embedder by now: restart the service".into());
        }
        let models = Models::read(&manifest).map_err(|why| why.to_string())?;
        models.examiner(limits).map_err(|why| why.to_string())
    })
}

fn named(model: &Model) -> NamedModel {
    let role = format!("{:?}", model.role).to_lowercase();
    NamedModel { role, name: model.name.clone(), sha256: model.sha256().to_owned() }
}

fn of_pool(error: PoolError) -> EngineError {
    match error {
        PoolError::Busy { retry_after } => EngineError::Busy { retry_after },
        PoolError::Failed(why) => EngineError::Failed(why),
    }
}

#[async_trait]
impl FaceEngine for OrtFaceEngine {
    async fn examine(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError> {
        let purpose = match ask.gate {
            QualityGate::LiveFrame | QualityGate::MovingFrame => InferencePurpose::LiveFrame,
            QualityGate::IdPhoto => InferencePurpose::IdPhoto,
        };
        let work = move |examiner: &mut Examiner| examiner.examine(picture.expose(), ask);
        self.pool.run(purpose, work).await.map_err(of_pool)?
    }

    async fn examine_when_idle(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError> {
        let work = move |examiner: &mut Examiner| examiner.examine(picture.expose(), ask);
        self.pool.run_when_idle(InferencePurpose::Reembedding, work).await.map_err(of_pool)?
    }

    fn turn(&self, straight: &FaceMesh, turned: &FaceMesh) -> Option<TurnGeometry> {
        turn::measure(straight, turned)
    }

    async fn warm_up(&self) -> Result<(), EngineError> {
        let outcomes = self.pool.run_with_each(Examiner::warm_up).await.map_err(of_pool)?;
        outcomes.into_iter().collect::<Result<(), _>>().map_err(|error| EngineError::Failed(error.0))?;
        self.warm.store(true, Ordering::SeqCst);
        Ok(())
    }

    fn is_ready(&self) -> bool {
        self.warm.load(Ordering::SeqCst) && self.pool.workers() > 0
    }

    fn embedder(&self) -> &ModelHash {
        &self.embedder
    }

    fn models(&self) -> &[NamedModel] {
        &self.models
    }
}

#[cfg(test)]
mod tests;
