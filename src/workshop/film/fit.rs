//! Which commands a film follows, and when they must be told.
//!
//! By the rules of the capture themselves: a straight baseline, then for each command three straight frames in a row, and a
//! movement that [`ResponseWatch`] counts as followed. Between two of these the film runs on and nothing is sent, as when a
//! line stumbles: no picture is cut, and time goes on.

use std::collections::HashMap;
use std::ops::Range;

use super::Sight;
use crate::domain::face::capture::CAPTURE_TIME;
use crate::domain::face::liveness::challenge::{COMMANDS_WITHOUT_LIGHTS, Challenge, Command};
use crate::domain::face::liveness::course::{ChallengeRun, FrameObservation};
use crate::domain::face::liveness::response::{Answer, ResponseWatch};
use crate::domain::face::liveness::signs::FaceSigns;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::time::Timestamp;

/// The longest pause that a course draws before a command; a fitted one never comes sooner, whatever is drawn.
const PAUSE: u64 = 1_250;
/// Frames after which a film that has given no baseline is given up.
const BASELINE_FRAMES: usize = 30;
/// Straight frames in a row before a command.
const STILL: usize = 3;
/// Frames sent beyond the last command.
const LAST_FRAMES: usize = 6;
/// A film longer than this is not one capture: some seconds under what a capture may take.
const MAX_LENGTH_MILLIS: u64 = CAPTURE_TIME.as_secs() * 1_000 - 8_000;
/// Places of a film that are tried as the beginning of a capture.
const BEGINNINGS: usize = 40;
/// How much smaller or larger the same movement may be seen when the film is played.
const SHRUNK: f32 = 0.87;
const STRETCHED: f32 = 1.12;
/// Frames between two places where a command is told for one movement.
const NEARLY: usize = 2;
/// Frames further apart than this do not stand in a row.
const ROW: u64 = 350;

/// How many commands a capture is to have.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Where a film shows fewer movements than [`COMMANDS_WITHOUT_LIGHTS`], so many are enough.
    pub least: usize,
    /// Whether one of them must be a turn of the head, as in every challenge that is drawn.
    pub turn: bool,
}

/// One capture that a film can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// What is to be asked, in order.
    pub commands: Vec<Command>,
    /// Places of the frames that are to be sent: the baseline, one stretch for each command, and the end.
    pub sent: Vec<Range<usize>>,
    /// Every place where a command is followed, the first to end first.
    chances: Vec<Followed>,
    /// Whether the head is straight in each frame.
    straight: Vec<bool>,
}

/// A movement that the service, when the film was played, did not count as the answer to this command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// What was asked.
    pub command: Command,
    /// The place of the frame at which it was told, or was to be.
    pub told: usize,
}

impl Missed {
    /// A frame sooner or later it is the same movement.
    fn is(&self, chance: &Followed) -> bool {
        chance.command == self.command && chance.told.abs_diff(self.told) <= NEARLY
    }
}

impl Fit {
    /// The best capture from the same place on without movements that were `missed`.
    pub fn again(&self, film: &[Sight], wanted: Wanted, missed: &[Missed]) -> Option<Self> {
        fit(film, self.sent.first()?.start, wanted, missed)
    }

    /// Where the command of this number, from 0, is to be told.
    pub fn tells(&self, number: usize) -> Option<Missed> {
        let told = self.sent.get(number + 1)?.start + STILL - 1;
        Some(Missed { command: *self.commands.get(number)?, told })
    }

    /// Where sending may go on after the time `since`, so that the page shows this next: a command, or `None` for the end
    /// of the capture. The films' signs waver, so that the first chance may have been missed.
    pub fn next(&self, film: &[Sight], command: Option<Command>, since: u64) -> Option<usize> {
        let after = |place: usize| film[place].millis >= since + PAUSE;
        let told = match command {
            Some(command) => {
                let chance = self.chances.iter().find(|chance| chance.command == command && after(chance.told));
                chance.map(|chance| chance.told)
            }
            None => (0..self.straight.len()).find(|place| ready(film, &self.straight, *place, since)),
        };
        Some(told? + 1 - STILL)
    }
}

/// A command that the film follows when it is told at one of its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Followed {
    command: Command,
    told: usize,
    over: usize,
}

/// The best capture from each of some [`BEGINNINGS`] places among the first `places`, where one can begin there; in the
/// film's order.
pub fn fits(film: &[Sight], places: usize, wanted: Wanted) -> Vec<Fit> {
    let places = places.min(film.len());
    let step = places.div_ceil(BEGINNINGS).max(STILL);
    (0..places).step_by(step).filter_map(|begins| fit(film, begins, wanted, &[])).collect()
}

fn fit(film: &[Sight], begins: usize, wanted: Wanted, missed: &[Missed]) -> Option<Fit> {
    let base = Base::of(film, begins)?;
    let last = film.iter().rposition(|sight| sight.millis <= film[begins].millis + MAX_LENGTH_MILLIS)?;
    let straight = base.straight(&film[..=last]);
    let ends = |after: usize| (after..=last).find(|place| ready(film, &straight, *place, film[after].millis));
    let mut best: HashMap<Vec<Command>, Vec<Followed>> = HashMap::from([(Vec::new(), Vec::new())]);
    let mut chances = base.followed(&film[..=last], &straight);
    chances.retain(|chance| !missed.iter().any(|missed| missed.is(chance)));
    for next in chances.iter().copied() {
        let longer: Vec<_> = best
            .iter()
            .filter(|(asked, done)| {
                let after = done.last().map_or(base.over, |before| before.over);
                asked.len() < COMMANDS_WITHOUT_LIGHTS
                    && !asked.contains(&next.command)
                    && film[next.told].millis >= film[after].millis + PAUSE
            })
            .map(|(asked, done)| {
                let mut asked = asked.clone();
                asked.push(next.command);
                asked.sort_unstable();
                (asked, done.iter().copied().chain([next]).collect::<Vec<_>>())
            })
            .collect();
        // They come in the order of their ends: who is first ends first.
        for (asked, done) in longer {
            best.entry(asked).or_insert(done);
        }
    }
    let done = best
        .into_values()
        .filter(|done| {
            done.len() >= wanted.least.max(1) && (!wanted.turn || done.iter().any(|one| one.command.is_turn()))
        })
        .filter_map(|done| Some((ends(done.last()?.over)?, done)))
        .max_by_key(|(end, done)| (done.len(), std::cmp::Reverse((*end, codes(done)))))?;
    let (end, done) = done;
    let asked = done.iter().map(|one| one.told + 1 - STILL..one.over + 1);
    let last = end + 1 - STILL..(end + LAST_FRAMES).min(film.len());
    let sent = std::iter::once(begins..base.over + 1).chain(asked).chain([last]).collect();
    Some(Fit { commands: codes(&done), sent, chances, straight })
}

/// What was asked; of two that are as good, this settles it: the same film always gives the same captures.
fn codes(done: &[Followed]) -> Vec<Command> {
    done.iter().map(|one| one.command).collect()
}

/// Whether the third straight frame in a row stands here, and no pause lasts any more.
fn ready(film: &[Sight], straight: &[bool], place: usize, since: u64) -> bool {
    let first = (place + 1).checked_sub(STILL);
    film[place].millis >= since + PAUSE && first.is_some_and(|first| row(film, straight, first..place + 1))
}

fn row(film: &[Sight], straight: &[bool], places: Range<usize>) -> bool {
    places.clone().all(|place| straight.get(place).copied().unwrap_or(false))
        && film[places].windows(2).all(|pair| pair[1].millis <= pair[0].millis + ROW)
}

/// A course that has got its baseline from this film.
struct Base {
    course: ChallengeRun,
    straight: FaceSigns,
    over: usize,
}

impl Base {
    /// Shows a course the film from here on, until it has its baseline.
    fn of(film: &[Sight], begins: usize) -> Option<Self> {
        let challenge = Challenge { commands: vec![Command::TurnLeft], lights: Vec::new() };
        let mut course = ChallengeRun::begin(challenge, at(film[begins].millis));
        let (mut still, mut kept_at, mut kept): (Vec<FaceSigns>, Option<u64>, usize) = (Vec::new(), None, 0);
        for (place, sight) in film.iter().enumerate().skip(begins).take(BASELINE_FRAMES) {
            let counts = sight.signs.filter(|signs| sight.good && course.is_straight(signs));
            if counts.is_some() && !still.is_empty() && kept_at.is_none_or(|kept| sight.millis >= kept + 150) {
                (kept, kept_at) = (kept + 1, Some(sight.millis));
            }
            match counts {
                Some(signs) => still.push(signs),
                None => still.clear(),
            }
            if course.take(glance(sight), kept >= 3, &NoDraw).is_some() {
                return Some(Self { course, straight: FaceSigns::median(&still)?, over: place });
            }
        }
        None
    }

    fn straight(&self, film: &[Sight]) -> Vec<bool> {
        let holds = |signs: FaceSigns| self.course.is_straight(&stretched(self.straight, signs, STRETCHED));
        let is = |sight: &Sight| sight.good && sight.signs.is_some_and(holds);
        film.iter().map(is).collect()
    }

    /// Every command that the film follows, told now or one frame later; the first to end comes first, and of those that
    /// end together the one told last, just before the movement begins.
    fn followed(&self, film: &[Sight], straight: &[bool]) -> Vec<Followed> {
        let mut followed = Vec::new();
        for told in self.over + STILL..film.len() {
            if !row(film, straight, told + 1 - STILL..(told + 2).min(film.len())) {
                continue;
            }
            for command in Command::ALL {
                // Sooner or later, a little less or a little more: the signs of a frame waver, and so does when it counts.
                let answers = [told, told + 1]
                    .into_iter()
                    .flat_map(|told| [SHRUNK, STRETCHED].map(|by| self.answered(film, command, told, by)));
                if let Some(over) = answers.collect::<Option<Vec<usize>>>().and_then(|over| over.into_iter().max()) {
                    followed.push(Followed { command, told, over });
                }
            }
        }
        followed.sort_by_key(|one| (one.over, std::cmp::Reverse(one.told)));
        followed
    }

    /// The frame that completes the answer to a command told at another one, if every movement were so much larger.
    fn answered(&self, film: &[Sight], command: Command, told: usize, by: f32) -> Option<usize> {
        let now: Vec<FaceSigns> = film.get(told + 1 - STILL..=told)?.iter().filter_map(|sight| sight.signs).collect();
        let now = FaceSigns::median(&now)?;
        let straight = FaceSigns { size: now.size, centre: now.centre, ..self.straight };
        let mut watch = ResponseWatch::new(command, at(film[told].millis), straight);
        for (place, sight) in film.iter().enumerate().skip(told + 1) {
            let signs = sight.signs.map(|signs| stretched(straight, signs, by));
            match watch.see(signs.as_ref(), true, at(sight.millis)) {
                Answer::Pending => {}
                Answer::Followed => return Some(place),
                Answer::Failed(_) => return None,
            }
        }
        None
    }
}

/// Signs that are so much further from the straight head.
fn stretched(straight: FaceSigns, signs: FaceSigns, by: f32) -> FaceSigns {
    let further = |straight: f32, value: f32| straight + by * (value - straight);
    FaceSigns {
        yaw: further(straight.yaw, signs.yaw),
        pitch: further(straight.pitch, signs.pitch),
        mouth_open: further(straight.mouth_open, signs.mouth_open),
        eyes_open: further(straight.eyes_open, signs.eyes_open),
        size: further(straight.size, signs.size),
        centre: signs.centre,
    }
}

fn glance(sight: &Sight) -> FrameObservation<'_> {
    let Sight { millis, signs, good } = sight;
    FrameObservation { index: 1, now: at(*millis), signs: signs.as_ref(), colours: None, mesh: None, good: *good }
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_micros(i64::try_from(millis).unwrap_or(i64::MAX / 1_000).saturating_mul(1_000))
}

/// A pause is drawn that nobody waits for.
#[derive(Debug)]
struct NoDraw;

impl Randomness for NoDraw {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

#[cfg(test)]
mod tests;
