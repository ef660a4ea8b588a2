//! A capture in made-up time: no service around it, and as fast as frames are looked at.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use super::capture::{FRAME_PAUSE, Screen, jitter};
use crate::app::face::live_capture::LiveCapture;
use crate::domain::face::capture::{Capture, FrameHeader};
use crate::domain::face::engine::FaceEngine;
use crate::domain::face::liveness::challenge::Challenge;
use crate::domain::kernel::testing::SeededRandomness;
use crate::domain::kernel::time::Timestamp;
use crate::workshop::actor::Actor;

/// How long a frame is on its way to the service.
const LATENCY: Duration = Duration::from_millis(40);

/// A frame on its way: what it says of itself, when it arrives, its JPEG.
pub type Sent = (FrameHeader, Timestamp, Vec<u8>);

/// How frames come in: what is said of their camera, and how they are timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// What the browser calls the camera; `None` where nothing is said.
    pub camera: Option<&'static str>,
    /// Whether flashes are wanted.
    pub lights: bool,
    /// Frames to the millisecond, as only a program takes them.
    pub even: bool,
}

impl Source {
    /// A camera of which nothing is said.
    pub const fn usual(lights: bool) -> Self {
        Self { camera: None, lights, even: false }
    }

    /// Tells a capture what it is told before the first frame.
    pub fn announce(self, capture: &mut Capture) {
        if let Some(label) = self.camera {
            capture.camera(label, false);
        }
    }

    /// How far behind its beat a frame is taken.
    pub fn jitter(self, frame: u32) -> Duration {
        if self.even { Duration::ZERO } else { jitter(frame) }
    }
}

/// Has `actor` stand before the camera, under a challenge that follows from `seed`, until it has run to its end or no frame
/// is admitted any more. Every frame goes through `sent` first.
pub async fn capture(
    faces: &Arc<dyn FaceEngine>,
    actor: &mut dyn Actor,
    source: Source,
    seed: u64,
    mut sent: impl FnMut(&Sent),
) -> Result<LiveCapture> {
    let randomness = SeededRandomness::new(seed);
    let began = Timestamp::from_seconds(0);
    let mut live = LiveCapture::start(faces.clone(), Challenge::draw(&randomness, source.lights), began);
    source.announce(live.capture_mut());
    if let Some(camera) = actor.camera() {
        live.capture_mut().camera(camera, true);
    }
    let mut screen = Screen::of(live.capture().shown());
    let mut sequence = 0;
    while !live.capture().is_complete() {
        sequence += 1;
        let taken = FRAME_PAUSE * sequence + source.jitter(sequence);
        let millis = u64::try_from(taken.as_millis())?;
        let header = FrameHeader { sequence, captured_millis: millis, shown: screen.index() };
        let frame = (header, began.plus(taken).plus(LATENCY), actor.frame(&screen.seen(millis))?);
        sent(&frame);
        let (header, now, picture) = frame;
        if live.capture_mut().admit(header, now).is_err() {
            break;
        }
        if let Some(next) = live.take(header, picture.into(), now, &randomness).await?.show {
            screen = Screen::of(next);
        }
    }
    Ok(live)
}
