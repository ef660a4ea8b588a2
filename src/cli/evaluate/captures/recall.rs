//! An engine that has looked at a frame before: takes of one film ask the same again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use crate::domain::face::comparison::ModelHash;
use crate::domain::face::engine::{EngineError, Examination, ExamineRequest, FaceEngine};
use crate::domain::face::liveness::geometry::TurnGeometry;
use crate::domain::face::liveness::signs::FaceMesh;
use crate::domain::kernel::secret::SecretBytes;

/// Answers what was asked before as it was answered then.
pub(super) struct Recall {
    engine: Arc<dyn FaceEngine>,
    seen: Mutex<HashMap<([u8; 32], String), Examination>>,
}

impl Recall {
    pub(super) fn of(engine: Arc<dyn FaceEngine>) -> Self {
        Self { engine, seen: Mutex::default() }
    }
}

#[async_trait]
impl FaceEngine for Recall {
    async fn examine(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError> {
        let key = (Sha256::digest(picture.expose()).into(), format!("{ask:?}"));
        let seen = |error: &dyn std::fmt::Display| EngineError::Failed(error.to_string());
        if let Some(found) = self.seen.lock().map_err(|error| seen(&error))?.get(&key) {
            return Ok(found.clone());
        }
        let found = self.engine.examine(picture, ask).await?;
        self.seen.lock().map_err(|error| seen(&error))?.insert(key, found.clone());
        Ok(found)
    }

    async fn examine_when_idle(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError> {
        self.examine(picture, ask).await
    }

    fn turn(&self, straight: &FaceMesh, turned: &FaceMesh) -> Option<TurnGeometry> {
        self.engine.turn(straight, turned)
    }

    async fn warm_up(&self) -> Result<(), EngineError> {
        self.engine.warm_up().await
    }

    fn is_ready(&self) -> bool {
        self.engine.is_ready()
    }

    fn embedder(&self) -> &ModelHash {
        self.engine.embedder()
    }
}
