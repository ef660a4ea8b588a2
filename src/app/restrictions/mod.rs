//! The registry of restrictions, other registries, and the question whether a person may play.

pub(super) mod check;
pub mod registry;
pub mod remote;
