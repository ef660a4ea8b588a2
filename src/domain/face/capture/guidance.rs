//! The one hint that a frame gives.

use super::super::liveness::course::Content;
use crate::domain::reason::ReasonCode;

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
    /// One hint, and none that contradicts what is on the page. `rejection`: why the frame is not good; `straight`: whether
    /// the face in it, if there is one, is held straight.
    pub(super) fn of(content: Content, rejection: Option<ReasonCode>, straight: Option<bool>) -> Self {
        match (content, rejection) {
            (Content::Command(_), Some(reason)) if !is_of_pose(reason) => Self::Change(reason),
            (Content::Command(_), _) => Self::Follow,
            (_, Some(reason)) => Self::Change(reason),
            (Content::Straight, None) if straight == Some(false) => Self::Change(ReasonCode::FaceTurned),
            (_, None) => Self::HoldStill,
        }
    }

    /// The stable code of the hint.
    pub fn code(self) -> &'static str {
        match self {
            Self::HoldStill => "hold_still",
            Self::Follow => "follow",
            Self::Change(reason) => reason.code(),
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
mod tests {
    use super::*;
    use crate::domain::face::liveness::challenge::Command;

    #[test]
    fn no_hint_contradicts_the_command() {
        for (reason, expected) in [
            (ReasonCode::FaceTooLarge, Guidance::Follow),
            (ReasonCode::FaceTurned, Guidance::Follow),
            (ReasonCode::TooDark, Guidance::Change(ReasonCode::TooDark)),
            (ReasonCode::NoFace, Guidance::Change(ReasonCode::NoFace)),
        ] {
            assert_eq!(Guidance::of(Content::Command(Command::Blink), Some(reason), Some(false)), expected);
        }
        let straight = |rejection, held| Guidance::of(Content::Straight, rejection, held);
        let small = ReasonCode::FaceTooSmall;
        assert_eq!(straight(Some(small), Some(true)), Guidance::Change(small));
        assert_eq!(straight(None, Some(false)), Guidance::Change(ReasonCode::FaceTurned));
        assert_eq!(straight(None, Some(true)), Guidance::HoldStill);
    }
}
