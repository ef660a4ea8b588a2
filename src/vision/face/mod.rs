//! A face: found, brought to a pose, measured, described.

pub mod align;
pub mod colours;
pub mod detect;
pub mod embed;
pub mod fingerprint;
pub mod gate;
pub mod landmarks;
pub mod presentation;
pub mod quality;
pub(super) mod texture;
pub mod turn;
