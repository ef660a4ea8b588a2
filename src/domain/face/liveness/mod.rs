//! Liveness: whether a living person stands before the camera now.
//!
//! The server draws a [`challenge`], the [`course`] shows it piece by piece and watches the answers, and each cue says in
//! [`cues`] how much it speaks for a bona fide presentation, or abstains. One rule makes a decision of what they say.

pub mod chain;
pub mod challenge;
pub mod continuity;
pub mod course;
pub mod cues;
pub mod decision;
pub mod evidence;
pub mod fingerprint;
pub mod geometry;
pub mod lights;
pub mod replay;
pub mod response;
pub mod shape;
pub mod signs;
pub mod texture;
