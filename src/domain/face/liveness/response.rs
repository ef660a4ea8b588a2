//! How a command was answered: whether, when, and with which movement.

use std::time::Duration;

use super::challenge::Command;
use super::cues::Finding;
use super::signs::FaceSigns;
use crate::domain::kernel::time::Timestamp;

/// No person answers sooner: simple reactions to something seen take 180 ms at the very least (Luce, "Response Times",
/// 1986), and the way to the page and back only adds to it.
pub const MIN_REACTION: Duration = Duration::from_millis(180);
/// So long a command may be answered, counted from the first frame taken while it was shown.
pub const ANSWER_TIME: Duration = Duration::from_secs(5);
/// A page that never shows the command has not answered it either.
pub const PAINT_TIME: Duration = Duration::from_secs(3);

/// Degrees of yaw and pitch that answer a turn and a nod; less is how people sway.
const TURN: f32 = 17.0;
const NOD: f32 = 9.0;
/// Rise of the mouth's opening.
const MOUTH: f32 = 0.16;
/// What is left of the eyes' opening when they are closed: the mesh sees lids that are quite shut as open by two thirds of
/// what they were (three filmed people: .66 to .78 in natural blinks).
pub(super) const CLOSED: f32 = 0.75;
/// What is left of it when they are open again; the share of closing that this is.
const REOPENED: f32 = 0.88;
const OPEN_AGAIN: f32 = (1.0 - REOPENED) / (1.0 - CLOSED);
/// Growth of the face that is coming closer.
const CLOSER: f32 = 1.14;
/// Share of an answer from which on a movement has begun.
const ONSET: f32 = 0.45;
/// Another movement counts as another answer from this multiple of its own target on: heads that turn also nod a little.
const OTHER: f32 = 1.3;
/// Frames that must show the answer; the eyes are closed for a moment only.
const FRAMES: u32 = 2;

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Still waiting.
    Pending,
    /// Followed.
    Followed,
    /// Not followed, and how.
    Failed(Finding),
}

/// Watches the answer to one command.
#[derive(Clone, Copy, Debug)]
pub struct ResponseWatch {
    command: Command,
    told_at: Timestamp,
    first_seen: Option<Timestamp>,
    straight: FaceSigns,
    reached: u32,
    closed: bool,
    other: u32,
    /// Frames that show the whole turn to the other side.
    other_side: u32,
    /// Whether that had begun before a person could have read the command.
    early_other_side: bool,
}

impl ResponseWatch {
    /// The page was told at `told_at`; the face was `straight` before.
    pub fn new(command: Command, told_at: Timestamp, straight: FaceSigns) -> Self {
        Self {
            command,
            told_at,
            first_seen: None,
            straight,
            reached: 0,
            closed: false,
            other: 0,
            other_side: 0,
            early_other_side: false,
        }
    }

    /// Looks at a frame that arrived at `now`, with the command on the page or not yet. `None` for a frame without a face.
    pub fn see(&mut self, signs: Option<&FaceSigns>, shown: bool, now: Timestamp) -> Answer {
        if shown && self.first_seen.is_none() {
            self.first_seen = Some(now);
        }
        if let Some(signs) = signs {
            let share = self.share(self.command, signs);
            let early = now.since(self.told_at) < MIN_REACTION;
            if share >= ONSET && early {
                return Answer::Failed(Finding::AnsweredTooEarly);
            }
            let share = self.share_to_the_other_side(signs);
            self.early_other_side |= early && share >= ONSET;
            self.other_side += u32::from(share >= 1.0);
            if self.other_movement(signs) {
                self.other += 1;
            }
            if self.other >= FRAMES {
                return Answer::Failed(self.otherwise());
            }
            if self.is_answered(signs) {
                return if self.first_seen.is_some() {
                    Answer::Followed
                } else {
                    Answer::Failed(Finding::AnsweredTooEarly)
                };
            }
        }
        let late = match self.first_seen {
            Some(first) => now.since(first) >= ANSWER_TIME,
            None => now.since(self.told_at) >= PAINT_TIME,
        };
        if !late {
            Answer::Pending
        } else if self.other_side >= FRAMES {
            Answer::Failed(self.otherwise())
        } else {
            Answer::Failed(Finding::NotAnswered)
        }
    }

    /// Whether a frame with these signs counts for the answer: two that show the whole movement, or eyes that are closed and
    /// those that are open again.
    pub fn counts(&self, signs: &FaceSigns) -> bool {
        if self.closed { self.share(self.command, signs) <= OPEN_AGAIN } else { self.shows(signs) }
    }

    /// Whether it is closing the eyes.
    pub fn is_blink(&self) -> bool {
        self.command == Command::Blink
    }

    /// Whether it is a turn of the head.
    pub fn is_turn(&self) -> bool {
        self.command.is_turn()
    }

    /// What an answer with another movement is: of a turn, only the turn to the other side is another movement.
    fn otherwise(&self) -> Finding {
        if self.is_turn() && self.first_seen.is_some() && !self.early_other_side {
            Finding::AnsweredMirrored
        } else {
            Finding::AnsweredOtherwise
        }
    }

    fn share_to_the_other_side(&self, signs: &FaceSigns) -> f32 {
        self.command.other_side().map_or(0.0, |other| self.share(other, signs))
    }

    fn is_answered(&mut self, signs: &FaceSigns) -> bool {
        if self.command == Command::Blink {
            // Closed, and open again: a face that merely lost its eyes has not blinked.
            self.closed |= self.shows(signs);
            return self.closed && self.share(self.command, signs) <= OPEN_AGAIN;
        }
        self.reached += u32::from(self.shows(signs));
        self.reached >= FRAMES
    }

    /// Whether a frame shows the whole movement. Somebody may blink meanwhile, and lids that are shut tell little of a face: such
    /// a frame is waited out, where the movement itself leaves lids as they look.
    fn shows(&self, signs: &FaceSigns) -> bool {
        let leaves_lids = matches!(self.command, Command::ComeCloser | Command::LookUp);
        let shut = signs.eyes_open <= CLOSED * self.straight.eyes_open;
        self.share(self.command, signs) >= 1.0 && !(leaves_lids && shut)
    }

    /// Whether the face does something else than it was asked to: the opposite, or another command's movement. Eyes blink
    /// by themselves, and a jaw that falls takes the lids along.
    fn other_movement(&self, signs: &FaceSigns) -> bool {
        Command::ALL
            .into_iter()
            .filter(|other| *other != self.command && *other != Command::Blink)
            // A turned head looks narrower and its mouth wider; the opposite turn is another movement, a nod is not.
            .filter(|other| !self.command.is_turn() || other.is_turn())
            // A nod moves lips and distance along.
            .filter(|other| !(is_nod(self.command) && matches!(other, Command::OpenMouth | Command::ComeCloser)))
            .any(|other| self.share(other, signs) >= OTHER)
    }

    /// How much of a command's movement a frame shows; 1 is all of it.
    fn share(&self, command: Command, signs: &FaceSigns) -> f32 {
        let straight = &self.straight;
        match command {
            Command::TurnLeft => (signs.yaw - straight.yaw) / TURN,
            Command::TurnRight => (straight.yaw - signs.yaw) / TURN,
            Command::LookDown => (signs.pitch - straight.pitch) / NOD,
            Command::LookUp => (straight.pitch - signs.pitch) / NOD,
            Command::OpenMouth => (signs.mouth_open - straight.mouth_open) / MOUTH,
            Command::Blink => (1.0 - signs.eyes_open / straight.eyes_open.max(f32::EPSILON)) / (1.0 - CLOSED),
            Command::ComeCloser => (signs.size / straight.size.max(f32::EPSILON) - 1.0) / (CLOSER - 1.0),
        }
    }
}

fn is_nod(command: Command) -> bool {
    matches!(command, Command::LookUp | Command::LookDown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::face::liveness::signs::tests::{moved, there_and_back};

    const STRAIGHT: FaceSigns =
        FaceSigns { yaw: 3.0, pitch: -2.0, mouth_open: 0.03, eyes_open: 0.28, size: 100.0, centre: [320.0, 240.0] };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1_000)
    }

    /// Answers `asked` with `given`, beginning `reaction` milliseconds after it was told, ten frames a second.
    fn answered(asked: Command, given: Command, reaction: i64) -> Answer {
        let mut watch = ResponseWatch::new(asked, at(0), STRAIGHT);
        for millis in (30..8_000).step_by(100) {
            let along = (millis - reaction) as f32 / 400.0;
            match watch.see(Some(&moved(STRAIGHT, given, there_and_back(along))), millis > 60, at(millis)) {
                Answer::Pending => {}
                answer => return answer,
            }
        }
        Answer::Pending
    }

    #[test]
    fn every_command_is_answered_by_its_own_movement_in_time() {
        for command in Command::ALL {
            assert_eq!(answered(command, command, 400), Answer::Followed, "{command:?}");
            assert_eq!(answered(command, command, 4_000), Answer::Followed, "{command:?}");
            assert_eq!(answered(command, command, 6_500), Answer::Failed(Finding::NotAnswered), "{command:?}");
            assert_eq!(answered(command, command, -300), Answer::Failed(Finding::AnsweredTooEarly), "{command:?}");
        }
    }

    #[test]
    fn the_opposite_and_other_movements_fail() {
        use Command::{Blink, ComeCloser, LookDown, LookUp, OpenMouth, TurnLeft, TurnRight};
        for (asked, given) in [
            (LookUp, LookDown),
            (LookDown, LookUp),
            (LookUp, TurnLeft),
            (OpenMouth, TurnRight),
            (OpenMouth, ComeCloser),
            (Blink, LookDown),
            (ComeCloser, OpenMouth),
        ] {
            assert_eq!(answered(asked, given, 400), Answer::Failed(Finding::AnsweredOtherwise), "{asked:?} {given:?}");
        }
        assert_eq!(answered(TurnLeft, Blink, 400), Answer::Failed(Finding::NotAnswered));
        assert_eq!(answered(TurnLeft, OpenMouth, 400), Answer::Failed(Finding::NotAnswered));
    }

    #[test]
    fn a_turn_to_the_other_side_is_told_apart_when_it_is_an_answer() {
        use Command::{TurnLeft, TurnRight};
        for (asked, given) in [(TurnLeft, TurnRight), (TurnRight, TurnLeft)] {
            assert_eq!(answered(asked, given, 400), Answer::Failed(Finding::AnsweredMirrored), "{asked:?}");
            assert_eq!(answered(asked, given, 6_500), Answer::Failed(Finding::NotAnswered), "{asked:?}");
            // Far enough to be an answer, and not so far that it is one at once.
            let mut watch = ResponseWatch::new(asked, at(0), STRAIGHT);
            let answers: Vec<Answer> = (4..60)
                .map(|step| watch.see(Some(&moved(STRAIGHT, given, 0.8)), true, at(step * 100)))
                .filter(|answer| *answer != Answer::Pending)
                .collect();
            assert_eq!(answers.first(), Some(&Answer::Failed(Finding::AnsweredMirrored)), "{asked:?}");
            // Under way before anybody could have read it, or done before the page showed it.
            assert_eq!(answered(asked, given, -300), Answer::Failed(Finding::AnsweredOtherwise), "{asked:?}");
            let mut watch = ResponseWatch::new(asked, at(0), STRAIGHT);
            let turned = moved(STRAIGHT, given, 1.0);
            assert_eq!(watch.see(Some(&turned), false, at(400)), Answer::Pending);
            assert_eq!(watch.see(Some(&turned), false, at(500)), Answer::Failed(Finding::AnsweredOtherwise));
        }
    }

    #[test]
    fn a_blink_on_the_way_closer_is_waited_out() {
        let mut watch = ResponseWatch::new(Command::ComeCloser, at(0), STRAIGHT);
        let near = moved(STRAIGHT, Command::ComeCloser, 1.0);
        let shut = FaceSigns { eyes_open: 0.5 * STRAIGHT.eyes_open, ..near };
        for (millis, signs, counts, answer) in [
            (400, near, true, Answer::Pending),
            (500, shut, false, Answer::Pending),
            (600, shut, false, Answer::Pending),
            (700, near, true, Answer::Followed),
        ] {
            assert_eq!((watch.counts(&signs), watch.see(Some(&signs), true, at(millis))), (counts, answer), "{millis}");
        }
    }

    #[test]
    fn of_a_blink_the_closed_eyes_and_the_open_ones_after_count() {
        let mut watch = ResponseWatch::new(Command::Blink, at(0), STRAIGHT);
        let shut = moved(STRAIGHT, Command::Blink, 1.0);
        for (millis, signs, counts, answer) in [
            (400, STRAIGHT, false, Answer::Pending),
            (500, shut, true, Answer::Pending),
            (600, shut, false, Answer::Pending),
            (700, STRAIGHT, true, Answer::Followed),
        ] {
            assert_eq!((watch.counts(&signs), watch.see(Some(&signs), true, at(millis))), (counts, answer), "{millis}");
        }
    }

    #[test]
    fn eyes_that_stay_closed_have_not_blinked() {
        let mut watch = ResponseWatch::new(Command::Blink, at(0), STRAIGHT);
        for millis in (400..4_000).step_by(100) {
            assert_eq!(watch.see(Some(&moved(STRAIGHT, Command::Blink, 1.0)), true, at(millis)), Answer::Pending);
        }
    }

    #[test]
    fn a_page_that_never_shows_the_command_has_not_answered() {
        let mut watch = ResponseWatch::new(Command::TurnLeft, at(0), STRAIGHT);
        assert_eq!(watch.see(None, false, at(2_900)), Answer::Pending);
        assert_eq!(watch.see(None, false, at(3_000)), Answer::Failed(Finding::NotAnswered));
        let mut watch = ResponseWatch::new(Command::TurnLeft, at(0), STRAIGHT);
        for millis in [400, 500] {
            watch.see(Some(&moved(STRAIGHT, Command::TurnLeft, 1.0)), false, at(millis));
        }
        assert_eq!(watch.see(None, true, at(600)), Answer::Pending);
    }
}
