//! Frames that were recorded before and are fed in.

pub(super) mod earlier_recording;
pub(super) mod guessing_recording;
pub(super) mod looped;
pub(super) mod resent_frames;
