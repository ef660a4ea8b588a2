//! Liveness: whether a living person stands before the camera now.
//!
//! First light knows one cue, passive PAD. Challenges, colour flashes, geometry and continuity will join it here, each
//! as evidence that speaks for a bona fide presentation or abstains.

pub mod challenge;
pub mod decision;
pub mod evidence;
