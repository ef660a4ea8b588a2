//! Samples: frames of lights and commands that are held against the best straight one, too.
//!
//! A client is told when a straight face is wanted. Were identity looked at only then, a picture of one person could be
//! shown at those moments and another person move at all others. So every frame with which a command counts as followed
//! needs a template; beside them the server draws moments under lights and at the beginning of commands, and tells
//! nobody which.

use std::time::Duration;

use super::super::comparison::{Template, Thresholds};
use super::super::liveness::challenge::{LIGHTS, below};
use super::super::liveness::course::Content;
use super::super::liveness::evidence::PresentationScores;
use super::super::ports::Randomness;
use super::super::time::Timestamp;

/// Of [`LIGHTS`] lights so many are sampled, on average.
const LIGHTS_SAMPLED: usize = 2;
/// A light is sampled within this time from when it is told, a command within that: before anybody has answered it.
const LIGHT_WITHIN_MILLIS: usize = 550;
const COMMAND_WITHIN_MILLIS: usize = 700;
/// Up to here, degrees off the straight head, frames of one sitting are as alike as straight ones: of 30 filmed people no
/// frame lay below .54 (docs/ACCURACY.md). Further round they fall to .3.
const NEARLY_STRAIGHT: f32 = 22.0;

/// One frame of a light or a command.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Its template.
    pub(super) template: Template,
    /// What PAD says of it, where it was asked.
    pub(super) presentation: Option<PresentationScores>,
    /// How far the head is from straight, degrees.
    pub(super) away: f32,
}

impl Sample {
    /// Whether it shows the face of `best`.
    fn shows(&self, best: &Template, lines: Thresholds) -> bool {
        let least = if self.away <= NEARLY_STRAIGHT { lines.match_from } else { lines.no_match_below };
        self.template.similarity(best).is_ok_and(|similarity| similarity >= least)
    }
}

/// The samples of a capture, and the moment at which the next is due.
#[derive(Debug, Default)]
pub(super) struct Samples {
    due: Option<Timestamp>,
    /// Whether PAD is asked of the frame that is due, too: the colour of a light is not of the face.
    of_command: bool,
    taken: Vec<Sample>,
    missed: usize,
}

impl Samples {
    /// Something else is shown from `now` on: draws whether and when a frame of it is sampled.
    pub(super) fn begin(&mut self, content: Content, now: Timestamp, randomness: &dyn Randomness) {
        // What was due and is over was shown without any frame that a template could be made of.
        self.missed += usize::from(self.due.take().is_some_and(|due| due <= now));
        let within = match content {
            Content::Straight => return,
            Content::Light(_) if below(LIGHTS, randomness) >= LIGHTS_SAMPLED => return,
            Content::Light(_) => LIGHT_WITHIN_MILLIS,
            Content::Command(_) => COMMAND_WITHIN_MILLIS,
        };
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

    /// Takes one, whether it was due or counts for a command.
    pub(super) fn take(&mut self, sample: Sample, now: Timestamp) {
        if self.is_due(now) {
            self.due = None;
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

    /// Whether more were drawn than could be taken: whoever spoils the frames that they do not want looked at.
    pub(super) fn are_scarce(&self) -> bool {
        self.missed > self.taken.len()
    }

    /// What PAD says of them.
    pub(super) fn presentations(&self) -> Vec<PresentationScores> {
        self.taken.iter().filter_map(|sample| sample.presentation).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::comparison::ModelHash;
    use crate::domain::liveness::challenge::{Command, Light};
    use crate::domain::ports::testing::SeededRandomness;

    const LINES: Thresholds = Thresholds { match_from: 0.4, no_match_below: 0.3 };

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_micros(i64::try_from(millis).unwrap() * 1_000)
    }

    /// A face of this cosine to the first axis.
    fn sample(cosine: f32, away: f32) -> Sample {
        let values = vec![cosine, (1.0 - cosine * cosine).sqrt()];
        Sample { template: Template::new(ModelHash("m".into()), values).unwrap(), presentation: None, away }
    }

    fn best() -> Template {
        sample(1.0, 0.0).template
    }

    #[test]
    fn every_command_is_sampled_before_it_can_be_answered_and_some_lights_are() {
        let randomness = SeededRandomness::new(3);
        let (mut moments, mut lights) = (std::collections::HashSet::new(), 0);
        for _ in 0..500 {
            let mut samples = Samples::default();
            samples.begin(Content::Command(Command::Blink), at(1_000), &randomness);
            let due = (1_000..2_000).find(|millis| samples.is_due(at(*millis))).unwrap();
            assert!(due < 1_700 && samples.wants_presentation(at(due)));
            moments.insert(due);
            samples.begin(Content::Light(Light::Red), at(3_000), &randomness);
            lights += usize::from(samples.is_due(at(3_550)));
            assert!(!samples.wants_presentation(at(3_550)));
        }
        assert!(moments.len() > 200, "{}", moments.len());
        assert!((150..250).contains(&lights), "{lights}");
    }

    #[test]
    fn a_sample_that_is_due_stays_due_until_a_frame_can_be_taken_or_it_is_missed() {
        let randomness = SeededRandomness::new(3);
        let mut samples = Samples::default();
        for round in 0..4 {
            let now = at(10_000 * (round + 1));
            samples.begin(Content::Command(Command::Blink), now, &randomness);
            let later = now.plus(Duration::from_secs(5));
            assert!(samples.is_due(later));
            if round % 2 == 0 {
                samples.take(sample(1.0, 0.0), later);
                assert!(!samples.is_due(later));
            }
            samples.begin(Content::Straight, later, &randomness);
            assert!(!samples.is_due(later));
        }
        assert_eq!((samples.taken(), samples.missed, samples.are_scarce()), (2, 2, false));
        samples.begin(Content::Command(Command::Blink), at(90_000), &randomness);
        samples.begin(Content::Straight, at(95_000), &randomness);
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
    }
}
