//! The workshop: those who stand before the camera in tests, in the demonstration and in the attack workshop.
//!
//! A [`puppet`] is one photo on a 3-D face mesh; [`person`] plays it as a living player who follows what the page
//! shows; [`attackers`] hold up prints, screens and recordings of it. All are [`actor`]s. No network, no clock, no
//! ambient randomness: every frame follows from portrait, time and seed.
//!
//! A [`film`] is of people or of attacks that others made: what it shows decides what is asked of it.

pub mod actor;
pub mod attackers;
pub mod film;
pub mod motion;
pub mod person;
pub mod reaction;
pub mod rehearsal;
pub mod scene;
pub mod seeded_rng;
pub mod strips;
#[cfg(test)]
mod testing;
