//! Which way is up in the frames of a capture, remembered from frame to frame.

use crate::domain::reason::ReasonCode;

/// A head that lies on its side is mostly not found at all, and looking for one costs several looks: it is looked for where
/// none was found in so many frames, and then in one of so many.
const NOW_AND_THEN: u32 = 10;

/// What is known of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WayUp {
    /// How many frames in a row had no face that could be followed.
    faceless: u32,
    /// Whether a head that lies or stands upside down was seen, and no other since.
    lies: bool,
}

impl WayUp {
    /// Whether a head that lies is looked for in this frame, by its number.
    pub(super) fn is_looked_for(self, frame: u32) -> bool {
        self.faceless >= NOW_AND_THEN && frame.is_multiple_of(NOW_AND_THEN)
    }

    /// Why this frame is not good: what was seen of a head that lies holds for the frames in which it is not looked for.
    pub(super) fn judge(&mut self, frame: u32, rejection: Option<ReasonCode>, has_face: bool) -> Option<ReasonCode> {
        let looked = self.is_looked_for(frame);
        let lost = rejection == Some(ReasonCode::NoFace);
        self.lies = match rejection {
            Some(ReasonCode::NotUpright) => true,
            _ => lost && self.lies && !looked,
        };
        self.faceless = if has_face { 0 } else { self.faceless.saturating_add(1) };
        if lost && self.lies { Some(ReasonCode::NotUpright) } else { rejection }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOST: Option<ReasonCode> = Some(ReasonCode::NoFace);
    const LIES: Option<ReasonCode> = Some(ReasonCode::NotUpright);

    /// What the engine says of a camera that lies from frame 1 to 40, and of nobody after that.
    fn engine(way: WayUp, frame: u32) -> Option<ReasonCode> {
        if way.is_looked_for(frame) && frame <= 40 { LIES } else { LOST }
    }

    #[test]
    fn a_camera_that_lies_is_told_within_two_seconds_and_without_a_flicker() {
        let mut way = WayUp::default();
        let mut looked_for = Vec::new();
        let told: Vec<_> = (1..=60)
            .map(|frame| {
                looked_for.extend(way.is_looked_for(frame).then_some(frame));
                way.judge(frame, engine(way, frame), false)
            })
            .collect();
        assert_eq!(looked_for, [20, 30, 40, 50, 60]);
        assert!(told[..19].iter().all(|told| *told == LOST));
        assert!(told[19..49].iter().all(|told| *told == LIES));
        // Whoever went away is not told to turn the phone.
        assert!(told[49..].iter().all(|told| *told == LOST));
    }

    #[test]
    fn an_upright_face_ends_it_and_is_told_of_itself() {
        let mut way = WayUp::default();
        assert_eq!(way.judge(1, LIES, false), LIES);
        assert_eq!(way.judge(2, LOST, false), LIES);
        assert_eq!(way.judge(3, None, true), None);
        assert_eq!(way.judge(4, LOST, false), LOST);
        let dark = Some(ReasonCode::TooDark);
        assert_eq!(way.judge(5, LIES, false), LIES);
        assert_eq!(way.judge(6, dark, true), dark);
    }
}
