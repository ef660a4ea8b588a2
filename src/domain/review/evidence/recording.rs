//! What one capture was given, frame by frame: enough to run its course again, and a few pictures to look at.
//!
//! Frames that were kept for comparison have their pictures, and the models see those again. Of all others the numbers
//! stand here: a course is a function of them, of the challenge, and of the few bytes that were drawn for its pauses.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::face::capture::{Capture, FaceChange, FrameHeader};
use crate::domain::face::engine::{Examination, QualityGate};
use crate::domain::face::liveness::challenge::Challenge;
use crate::domain::face::liveness::course::{Content, Shown};
use crate::domain::face::liveness::signs::{FaceMesh, FaceSigns, SceneColours};
use crate::domain::face::liveness::texture::TextureChange;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;

/// Most pictures of one capture.
const MAX_PICTURES: usize = 48;
/// Of pictures that were not kept for comparison: whoever sends large frames fills no disk with them.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// A picture now and then, where nothing else gave one.
const NOW_AND_THEN: Duration = Duration::from_secs(4);

/// One frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedFrame {
    /// What it said of itself: number, page's clock in milliseconds, what was on the page.
    pub sequence: u32,
    /// See [`FrameHeader::captured_millis`].
    pub captured_millis: u64,
    /// See [`FrameHeader::shown`].
    pub shown: u16,
    /// When it arrived, microseconds after the beginning.
    pub after: u64,
    /// Why it did not pass the gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<ReasonCode>,
    /// What the face did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs: Option<FaceSigns>,
    /// Colours of face and surroundings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colours: Option<SceneColours>,
    /// Unified quality, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<f32>,
    /// Passive PAD, 0 (attack) to 1 (bona fide).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation: Option<f32>,
    /// The face's points, where the course took them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mesh: Option<Mesh>,
    /// The number of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<usize>,
    /// Whether it was kept for comparison.
    #[serde(default)]
    pub kept: bool,
    /// Whether it was held against the best frame as a sample of a light or a command.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sampled: bool,
}

impl RecordedFrame {
    /// The gate that its picture passed when a template was made of it; `None` where none was.
    pub fn gate(&self) -> Option<QualityGate> {
        if self.kept { Some(QualityGate::LiveFrame) } else { self.sampled.then_some(QualityGate::MovingFrame) }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for it
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A mesh that is told apart from others by its points.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mesh(pub FaceMesh);

impl PartialEq for Mesh {
    fn eq(&self, other: &Self) -> bool {
        self.0.points() == other.0.points()
    }
}

/// What was on the page, from when on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedStep {
    /// See [`Shown::index`].
    pub index: u16,
    /// What.
    pub content: Content,
    /// Microseconds after the beginning.
    pub after: u64,
}

/// One capture.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// When it began.
    pub begun_at: Timestamp,
    /// What was asked.
    pub challenge: Challenge,
    /// Whether the camera bore the name of a virtual one.
    pub virtual_camera: bool,
    /// Whether the sandbox's own player stood before it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub played: bool,
    /// What was drawn on the way: the lengths of pauses.
    pub draws: Vec<u8>,
    /// What was on the page.
    pub steps: Vec<RecordedStep>,
    /// Every frame that was looked at.
    pub frames: Vec<RecordedFrame>,
    /// See [`Capture::shape_distance`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape_distance: Option<f32>,
    /// See [`Capture::texture_change`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texture_change: Option<TextureChange>,
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recording({} frames, redacted)", self.frames.len())
    }
}

impl Recording {
    /// What of the challenge was shown.
    pub fn asked(&self) -> Challenge {
        let mut asked = Challenge { commands: Vec::new(), lights: Vec::new() };
        for step in &self.steps {
            match step.content {
                Content::Straight => {}
                Content::Light(light) => asked.lights.push(light),
                Content::Command(command) => asked.commands.push(command),
            }
        }
        asked
    }

    /// Runs the course again. `seen` is what the models say now of the pictures of kept and sampled frames, by number; a picture that is
    /// missing there was no frame to keep.
    pub fn run_again(&self, seen: &BTreeMap<usize, (SecretBytes, Examination)>) -> Capture {
        let tape = Played { draws: &self.draws, at: Mutex::new(0) };
        let mut capture = Capture::start(self.challenge.clone(), self.begun_at);
        if self.virtual_camera {
            capture.suspect_camera();
        }
        if self.played {
            capture.play();
        }
        capture.set_change(FaceChange { shape: self.shape_distance, texture: self.texture_change });
        for frame in &self.frames {
            let now = self.begun_at.plus(Duration::from_micros(frame.after));
            let FrameHeader { sequence, captured_millis, shown } = frame.header();
            // One that is refused now was refused then, and is not here.
            let _ = capture.admit(FrameHeader { sequence, captured_millis, shown }, now);
            let again = frame.picture.filter(|_| frame.gate().is_some()).and_then(|number| seen.get(&number));
            let (picture, mut found) = match again {
                Some((picture, found)) if frame.kept => (picture.clone(), found.clone()),
                // What a sample moved was measured where the frame before had its face; who it is, is looked at again.
                Some((picture, found)) => {
                    let presentation = found.presentation.filter(|_| frame.presentation.is_some());
                    let template = found.template.clone();
                    (picture.clone(), Examination { presentation, template, ..frame.examination() })
                }
                None => (SecretBytes::new(Vec::new()), frame.examination()),
            };
            // The points that the course took then: those of a frame that only moved were made of no picture here.
            found.mesh = frame.mesh.as_ref().map(|mesh| mesh.0.clone()).or(found.mesh);
            capture.take(frame.header(), picture, found, now, &tape);
        }
        capture
    }
}

impl RecordedFrame {
    fn header(&self) -> FrameHeader {
        FrameHeader { sequence: self.sequence, captured_millis: self.captured_millis, shown: self.shown }
    }

    /// What was found then, as far as a course looks at it.
    fn examination(&self) -> Examination {
        Examination {
            size: [0, 0],
            turned: 0,
            faces: Vec::new(),
            quality: None,
            rejection: self.rejection,
            presentation: None,
            template: None,
            signs: self.signs,
            mesh: None,
            colours: self.colours,
            texture: None,
            fingerprint: None,
        }
    }
}

/// Writes a capture down while it is under way.
#[derive(Debug)]
pub struct Recorder {
    recording: Recording,
    pictures: Vec<SecretBytes>,
    /// Bytes of those that were not kept for comparison.
    bytes: usize,
    last_picture: Timestamp,
}

/// A frame before the capture has taken it.
#[derive(Debug)]
pub struct Seen {
    frame: RecordedFrame,
    kept: usize,
    sampled: usize,
    turned: usize,
    straight: bool,
    shown: Shown,
}

impl Recorder {
    /// Begins with what is on the page.
    pub fn begin(challenge: Challenge, shown: Shown, now: Timestamp) -> Self {
        let recording = Recording {
            begun_at: now,
            challenge,
            virtual_camera: false,
            played: false,
            draws: Vec::new(),
            steps: vec![RecordedStep { index: shown.index, content: shown.content, after: 0 }],
            frames: Vec::new(),
            shape_distance: None,
            texture_change: None,
        };
        Self { recording, pictures: Vec::new(), bytes: 0, last_picture: now }
    }

    /// Notes what was found in a frame, before the capture takes it.
    pub fn see(&self, header: FrameHeader, found: &Examination, before: &Capture, now: Timestamp) -> Seen {
        let (straight, turned) = before.meshes();
        let frame = RecordedFrame {
            sequence: header.sequence,
            captured_millis: header.captured_millis,
            shown: header.shown,
            after: self.after(now),
            rejection: found.rejection,
            signs: found.signs.filter(FaceSigns::is_finite),
            colours: found.colours.filter(SceneColours::is_finite),
            quality: found.quality.map(|quality| quality.unified()),
            presentation: found.presentation.map(|scores| scores.middle()),
            mesh: None,
            picture: None,
            kept: false,
            sampled: false,
        };
        Seen {
            frame,
            kept: before.collected(),
            sampled: before.sampled(),
            turned: turned.len(),
            straight: straight.is_some(),
            shown: before.shown(),
        }
    }

    /// Notes what the capture made of it.
    pub fn took(&mut self, seen: Seen, picture: &SecretBytes, after: &Capture, drawn: Vec<u8>, now: Timestamp) {
        let Seen { mut frame, kept, sampled, turned, straight, shown } = seen;
        let (front, turns) = after.meshes();
        let taken = front.filter(|_| !straight).or_else(|| turns.get(turned));
        frame.mesh = taken.filter(|mesh| mesh.is_finite()).cloned().map(Mesh);
        frame.kept = after.collected() > kept;
        frame.sampled = after.sampled() > sampled;
        let seen_again = frame.gate().is_some();
        let next = after.shown();
        let ends_a_step = next.index != shown.index && shown.content != Content::Straight;
        let long_since = now.since(self.last_picture) >= NOW_AND_THEN;
        let fits = self.pictures.len() < MAX_PICTURES && self.bytes + picture.len() <= MAX_BYTES;
        if seen_again || ((ends_a_step || long_since) && fits) {
            self.bytes += if seen_again { 0 } else { picture.len() };
            frame.picture = Some(self.pictures.len());
            self.pictures.push(picture.clone());
            self.last_picture = now;
        }
        if next.index != shown.index {
            let after = self.after(now);
            self.recording.steps.push(RecordedStep { index: next.index, content: next.content, after });
        }
        self.recording.draws.extend(drawn);
        self.recording.frames.push(frame);
    }

    /// What was written, and its pictures.
    pub fn finish(&self, capture: &Capture) -> (Recording, &[SecretBytes]) {
        let FaceChange { shape, texture } = capture.change();
        let recording = Recording {
            virtual_camera: capture.has_virtual_camera(),
            played: capture.is_played(),
            shape_distance: shape,
            texture_change: texture,
            ..self.recording.clone()
        };
        (recording, &self.pictures)
    }

    fn after(&self, now: Timestamp) -> u64 {
        u64::try_from(now.since(self.recording.begun_at).as_micros()).unwrap_or(u64::MAX)
    }
}

/// Randomness whose draws are written down.
pub struct Drawn<'a> {
    from: &'a dyn Randomness,
    draws: Mutex<Vec<u8>>,
}

impl<'a> Drawn<'a> {
    /// Draws from there.
    pub fn from(from: &'a dyn Randomness) -> Self {
        Self { from, draws: Mutex::new(Vec::new()) }
    }

    /// What was drawn.
    pub fn finish(self) -> Vec<u8> {
        self.draws.into_inner().unwrap_or_default()
    }
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Drawn(redacted)")
    }
}

impl Randomness for Drawn<'_> {
    fn fill(&self, bytes: &mut [u8]) {
        self.from.fill(bytes);
        if let Ok(mut draws) = self.draws.lock() {
            draws.extend_from_slice(bytes);
        }
    }
}

/// Draws what was drawn before, and zeros after its end.
struct Played<'a> {
    draws: &'a [u8],
    at: Mutex<usize>,
}

impl Randomness for Played<'_> {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
        if let Ok(mut at) = self.at.lock() {
            for (byte, drawn) in bytes.iter_mut().zip(self.draws.iter().skip(*at)) {
                *byte = *drawn;
            }
            *at += bytes.len();
        }
    }
}

#[cfg(test)]
mod tests;
