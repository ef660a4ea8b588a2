//! The real face engine behind a valve: shut, it answers as one whose queue is full.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use rastau::domain::face::comparison::{ModelHash, NamedModel};
use rastau::domain::face::engine::{EngineError, Examination, ExamineRequest, FaceEngine};
use rastau::domain::face::liveness::geometry::TurnGeometry;
use rastau::domain::face::liveness::signs::FaceMesh;
use rastau::domain::kernel::secret::SecretBytes;

pub(crate) struct Valve {
    engine: Arc<dyn FaceEngine>,
    shut: AtomicBool,
    asked: AtomicUsize,
}

impl Valve {
    pub(crate) fn new(engine: Arc<dyn FaceEngine>) -> Self {
        Self { engine, shut: AtomicBool::new(false), asked: AtomicUsize::new(0) }
    }

    pub(crate) fn shut(&self, shut: bool) {
        self.shut.store(shut, Ordering::SeqCst);
    }

    /// How often the engine was asked, also in vain.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn pass(&self) -> Result<(), EngineError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let busy = EngineError::Busy { retry_after: Duration::from_secs(1) };
        if self.shut.load(Ordering::SeqCst) { Err(busy) } else { Ok(()) }
    }
}

#[async_trait]
impl FaceEngine for Valve {
    async fn examine(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError> {
        self.pass()?;
        self.engine.examine(picture, ask).await
    }

    async fn examine_when_idle(&self, picture: SecretBytes, ask: ExamineRequest) -> Result<Examination, EngineError> {
        self.pass()?;
        self.engine.examine_when_idle(picture, ask).await
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

    fn models(&self) -> &[NamedModel] {
        self.engine.models()
    }
}
