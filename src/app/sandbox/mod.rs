//! What testers do in a sandbox.

pub mod follow_code;
pub mod move_clock;
pub mod people;
