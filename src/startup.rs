//! Placeholder.

pub mod faces;
