//! The log, walked from end to end.

pub mod verify;
