//! Capture: a stream of frames under a challenge, what it shows, and which of its frames are kept.

use std::time::Duration;

use super::comparison::{Template, Thresholds};
use super::face_quality::FaceQuality;
use super::liveness::challenge::{COMMANDS, Challenge};
use super::liveness::continuity::{Continuity, is_virtual};
use super::liveness::course::{Content, Course, Glance, Shown};
use super::liveness::cues::{Cue, Evidence, Finding, Support};
use super::liveness::evidence::PresentationScores;
use super::liveness::replay::Film;
use super::liveness::shape;
use super::liveness::signs::{FaceMesh, FaceSigns};
use super::liveness::texture::{FaceTexture, PLAYED_CAMERA, TextureChange};
use super::ports::{Ask, Detail, Examination, Gate, Randomness};
use super::reason::ReasonCode;
use super::secret::SecretBytes;
use super::time::Timestamp;

mod samples;
mod textures;

use samples::{Sample, Samples};
use textures::Textures;

/// Good frames that are kept of the baseline, before anything was asked.
const BASELINE_KEPT: usize = 3;
/// Good frames that are kept of a whole capture with lights: those of the baseline, and one after each command.
pub const FRAMES_KEPT: usize = BASELINE_KEPT + COMMANDS;
/// Good frames closer together than this count once, so that one instant is not taken for several.
const FRAME_SPACING: Duration = Duration::from_millis(150);
/// How long one capture may last.
pub const CAPTURE_TIME: Duration = Duration::from_secs(90);
/// How long a connection may be silent.
pub const SILENCE: Duration = Duration::from_secs(15);
/// How many captures one verification may begin.
pub const CAPTURE_ATTEMPTS: u32 = 5;
/// Frames of one capture, and of one second of it, at most.
const MOST_FRAMES: u32 = 1_500;
const MOST_FRAMES_A_SECOND: u32 = 40;
/// Every so many frames the whole picture is looked at, also while a face is followed: somebody may have come in.
const LOOK_AROUND: u32 = 10;

/// One face as the detector and the quality measures see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    /// Left, top, width and height of the box, in pixels of the upright picture.
    pub bounds: [f32; 4],
    /// Eye on the image's left, eye on its right, nose, mouth corner left, mouth corner right: x, y in pixels.
    pub points: [[f32; 2]; 5],
    /// Detector's confidence, 0 to 1.
    pub confidence: f32,
}

impl Face {
    /// Distance between the eyes in pixels.
    pub fn eye_distance(&self) -> f32 {
        let [left, right, ..] = self.points;
        (right[0] - left[0]).hypot(right[1] - left[1])
    }

    /// How far the nose stands from the middle of the eyes, along the line of the eyes, in eye distances; .27 to .40
    /// is about 30 degrees of yaw, positive towards the image's right.
    pub fn yaw(&self) -> f32 {
        let [left, right, nose, ..] = self.points;
        let axis = [right[0] - left[0], right[1] - left[1]];
        let length = self.eye_distance().max(f32::EPSILON);
        let from_middle = [nose[0] - f32::midpoint(left[0], right[0]), nose[1] - f32::midpoint(left[1], right[1])];
        (from_middle[0] * axis[0] + from_middle[1] * axis[1]) / (length * length)
    }
}

/// What the capture makes of one frame, told to the player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guidance {
    /// The frame is good; stay like this.
    HoldStill,
    /// What is on the page is what is waited for.
    Follow,
    /// The frame does not count, and this is the one thing to change.
    Change(ReasonCode),
}

impl Guidance {
    /// The stable code of the hint.
    pub fn code(self) -> &'static str {
        match self {
            Self::HoldStill => "hold_still",
            Self::Follow => "follow",
            Self::Change(reason) => reason.code(),
        }
    }
}

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

/// A frame that counts.
#[derive(Clone, Debug)]
pub struct KeptFrame {
    /// The JPEG as it came.
    pub picture: SecretBytes,
    /// What was measured of its face.
    pub quality: FaceQuality,
    /// What PAD says of it.
    pub presentation: PresentationScores,
    /// Its template, held against the other frames and the ID photo.
    pub template: Template,
}

/// A capture under way.
#[derive(Debug)]
pub struct Capture {
    started_at: Timestamp,
    course: Course,
    continuity: Continuity,
    film: Film,
    virtual_camera: bool,
    /// Whether the sandbox's own player stands before the camera.
    played: bool,
    frames: u32,
    second: (Timestamp, u32),
    last: Option<FrameHeader>,
    last_frame_at: Timestamp,
    last_kept_at: Option<Timestamp>,
    /// Kept frames, each with the stretch of the course that it is of.
    kept: Vec<KeptFrame>,
    stretches: Vec<usize>,
    /// Frames of lights and commands that are held against the best one.
    samples: Samples,
    /// How far the bones of the moving face were from those of the still one, where a capture is run again without its
    /// points.
    written_shape: Option<f32>,
    /// Faces laid flat; `written_change`, what changed between them where a capture is run again without them.
    textures: Textures,
    written_change: Option<TextureChange>,
    /// The face of the frame before, where the next one is looked for.
    followed: Option<Face>,
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
            course: Course::begin(challenge, now),
            continuity: Continuity::default(),
            film: Film::default(),
            virtual_camera: false,
            played: false,
            frames: 0,
            second: (now, 0),
            last: None,
            last_frame_at: now,
            last_kept_at: None,
            kept: Vec::new(),
            stretches: Vec::new(),
            samples: Samples::default(),
            written_shape: None,
            textures: Textures::default(),
            written_change: None,
            followed: None,
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
        if self.frames > MOST_FRAMES || self.second.1 > MOST_FRAMES_A_SECOND {
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

    /// What is asked of the engine for a frame of `now`. A frame that is neither kept nor a sample costs neither PAD nor
    /// template.
    pub fn ask(&self, now: Timestamp) -> Ask {
        let (keeps, due) = (self.keeps(now), self.samples.is_due(now));
        let gate = if self.course.wants_straight() { Gate::LiveFrame } else { Gate::MovingFrame };
        let template = if keeps || due || self.course.is_moving() { Detail::Quick } else { Detail::None };
        let follow = self.followed.filter(|_| !keeps && !due && !self.frames.is_multiple_of(LOOK_AROUND));
        let presentation = keeps || self.samples.wants_presentation(now);
        let straight = self.course.wants_straight() && self.course.still_frames() > 0;
        let texture = (straight && self.textures.wants_straight(now))
            || (self.course.is_turn_commanded() && self.textures.wants_turned());
        Ask { gate, presentation, template, follow, texture }
    }

    /// What is still to be asked for a frame in which `found` was found, before the capture takes it: it shows what was
    /// commanded, and nobody expected it to yet.
    pub fn ask_again(&self, found: &Examination) -> Option<Ask> {
        let counts = found.signs.is_some_and(|signs| self.course.counts(&signs));
        let unproven = counts && found.template.is_none() && found.rejection.is_none();
        let follow = found.faces.first().copied();
        let texture = self.course.is_turn_commanded() && found.texture.is_none();
        let gate = Gate::MovingFrame;
        unproven.then_some(Ask { gate, presentation: false, template: Detail::Quick, follow, texture })
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
        self.sample(&found, now);
        if let Some(fingerprint) = found.fingerprint {
            self.film.take(now, fingerprint);
        }
        let straight = signs.is_some_and(|signs| self.course.is_straight(&signs));
        let good = found.rejection.is_none() && straight;
        let guidance = self.guide(found.rejection, signs.is_some(), straight);
        let unproven = signs.is_some_and(|signs| self.course.counts(&signs)) && found.template.is_none();
        if let (true, Some(quality), Some(presentation), Some(template)) =
            (good && self.keeps(now), found.quality, found.presentation, found.template)
        {
            self.last_kept_at = Some(now);
            self.kept.push(KeptFrame { picture, quality, presentation, template });
            self.stretches.push(self.course.stretch());
        }
        self.lay_flat(found.texture, signs.as_ref(), good, now);
        let glance = Glance {
            index: header.shown,
            now,
            // A movement counts only with the face of who makes it.
            signs: signs.as_ref().filter(|_| !unproven),
            colours: found.colours,
            mesh: found.mesh.as_ref(),
            good,
        };
        let show = self.course.take(glance, self.missing() == 0, randomness);
        if let Some(shown) = show {
            self.samples.begin(shown.content, now, randomness);
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

    /// Whether something of the challenge was shown: from here on the capture counts, however it ends.
    pub fn is_revealed(&self) -> bool {
        self.course.is_revealed()
    }

    /// How many frames are kept.
    pub fn collected(&self) -> usize {
        self.kept.len()
    }

    /// The kept frames, oldest first.
    pub fn frames(&self) -> &[KeptFrame] {
        &self.kept
    }

    /// Its frames, as far as they are needed to know them again.
    pub fn film(&self) -> &Film {
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

    /// How far, in distances of the eyes, the bones of the face that moved are from those of the one that held still.
    pub fn shape_distance(&self) -> Option<f32> {
        let [still, moving] = self.course.shapes();
        still.distance(moving).or(self.written_shape)
    }

    /// The same as it was measured when this capture was taken; its points are not kept.
    pub fn set_shape_distance(&mut self, distance: Option<f32>) {
        self.written_shape = distance;
    }

    /// What changed on the face beyond how it was held; `None` when too little was seen of it.
    pub fn texture_change(&self) -> Option<TextureChange> {
        self.textures.change().or(self.written_change)
    }

    /// The same as it was measured when this capture was taken; its faces are not kept.
    pub fn set_texture_change(&mut self, change: Option<TextureChange>) {
        self.written_change = change;
    }

    /// What PAD says of the frames of commands that were sampled.
    pub fn sampled_presentations(&self) -> Vec<PresentationScores> {
        self.samples.presentations()
    }

    /// What commands, lights and continuity say; `lines` tell when two faces differ.
    pub fn evidence(&self, lines: Thresholds) -> Vec<Evidence> {
        let mut evidence = self.course.evidence().to_vec();
        let mut findings = self.continuity.signs();
        if self.virtual_camera {
            findings.push(Finding::VirtualCamera);
        }
        let cuts = self.continuity.cuts();
        if cuts > 0 {
            findings.push(Finding::Cut);
        }
        let one_face = self.shows_one_face(lines);
        if !one_face {
            findings.push(Finding::FaceChanged);
        }
        let shape = self.shape_distance().map_or(Support::FULL, shape::support);
        if !shape.speaks_for() {
            findings.push(Finding::OtherShape);
        }
        let support = match (one_face, cuts) {
            (false, _) | (_, 3..) => Support::NONE,
            (true, 1..) => Support::UNCLEAR,
            (true, 0) if self.samples.are_scarce() => Support::UNCLEAR,
            (true, 0) => Support::FULL,
        };
        let support = if shape < support { shape } else { support };
        evidence.push(Evidence { cue: Cue::Continuity, support: Some(support), findings });
        evidence.push(self.texture_evidence());
        evidence
    }

    /// Whether every kept frame and every sample shows the face of the best one, so that no face is slipped in among
    /// others.
    pub fn shows_one_face(&self, lines: Thresholds) -> bool {
        self.best().is_some_and(|best| {
            let same = |frame: &KeptFrame| {
                frame.template.similarity(&best.template).is_ok_and(|similarity| similarity >= lines.match_from)
            };
            self.kept.iter().all(same) && self.samples.all_show(&best.template, lines)
        })
    }

    /// The kept frame of the best quality.
    pub fn best(&self) -> Option<&KeptFrame> {
        self.kept.iter().max_by(|a, b| a.quality.unified().total_cmp(&b.quality.unified()))
    }

    /// One template of all kept frames, the better the frame the heavier; `None` when there are none.
    pub fn template(&self) -> Option<Template> {
        Template::weighted_mean(self.kept.iter().map(|frame| (frame.quality.weight(), &frame.template))).ok()
    }

    /// How many frames of this stretch of the course are still to be kept: several of the baseline, one after each command.
    fn missing(&self) -> usize {
        let stretch = self.course.stretch();
        let wanted = if stretch == 0 { BASELINE_KEPT } else { 1 };
        wanted.saturating_sub(self.stretches.iter().filter(|kept| **kept == stretch).count())
    }

    /// Whether a good frame of `now` would be kept.
    fn keeps(&self, now: Timestamp) -> bool {
        self.course.wants_straight()
            && self.missing() > 0
            && self.course.still_frames() > 0
            && self.last_kept_at.is_none_or(|last| now.since(last) >= FRAME_SPACING)
    }

    fn texture_evidence(&self) -> Evidence {
        let support = self.texture_change().map(|change| change.support());
        let rigid = support.is_some_and(|support| !support.speaks_for());
        let (support, finding) = if self.played {
            (Some(Support::FULL), Some(Finding::Played))
        } else {
            (support, rigid.then_some(Finding::Rigid))
        };
        Evidence { cue: Cue::Texture, support, findings: finding.into_iter().collect() }
    }

    /// Takes a frame as a sample when one is due, or when it counts for a command.
    fn sample(&mut self, found: &Examination, now: Timestamp) {
        let counts = |signs: &FaceSigns| self.course.counts(signs);
        let wanted = self.samples.is_due(now) || found.signs.as_ref().is_some_and(counts);
        if let (true, Some(signs), Some(template)) = (wanted, found.signs, &found.template) {
            let away = self.course.away(&signs).unwrap_or_default();
            self.samples.take(Sample { template: template.clone(), presentation: found.presentation, away }, now);
        }
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

    /// One hint, and none that contradicts what is on the page.
    fn guide(&self, rejection: Option<ReasonCode>, face: bool, straight: bool) -> Guidance {
        match (self.course.shown().content, rejection) {
            (Content::Command(_), Some(reason)) if !is_of_pose(reason) => Guidance::Change(reason),
            (Content::Command(_), _) => Guidance::Follow,
            (_, Some(reason)) => Guidance::Change(reason),
            (Content::Straight, None) if face && !straight => Guidance::Change(ReasonCode::FaceTurned),
            (_, None) => Guidance::HoldStill,
        }
    }
}

/// Whether a command itself may be why a frame is not good: "come closer" and "step back" at once would be absurd.
fn is_of_pose(reason: ReasonCode) -> bool {
    matches!(
        reason,
        ReasonCode::FaceTurned
            | ReasonCode::FaceTooLarge
            | ReasonCode::FaceTooSmall
            | ReasonCode::FaceCutOff
            | ReasonCode::Blurred
    )
}

#[cfg(test)]
pub(crate) mod tests;
