//! The course of a capture: what is shown when, and what the frames answer.
//!
//! Straight (baseline), the lights, then commands with the head straight again between them. The course runs to its end
//! whether the answers are right or wrong, so that whoever tries learns nothing on the way.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::challenge::{COMMANDS, COMMANDS_WITHOUT_LIGHTS, Challenge, Command, LIGHT_TIME, Light, below};
use super::cues::{Cue, CueResult, Finding, Support};
use super::lights::LightWatch;
use super::response::{Answer, CLOSED, PAINT_TIME, ResponseWatch};
use super::shape::RigidShape;
use super::signs::{FaceMesh, FaceSigns, SceneColours};
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::time::Timestamp;

/// Good frames of the baseline.
const BASELINE_FRAMES: usize = 6;
/// Straight frames in a row before a command is shown.
const STILL_FRAMES: usize = 3;
/// A command comes after the head is straight again, and after a pause of this and up to as much again and more, drawn.
const MIN_PAUSE: Duration = Duration::from_millis(300);
const PAUSE_SPREAD_MILLIS: usize = 900;
/// So many failed commands end the course.
const MAX_FAILURES: usize = 3;
/// How far a straight head may be off its baseline: degrees of yaw and pitch, rise of the mouth, share of the eyes.
const STRAIGHT_YAW: f32 = 9.0;
const STRAIGHT_PITCH: f32 = 7.0;
const STRAIGHT_MOUTH: f32 = 0.1;
const STRAIGHT_EYES: f32 = 0.78;
/// The mesh bends the face's bones less than people differ up to here, degrees off the straight head.
const SHAPE_WITHIN: f32 = 12.0;

/// What the page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// "Look straight into the camera."
    Straight,
    /// A colour that fills the page.
    Light(Light),
    /// One thing to do.
    Command(Command),
}

/// One thing shown, until the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Rises from 1; frames name it.
    pub index: u16,
    /// What.
    pub content: Content,
    /// Which of the lights or commands it is, from 1; 0 for neither.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

/// A frame as the course sees it.
#[derive(Clone, Copy, Debug)]
pub struct FrameObservation<'a> {
    /// The index that was on the page when the frame was taken.
    pub index: u16,
    /// When it arrived.
    pub now: Timestamp,
    /// What the face does; `None` when there is no face or not one alone.
    pub signs: Option<&'a FaceSigns>,
    /// Colours of face and surroundings.
    pub colours: Option<SceneColours>,
    /// The points of the face.
    pub mesh: Option<&'a FaceMesh>,
    /// Whether the frame passes the gate of a straight face.
    pub good: bool,
}

/// Where the course stands.
#[derive(Debug)]
enum Phase {
    Baseline,
    Light { first_seen: Option<Timestamp> },
    Straight { not_before: Timestamp },
    Command(ResponseWatch),
    Over,
}

/// Runs one challenge.
#[derive(Debug)]
pub struct ChallengeRun {
    challenge: Challenge,
    phase: Phase,
    shown: Shown,
    shown_at: Timestamp,
    /// Signs of the straight frames in a row.
    still: Vec<FaceSigns>,
    baseline: Option<FaceSigns>,
    lights: LightWatch,
    lights_told: usize,
    /// Commands that must be followed.
    needed: usize,
    told: usize,
    followed: usize,
    /// How many of those followed are turns of the head.
    turned: usize,
    failures: Vec<Finding>,
    suspicious: bool,
    front: Option<FaceMesh>,
    turns: Vec<FaceMesh>,
    /// The bones of the face that held still, and of the one that moved.
    still_shape: RigidShape,
    moving_shape: RigidShape,
}

impl ChallengeRun {
    /// Begins with the head straight.
    pub fn begin(challenge: Challenge, now: Timestamp) -> Self {
        Self {
            challenge,
            phase: Phase::Baseline,
            shown: Shown { index: 1, content: Content::Straight, number: 0, of: 0 },
            shown_at: now,
            still: Vec::new(),
            baseline: None,
            lights: LightWatch::default(),
            lights_told: 0,
            needed: COMMANDS,
            told: 0,
            followed: 0,
            turned: 0,
            failures: Vec::new(),
            suspicious: false,
            front: None,
            turns: Vec::new(),
            still_shape: RigidShape::default(),
            moving_shape: RigidShape::default(),
        }
    }

    /// What is on the page now.
    pub fn shown(&self) -> Shown {
        self.shown
    }

    /// Something about the camera is odd: more commands.
    pub fn suspect(&mut self) {
        self.suspicious = true;
    }

    /// Whether a straight face is wanted now, of which templates and PAD scores may be made.
    pub fn wants_straight(&self) -> bool {
        matches!(self.phase, Phase::Baseline | Phase::Straight { .. })
    }

    /// How many straight frames stand in a row.
    pub fn still_frames(&self) -> usize {
        self.still.len()
    }

    /// Whether the first command was told: from here on the challenge is no secret any more.
    pub fn is_revealed(&self) -> bool {
        self.lights_told + self.told > 0
    }

    /// Whether everything was shown.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// The number of straight stretches so far, the baseline being the first.
    pub fn stretch(&self) -> usize {
        self.told
    }

    /// How far the course has come, 0 to 1.
    pub fn progress(&self) -> f32 {
        let steps = (1 + self.challenge.lights.len() + self.needed + self.failures.len().min(1) + 1) as f32;
        let done = usize::from(self.baseline.is_some()) + self.lights_told + self.told + usize::from(self.is_over());
        (done as f32 / steps).min(1.0)
    }

    /// Whether these signs are those of the straight head of this capture; any face is, while there is no baseline.
    pub fn is_straight(&self, signs: &FaceSigns) -> bool {
        let reference = self.baseline.or_else(|| FaceSigns::median(&self.still));
        reference.is_none_or(|straight| {
            (signs.yaw - straight.yaw).abs() <= STRAIGHT_YAW
                && (signs.pitch - straight.pitch).abs() <= STRAIGHT_PITCH
                && signs.mouth_open - straight.mouth_open <= STRAIGHT_MOUTH
                && signs.eyes_open >= STRAIGHT_EYES * straight.eyes_open
        })
    }

    /// How far a head is turned and bent from straight, degrees; `None` while there is no baseline.
    pub fn away(&self, signs: &FaceSigns) -> Option<f32> {
        self.baseline.map(|straight| (signs.yaw - straight.yaw).hypot(signs.pitch - straight.pitch))
    }

    /// Whether the eyes are closed, against the straight head's.
    pub fn eyes_closed(&self, signs: &FaceSigns) -> bool {
        self.baseline.is_some_and(|straight| signs.eyes_open <= CLOSED * straight.eyes_open)
    }

    /// Whether a frame with these signs counts for the command on the page: it must show the person, too.
    pub fn counts(&self, signs: &FaceSigns) -> bool {
        matches!(&self.phase, Phase::Command(watch) if watch.counts(signs))
    }

    /// The answer that is waited for.
    pub fn answer(&self) -> Option<ResponseWatch> {
        match self.phase {
            Phase::Command(watch) => Some(watch),
            _ => None,
        }
    }

    /// Whether a turn of the head is on the page.
    pub fn is_turn_commanded(&self) -> bool {
        matches!(self.shown.content, Content::Command(command) if command.is_turn())
    }

    /// The bones of the face that held still, and of the one that moved without turning far.
    pub fn shapes(&self) -> [&RigidShape; 2] {
        [&self.still_shape, &self.moving_shape]
    }

    /// Takes a frame; what is to be shown from now on, if that changes. `enough` says whether this stretch has given the
    /// frames that are kept of it.
    pub fn take(&mut self, glance: FrameObservation<'_>, enough: bool, randomness: &dyn Randomness) -> Option<Shown> {
        let now = glance.now;
        let current = glance.index == self.shown.index;
        self.add_shape(&glance);
        match &mut self.phase {
            Phase::Over => None,
            Phase::Baseline => {
                self.count_still(&glance);
                if self.still.len() < BASELINE_FRAMES || !enough {
                    return None;
                }
                self.baseline = FaceSigns::median(&self.still);
                self.front = glance.mesh.cloned();
                Some(self.next_light_or_straight(now, randomness))
            }
            Phase::Light { first_seen } => {
                if current {
                    first_seen.get_or_insert(now);
                    if let Some(colours) = glance.colours {
                        self.lights.see(colours);
                    }
                }
                let over = match first_seen {
                    Some(first) => now.since(*first) >= LIGHT_TIME,
                    None => now.since(self.shown_at) >= PAINT_TIME,
                };
                over.then(|| self.next_light_or_straight(now, randomness))
            }
            Phase::Straight { not_before } => {
                let not_before = *not_before;
                if current {
                    self.count_still(&glance);
                }
                let ready = self.still.len() >= STILL_FRAMES && now >= not_before && enough;
                ready.then(|| self.next_command(now)).flatten()
            }
            Phase::Command(watch) => {
                let answer = watch.see(glance.signs, current, now);
                match answer {
                    Answer::Pending => return None,
                    Answer::Followed => self.followed += 1,
                    Answer::Failed(finding) => self.failures.push(finding),
                }
                if answer == Answer::Followed && self.is_turn_commanded() {
                    self.turned += 1;
                    self.turns.extend(glance.mesh.cloned());
                }
                Some(self.straight(now, randomness))
            }
        }
    }

    /// Whether everything was followed but the turns of the head, and these wholly to the other side: the camera mirrors, or left was
    /// taken for right. One turn to the right side, and it is neither.
    pub fn is_mirrored(&self) -> bool {
        let mirrored = self.failures.iter().all(|finding| *finding == Finding::AnsweredMirrored);
        self.is_over() && !self.failures.is_empty() && mirrored && self.turned == 0
    }

    /// What commands and lights say.
    pub fn evidence(&self) -> [CueResult; 2] {
        // One command more is asked where one was missed; a second miss is not made good.
        let missing = self.needed.saturating_sub(self.followed) + self.failures.len().saturating_sub(1);
        let support = match missing {
            _ if self.told == 0 => None,
            // Neither an answer nor a sign of an attack.
            _ if self.is_mirrored() => Some(Support::UNCLEAR),
            0 => Some(Support::FULL),
            1 => Some(Support::UNCLEAR),
            _ => Some(Support::NONE),
        };
        [CueResult { cue: Cue::Commands, support, findings: self.failures.clone() }, self.lights.evidence()]
    }

    /// The straight face, and the turned ones.
    pub fn meshes(&self) -> (Option<&FaceMesh>, &[FaceMesh]) {
        (self.front.as_ref(), &self.turns)
    }

    fn add_shape(&mut self, glance: &FrameObservation<'_>) {
        let (Some(signs), Some(mesh)) = (glance.signs, glance.mesh) else { return };
        let moves = matches!(self.phase, Phase::Light { .. } | Phase::Command(_));
        if self.wants_straight() && glance.good {
            self.still_shape.add(mesh);
        } else if moves && self.away(signs).is_some_and(|away| away <= SHAPE_WITHIN) {
            self.moving_shape.add(mesh);
        }
    }

    fn count_still(&mut self, glance: &FrameObservation<'_>) {
        match glance.signs.filter(|signs| glance.good && self.is_straight(signs)) {
            Some(signs) => self.still.push(*signs),
            None => self.still.clear(),
        }
    }

    fn show(&mut self, content: Content, number: usize, of: usize, now: Timestamp) -> Shown {
        self.shown = Shown { index: self.shown.index.saturating_add(1), content, number, of };
        self.shown_at = now;
        self.still.clear();
        self.shown
    }

    fn next_light_or_straight(&mut self, now: Timestamp, randomness: &dyn Randomness) -> Shown {
        let Some(light) = self.challenge.lights.get(self.lights_told).copied() else {
            let speaks = self.lights.evidence().support.is_some();
            let usual = if speaks && !self.suspicious { COMMANDS } else { COMMANDS_WITHOUT_LIGHTS };
            // A drawn challenge has more; that of a film, in the evaluation, may have fewer.
            self.needed = usual.min(self.challenge.commands.len());
            return self.straight(now, randomness);
        };
        self.lights.begin(light);
        self.lights_told += 1;
        self.phase = Phase::Light { first_seen: None };
        self.show(Content::Light(light), self.lights_told, self.challenge.lights.len(), now)
    }

    fn straight(&mut self, now: Timestamp, randomness: &dyn Randomness) -> Shown {
        let spread = below(PAUSE_SPREAD_MILLIS, randomness) as u64;
        let not_before = now.plus(MIN_PAUSE).plus(Duration::from_millis(spread));
        self.phase = Phase::Straight { not_before };
        self.show(Content::Straight, 0, 0, now)
    }

    fn next_command(&mut self, now: Timestamp) -> Option<Shown> {
        let of = self.needed + self.failures.len().min(1);
        let straight = self.reference()?;
        let next = self.challenge.commands.get(self.told).copied();
        let Some(command) = next.filter(|_| self.told < of && self.failures.len() < MAX_FAILURES) else {
            self.phase = Phase::Over;
            return None;
        };
        self.told += 1;
        self.phase = Phase::Command(ResponseWatch::new(command, now, straight));
        Some(self.show(Content::Command(command), self.told, of, now))
    }

    /// The pose of the baseline at the distance of now: whoever came closer need not go back by the millimetre.
    fn reference(&self) -> Option<FaceSigns> {
        let now = FaceSigns::median(&self.still)?;
        Some(FaceSigns { size: now.size, centre: now.centre, ..self.baseline? })
    }
}

#[cfg(test)]
mod tests;
