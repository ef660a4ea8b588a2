//! Capture: what a frame must be to count, and which frames of a stream are kept.

use std::time::Duration;

use super::comparison::Template;
use super::face_quality::FaceQuality;
use super::liveness::evidence::PresentationScores;
use super::reason::ReasonCode;
use super::secret::SecretBytes;
use super::time::Timestamp;

/// How many good frames a capture needs.
pub const FRAMES_NEEDED: usize = 6;
/// Good frames closer together than this count once, so that one instant is not taken for several.
pub const FRAME_SPACING: Duration = Duration::from_millis(150);
/// How long one capture may last.
pub const CAPTURE_TIME: Duration = Duration::from_mins(1);
/// How many captures one verification may begin.
pub const CAPTURE_ATTEMPTS: u32 = 5;

/// One face as the detector and the quality measures see it.
#[derive(Clone, Debug, PartialEq)]
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
    /// The frame counts; stay like this.
    HoldStill,
    /// The frame does not count, and this is the one thing to change.
    Change(ReasonCode),
}

impl Guidance {
    /// The stable code of the hint.
    pub fn code(self) -> &'static str {
        match self {
            Self::HoldStill => "hold_still",
            Self::Change(reason) => reason.code(),
        }
    }
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

/// A capture under way: keeps good frames until there are enough, or until its time is over.
#[derive(Debug)]
pub struct Capture {
    started_at: Timestamp,
    last_sequence: Option<u32>,
    last_kept_at: Option<Timestamp>,
    kept: Vec<KeptFrame>,
}

/// Why a frame cannot be taken at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameRefused {
    /// Sequence numbers must rise.
    #[error("frames must arrive in order")]
    OutOfOrder,
    /// The capture's time is over.
    #[error("the time of this capture is over")]
    TimeOver,
}

impl Capture {
    /// Starts at `now` with nothing kept.
    pub fn start(now: Timestamp) -> Self {
        Self { started_at: now, last_sequence: None, last_kept_at: None, kept: Vec::new() }
    }

    /// Admits a frame to be judged: in order, and in time.
    pub fn admit(&mut self, sequence: u32, now: Timestamp) -> Result<(), FrameRefused> {
        if self.is_over(now) {
            return Err(FrameRefused::TimeOver);
        }
        if self.last_sequence.is_some_and(|last| sequence <= last) {
            return Err(FrameRefused::OutOfOrder);
        }
        self.last_sequence = Some(sequence);
        Ok(())
    }

    /// Whether a good frame of `now` would be kept: there is room, and the last kept one is not too close.
    pub fn is_due(&self, now: Timestamp) -> bool {
        !self.is_complete() && self.last_kept_at.is_none_or(|last| now.since(last) >= FRAME_SPACING)
    }

    /// Keeps a good frame, if one is due.
    pub fn keep(&mut self, frame: KeptFrame, now: Timestamp) {
        if self.is_due(now) {
            self.last_kept_at = Some(now);
            self.kept.push(frame);
        }
    }

    /// Whether the time is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now.since(self.started_at) >= CAPTURE_TIME
    }

    /// How many frames are kept.
    pub fn collected(&self) -> usize {
        self.kept.len()
    }

    /// Whether enough frames are kept.
    pub fn is_complete(&self) -> bool {
        self.kept.len() >= FRAMES_NEEDED
    }

    /// The kept frames, oldest first.
    pub fn frames(&self) -> &[KeptFrame] {
        &self.kept
    }

    /// Whether every kept frame shows the face of the best one, so that no face is slipped in among others; below
    /// `no_match_below` two faces are said to differ.
    pub fn shows_one_face(&self, no_match_below: f32) -> bool {
        self.best().is_some_and(|best| {
            let same = |frame: &KeptFrame| frame.template.similarity(&best.template).is_ok_and(|s| s >= no_match_below);
            self.kept.iter().all(same)
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::comparison::ModelHash;
    use crate::domain::face_quality::tests::good;

    fn template(values: [f32; 2]) -> Template {
        Template::new(ModelHash("m".into()), values.to_vec()).unwrap()
    }

    fn frame(overall: f32) -> KeptFrame {
        let quality = FaceQuality { eye_distance: 10.0 + overall, ..good() };
        KeptFrame {
            picture: vec![1].into(),
            quality,
            presentation: PresentationScores::new([0.9, 0.9, 0.9]),
            template: template([1.0, 0.0]),
        }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1_000)
    }

    #[test]
    fn frames_rise_in_order_and_end_with_the_time() {
        let mut capture = Capture::start(at(0));
        assert_eq!(capture.admit(1, at(10)), Ok(()));
        assert_eq!(capture.admit(1, at(20)), Err(FrameRefused::OutOfOrder));
        assert_eq!(capture.admit(0, at(20)), Err(FrameRefused::OutOfOrder));
        assert_eq!(capture.admit(2, at(60_000)), Err(FrameRefused::TimeOver));
    }

    #[test]
    fn frames_of_one_instant_count_once_and_the_best_is_found() {
        let mut capture = Capture::start(at(0));
        for step in 0..40_i16 {
            capture.keep(frame(f32::from(step)), at(i64::from(step) * 50));
        }
        assert!(capture.is_complete());
        assert_eq!(capture.collected(), FRAMES_NEEDED);
        assert!((capture.best().unwrap().quality.eye_distance - 25.0).abs() < 0.01);
    }

    #[test]
    fn the_template_of_a_capture_leans_to_its_better_frames() {
        let mut capture = Capture::start(at(0));
        assert_eq!(capture.template(), None);
        capture.keep(KeptFrame { template: template([1.0, 0.0]), ..frame(70.0) }, at(0));
        capture.keep(KeptFrame { template: template([0.0, 1.0]), ..frame(10.0) }, at(500));
        let mean = capture.template().unwrap();
        let to = |values| mean.similarity(&template(values)).unwrap();
        assert!(to([1.0, 0.0]) > to([0.0, 1.0]) && to([0.0, 1.0]) > 0.1);
    }

    #[test]
    fn frames_of_no_quality_at_all_still_make_a_template() {
        let mut capture = Capture::start(at(0));
        let closed = FaceQuality { eyes_open: 0.0, ..good() };
        assert!(closed.unified() < f32::EPSILON);
        capture.keep(KeptFrame { quality: closed, ..frame(50.0) }, at(0));
        assert!(capture.template().is_some());
    }

    #[test]
    fn another_face_among_the_frames_is_noticed() {
        let mut capture = Capture::start(at(0));
        assert!(!capture.shows_one_face(0.363));
        capture.keep(frame(1.0), at(0));
        assert!(capture.shows_one_face(0.363));
        capture.keep(KeptFrame { template: template([0.0, 1.0]), ..frame(0.5) }, at(500));
        assert!(!capture.shows_one_face(0.363));
    }

    #[test]
    fn yaw_follows_the_nose_and_not_the_tilt_of_the_head() {
        let level = Face {
            bounds: [0.0, 0.0, 100.0, 100.0],
            points: [[30.0, 40.0], [70.0, 40.0], [62.0, 60.0], [35.0, 80.0], [65.0, 80.0]],
            confidence: 1.0,
        };
        assert!((level.yaw() - 0.3).abs() < 1e-6);
        let turned = |p: [f32; 2]| [-p[1], p[0]];
        let tilted = Face { points: level.points.map(turned), ..level.clone() };
        assert!((tilted.yaw() - level.yaw()).abs() < 1e-6);
    }
}
