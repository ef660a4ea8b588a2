//! Placeholder.

pub mod evaluate;
pub mod face;
