//! The camera step: frames come in one by one and are judged on the server; a full capture is held against the ID photo.

use crate::app::face::live_capture::LiveCapture;
use crate::app::{PlayerError, Services};
use crate::domain::decision::Verdict;
use crate::domain::face::capture::{FrameHeader, FrameRefused, Step};
use crate::domain::face::judgement::IdPhoto;
use crate::domain::face::liveness::chain::{FrameChain, Link};
use crate::domain::face::liveness::course::Shown;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::reason::ReasonCode;
use crate::domain::verification::tries::Asker;

mod begin;
mod finish;
mod forgive;
mod leave;
mod remember;

pub use begin::begin_capture;

/// How the audit log names a capture that was not judged since a lock holds.
const LOCKED: &str = "locked";

/// One capture under way. It lives in the process that holds the connection; a lost one is begun anew.
#[derive(Debug)]
pub struct FaceCapture {
    services: Services,
    session: HandleHash,
    player: PlayerId,
    asker: Asker,
    attempt: u32,
    id_photo: IdPhoto,
    live: LiveCapture,
    nonce: Link,
    chain: FrameChain,
    lights: bool,
}

/// What a capture begins with.
#[derive(Debug)]
pub enum CaptureStart {
    /// Frames may come.
    Ready(Box<FaceCapture>),
    /// The verification ended instead: no attempts are left.
    Ended(Verdict),
}

/// One frame as it came.
#[derive(Debug)]
pub struct IncomingFrame {
    /// What it says of itself.
    pub header: FrameHeader,
    /// The same as bytes, which the link covers.
    pub header_bytes: Vec<u8>,
    /// Ties it to the frames before.
    pub link: Link,
    /// The JPEG.
    pub picture: SecretBytes,
}

/// What became of one frame.
#[derive(Debug)]
pub enum FrameAnswer {
    /// One hint, and what is to be shown from now on, if that changes.
    Step(Step),
    /// The capture is over: the challenge has run to its end, or there is no time left. [`FaceCapture::finish`] follows.
    Complete,
    /// The frame does not follow the one before.
    OutOfOrder,
    /// It is not tied to the frames before, or to this capture.
    NotLinked,
    /// More frames than a camera gives.
    TooMany,
}

/// What a capture came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureResult {
    /// On to the second factor.
    Passed,
    /// Once more; this much is told.
    Retry(ReasonCode),
    /// The verification has ended.
    Ended(Verdict),
}

impl FaceCapture {
    /// What the first frame's link begins with.
    pub fn nonce(&self) -> Link {
        self.nonce
    }

    /// Whether colours may be shown.
    pub fn lights(&self) -> bool {
        self.lights
    }

    /// What is on the page now.
    pub fn shown(&self) -> Shown {
        self.live.capture().shown()
    }

    /// What the browser calls its camera.
    pub fn camera(&mut self, label: &str) {
        self.live.capture_mut().camera(label, self.services.policy.sandbox);
    }

    /// Takes one frame.
    pub async fn take_frame(&mut self, frame: IncomingFrame) -> Result<FrameAnswer, PlayerError> {
        let IncomingFrame { header, header_bytes, link, picture } = frame;
        let now = self.services.clock.now();
        match self.live.capture_mut().admit(header, now) {
            Ok(()) => {}
            Err(FrameRefused::OutOfOrder) => return Ok(FrameAnswer::OutOfOrder),
            Err(FrameRefused::TooMany) => return Ok(FrameAnswer::TooMany),
            Err(FrameRefused::TimeOver) => return Ok(FrameAnswer::Complete),
        }
        if !self.chain.take(&header_bytes, picture.expose(), link) {
            return Ok(FrameAnswer::NotLinked);
        }
        let step = self.live.take(header, picture, now, self.services.randomness.as_ref()).await?;
        Ok(if self.live.capture().is_complete() { FrameAnswer::Complete } else { FrameAnswer::Step(step) })
    }

    /// Whether the capture's time is over, or none of its frames has come for too long.
    pub fn is_over(&self) -> bool {
        let now = self.services.clock.now();
        self.live.capture().is_over(now) || self.live.capture().is_silent(now)
    }

    /// Whether the face that was kept, be the capture whole or not, may be the one on the ID photo.
    fn is_like(&self) -> bool {
        self.id_photo.may_show(self.live.capture().template().as_ref(), self.services.policy.comparison)
    }
}
