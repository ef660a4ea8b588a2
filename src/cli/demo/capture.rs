//! The camera step without a browser: an actor before the camera, and the capture protocol (docs/CAPTURE-PROTOCOL.md).

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::line::Line;
use crate::domain::face::liveness::chain::{Link, link_after};
use crate::domain::face::liveness::challenge::{Command, Light};
use crate::domain::face::liveness::course;
use crate::domain::face::liveness::course::Content;
use crate::vision::animate::AnimateError;
use crate::workshop::actor::{Actor, Shown};

/// Between two frames: ten a second, as a phone's page sends them.
pub const FRAME_PAUSE: Duration = Duration::from_millis(100);
/// How far a camera strays from its beat, milliseconds to either side.
const JITTER: u64 = 6;

/// What the camera step came to, and the hints on the way.
#[derive(Debug, Default)]
pub struct Captured {
    /// `passed`, `retry`, `refused` or `under_review`.
    pub result: String,
    /// Why it is to be tried again; empty otherwise.
    pub reason: String,
    /// Frames sent.
    pub frames: u32,
    /// Hints, without repeats in a row.
    pub hints: Vec<String>,
    /// What was shown, in order: codes of commands and lights.
    pub shown: Vec<String>,
}

/// The stream was ended with a problem of this code.
#[derive(Debug, thiserror::Error)]
#[error("the capture was refused: {0}")]
pub struct CaptureRefused(pub String);

/// Times the frames of captures.
pub trait Timing: fmt::Debug + Send + Sync {
    /// A capture begins.
    fn begin(&self) -> Box<dyn Pace>;
}

/// Times the frames of one capture.
#[async_trait]
pub trait Pace: Send {
    /// Waits until the next frame is due; milliseconds since the capture began.
    async fn next(&mut self) -> u64;
}

/// Frames at their real time.
#[derive(Clone, Copy, Debug)]
pub struct RealTime;

struct RealPace {
    began: Instant,
    frames: u32,
}

impl Timing for RealTime {
    fn begin(&self) -> Box<dyn Pace> {
        Box::new(RealPace { began: Instant::now(), frames: 0 })
    }
}

#[async_trait]
impl Pace for RealPace {
    async fn next(&mut self) -> u64 {
        self.frames += 1;
        let due = FRAME_PAUSE * self.frames + jitter(self.frames);
        tokio::time::sleep(due.saturating_sub(self.began.elapsed())).await;
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// How much later than its beat a camera's frame comes: up to 12 ms, another one for each frame.
pub fn jitter(frame: u32) -> Duration {
    // Weyl's sequence: the fractional parts of multiples of the golden ratio are spread evenly.
    let share = (u64::from(frame) * 618_034) % 1_000_000;
    Duration::from_millis(share * (2 * JITTER + 1) / 1_000_000)
}

/// A clip that is played again and again, whatever is shown.
pub struct Clip(std::iter::Cycle<std::vec::IntoIter<Vec<u8>>>);

impl Clip {
    /// Plays JPEG frames.
    pub fn of(frames: Vec<Vec<u8>>) -> Self {
        Self(frames.into_iter().cycle())
    }
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clip")
    }
}

impl Actor for Clip {
    fn frame(&mut self, _: &Shown) -> Result<Vec<u8>, AnimateError> {
        self.0.next().ok_or(AnimateError::NoFace)
    }
}

/// Numbers and links the frames of one capture.
#[derive(Debug)]
pub struct FrameWriter {
    last: Link,
    sequence: u32,
}

impl FrameWriter {
    /// Begins at the nonce.
    pub fn new(nonce: Link) -> Self {
        Self { last: nonce, sequence: 0 }
    }

    /// Begins at the nonce of a `ready` message.
    pub fn of_ready(message: &Value) -> Result<Self> {
        let nonce = URL_SAFE_NO_PAD.decode(message["nonce"].as_str().unwrap_or_default()).unwrap_or_default();
        let nonce = Link::try_from(nonce.as_slice()).context("the nonce is none")?;
        Ok(Self::new(nonce))
    }

    /// The number of the last frame.
    pub fn sequence(&self) -> u32 {
        self.sequence
    }

    /// Header, link and picture as they travel.
    pub fn frame(&mut self, captured_millis: u64, shown: u16, picture: &[u8]) -> Vec<u8> {
        self.sequence += 1;
        let mut message = vec![2];
        message.extend(self.sequence.to_be_bytes());
        message.extend(captured_millis.to_be_bytes());
        message.extend(shown.to_be_bytes());
        self.last = link_after(&self.last, &message, picture);
        message.extend(self.last);
        message.extend(picture);
        message
    }
}

/// What the page shows, as an actor sees it.
#[derive(Debug, Default)]
pub(super) struct Screen {
    index: u16,
    command: Option<Command>,
    light: Option<Light>,
    /// When the frame in which it was first seen was taken.
    since: Option<u64>,
}

impl Screen {
    /// As the course says.
    pub(super) fn of(shown: course::Shown) -> Self {
        let (command, light) = match shown.content {
            Content::Straight => (None, None),
            Content::Light(light) => (None, Some(light)),
            Content::Command(command) => (Some(command), None),
        };
        Self { index: shown.index, command, light, since: None }
    }

    /// As a `show` message says.
    fn read(message: &Value) -> Result<Self> {
        let index = message["index"].as_u64().and_then(|index| index.try_into().ok()).context("no index")?;
        let command = serde_json::from_value(message["command"].clone()).context("an unknown command")?;
        let light = serde_json::from_value(message["light"].clone()).context("an unknown light")?;
        Ok(Self { index, command, light, since: None })
    }

    /// What every frame taken now names.
    pub(super) fn index(&self) -> u16 {
        self.index
    }

    /// How it looks in the frame of this time.
    pub(super) fn seen(&mut self, millis: u64) -> Shown {
        let since = *self.since.get_or_insert(millis);
        Shown { millis, command: self.command.map(|command| (command, since)), light: self.light }
    }
}

/// Runs a capture over `line` until there is a result: one frame at a time, each after the answer to the one before.
pub async fn run(line: &mut dyn Line, actor: &mut dyn Actor, pace: &mut dyn Pace) -> Result<Captured> {
    let mut captured = Captured::default();
    let mut screen = Screen::default();
    let mut writer = None;
    if let Some(camera) = actor.camera() {
        line.introduce(camera).await?;
    }
    let mut heard = line.hear().await?;
    loop {
        for message in heard {
            match message["type"].as_str() {
                Some("ready") => writer = Some(FrameWriter::of_ready(&message)?),
                Some("show") => {
                    screen = Screen::read(&message)?;
                    let code = message["command"].as_str().or(message["light"].as_str());
                    captured.shown.extend(code.map(ToOwned::to_owned));
                }
                Some("result") => {
                    let text = |key: &str| message[key].as_str().unwrap_or_default().to_owned();
                    (captured.result, captured.reason) = (text("result"), text("reason"));
                    return Ok(captured);
                }
                Some("problem") => bail!(CaptureRefused(message["code"].as_str().unwrap_or_default().to_owned())),
                Some("guidance") => {
                    let hint = message["code"].as_str().unwrap_or_default().to_owned();
                    if captured.hints.last() != Some(&hint) {
                        captured.hints.push(hint);
                    }
                }
                _ => {}
            }
        }
        let writer = writer.as_mut().context("frames were wanted before the capture was ready")?;
        let millis = pace.next().await;
        let picture = actor.frame(&screen.seen(millis))?;
        captured.frames += 1;
        heard = line.exchange(writer.frame(millis, screen.index, &picture)).await?;
    }
}
