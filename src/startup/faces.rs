//! The face engine, from the folder of models.

use std::path::Path;
use std::sync::Arc;

use crate::domain::comparison::Thresholds;
use crate::domain::liveness::decision::PresentationThresholds;
use crate::domain::ports::FaceEngine;
use crate::vision::engine::{LoadError, OrtFaceEngine, PoolSettings};

/// The engine and the thresholds that belong to its models.
#[derive(Clone)]
pub struct Faces {
    /// Finds, measures and describes faces.
    pub engine: Arc<dyn FaceEngine>,
    /// Similarity thresholds of the embedder.
    pub comparison: Thresholds,
    /// Thresholds of the PAD model.
    pub presentation: PresentationThresholds,
}

/// Loads the models of `DIR/manifest.toml`, a worker for each processor.
///
/// # Errors
/// See [`LoadError`]; each names the file.
pub fn load(models_dir: &Path) -> Result<Faces, LoadError> {
    let engine = OrtFaceEngine::load(models_dir, PoolSettings::default())?;
    Ok(Faces {
        comparison: engine.comparison_thresholds(),
        presentation: engine.presentation_thresholds(),
        engine: Arc::new(engine),
    })
}
