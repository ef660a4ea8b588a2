//! Films of people and of attacks, played as captures: a film obeys nobody, so the draw of commands is fitted to what it
//! shows, and only the stretches that a capture needs are sent.

mod fit;

pub use fit::{Fit, Missed, Wanted, fits};

use crate::domain::face::liveness::signs::FaceSigns;

/// A film as it is played: what each frame shows and when, and which frame of the file it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Roll {
    /// What is seen, in the order and at the time of playing.
    pub sights: Vec<Sight>,
    /// For each of them the place of its frame in the file.
    pub frames: Vec<usize>,
}

impl Roll {
    /// The film once, from its first frame to its last.
    pub fn once(film: &[Sight]) -> Self {
        Self { sights: film.to_vec(), frames: (0..film.len()).collect() }
    }

    /// To its end, back to its beginning and so on for `millis`: nothing jumps, and a head that turned away in the last
    /// frame comes back. Frames come again, so whoever looks for a loop will find one.
    pub fn back_and_forth(film: &[Sight], millis: u64) -> Self {
        let mut roll = Self::once(film);
        let (Some(first), Some(last)) = (film.first(), film.last()) else { return roll };
        let lasts = last.millis - first.millis;
        if film.len() < 2 || lasts == 0 {
            return roll;
        }
        for pass in 1..=millis / lasts {
            let begins = first.millis + pass * lasts;
            let backwards = pass % 2 == 1;
            // The frame at which the film turns round is there already.
            for step in 1..film.len() {
                let place = if backwards { film.len() - 1 - step } else { step };
                let away = if backwards { last.millis - film[place].millis } else { film[place].millis - first.millis };
                roll.sights.push(Sight { millis: begins + away, ..film[place] });
                roll.frames.push(place);
            }
        }
        roll
    }
}

/// One frame of a film, looked at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// When it is shown, milliseconds from the film's beginning; rises.
    pub millis: u64,
    /// What the face does; `None` where there is not exactly one.
    pub signs: Option<FaceSigns>,
    /// Whether it passes the gate of a straight face, whichever way the head is turned.
    pub good: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_goes_back_and_forth_without_a_jump_in_time_or_place() {
        let film: Vec<Sight> =
            [100, 200, 350, 400].map(|millis| Sight { millis, signs: None, good: millis == 350 }).to_vec();
        let roll = Roll::back_and_forth(&film, 700);
        assert_eq!(roll.frames, [0, 1, 2, 3, 2, 1, 0, 1, 2, 3]);
        let times: Vec<u64> = roll.sights.iter().map(|sight| sight.millis).collect();
        assert_eq!(times, [100, 200, 350, 400, 450, 600, 700, 800, 950, 1_000]);
        assert!(roll.sights.iter().zip(&roll.frames).all(|(sight, frame)| sight.good == film[*frame].good));
        assert_eq!(Roll::back_and_forth(&film[..1], 700), Roll::once(&film[..1]));
        assert_eq!(Roll::back_and_forth(&[], 700).frames, Vec::<usize>::new());
    }
}
