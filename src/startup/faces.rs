//! The face engine, from the folder of models.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use crate::config::Config;
use crate::domain::liveness::decision::PresentationThresholds;
use crate::domain::ports::FaceEngine;
use crate::vision::engine::{LoadError, OrtFaceEngine, PoolSettings};

/// The engine and the thresholds of its PAD model; those of comparison are [calibrated](super::calibration).
#[derive(Clone)]
pub struct Faces {
    /// Finds, measures and describes faces.
    pub engine: Arc<dyn FaceEngine>,
    /// Thresholds of the PAD model.
    pub presentation: PresentationThresholds,
}

/// Loads the models of `DIR/manifest.toml`, a worker for each processor: for commands that need nothing else configured.
///
/// # Errors
/// See [`LoadError`]; each names the file.
pub fn load(models_dir: &Path) -> Result<Faces, LoadError> {
    load_with(models_dir, PoolSettings::default())
}

/// Loads the models as `[models]` says.
pub fn of(config: &Config) -> anyhow::Result<Faces> {
    let usual = PoolSettings::default();
    let pool = PoolSettings {
        sessions: config.models.sessions.unwrap_or(usual.sessions),
        queue: config.models.queue,
        ..usual
    };
    load_with(&config.models.directory, pool)
        .context("the face engine does not load; `make models` prepares the models, `rastau doctor` checks them")
}

fn load_with(models_dir: &Path, pool: PoolSettings) -> Result<Faces, LoadError> {
    let engine = OrtFaceEngine::load(models_dir, pool)?;
    Ok(Faces { presentation: engine.presentation_thresholds(), engine: Arc::new(engine) })
}
