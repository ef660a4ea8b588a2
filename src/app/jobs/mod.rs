//! Work in the background.

pub mod retention;
