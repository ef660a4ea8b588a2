//! The face engine, from the folder of models.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use crate::app::face::engine_turns::EngineTurns;
use crate::config::Config;
use crate::domain::face::engine::FaceEngine;
use crate::domain::face::liveness::decision::PresentationThresholds;
use crate::domain::kernel::observer::{Observer, Unobserved};
use crate::vision::engine::{LoadError, OrtFaceEngine, PoolSettings};

const ADVICE: &str = "the face engine does not load; `make models` prepares the models, `rastau doctor` checks them";

/// The engine and the thresholds of its PAD model; those of comparison are [calibrated](super::calibration).
#[derive(Clone)]
pub struct Faces {
    /// Finds, measures and describes faces.
    pub engine: Arc<dyn FaceEngine>,
    /// Whose frame it looks at next.
    pub turns: EngineTurns,
    /// Thresholds of the PAD model.
    pub presentation: PresentationThresholds,
}

/// Loads the models of `DIR/manifest.toml`, a worker for each processor: for commands that need nothing else configured.
///
/// # Errors
/// See [`LoadError`]; each names the file.
pub fn load(models_dir: &Path) -> Result<Faces, LoadError> {
    load_with(models_dir, PoolSettings::default(), Arc::new(Unobserved))
}

/// Loads the models for a command that works through many pictures: it waits where a service turns away.
pub fn for_command(config: &Config) -> anyhow::Result<Faces> {
    let sessions = config.models.sessions.unwrap_or_else(PoolSettings::processors);
    load_with(&config.models.directory, PoolSettings::patient(sessions), Arc::new(Unobserved)).context(ADVICE)
}

/// Loads the models as `[models]` says.
pub fn of(config: &Config, observer: Arc<dyn Observer>) -> anyhow::Result<Faces> {
    let models = &config.models;
    let usual = PoolSettings::serving(models.sessions.unwrap_or_else(PoolSettings::processors));
    let pool = PoolSettings {
        queue: models.queue.unwrap_or(usual.queue),
        longest_wait: models.longest_wait.map_or(usual.longest_wait, |span| span.0),
        ..usual
    };
    load_with(&models.directory, pool, observer).context(ADVICE)
}

fn load_with(models_dir: &Path, pool: PoolSettings, observer: Arc<dyn Observer>) -> Result<Faces, LoadError> {
    let turns = EngineTurns::new(pool.sessions, EngineTurns::MAX_WAIT, observer.clone());
    let engine = OrtFaceEngine::observed(models_dir, pool, observer)?;
    Ok(Faces { turns, presentation: engine.presentation_thresholds(), engine: Arc::new(engine) })
}
