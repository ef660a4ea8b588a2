//! Capture: a stream of frames under a challenge, what it shows, and which of its frames are kept.

use std::time::Duration;

use super::comparison::Template;
use super::engine::{Examination, ExamineRequest, QualityGate, TemplateDepth};
use super::liveness::challenge::Challenge;
use super::liveness::continuity::{Continuity, is_virtual};
use super::liveness::course::{ChallengeRun, Content, FrameObservation, Shown};
use super::liveness::evidence::PresentationScores;
use super::liveness::replay::FingerprintSequence;
use super::liveness::signs::{FaceMesh, FaceSigns};
use super::liveness::texture::{FaceTexture, PLAYED_CAMERA};
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;

mod evidence;
mod guidance;
mod kept;
mod samples;
mod textures;
mod way_up;

use super::detection::Face;
pub use evidence::FaceChange;
pub use guidance::Guidance;
use kept::Kept;
pub use kept::{FRAMES_KEPT, KeptFrame};
use samples::{Sample, Samples};
use textures::{TURNED, Textures};
use way_up::WayUp;

/// How long one capture may last.
pub const CAPTURE_TIME: Duration = Duration::from_secs(90);
/// How long a connection may be silent.
pub const SILENCE: Duration = Duration::from_secs(15);
/// How many captures one verification may begin.
pub const CAPTURE_ATTEMPTS: u32 = 5;
/// Frames of one capture, and of one second of it, at most.
const MAX_FRAMES: u32 = 1_500;
const MAX_FRAMES_A_SECOND: u32 = 40;
/// So many of them are looked at; the page sends ten, and more where it catches up. Whoever sends more takes nobody else's share of
/// the engine.
const LOOKED_AT_A_SECOND: u32 = 30;
/// Every so many frames the whole picture is looked at, also while a face is followed: somebody may have come in.
const LOOK_AROUND: u32 = 10;

/// What comes with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Rises from 1.
    pub sequence: u32,
    /// Milliseconds of the page's clock when the frame was taken; rises.
    pub captured_millis: u64,
    /// The index of what was on the page then; 0 before anything was.
    pub shown: u16,
}

/// A capture under way.
#[derive(Debug)]
pub struct Capture {
    started_at: Timestamp,
    course: ChallengeRun,
    continuity: Continuity,
    film: FingerprintSequence,
    virtual_camera: bool,
    /// Whether the sandbox's own player stands before the camera.
    played: bool,
    frames: u32,
    second: (Timestamp, u32),
    last: Option<FrameHeader>,
    last_frame_at: Timestamp,
    kept: Kept,
    /// Frames of lights and commands that are held against the best one.
    samples: Samples,
    /// Faces laid flat.
    textures: Textures,
    change: Option<FaceChange>,
    /// The face of the frame before, where the next one is looked for.
    followed: Option<Face>,
    way_up: WayUp,
}

/// Why a frame cannot be taken at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameRefused {
    /// Sequence numbers and capture times must rise, and what was never shown cannot have been on the page.
    #[error("frames must arrive in order")]
    OutOfOrder,
    /// More frames than a camera gives.
    #[error("too many frames")]
    TooMany,
    /// The capture's time is over.
    #[error("the time of this capture is over")]
    TimeOver,
}

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The one hint.
    pub guidance: Guidance,
    /// What the page is to show from now on, if that changes.
    pub show: Option<Shown>,
    /// How far the capture has come, 0 to 1.
    pub progress: f32,
    /// Whether the frame was looked at; an engine that is busy passes it over.
    pub seen: bool,
}

impl Capture {
    /// Starts at `now` with nothing kept.
    pub fn start(challenge: Challenge, now: Timestamp) -> Self {
        Self {
            started_at: now,
            course: ChallengeRun::begin(challenge, now),
            continuity: Continuity::default(),
            film: FingerprintSequence::default(),
            virtual_camera: false,
            played: false,
            frames: 0,
            second: (now, 0),
            last: None,
            last_frame_at: now,
            kept: Kept::default(),
            samples: Samples::default(),
            textures: Textures::default(),
            change: None,
            followed: None,
            way_up: WayUp::default(),
        }
    }

    /// What is on the page now.
    pub fn shown(&self) -> Shown {
        self.course.shown()
    }

    /// What the browser says of its camera, before the first frame. In a `sandbox` alone its own player is known by that.
    pub fn camera(&mut self, label: &str, sandbox: bool) {
        if sandbox && label == PLAYED_CAMERA {
            self.play();
        } else if is_virtual(label) {
            self.suspect_camera();
        }
    }

    /// The camera is a virtual one, whatever it is called later.
    pub fn suspect_camera(&mut self) {
        self.virtual_camera = true;
        self.course.suspect();
    }

    /// The sandbox's own player stands before the camera: a photo that is animated, which need not look alive.
    pub fn play(&mut self) {
        self.played = true;
    }

    /// Whether it does.
    pub fn is_played(&self) -> bool {
        self.played
    }

    /// Whether the camera bore the name of a virtual one.
    pub fn has_virtual_camera(&self) -> bool {
        self.virtual_camera
    }

    /// Admits a frame to be looked at: in order, in time, and not more than a camera gives.
    pub fn admit(&mut self, header: FrameHeader, now: Timestamp) -> Result<(), FrameRefused> {
        if self.is_over(now) {
            return Err(FrameRefused::TimeOver);
        }
        self.frames += 1;
        if now.since(self.second.0) >= Duration::from_secs(1) {
            self.second = (now, 0);
        }
        self.second.1 += 1;
        if self.frames > MAX_FRAMES || self.second.1 > MAX_FRAMES_A_SECOND {
            return Err(FrameRefused::TooMany);
        }
        let rises = self.last.is_none_or(|last| {
            header.sequence > last.sequence
                && header.captured_millis > last.captured_millis
                && header.shown >= last.shown
        });
        if !rises || header.shown > self.course.shown().index {
            return Err(FrameRefused::OutOfOrder);
        }
        self.last = Some(header);
        self.last_frame_at = now;
        Ok(())
    }

    /// Whether the frame that was admitted last is looked at: within a second, no more than one capture's share.
    pub fn is_within_share(&self) -> bool {
        self.second.1 <= LOOKED_AT_A_SECOND
    }

    /// What is asked of the engine for a frame of `now`. A frame that is neither kept nor a sample costs neither PAD nor
    /// template, unless it shows what was commanded.
    pub fn ask(&self, now: Timestamp) -> ExamineRequest {
        let (keeps, due) = (self.keeps(now), self.samples.is_due(now));
        let gate = if self.course.wants_straight() { QualityGate::LiveFrame } else { QualityGate::MovingFrame };
        let follow = self.followed.filter(|_| !keeps && !due && !self.frames.is_multiple_of(LOOK_AROUND));
        let presentation = keeps || self.samples.wants_presentation(now);
        let straight = self.course.wants_straight() && self.course.still_frames() > 0;
        let texture = (straight && self.textures.wants_straight(now))
            || (self.course.is_turn_commanded() && self.textures.wants_turned());
        // What is laid flat must be the person's, too: another face among theirs would change more than any does.
        let template = if keeps || due || texture { TemplateDepth::Quick } else { TemplateDepth::None };
        let lying = self.way_up.is_looked_for(self.frames);
        ExamineRequest { gate, presentation, template, follow, lying, texture, answer: self.course.answer() }
    }

    /// Takes a frame and what was found in it.
    pub fn take(
        &mut self,
        header: FrameHeader,
        picture: SecretBytes,
        found: Examination,
        now: Timestamp,
        randomness: &dyn Randomness,
    ) -> Step {
        let signs = found.signs;
        self.followed = found.faces.first().copied().filter(|_| signs.is_some());
        self.continuity.see(now, header.captured_millis, signs.map(|signs| (signs.centre, signs.size)));
        if let Some(fingerprint) = found.fingerprint {
            self.film.take(now, fingerprint);
        }
        let straight = signs.is_some_and(|signs| self.course.is_straight(&signs));
        let good = found.rejection.is_none() && straight;
        let rejection = self.way_up.judge(self.frames, found.rejection, signs.is_some());
        let guidance = Guidance::of(self.course.shown().content, rejection, signs.map(|_| straight));
        let proven = found.template.is_some();
        let counts = signs.is_some_and(|signs| self.course.counts(&signs));
        match (good && self.keeps(now), found.quality, found.presentation, found.template) {
            (true, Some(quality), Some(presentation), Some(template)) => {
                let frame = KeptFrame { picture, quality, presentation, template };
                self.kept.take(frame, self.course.stretch(), now);
            }
            // Of a straight head a template was asked to keep the frame, or to lay the face flat, which wants a good one.
            (_, _, presentation, Some(template)) if good || !self.course.wants_straight() => {
                self.sample(signs.as_ref(), template, presentation, now);
            }
            _ => {}
        }
        let texture = found.texture.filter(|_| proven);
        self.lay_flat(texture, signs.as_ref(), good, now);
        let enough = self.kept.missing(self.course.stretch()) == 0;
        let glance = FrameObservation {
            index: header.shown,
            now,
            // A movement counts only with the face of who makes it.
            signs: signs.as_ref().filter(|_| proven || !counts),
            colours: found.colours,
            mesh: found.mesh.as_ref(),
            good,
        };
        let show = self.course.take(glance, enough, randomness);
        if let Some(shown) = show {
            self.samples.begin(shown.content, now, randomness);
        }
        if self.course.is_over() && self.change.is_none() {
            self.change = Some(self.measure_change());
        }
        Step { guidance, show, progress: self.course.progress(), seen: true }
    }

    /// A frame that nobody could look at: nothing changes.
    pub fn pass_over(&self) -> Step {
        let commanded = matches!(self.course.shown().content, Content::Command(_));
        let guidance = if commanded { Guidance::Follow } else { Guidance::HoldStill };
        Step { guidance, show: None, progress: self.course.progress(), seen: false }
    }

    /// Whether the time is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now.since(self.started_at) >= CAPTURE_TIME
    }

    /// Whether no frame has come for so long that none is waited for.
    pub fn is_silent(&self, now: Timestamp) -> bool {
        now.since(self.last_frame_at) >= SILENCE
    }

    /// Whether the challenge was run to its end.
    pub fn is_complete(&self) -> bool {
        self.course.is_over()
    }

    /// Whether all was followed, every turn of the head to the other side.
    pub fn is_mirrored(&self) -> bool {
        self.course.is_mirrored()
    }

    /// Whether something of the challenge was shown: from here on the capture counts, however it ends.
    pub fn is_revealed(&self) -> bool {
        self.course.is_revealed()
    }

    /// How many frames are kept.
    pub fn collected(&self) -> usize {
        self.kept.frames().len()
    }

    /// The kept frames, oldest first.
    pub fn frames(&self) -> &[KeptFrame] {
        self.kept.frames()
    }

    /// Its frames, as far as they are needed to know them again.
    pub fn film(&self) -> &FingerprintSequence {
        &self.film
    }

    /// The straight face, and the turned ones.
    pub fn meshes(&self) -> (Option<&FaceMesh>, &[FaceMesh]) {
        self.course.meshes()
    }

    /// How many frames of lights and commands were held against the best one.
    pub fn sampled(&self) -> usize {
        self.samples.taken()
    }

    /// What changed on the face; nothing while the course runs.
    pub fn change(&self) -> FaceChange {
        self.change.unwrap_or_default()
    }

    /// The same as it was measured when this capture was taken: where it is run again there are no points and no faces.
    pub fn set_change(&mut self, change: FaceChange) {
        self.change = Some(change);
    }

    /// What PAD says of the frames of commands that were sampled.
    pub fn sampled_presentations(&self) -> Vec<PresentationScores> {
        self.samples.presentations()
    }

    /// The kept frame of the best quality.
    pub fn best(&self) -> Option<&KeptFrame> {
        self.kept.best()
    }

    /// One template of all kept frames, the better the frame the heavier; `None` when there are none.
    pub fn template(&self) -> Option<Template> {
        self.kept.template()
    }

    /// Whether a good frame of `now` would be kept.
    fn keeps(&self, now: Timestamp) -> bool {
        self.course.wants_straight() && self.course.still_frames() > 0 && self.kept.wants(self.course.stretch(), now)
    }

    /// Takes a frame that is not kept as a sample: it was due, counts for a command, or is laid flat.
    fn sample(
        &mut self,
        signs: Option<&FaceSigns>,
        template: Template,
        presentation: Option<PresentationScores>,
        now: Timestamp,
    ) {
        let Some(signs) = signs else { return };
        let (counts, closed) = (self.course.counts(signs), self.course.eyes_closed(signs));
        let away = self.course.away(signs).unwrap_or_default();
        // Lids that fall by themselves tell little of a face: the sample waits for the next frame. Those of a turned head only
        // look so.
        if closed && !counts && away < *TURNED.start() {
            return;
        }
        let told = self.course.answer().is_some_and(|answer| answer.is_blink());
        self.samples.take(Sample { template, presentation, away, closed: closed && told }, now);
    }

    /// Takes a face laid flat, when one was asked for.
    fn lay_flat(&mut self, texture: Option<FaceTexture>, signs: Option<&FaceSigns>, good: bool, now: Timestamp) {
        let away = signs.and_then(|signs| self.course.away(signs));
        self.textures.follow(away.unwrap_or_default());
        match texture {
            Some(texture) if good && self.course.wants_straight() => self.textures.take_straight(texture, now),
            Some(texture) if self.course.is_turn_commanded() => self.textures.take_turned(texture),
            _ => {}
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
