//! Whoever stands before the camera.

use crate::domain::face::liveness::challenge::{Command, Light};
use crate::vision::animate::AnimateError;

/// What the page shows at this instant of a capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Milliseconds since the capture began.
    pub millis: u64,
    /// The command on the screen, and the millisecond since when it is there.
    pub command: Option<(Command, u64)>,
    /// The colour that fills the page.
    pub light: Option<Light>,
}

/// Whoever stands before the camera, or sits in its cable.
pub trait Actor: Send {
    /// What the camera sees now: a JPEG of 640 x 480 pixels. `shown.millis` rises from call to call.
    ///
    /// # Errors
    /// When a frame cannot be drawn or encoded.
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError>;

    /// What the camera calls itself, where that matters.
    fn camera(&self) -> Option<&'static str> {
        None
    }
}
