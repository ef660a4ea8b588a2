//! Continuity: one scene, filmed in one go by a camera that is there.

use std::time::Duration;

use super::cues::Finding;
use crate::domain::kernel::time::Timestamp;

/// A face does not move further than this between two frames, in distances of its eyes, nor change its size more.
const MAX_STEP: f32 = 1.3;
const MAX_GROWTH: f32 = 1.4;
/// Frames further apart than this say nothing of a cut: a connection stumbled.
const GAP: Duration = Duration::from_millis(350);
/// Intervals whose standard deviation is below this are a program's: timers of browsers and cameras waver by more.
const EVEN_MILLIS: f32 = 0.4;
/// So many frames are needed to say so.
const CADENCE_FRAMES: u32 = 30;
/// Capture times may run apart from arrival times by this much before they are odd: a congested line delays, no more.
const ASTRAY: Duration = Duration::from_secs(4);

/// Names of cameras that are programs (lower case, parts of names).
const VIRTUAL_CAMERAS: [&str; 14] = [
    "obs",
    "virtual",
    "manycam",
    "snap camera",
    "xsplit",
    "splitcam",
    "droidcam",
    "iriun",
    "epoccam",
    "fake",
    "v4l2loopback",
    "webcamoid",
    "youcam",
    "deepfacelive",
];

/// Whether a camera bears the name of a program; evidence, not proof.
pub fn is_virtual(label: &str) -> bool {
    let label = label.to_lowercase();
    VIRTUAL_CAMERAS.iter().any(|name| label.contains(name))
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    at: Timestamp,
    captured_millis: u64,
    face: Option<([f32; 2], f32)>,
}

/// Follows the frames of a capture as they come.
#[derive(Clone, Debug, Default)]
pub struct Continuity {
    first: Option<Seen>,
    last: Option<Seen>,
    cuts: u32,
    astray: bool,
    intervals: u32,
    sum: f64,
    squares: f64,
}

impl Continuity {
    /// A frame that arrived at `at`, with the middle of its face and the distance of its eyes in pixels.
    pub fn see(&mut self, at: Timestamp, captured_millis: u64, face: Option<([f32; 2], f32)>) {
        let seen = Seen { at, captured_millis, face };
        if let Some(last) = self.last {
            let interval = captured_millis.saturating_sub(last.captured_millis) as f64;
            self.intervals += 1;
            self.sum += interval;
            self.squares += interval * interval;
            if let (Some((from, size)), Some((to, new_size))) = (last.face, seen.face)
                && at.since(last.at) <= GAP
                && jumped(from, size, to, new_size)
            {
                self.cuts += 1;
            }
        }
        let first = *self.first.get_or_insert(seen);
        let arrived = at.since(first.at);
        let captured = Duration::from_millis(captured_millis.saturating_sub(first.captured_millis));
        self.astray |= arrived.abs_diff(captured) > ASTRAY;
        self.last = Some(seen);
    }

    /// How often the picture jumped.
    pub fn cuts(&self) -> u32 {
        self.cuts
    }

    /// Signs of a program in place of a camera: evidence, not proof.
    pub fn signs(&self) -> Vec<Finding> {
        let mean = self.sum / f64::from(self.intervals.max(1));
        let deviation = (self.squares / f64::from(self.intervals.max(1)) - mean * mean).max(0.0).sqrt();
        let even = self.intervals >= CADENCE_FRAMES && (deviation as f32) < EVEN_MILLIS;
        [(even, Finding::EvenCadence), (self.astray, Finding::ClockAstray)]
            .into_iter()
            .filter_map(|(holds, finding)| holds.then_some(finding))
            .collect()
    }
}

fn jumped(from: [f32; 2], size: f32, to: [f32; 2], new_size: f32) -> bool {
    let step = (to[0] - from[0]).hypot(to[1] - from[1]) / size.max(f32::EPSILON);
    let growth = (new_size / size.max(f32::EPSILON)).max(size / new_size.max(f32::EPSILON));
    step > MAX_STEP || growth > MAX_GROWTH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_micros(i64::try_from(millis).unwrap() * 1_000)
    }

    #[test]
    fn a_face_that_jumps_is_a_cut_and_one_that_hurries_is_not() {
        let mut continuity = Continuity::default();
        for step in 0..10_u16 {
            continuity.see(
                at(u64::from(step) * 100),
                u64::from(step) * 100,
                Some(([300.0 + 60.0 * f32::from(step), 200.0], 90.0)),
            );
        }
        assert_eq!(continuity.cuts(), 0);
        continuity.see(at(1_000), 1_000, Some(([300.0, 200.0], 90.0)));
        assert_eq!(continuity.cuts(), 1);
        continuity.see(at(2_000), 2_000, Some(([600.0, 200.0], 90.0)));
        assert_eq!(continuity.cuts(), 1, "after a gap nothing is said");
        continuity.see(at(2_100), 2_100, Some(([600.0, 200.0], 140.0)));
        assert_eq!(continuity.cuts(), 2);
    }

    #[test]
    fn a_programs_cadence_and_a_clock_of_its_own_are_noticed() {
        let run = |jitter: u64, stretch: u64| {
            let mut continuity = Continuity::default();
            for step in 0..60_u64 {
                let wavering = if step % 2 == 0 { jitter } else { 0 };
                continuity.see(at(step * 100), step * 100 * stretch + wavering, None);
            }
            continuity.signs()
        };
        assert_eq!(run(0, 1), [Finding::EvenCadence]);
        assert_eq!(run(3, 1), []);
        assert_eq!(run(3, 2), [Finding::ClockAstray]);
    }

    #[test]
    fn names_of_programs_are_known() {
        assert!(is_virtual("OBS Virtual Camera"));
        assert!(is_virtual("fake_device_0"));
        assert!(!is_virtual("FaceTime HD Camera"));
        assert!(!is_virtual("Integrated Webcam (04f2:b5ab)"));
    }
}
