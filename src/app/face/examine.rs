//! A busy engine is asked again, but not for ever.

use std::time::Duration;

use crate::domain::face::engine::{EngineError, Examination, ExamineRequest, FaceEngine};
use crate::domain::kernel::secret::SecretBytes;

/// How often to ask again, and how long to wait before each time.
#[derive(Clone, Copy, Debug)]
pub(in crate::app) struct RetryPolicy {
    pub(in crate::app) tries: u32,
    pub(in crate::app) pause: Duration,
}

impl RetryPolicy {
    /// Somebody sits before a page that loads: two seconds.
    pub(in crate::app) const PERSON: Self = Self { tries: 20, pause: Duration::from_millis(100) };
    /// A frame of a capture: the next one is a tenth of a second away, and a hint that comes later than that helps nobody.
    pub(super) const FRAME: Self = Self { tries: 12, pause: Duration::from_millis(10) };
    /// A command has the night.
    pub(in crate::app) const COMMAND: Self = Self { tries: 600, pause: Duration::from_millis(250) };
}

/// As [`FaceEngine::examine`].
///
/// # Errors
/// [`EngineError::Busy`] when patience is over.
pub(in crate::app) async fn examine_with_retry(
    faces: &dyn FaceEngine,
    picture: &SecretBytes,
    ask: ExamineRequest,
    patience: RetryPolicy,
) -> Result<Examination, EngineError> {
    let mut tries = 0;
    loop {
        match faces.examine(picture.clone(), ask).await {
            Err(EngineError::Busy { .. }) if tries < patience.tries => {
                tries += 1;
                tokio::time::sleep(patience.pause).await;
            }
            answer => return answer,
        }
    }
}
