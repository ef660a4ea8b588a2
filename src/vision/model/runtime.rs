//! ONNX Runtime: one environment a process, loaded from the pinned library, and sessions of one thread each.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;

use super::manifest::{Manifest, ManifestError, Model};

/// Why the engine could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The manifest or a file that it names.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The runtime's library is not one that this program can use.
    #[error("ONNX Runtime {file}: {why}")]
    Runtime {
        /// The library's file.
        file: String,
        /// What the loader says.
        why: String,
    },
    /// The runtime refuses a model, or the model is not as the manifest describes it.
    #[error("model {file}: {why}")]
    Model {
        /// The model's file.
        file: String,
        /// What is wrong.
        why: String,
    },
}

/// The environment of this process; ONNX Runtime allows one, and tests load several engines.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The environment, with the library of this manifest when it is the first asked for.
pub(crate) fn environment(manifest: &Manifest) -> Result<Environment, LoadError> {
    let mut held = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = held.as_ref() {
        return Ok(environment.clone());
    }
    let library = manifest.runtime_library()?;
    let fresh = start(&library).map_err(|why| LoadError::Runtime { file: library.display().to_string(), why })?;
    Ok(held.insert(fresh).clone())
}

fn start(library: &Path) -> Result<Environment, String> {
    // A relative path would be looked for beside the program first.
    let library = std::path::absolute(library).map_err(|error| error.to_string())?;
    ort::init_from(library)
        .map_err(|error| error.to_string())?
        .with_name("rastau")
        .with_telemetry(false)
        .build()
        .map_err(|error| error.to_string())
}

/// A session over bytes whose hash was checked, with one thread: parallelism comes from many sessions.
pub(crate) fn session(environment: &Environment, model: &Model, bytes: &[u8]) -> Result<Session, LoadError> {
    let refused = |why: String| LoadError::Model { file: model.file.clone(), why };
    let session = build(environment, bytes).map_err(|error| refused(error.to_string()))?;
    let input = &model.tensors.input.name;
    if session.inputs().len() != 1 || session.inputs()[0].name() != input {
        return Err(refused(format!("its one input must be `{input}`")));
    }
    for output in &model.tensors.outputs {
        if !session.outputs().iter().any(|have| have.name() == output.name) {
            return Err(refused(format!("it has no output `{}`", output.name)));
        }
    }
    Ok(session)
}

fn build(environment: &Environment, bytes: &[u8]) -> ort::Result<Session> {
    let builder = Session::builder(environment)?;
    let builder = builder.with_optimization_level(GraphOptimizationLevel::All)?;
    let builder = builder.with_intra_threads(1)?;
    builder.with_inter_threads(1)?.commit_from_memory(bytes)
}
