//! Samples: frames of lights and commands that are held against the best straight one, too.
//!
//! A client is told when a straight face is wanted. Were identity looked at only then, a picture of one person could be
//! shown at those moments and another person move at all others. So every frame with which a command counts as followed
//! needs a template; beside them the server draws moments under some lights and at the beginning of some commands, and
//! tells nobody which.

use std::time::Duration;

use super::super::comparison::{Template, Thresholds};
use super::super::liveness::challenge::{COMMANDS, LIGHTS, below};
use super::super::liveness::course::Content;
use super::super::liveness::evidence::PresentationScores;
use super::super::liveness::response::MIN_REACTION;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::time::Timestamp;

/// Of [`LIGHTS`] lights so many are sampled, and of the first [`COMMANDS`] commands.
const LIGHTS_SAMPLED: usize = 2;
const COMMANDS_SAMPLED: usize = 2;
/// A light is sampled within this time from when it is told, a command before anybody can have answered it: a later moment
/// would be passed by whoever answers as fast as a program does.
const LIGHT_WITHIN_MILLIS: usize = 550;
const COMMAND_WITHIN_MILLIS: usize = MIN_REACTION.as_millis() as usize;
/// Up to here, degrees off the straight head, frames of one sitting are as alike as straight ones: of 30 filmed people no
/// frame lay below .54 (docs/ACCURACY.md). Further round they fall to .3.
const NEARLY_STRAIGHT: f32 = 22.0;
/// Share of the line of "no match" that eyes which are closed on command must reach. Of 22 filmed people one, with glasses and
/// lids quite shut, is no more like himself than .18 to .35; so the frame that opens them again is held to the whole line.
const EYES_CLOSED: f32 = 0.5;

/// One frame of a light or a command.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Its template.
    pub(super) template: Template,
    /// What PAD says of it, where it was asked.
    pub(super) presentation: Option<PresentationScores>,
    /// How far the head is from straight, degrees.
    pub(super) away: f32,
    /// Whether the eyes are closed as they were told to.
    pub(super) closed: bool,
}

impl Sample {
    /// Whether it shows the face of `best`.
    fn shows(&self, best: &Template, lines: Thresholds) -> bool {
        let least = match self {
            Self { closed: true, .. } => lines.no_match_below * EYES_CLOSED,
            Self { away, .. } if *away <= NEARLY_STRAIGHT => lines.match_from,
            _ => lines.no_match_below,
        };
        self.template.similarity(best).is_ok_and(|similarity| similarity >= least)
    }
}

/// Draws some out of many that come one by one, every choice as likely (Knuth, "The Art of Computer Programming" 2, 3.4.2,
/// algorithm S), and again of the next as many.
#[derive(Clone, Copy, Debug)]
struct Draw {
    of: [usize; 2],
    to_come: usize,
    wanted: usize,
}

impl Draw {
    fn of(all: usize, wanted: usize) -> Self {
        Self { of: [all, wanted], to_come: all, wanted }
    }

    /// Whether the next one is drawn.
    fn draws(&mut self, randomness: &dyn Randomness) -> bool {
        if self.to_come == 0 {
            [self.to_come, self.wanted] = self.of;
        }
        let drawn = below(self.to_come, randomness) < self.wanted;
        self.to_come -= 1;
        self.wanted -= usize::from(drawn);
        drawn
    }
}

/// The samples of a capture, and the moment at which the next is due.
#[derive(Debug)]
pub(super) struct Samples {
    lights: Draw,
    commands: Draw,
    due: Option<Timestamp>,
    /// Whether PAD is asked of the frame that is due, too: the colour of a light is not of the face.
    of_command: bool,
    taken: Vec<Sample>,
    /// Of the moments that were drawn: had, and missed.
    had: usize,
    missed: usize,
}

impl Default for Samples {
    fn default() -> Self {
        let (lights, commands) = (Draw::of(LIGHTS, LIGHTS_SAMPLED), Draw::of(COMMANDS, COMMANDS_SAMPLED));
        Self { lights, commands, due: None, of_command: false, taken: Vec::new(), had: 0, missed: 0 }
    }
}

impl Samples {
    /// Something else is shown from `now` on: draws whether and when a frame of it is sampled.
    pub(super) fn begin(&mut self, content: Content, now: Timestamp, randomness: &dyn Randomness) {
        // What was due and is over was shown without any frame that a template could be made of.
        self.missed += usize::from(self.due.take().is_some_and(|due| due <= now));
        let within = match content {
            Content::Straight => return,
            Content::Light(_) => self.lights.draws(randomness).then_some(LIGHT_WITHIN_MILLIS),
            Content::Command(_) => self.commands.draws(randomness).then_some(COMMAND_WITHIN_MILLIS),
        };
        let Some(within) = within else { return };
        self.of_command = matches!(content, Content::Command(_));
        self.due = Some(now.plus(Duration::from_millis(below(within, randomness) as u64)));
    }

    /// Whether the frame of `now` is one.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// Whether PAD is asked of it, too.
    pub(super) fn wants_presentation(&self, now: Timestamp) -> bool {
        self.of_command && self.is_due(now)
    }

    /// Takes one, whether it was due, counts for a command, or is laid flat.
    pub(super) fn take(&mut self, sample: Sample, now: Timestamp) {
        if self.is_due(now) {
            self.due = None;
            self.had += 1;
        }
        self.taken.push(sample);
    }

    /// How many were taken.
    pub(super) fn taken(&self) -> usize {
        self.taken.len()
    }

    /// Whether every one shows the face of `best`.
    pub(super) fn all_show(&self, best: &Template, lines: Thresholds) -> bool {
        self.taken.iter().all(|sample| sample.shows(best, lines))
    }

    /// Whether more moments that were drawn were missed than had: whoever spoils the frames that they do not want looked at.
    pub(super) fn are_scarce(&self) -> bool {
        self.missed > self.had
    }

    /// What PAD says of them.
    pub(super) fn presentations(&self) -> Vec<PresentationScores> {
        self.taken.iter().filter_map(|sample| sample.presentation).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::face::comparison::ModelHash;
    use crate::domain::face::liveness::challenge::{Command, Light};
    use crate::domain::kernel::testing::SeededRandomness;

    const LINES: Thresholds = Thresholds { match_from: 0.4, no_match_below: 0.3 };

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_micros(i64::try_from(millis).unwrap() * 1_000)
    }

    /// A face of this cosine to the first axis.
    fn sample(cosine: f32, away: f32) -> Sample {
        let values = vec![cosine, (1.0 - cosine * cosine).sqrt()];
        Sample {
            template: Template::new(ModelHash("m".into()), values).unwrap(),
            presentation: None,
            away,
            closed: false,
        }
    }

    fn best() -> Template {
        sample(1.0, 0.0).template
    }

    #[test]
    fn some_lights_and_some_commands_are_sampled_and_these_before_they_can_be_answered() {
        let randomness = SeededRandomness::new(3);
        let (mut moments, mut which) = (std::collections::HashSet::new(), std::collections::HashSet::new());
        for _ in 0..300 {
            let mut samples = Samples::default();
            let mut due = |content, within: u64| {
                samples.begin(content, at(1_000), &randomness);
                let due = (1_000..1_000 + within).find(|millis| samples.is_due(at(*millis)))?;
                assert_eq!(samples.wants_presentation(at(due)), matches!(content, Content::Command(_)));
                Some(due)
            };
            let lights: Vec<bool> = (0..LIGHTS).map(|_| due(Content::Light(Light::Red), 550).is_some()).collect();
            let commands: Vec<_> = (0..COMMANDS).map(|_| due(Content::Command(Command::Blink), 180)).collect();
            assert_eq!(lights.iter().filter(|drawn| **drawn).count(), LIGHTS_SAMPLED);
            assert_eq!(commands.iter().flatten().count(), COMMANDS_SAMPLED);
            moments.extend(commands.iter().flatten().copied());
            which.insert((lights, commands.iter().map(Option::is_some).collect::<Vec<_>>()));
        }
        assert!(moments.len() > 120, "{}", moments.len());
        // Ten pairs of five lights, three pairs of three commands.
        assert_eq!(which.len(), 30);
    }

    #[test]
    fn a_sample_that_is_due_stays_due_until_a_frame_can_be_taken_or_it_is_missed() {
        let randomness = SeededRandomness::new(3);
        let mut samples = Samples::default();
        let mut drawn = 0;
        for round in 1..=6 {
            let now = at(10_000 * round);
            samples.begin(Content::Command(Command::Blink), now, &randomness);
            let later = now.plus(Duration::from_secs(5));
            if samples.is_due(later) {
                drawn += 1;
                if drawn % 2 == 0 {
                    samples.take(sample(1.0, 0.0), later);
                    assert!(!samples.is_due(later));
                }
            }
            samples.begin(Content::Straight, later, &randomness);
            assert!(!samples.is_due(later));
        }
        assert_eq!((drawn, samples.taken(), samples.missed, samples.are_scarce()), (4, 2, 2, false));
        for round in 7..=9 {
            samples.begin(Content::Command(Command::Blink), at(10_000 * round), &randomness);
            samples.begin(Content::Straight, at(10_000 * round + 5_000), &randomness);
            // Frames that count for the command make nothing good.
            samples.take(sample(1.0, 0.0), at(10_000 * round + 5_100));
        }
        assert!(samples.are_scarce());
    }

    #[test]
    fn one_other_face_is_enough_and_a_turned_head_may_be_less_alike() {
        let shown = |given: &[(f32, f32)]| {
            let mut samples = Samples::default();
            for (cosine, away) in given {
                samples.take(sample(*cosine, *away), at(0));
            }
            samples.all_show(&best(), LINES)
        };
        assert!(shown(&[]) && shown(&[(0.9, 3.0), (0.45, 20.0), (0.35, 28.0)]));
        assert!(!shown(&[(0.9, 3.0), (0.35, 20.0)]) && !shown(&[(0.9, 3.0), (0.25, 28.0)]));
        assert!(!shown(&[(0.9, 3.0), (0.9, 0.0), (0.1, 0.0)]));
        let closed = |cosine| Sample { closed: true, ..sample(cosine, 4.0) }.shows(&best(), LINES);
        assert!(closed(0.18) && !closed(0.1));
    }
}
