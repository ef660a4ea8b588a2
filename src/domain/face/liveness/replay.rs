//! Frames that were seen before: a sensor and a living head give no frame twice, a recording does.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fingerprint::{FrameFingerprint, Relief};
use crate::domain::kernel::id::{PlayerId, VerificationId};
use crate::domain::kernel::time::Timestamp;

/// Frames of two captures that differ by less (levels, see [`FrameFingerprint::difference`]) are one frame.
const SEEN: f32 = 0.4;
/// The same within one capture, where nothing is encoded anew between the two; a head at rest comes nearer to itself.
const REPEATED: f32 = 0.2;
/// A frame within this time of one that was seen before counts as seen, too: of a capture only about two frames a second are
/// kept to be known again.
const REACH: Duration = Duration::from_millis(250);
/// Frames nearer together than this are neighbours, which may well be alike.
const NEIGHBOURS: Duration = Duration::from_secs(1);
/// There was movement between two frames when one between them differs by so many levels.
const MOVED: f32 = 2.0;
/// Frames are taken in no faster than this, and no more than so many.
const SPACING: Duration = Duration::from_millis(80);
const MAX_TAKEN: usize = 600;
/// Of them so many are kept for later captures, no faster than this.
pub const MAX_KEPT: usize = 64;
const KEPT_SPACING: Duration = Duration::from_millis(500);

/// How long a capture is known again.
pub const REMEMBERED: Duration = Duration::from_hours(90 * 24);
/// Of one person's captures so many are searched, the newest.
pub const MAX_CAPTURES: u32 = 40;

/// What is kept of one capture's frames.
#[derive(Clone, Debug)]
pub struct CaptureFilm {
    /// Whose verification it was.
    pub verification: VerificationId,
    /// Which capture of it.
    pub attempt: u32,
    /// Under whose IIN.
    pub player: PlayerId,
    /// When it ended.
    pub seen_at: Timestamp,
    /// See [`FingerprintSequence::kept`].
    pub frames: Vec<FrameFingerprint>,
}

/// What was seen before of one capture: shares of its frames, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Replayed {
    /// Those of earlier captures of the same person.
    pub earlier: f32,
    /// Those that repeat an earlier one of this capture.
    pub looped: f32,
}

/// The frames of one capture, as far as they are needed to know them again.
#[derive(Clone, Debug, Default)]
pub struct FingerprintSequence {
    frames: Vec<(Timestamp, FrameFingerprint)>,
}

impl FingerprintSequence {
    /// Takes in a frame that arrived at `at`, unless it comes too soon after the one before.
    pub fn take(&mut self, at: Timestamp, frame: FrameFingerprint) {
        let soon = self.frames.last().is_some_and(|(last, _)| at.since(*last) < SPACING);
        if !soon && self.frames.len() < MAX_TAKEN {
            self.frames.push((at, frame));
        }
    }

    /// What later captures are held against: about two frames a second, at most [`MAX_KEPT`], from the whole length.
    pub fn kept(&self) -> Vec<FrameFingerprint> {
        let mut kept: Vec<&(Timestamp, FrameFingerprint)> = Vec::new();
        for frame in &self.frames {
            if kept.last().is_none_or(|last| frame.0.since(last.0) >= KEPT_SPACING) {
                kept.push(frame);
            }
        }
        let every = kept.len().div_ceil(MAX_KEPT).max(1);
        kept.into_iter().step_by(every).map(|(_, frame)| frame.clone()).collect()
    }

    /// Both shares, held against frames of `earlier` captures. A few milliseconds of one core, more for a long capture.
    pub fn against(&self, earlier: &[FrameFingerprint]) -> Replayed {
        Replayed { earlier: self.seen_before(earlier), looped: self.looped() }
    }

    /// Share of this capture's frames that are among `earlier` ones, 0 to 1.
    pub fn seen_before(&self, earlier: &[FrameFingerprint]) -> f32 {
        let earlier: Vec<Relief> = earlier.iter().map(Relief::of).collect();
        let seen: Vec<Timestamp> = self
            .frames
            .iter()
            .filter(|(_, frame)| {
                let frame = Relief::of(frame);
                earlier.iter().any(|earlier| frame.is_within(earlier, SEEN))
            })
            .map(|(at, _)| *at)
            .collect();
        self.share(|place| {
            let at = self.frames.get(place).map(|(at, _)| *at);
            at.is_some_and(|at| seen.iter().any(|seen| at.since(*seen).max(seen.since(at)) <= REACH))
        })
    }

    /// Share of the frames that repeat an earlier one of this capture, though the head has moved between the two, 0 to 1.
    pub fn looped(&self) -> f32 {
        let reliefs: Vec<Relief> = self.frames.iter().map(|(_, frame)| Relief::of(frame)).collect();
        // From each frame on: where the head has first moved away from it.
        let moved_at: Vec<usize> = reliefs
            .iter()
            .enumerate()
            .map(|(place, frame)| {
                let later = reliefs.iter().skip(place + 1);
                let still = later.take_while(|later| frame.is_within(later, MOVED)).count();
                place + 1 + still
            })
            .collect();
        self.share(|place| {
            let (Some((at, _)), Some(frame)) = (self.frames.get(place), reliefs.get(place)) else { return false };
            let earlier = self.frames.iter().zip(&reliefs).zip(&moved_at).take(place);
            earlier
                .filter(|((earlier, _), moved_at)| at.since(earlier.0) >= NEIGHBOURS && **moved_at < place)
                .any(|((_, earlier), _)| frame.is_within(earlier, REPEATED))
        })
    }

    fn share(&self, counts: impl Fn(usize) -> bool) -> f32 {
        let counted = (0..self.frames.len()).filter(|place| counts(*place)).count();
        counted as f32 / self.frames.len().max(1) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::super::fingerprint::tests::scene;
    use super::*;
    use proptest::prelude::*;

    /// Ten frames a second of the scenes with these numbers.
    fn film(scenes: impl IntoIterator<Item = u32>) -> FingerprintSequence {
        let mut film = FingerprintSequence::default();
        for (tick, number) in (0_i64..).zip(scenes) {
            film.take(Timestamp::from_micros(tick * 100_000), scene(number));
        }
        film
    }

    fn close(one: f32, other: f32) -> bool {
        (one - other).abs() < 1e-6
    }

    #[test]
    fn two_frames_a_second_are_kept_and_no_more_than_fit() {
        assert_eq!(film(0..100).kept().len(), 20);
        assert_eq!(film(0..590).kept().len(), 59);
        let mut long = FingerprintSequence::default();
        for tick in 0..600 {
            long.take(Timestamp::from_micros(tick * 150_000), scene(u32::try_from(tick).unwrap()));
        }
        let kept = long.kept();
        assert!((40..=MAX_KEPT).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept[0], scene(0));
        assert!(FingerprintSequence::default().kept().is_empty());
    }

    #[test]
    fn frames_too_soon_after_each_other_and_too_many_are_left_out() {
        let mut film = FingerprintSequence::default();
        for tick in 0..1_000 {
            film.take(Timestamp::from_micros(tick * 10_000), scene(1));
        }
        assert_eq!(film.frames.len(), 125);
        for tick in 1_000..9_000 {
            film.take(Timestamp::from_micros(tick * 100_000), scene(1));
        }
        assert_eq!(film.frames.len(), MAX_TAKEN);
    }

    #[test]
    fn a_recording_is_known_again_whole_or_in_part_and_another_capture_is_not() {
        let earlier = film(0..120).kept();
        // All but the last two frames, which no kept one follows.
        assert!(close(film(0..120).seen_before(&earlier), 118.0 / 120.0));
        assert!(close(film(500..620).seen_before(&earlier), 0.0));
        let half = film((0..60).chain(500..560)).seen_before(&earlier);
        assert!((0.45..0.55).contains(&half), "{half}");
        assert!(close(film(0..120).seen_before(&[]), 0.0));
        assert!(close(FingerprintSequence::default().seen_before(&earlier), 0.0));
    }

    #[test]
    fn one_stray_likeness_stays_small() {
        let stray = film((500..560).chain([0]).chain(561..620)).seen_before(&film(0..120).kept());
        assert!(stray > 0.0 && stray < 0.05, "{stray}");
    }

    #[test]
    fn a_loop_repeats_itself_and_a_head_at_rest_does_not() {
        let looped = film((0..4).flat_map(|_| 0..30)).looped();
        assert!(looped > 0.7, "{looped}");
        assert!(close(film(0..120).looped(), 0.0));
        assert!(close(film(std::iter::repeat_n(7, 120)).looped(), 0.0), "nothing moved");
    }

    /// 120 frames against 20 captures of 24 frames each.
    #[test]
    fn a_search_takes_a_few_milliseconds() {
        let now = film(0..120);
        let earlier: Vec<FrameFingerprint> = (1_000..1_480).map(scene).collect();
        let begun = std::time::Instant::now();
        let share = now.seen_before(&earlier);
        let taken = begun.elapsed();
        println!("120 frames against 480 take {taken:?}");
        assert!(close(share, 0.0));
        // Generous: tests share the machine and are not optimised as a release is.
        assert!(taken < Duration::from_millis(500), "{taken:?}");
    }

    proptest! {
        #[test]
        fn shares_are_shares_and_more_earlier_frames_never_lower_them(
            now in prop::collection::vec(0_u32..40, 0..40), earlier in prop::collection::vec(0_u32..40, 0..20), more in 0_u32..40,
        ) {
            let now = film(now);
            let mut earlier: Vec<FrameFingerprint> = earlier.into_iter().map(scene).collect();
            let before = now.seen_before(&earlier);
            earlier.push(scene(more));
            let after = now.seen_before(&earlier);
            prop_assert!((0.0..=1.0).contains(&before) && before <= after && after <= 1.0);
            prop_assert!((0.0..=1.0).contains(&now.looped()));
        }
    }
}
